import errno
import json
import logging
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from curator.base import store
from curator.base.errors import BrokenLine, DataError, StoreError
from curator.records.example import Example, Verdict
from curator.records.files import frame, read_examples
from tests.conftest import ROOT, make_example


def numbered(count: int) -> list[Example]:
    return [make_example(question=f"Question {i} ?") for i in range(count)]


def append(path: Path, examples: list[Example]) -> None:
    with store.Appender(path) as appender:
        for example in examples:
            appender.append(example)


def test_what_is_appended_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.jsonl"
    append(path, numbered(2))
    append(path, numbered(3)[2:])
    assert list(read_examples(path)) == numbered(3)


@pytest.mark.parametrize("broken", ['{"id": 1', "null", '{"question": "x"}', "\u00e9"])
def test_a_broken_line_is_named(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "x.jsonl"
    append(path, numbered(2))
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], broken, lines[1]]) + "\n")
    with pytest.raises(BrokenLine, match=r"x\.jsonl:2: broken line"):
        list(read_examples(path))


def test_all_broken_lines_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    good = store.encode(make_example()).decode()
    path.write_text(good + "{\n" + good + "null\n" + "[]\n" * 25 + good)
    with pytest.raises(BrokenLine) as caught:
        list(read_examples(path))
    first, *places, last = str(caught.value).splitlines()
    assert first.startswith(f"{path}: 27 broken lines (")
    assert [p.split(": ")[0] for p in places[:3]] == [f"  {path}:{n}" for n in (2, 4, 5)]
    assert (len(places), last) == (store.SHOWN, "  and 7 more")


def test_a_file_of_chats_is_told_with_the_command_that_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"messages": []}\n' * 3)
    with pytest.raises(BrokenLine, match=r"x\.jsonl:1: .*a chat.*\(curator import .*x\.jsonl"):
        list(read_examples(path))


def test_bytes_that_are_no_text_are_a_broken_line(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"question": "\xff\xfe"}\n')
    with pytest.raises(BrokenLine, match=r"x\.jsonl:1"):
        list(read_examples(path))


def test_an_unfinished_last_line_is_passed_over_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "x.jsonl"
    append(path, numbered(2))
    path.write_bytes(path.read_bytes()[:-20])
    with caplog.at_level(logging.WARNING):
        assert list(read_examples(path)) == numbered(1)
    assert "x.jsonl:2: unfinished last line" in caplog.text


class Anything(BaseModel):
    """A record in which a line may be cut in many ways."""

    values: list[object]


def test_wherever_a_line_is_cut_it_is_passed_over(tmp_path: Path) -> None:
    """As a reader sees it, who comes while it is written."""
    values = [True, False, None, -1, 2.5, 1e-7, 3e22, "é\x01\u2028", {"a": [-0.5]}, "\\u00"]
    path, line = tmp_path / "a.jsonl", store.encode(Anything(values=[*values, None]))
    text = line.replace(b"null]}", b'null, 12, "\\ud83d\\ude00"]}')
    for cut in range(1, len(text) - 1):
        path.write_bytes(text + text[:cut])
        assert len(list(store.read(path, Anything))) == 1, text[:cut]


