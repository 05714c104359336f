"""What .ci/setup.sh does, with the system's tools and with a sed and awk that are not GNU's."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.setup.conftest import Checkout, bsd_tools

ALL = (ROOT / "requirements" / "all.txt").read_text()


def requirements(text: str) -> dict[str, list[str]]:
    """Name -> hashes, of a file of pinned requirements."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line[:1].isalnum():
            name = line.split("==")[0]
            found[name] = []
        elif "--hash=" in line:
            found[name].append(line.split("--hash=")[1].rstrip(" \\"))
    return found


def test_the_pin_of_one_package_has_its_hashes_and_no_others(checkout: Checkout) -> None:
    for name in ("llama-cpp-python", "uv", "argilla"):
        pin = checkout.call("pin_of", name, "requirements/all.txt")
        assert requirements(pin) == {name: requirements(ALL)[name]}
        assert requirements(pin)[name]


def test_a_pin_and_the_rest_are_the_whole(checkout: Checkout) -> None:
    pin = checkout.call("pin_of", "llama-cpp-python", "requirements/all.txt")
    rest = checkout.call("all_but", "llama-cpp-python", "requirements/all.txt")
    assert sorted((pin + rest).splitlines()) == sorted(ALL.splitlines())
    assert "llama-cpp-python" not in requirements(rest)


def test_setup_builds_llama_once_and_installs_the_rest_beside_it(checkout: Checkout) -> None:
    done = checkout.setup()
    assert done.returncode == 0, done.stderr
    hashes = requirements(ALL)["llama-cpp-python"]
    llama = (checkout.folder / ".venv" / "llama.txt").read_text()
    assert requirements(llama) == {"llama-cpp-python": hashes}
    assert "llama-cpp-python" not in (checkout.folder / ".venv" / "packages.txt").read_text()
    assert (checkout.folder / ".venv" / ".ready").is_file()
    assert sum(" wheel " in call for call in checkout.asked()) == 1
    installs = [call for call in checkout.asked() if " install " in call]
    unhashed = [call for call in installs if "--require-hashes" not in call]
    assert [call.split()[-1].rpartition("/")[2] for call in unhashed] == [".", "llama.whl"]
    again = checkout.setup()
    assert again.returncode == 0
    assert sum(" wheel " in call for call in checkout.asked()) == 1, "it was in the cache"


def test_llama_is_built_without_the_library_of_its_tools(checkout: Checkout) -> None:
    assert checkout.setup().returncode == 0
    build = (checkout.folder / "stubs.log.build").read_text()
    flags = re.search("^CMAKE_ARGS=(.*)$", build, re.M)
    assert flags
    assert f"'-DCMAKE_PROJECT_llama.cpp_INCLUDE={checkout.folder}/.ci/llama.cmake'" in flags[1]


def test_people_see_a_line_a_step_and_no_chatter(checkout: Checkout) -> None:
    done = checkout.setup()
    assert not done.stdout
    lines = done.stderr.splitlines()
    assert len(lines) <= 10
    assert all(line.startswith("setup: ") for line in lines)
    timed = [line for line in lines if re.search(r"\d+ s$", line)]
    assert len(timed) >= 6
    assert (checkout.folder / ".venv" / "setup" / "build_llama.log").is_file()


def test_what_fails_says_its_last_words_and_where_the_rest_is(checkout: Checkout) -> None:
    checkout.fails_at = " wheel "
    done = checkout.setup()
    assert done.returncode == 1
    assert "llama-cpp-python, built failed; the last lines of .venv/setup/build_llama.log:" in (
        done.stderr
    )
    assert "    the stub's own words" in done.stderr
    assert not (checkout.folder / ".venv" / ".ready").exists()


def test_a_job_in_the_background_that_fails_fails_the_setup(checkout: Checkout) -> None:
    checkout.fails_at = "-r .venv/packages.txt"
    done = checkout.setup()
    assert done.returncode == 1
    assert "pinned packages failed" in done.stderr
    assert not (checkout.folder / ".venv" / ".ready").exists()


