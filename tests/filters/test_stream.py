"""Examples as a stream: the verdicts, order and counts of a run over all of them at once."""

import subprocess
import sys
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.base import store
from curator.base.errors import BrokenLine, DataError, Interrupted
from curator.dataset.filter import filter_file
from curator.filters import run
from curator.filters.banned import BannedSettings
from curator.filters.base import Tally
from curator.filters.duplicates import DuplicateSettings
from curator.filters.length import LengthSettings
from curator.filters.near_duplicates import NearDuplicateSettings
from curator.filters.registry import make_filters
from curator.filters.run import run_filters, stream_filters
from curator.filters.structure import StructureSettings
from curator.generate.recipe import AugmentRecipe
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import Project
from tests.conftest import ANSWER, ROOT, first_49, make_example

CHAIN = (
    StructureSettings(),
    LengthSettings(min_tokens=20),
    BannedSettings(phrases=("as an AI",)),
    DuplicateSettings(),
    NearDuplicateSettings(),
)
KNOWN = first_49()[:3]


def altered(base: int, way: str) -> Example:
    """One of a few examples, as it is or changed so that this or that filter refuses it."""
    example = first_49()[base]
    question, answer = example.question, example.answer
    changed = {
        "same": (question, answer),
        "near": (f"Au fait : {question}", answer.replace(" est ", " reste ")),
        "question": (question, ANSWER),
        "short": (f"{question} {way}", "court"),
        "banned": (question, f"{answer}\nas an AI"),
        "shapeless": (question, answer.replace("## Solution", "## Autre")),
    }
    text, reply = changed[way]
    return make_example(text, reply)


ways = st.sampled_from(["same", "near", "question", "short", "banned", "shapeless"])
files = st.lists(st.builds(altered, st.integers(0, 8), ways), max_size=24)
judges = st.sampled_from(["first", "all"])


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(files, judges, st.integers(1, 7), st.integers(1, 7))
def test_a_stream_is_judged_as_the_whole_is(
    examples: list[Example], judge: Literal["first", "all"], window: int, chunk: int
) -> None:
    whole = run_filters(examples, make_filters(CHAIN, KNOWN), judge=judge)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "WINDOW", window)
        patch.setattr(run, "CHUNK", chunk)
        made = make_filters(CHAIN, iter(KNOWN))
        streamed = list(stream_filters(iter(examples), made, judge=judge))
    assert streamed == [*whole.accepted, *whole.rejected]
    tally = Tally([f.name for f in made], judge == "all")
    for example in streamed:
        tally.add(example)
    assert tally.document() == whole.document()
    assert tally.shown == whole.shown


def test_what_is_accepted_comes_before_all_is_read() -> None:
    def endless() -> "store.Iterator[Example]":
        for number in range(10**9):
            yield make_example(question=f"Question {number} ?", answer=f"{number}")

    found = stream_filters(endless(), make_filters([LengthSettings(min_tokens=1)]))
    assert len(list(islice(found, 5))) == 5


@pytest.mark.slow
@pytest.mark.parametrize("judge", ["first", "all"])
def test_the_progress_of_a_stream_reaches_its_total(judge: Literal["first", "all"]) -> None:
    examples = [altered(n, way) for n in range(5) for way in ("same", "short", "near")]
    last: dict[str, tuple[int, int]] = {}

    def report(name: str, done: int, total: int) -> None:
        assert done <= total
        last[name] = done, total

    list(stream_filters(examples, make_filters(CHAIN), report, judge, len(examples)))
    assert all(done == total for done, total in last.values())
    assert last["structure"] == (15, 15)


def recipe(judge: str = "first") -> AugmentRecipe:
    return AugmentRecipe(filters=CHAIN, judge=judge)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("judge", ["first", "all"])
def test_the_files_are_those_of_the_whole(project: Project, tmp_path: Path, judge: str) -> None:
    examples = [altered(n, way) for way in ("same", "near", "short", "banned") for n in range(9)]
    source, out = tmp_path / "made.jsonl", tmp_path / "out"
    store.write_atomic(source, examples)
    tally = filter_file(project, source, recipe(judge), iter(KNOWN), out)
    whole = run_filters(examples, make_filters(CHAIN, KNOWN), judge=judge)  # type: ignore[arg-type]
    assert 0 < tally.kept < tally.total == len(examples)
    for name, expected in (("accepted", whole.accepted), ("rejected", whole.rejected)):
        assert (out / f"{name}.jsonl").read_bytes() == b"".join(map(store.encode, expected))
    assert tally.document() == whole.document()
    assert sorted(p.name for p in out.iterdir()) == ["accepted.jsonl", "rejected.jsonl"]


def test_a_file_may_be_judged_into_its_own_folder(project: Project, tmp_path: Path) -> None:
    source = tmp_path / "out" / "accepted.jsonl"
    store.write_atomic(source, [altered(0, "same"), altered(0, "short")])
    filter_file(project, source, recipe(), (), source.parent)
    assert [e.id for e in read_examples(source)] == [altered(0, "same").id]


def test_nothing_is_replaced_where_a_line_is_broken(project: Project, tmp_path: Path) -> None:
    source, out = tmp_path / "made.jsonl", tmp_path / "out"
    store.write_atomic(source, [altered(0, "same")])
    filter_file(project, source, recipe(), (), out)
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    with source.open("a") as file:
        file.write("{}\n")
    with pytest.raises(BrokenLine, match=r"made\.jsonl:2"):
        filter_file(project, source, recipe(), (), out)
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before
    source.write_text("")
    with pytest.raises(DataError, match="no example to filter"):
        filter_file(project, source, recipe(), (), out)


def test_an_error_on_the_way_leaves_the_old_files(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = tmp_path / "made.jsonl", tmp_path / "out"
    store.write_atomic(source, [altered(0, "same")])
    filter_file(project, source, recipe(), (), out)
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    store.write_atomic(source, [altered(n, "same") for n in range(4)])
    monkeypatch.setattr(run, "WINDOW", 2)

    def interrupted(name: str, done: int, total: int) -> None:
        if done > 2:
            raise Interrupted("interrupted")

    with pytest.raises(Interrupted):
        filter_file(
            project, source, recipe(), (), out, partial(run.stream_filters, progress=interrupted)
        )
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before


KILLED = """
import sys, time
from functools import partial
from pathlib import Path
from curator.filters import run
from curator.dataset.filter import filter_file
from curator.records.project import Project
from curator.filters.length import LengthSettings
from curator.generate.recipe import AugmentRecipe

def wait(name, done, total):
    if done > 2:
        print("judging", flush=True)
        time.sleep(60)

run.WINDOW = 2
root, source, out = map(Path, sys.argv[1:])
stream = partial(run.stream_filters, progress=wait)
recipe = AugmentRecipe(filters=(LengthSettings(),))
filter_file(Project(root), source, recipe, (), out, stream)
"""


@pytest.mark.slow
def test_a_kill_leaves_the_old_files(project: Project, tmp_path: Path) -> None:
    source, out = tmp_path / "made.jsonl", tmp_path / "out"
    store.write_atomic(source, [altered(0, "same")])
    filter_file(project, source, recipe(), (), out)
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    store.write_atomic(source, [altered(n, "same") for n in range(4)])
    command = [sys.executable, "-c", KILLED, str(project.root), str(source), str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout
        assert child.stdout.readline() == b"judging\n"
        child.kill()
    assert {p.name: p.read_bytes() for p in out.glob("*.jsonl")} == before
    tally = filter_file(project, source, recipe(), (), out)
    assert len(list(read_examples(out / "accepted.jsonl"))) == tally.kept == 4