def test_the_next_writer_sets_an_unfinished_line_aside(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    append(path, numbered(2))
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    append(path, numbered(3)[2:])
    assert list(read_examples(path)) == [numbered(3)[0], numbered(3)[2]]
    torn = (tmp_path / "x.jsonl.torn").read_bytes()
    assert torn.strip() == whole[:-20].splitlines()[1]


def test_a_hand_edited_file_without_its_last_line_end_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    append(path, numbered(1))
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert list(read_examples(path)) == numbered(1)
    append(path, numbered(2)[1:])
    assert list(read_examples(path)) == numbered(2)


def test_a_long_unfinished_line_is_found_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    append(path, [make_example(), make_example(question="x" * 200_000)])
    path.write_bytes(path.read_bytes()[:-3])
    append(path, numbered(1))
    assert list(read_examples(path)) == [make_example(), *numbered(1)]


def test_two_writers_are_not_interleaved(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with store.Appender(path):
        second = store.Appender(path, wait=0.1)
        with pytest.raises(StoreError, match="another curator process"):
            second.__enter__()
    append(path, numbered(1))


def test_a_full_disk_leaves_no_part_of_a_record(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    code = (
        "import resource, sys; from pathlib import Path; from curator.base import store\n"
        "from tests.base.test_store import numbered\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "one = len(store.encode(numbered(1)[0]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (one * 2 + 9, one * 2 + 9))\n"
        "with store.Appender(Path(sys.argv[1])) as a:\n"
        "    for e in numbered(5): a.append(e)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True
    )
    assert "StoreError" in done.stderr
    assert list(read_examples(path)) == numbered(2)
    assert path.read_bytes().endswith(b"\n")


def test_replacing_a_file_leaves_the_old_one_when_it_fails(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    store.write_json(path, {"a": 1})
    with pytest.raises(TypeError):
        store.write_json(path, {"a": object()})
    assert store.read_json(path) == {"a": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


REPLACER = """
import sys, time
from pathlib import Path
from curator.base import store
with store.replacing(Path(sys.argv[1])) as write:
    write(b"half")
    print("writing", flush=True)
    time.sleep(60)
"""


def test_what_a_killed_writer_left_is_removed_and_a_live_one_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x[1].json"  # a name that is a pattern of others
    command = [sys.executable, "-c", REPLACER, str(path)]
    with (
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as killed,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as live,
    ):
        for one in (killed, live):
            assert one.stdout and one.stdout.readline() == b"writing\n"
        killed.kill()
        killed.wait()
        store.write_json(path, {"a": 1})
        mine = tmp_path / f".{path.name}.{live.pid}.tmp"
        assert sorted(tmp_path.iterdir()) == [mine, path]
        # As from a container or another machine: the writer's number is nobody's here.
        away = mine.rename(tmp_path / f".{path.name}.{killed.pid}.tmp")
        store.write_json(path, {"a": 2})
        assert sorted(tmp_path.iterdir()) == [away, path]
        live.kill()
    store.write_json(path, {"a": 3})
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.jsonl: cannot read"):
        list(read_examples(tmp_path / "none.jsonl"))


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.text(), st.text())
def test_any_text_is_one_line(question: str, answer: str) -> None:
    example = make_example(question=question, answer=answer)
    line = store.encode(example)
    assert line.count(b"\n") == 1
    assert Example.model_validate_json(line) == example


WRITER = """
import sys
from pathlib import Path
from curator.base import store
from curator.records.example import Example
from curator.records.files import read_examples
from tests.base.test_store import numbered
path = Path(sys.argv[1])
with store.Appender(path) as appender:
    done = {e.id for e in read_examples(path)}
    print("ready", flush=True)
    for example in numbered(400):
        if example.id not in done:
            appender.append(example)
"""


@pytest.mark.slow
def test_a_writer_killed_at_random_instants(tmp_path: Path) -> None:
    """25 kills of a real process: nothing that was written is lost, nothing is there twice."""
    path = tmp_path / "x.jsonl"
    draw = random.Random(7)
    kept = 0
    kills = 0
    while kills < 25:
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(draw.uniform(0, 0.02))
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
        found = list(read_examples(path))
        assert found == numbered(400)[: len(found)]
        assert len(found) >= kept
        kept = len(found)
        if draw.random() < 0.5 and path.stat().st_size > 10:
            # What a kill inside `write` leaves: a part of the record in flight.
            cut = draw.randint(1, len(path.read_bytes().splitlines()[-1]) - 1)
            os.truncate(path, path.stat().st_size - cut)
            kept -= 1
        if kept > 350:
            path.unlink()
            kept = 0
    subprocess.run([sys.executable, "-c", WRITER, str(path)], cwd=ROOT, check=True)
    assert list(read_examples(path)) == numbered(400)


def test_the_frame_has_a_row_per_example() -> None:
    table = frame(numbered(3))
    assert table.shape == (3, 7)
    assert table["origin"].to_list() == ["authored"] * 3
    assert frame([]).shape == (0, 7)


def test_numbers_that_are_not_set_are_left_out() -> None:
    line = store.encode(Verdict(filter="x", passed=True))
    assert "score" not in json.loads(line)


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    store.write_bytes(path, b"old")

    def full(fd: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch, pytest.raises(StoreError, match=r"a\.jsonl: cannot write"):
        patch.setattr(os, "fsync", full)
        store.write_atomic(path, numbered(3))
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.jsonl", b"old")]


def test_an_error_of_the_writer_is_not_taken_for_one_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), store.replacing(tmp_path / "a.jsonl") as write:
        write(b"new")
        (tmp_path / "absent").read_bytes()
    assert list(tmp_path.iterdir()) == []