def test_what_only_tests_need_waits_for_them(checkout: Checkout) -> None:
    assert checkout.setup().returncode == 0
    early = (checkout.folder / ".venv" / "packages.txt").read_text()
    assert checkout.setup("test").returncode == 0
    late = (checkout.folder / ".venv" / "packages.txt").read_text()
    for name in ("ray", "playwright", "pytest", "mypy"):
        assert f"\n{name}==" not in early
        assert f"\n{name}==" in late
    assert (checkout.folder / ".venv" / ".ready-test").is_file()


def test_the_index_that_pip_knows_is_told_to_uv(checkout: Checkout) -> None:
    checkout.setup()
    mirror = "PIP_INDEX_URL=http://mirror.example/simple"
    script = f'. .ci/lib.sh; {mirror}; uv probe; echo "$UV_DEFAULT_INDEX"'
    done = checkout.run("sh", "-euc", script)
    assert done.stdout.strip() == "http://mirror.example/simple"


def test_the_sed_that_we_test_with_refuses_what_bsd_refuses() -> None:
    """Without this, the cases called bsd would prove nothing."""
    tools = bsd_tools()
    sed = tools / "sed" if tools else shutil.which("sed")
    done = subprocess.run([str(sed), "1b;/^[a-z]/d"], input="a\n", capture_output=True, text=True)
    assert done.returncode != 0


GNU_ONLY = {
    r"\bsed\b.*\s(-i|-r|-z|--)": "sed: -i wants a suffix on BSD, -r and long options are GNU's",
    r"\bsed\b.*[0-9/$][bt];": "sed: a label goes on to the end of the line on BSD",
    r"\bsed\b.*\\[+?|nt]": r"sed and grep: \+ \? \| \n \t are GNU's",
    r"\bgrep\b.*\s-\w*P": "grep -P",
    r"\bdate\b.*\s(-d|--date|-I|\+\S*%N)": "date -d, -I, %N",
    r"\breadlink\s+-\w*f": "readlink -f",
    r"\bstat\s+(-c|--)": "stat -c",
    r"\bxargs\b.*\s-\w*[rd]\b": "xargs -r, -d",
    r"\bsort\b.*\s-\w*V": "sort -V",
    r"\bhead\b.*-[nc]\s*-": "head -n -N",
    r"\bcp\b.*\s--\w": "cp's long options",
    r"\bmktemp\b.*\s--\w": "mktemp's long options",
    r"^\s*(realpath|nproc|timeout|sha256sum|md5sum|tac|seq|shuf)\s|[|;(]\s*"
    r"(realpath|nproc|timeout|sha256sum|md5sum|tac|seq|shuf)\b(?!-)": "GNU coreutils only",
}


def scripts() -> list[Path]:
    """Everything in which we have a shell do something."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    assert listed.returncode == 0
    named = [ROOT / name for name in listed.stdout.splitlines() if not name.startswith("tests/")]
    kinds = [
        p for p in named if p.suffix in {".sh", ".md", ".yml"} or p.name in {"run", "Makefile"}
    ]
    return [path for path in kinds if path.is_file()]


def test_no_script_of_ours_needs_gnu_tools() -> None:
    found = []
    for path in scripts():
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for pattern, why in GNU_ONLY.items():
                if re.search(pattern, line) and not line.lstrip().startswith("#"):
                    found.append(f"{path.name}:{number}: {why}: {line.strip()}")
    assert not found
    assert len(scripts()) > 8


@pytest.mark.parametrize(
    "line",
    [
        "pin=$(sed -n '/x/,/y/p' f | sed '1b;/^[a-z]/d')",
        "sed -i s/a/b/ f",
        "here=$(readlink -f \"$0\")",
        "date -d yesterday",
        "n=$(nproc)",
        "find . | xargs -r rm",
    ],
)  # fmt: skip
def test_the_list_of_what_is_gnu_finds_it(line: str) -> None:
    assert any(re.search(pattern, line) for pattern in GNU_ONLY)


def test_shellcheck_has_nothing_to_say() -> None:
    found = shutil.which("shellcheck")
    if found is None:
        pytest.skip("no shellcheck (apt install shellcheck)")
    names = [str(p) for p in scripts() if p.suffix == ".sh" or p.name == "run"]
    done = subprocess.run([found, "-x", *names], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
