"""The Rust verifier against `rustdoc --test`, block by block, over any folder of Markdown.

    PYTHONPATH=. .venv/bin/python benchmarks/agreement.py FOLDER --edition 2021
        [--run] [--rustdocs-compositions] [--limit FILES] [--json FILE] [--markdown FILE] [--fresh]

Both sides read the same texts: `{{#include}}` lines are read where their file lies in the folder,
else their block is left out and counted. What rustdoc tests by its own rules (indented code, fences
without a language) is left out and counted, too, and so is what it ignores. rustdoc builds each
block whole, in a crate of its own (`standalone_crate` is added to the fences), and without --run
its programs are replaced by `true`: what `no_run` would do instead is to leave out the checks that
come with a whole build. What rustdoc said is kept in the user's cache, by text.

A false accept is a block that passes here and that rustdoc refuses, a false reject the reverse.
Where this verifier reads in a sentence or comment that a block fails, and rustdoc finds that it
does, both agree.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

from curator.base.cache_folder import cache_folder
from curator.base.decoding import read_text
from curator.base.folders import files_below
from curator.base.store import replacing
from curator.rust.compiler import Extern, Rustc
from curator.rust.compose import Composition
from curator.rust.crates import crates_for
from curator.rust.document import PAGE, BlockResult, Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.expect import Expectation
from curator.rust.includes import book_of, expand, missing_include
from curator.rust.runner import Runner
from curator.rust.toolchain import find_toolchain
from curator.text.markdown import blocks, lines_of
from curator.text.normalise import normalise_text

RUSTDOCS = frozenset({Composition.AS_IS, Composition.IN_MAIN})
PATIENCE = 600  # seconds for one file
_TEST = re.compile(
    r"^test .*\(line (\d+)\)(?: - ([a-z ]+))? \.\.\. (ok|FAILED|ignored)\b", re.MULTILINE
)
_SECTION = re.compile(r"^---- .*\(line (\d+)\) stdout ----$", re.MULTILINE)
_NAMED = re.compile(r"(?<=[`~\s,])rust(?![^\s,])")
# What ends the output of a failed test (rustdoc's doctest.rs), and what became of the block.
_ENDS = {
    "Couldn't compile the test.": "compile",
    "Test compiled successfully, but it's marked `compile_fail`.": "compiles",
    "Some expected error codes were not found": "codes",
    "Test executable succeeded, but it's marked `should_panic`.": "no_panic",
    "Test executable failed": "run",
}
_RAN = ("no_panic", "run")


@dataclass(frozen=True)
class Truth:
    """What rustdoc found of the block whose fence is at a line: `said` is "" where it is content.

    Else it is "compile" (refused), "compiles", "codes", "run" or "no_panic"; `why` is its first
    error. `ignored` blocks were not tested.
    """

    line: int
    said: str = ""
    why: str = ""
    ignored: bool = False


@dataclass
class Page:
    """A text as we read it, as rustdoc is asked about it, and what was left out, by reason."""

    name: str
    text: str
    asked: str
    left_out: Counter[str]


@dataclass(frozen=True)
class Difference:
    """A block of which the two sides think differently: a kind, and what each says."""

    kind: str
    file: str
    line: int
    ours: str
    reason: str
    rustdocs: str


@dataclass
class Tally:
    """What became of the blocks of a folder; `alone` are those that rustdoc does not test."""

    agreed: int = 0
    differences: list[Difference] = field(default_factory=list)
    alone: list[Difference] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    @property
    def blocks(self) -> int:
        """How many blocks rustdoc tests."""
        return self.agreed + len(self.differences)

    @property
    def share(self) -> float:
        """The share of agreement, in percent."""
        return 100 * self.agreed / self.blocks if self.blocks else 100.0

    def count(self, kind: str) -> int:
        """How many differences are of a kind."""
        return sum(d.kind == kind for d in self.differences)


def _standalone(row: str) -> str:
    """Ask in the line that opens a fence for a crate of the block's own, built whole.

    Where the word stands matters: after one that rustdoc does not know, it ends Rust.
    """
    if _NAMED.search(row):
        return _NAMED.sub("rust,standalone_crate", row, count=1)
    strange = re.search(r"[`~]{3,}\s*(?:rs|rust)\b", row, re.IGNORECASE)
    return row if strange else re.sub(r"([`~]{3,})", r"\1standalone_crate,", row, count=1)


def prepare(name: str, text: str) -> Page:
    """Lay out a text for both sides: only what is said to be Rust, and is there."""
    left_out = Counter[str]()
    ours = lines_of(text)
    for first, last in _indented(text):
        left_out["indented code"] += 1
        ours[first:last] = [""] * (last - first)
    theirs = list(ours)
    for block in blocks(text):
        at = block.line - 2
        lacks = block.is_rust and bool(missing_include(block.code))
        if block.is_rust and not lacks:
            theirs[at] = _standalone(ours[at])
        elif lacks or not block.language:
            left_out["include that is not there" if lacks else "no language"] += 1
            ours[at] = theirs[at] = re.sub(r"([`~]{3,}).*", r"\1text", ours[at])
    return Page(name, "\n".join(ours), "\n".join(theirs), left_out)


def _indented(text: str) -> list[tuple[int, int]]:
    """List the lines of indented code, which rustdoc takes for Rust, and this verifier does not."""
    tokens = MarkdownIt("commonmark").parse(text)
    return [(t.map[0], t.map[1]) for t in tokens if t.type == "code_block" and t.map]


def pages(folder: Path, limit: int | None) -> list[Page]:
    """Read the Markdown files of a folder and of those below it, with what they include."""
    book = book_of(folder)
    files = files_below(folder, ".md", ".markdown")[:limit]
    texts = (expand(normalise_text(read_text(file)), file, book).text for file in files)
    names = (str(file.relative_to(folder)) if folder.is_dir() else file.name for file in files)
    return [prepare(name, text) for name, text in zip(names, texts, strict=True)]


def _sections(output: str) -> dict[int, str]:
    """Split what rustdoc shows of failed tests, by line."""
    pieces = _SECTION.split(output)
    return {int(line): text for line, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def _said(section: str, run: bool) -> tuple[str, str]:
    said = next((word for end, word in _ENDS.items() if end in section), "compile")
    errors = re.findall(r"^error.*", section, re.MULTILINE)
    why = next((e for e in errors if "aborting due to" not in e), said)
    return ("", "") if said in _RAN and not run else (said, why)


def read_truth(output: str, run: bool) -> list[Truth]:
    """Read rustdoc's lines on each test, and its words on those that failed."""
    sections = _sections(output)
    truths = []
    for line, _, verdict in _TEST.findall(output):
        said, why = _said(sections.get(int(line), ""), run) if verdict == "FAILED" else ("", "")
        truths.append(Truth(int(line), said, why, verdict == "ignored"))
    return truths


def _externs(externs: Extern) -> list[str]:
    words = [w for name, path in externs.libraries for w in ("--extern", f"{name}={path}")]
    return [*words, "-L", f"dependency={externs.folder}"] if externs.folder else words


@dataclass(frozen=True)
class Rustdoc:
    """The judge to compare with; asked once about a text, unless `fresh`."""

    edition: str
    externs: Extern
    run: bool
    fresh: bool

    def truth(self, page: Page) -> list[Truth]:
        """Ask about each block of a text; raises RuntimeError where rustdoc itself fails."""
        kept = cache_folder() / "agreement" / f"{self._key(page)}.json"
        if kept.is_file() and not self.fresh:
            return [Truth(**t) for t in json.loads(kept.read_bytes())]
        truths = read_truth(self._ask(page), self.run)
        with replacing(kept) as write:
            write(json.dumps([asdict(t) for t in truths]).encode())
        return truths

    def _key(self, page: Page) -> str:
        asked = [find_toolchain().version, self.edition, self.run, _externs(self.externs), "2"]
        data = json.dumps([*asked, page.asked]).encode("utf-8", "surrogatepass")
        return hashlib.sha256(data).hexdigest()

    def _ask(self, page: Page) -> str:
        program = find_toolchain().rustc.with_name("rustdoc")
        words = [str(program), "--test", "--edition", self.edition, *_externs(self.externs)]
        words += ["--test-args", "--test-threads=1"]
        words += [] if self.run else ["--test-runtool", str(shutil.which("true"))]
        with tempfile.TemporaryDirectory(prefix="agreement-") as name:
            (Path(name) / "page.md").write_text(page.asked)
            done = subprocess.run(
                [*words, "page.md"],
                cwd=name,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                stdin=subprocess.DEVNULL,
                timeout=PATIENCE,
                check=False,
            )
        if "running " not in done.stdout:
            raise RuntimeError(f"{page.name}: rustdoc says nothing: {done.stderr[:300]}")
        return done.stdout


def _ours(edition: str, run: bool, narrow: bool, externs: Extern) -> Options:
    compositions = {"accept": RUSTDOCS, "imports": False} if narrow else {}
    runner = Runner() if run else None
    return Options(edition=edition, externs=externs, runner=runner, **compositions)  # type: ignore[arg-type]


def _agree(result: BlockResult, truth: Truth) -> bool:
    fails = result.expectation is Expectation.FAILS and result.expected.said_by != "fence"
    if fails and result.passed and truth.said == "compile":
        return True
    return result.passed == (not truth.said)


def _words(result: BlockResult) -> str:
    if not result.passed:
        return f"{result.reason}: {result.short()}"
    how = f"passes ({result.expectation}, {result.composition}"
    return f"{how}, by {result.expected.said_by})"


def compare(page: Page, results: Iterable[BlockResult], truths: Iterable[Truth]) -> Tally:
    """Compare the two sides on a text, by the line of each fence."""
    tally = Tally(left_out=page.left_out.copy())
    judged = [r for r in results if r.expectation is not Expectation.IGNORED]
    ours = {r.block.line - 1: r for r in judged}
    every = list(truths)
    ignored = {t.line for t in every if t.ignored}
    theirs = {t.line: t for t in every if not t.ignored}
    tally.left_out["ignored"] += len(ignored)
    for line in sorted((ours.keys() | theirs.keys()) - ignored):
        _note(tally, page.name, line, ours.get(line), theirs.get(line))
    return tally


def _note(
    tally: Tally, name: str, line: int, result: BlockResult | None, truth: Truth | None
) -> None:
    if result and truth and _agree(result, truth):
        tally.agreed += 1
        return
    kind = "not_judged" if truth else "not_tested"
    if result and truth:
        kind = "false_accept" if result.passed else "false_reject"
    ours = _words(result) if result else "not judged"
    reason = (result.reason or str(result.composition)) if result else ""
    said = f"{truth.said}: {truth.why}" if truth and truth.said else "content"
    found = Difference(kind, name, line, ours, reason, said if truth else "not tested")
    (tally.differences if truth else tally.alone).append(found)


def _truths(every: Sequence[Page], rustdoc: Rustdoc) -> Iterator[list[Truth] | str]:
    def ask(page: Page) -> list[Truth] | str:
        if not any(b.is_rust for b in blocks(page.text)):
            return []
        try:
            return rustdoc.truth(page)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            return str(error)

    with ThreadPoolExecutor(max_workers=2) as pool:
        yield from pool.map(ask, every)


def agreement(every: Sequence[Page], rustdoc: Rustdoc, narrow: bool) -> Tally:
    """Judge all texts by both sides."""
    documents = [Document((Text(PAGE, page.text),)) for page in every]
    options = _ours(rustdoc.edition, rustdoc.run, narrow, rustdoc.externs)
    judged = check_documents(documents, Rustc(), options)
    total = Tally()
    for page, results, truth in zip(every, judged, _truths(every, rustdoc), strict=True):
        if isinstance(truth, str):
            total.failures.append(truth)
            continue
        part = compare(page, results, truth)
        total.agreed += part.agreed
        total.differences += part.differences
        total.alone += part.alone
        total.left_out += part.left_out
    return total


def _json(total: Tally) -> dict[str, object]:
    return {
        "blocks": total.blocks,
        "agreed": total.agreed,
        "agreement": round(total.share, 2),
        "kinds": dict(Counter(d.kind for d in total.differences)),
        "reasons": dict(Counter(f"{d.kind}: {d.reason}" for d in total.differences)),
        "left_out": dict(total.left_out),
        "failures": total.failures,
        "differences": [asdict(d) for d in total.differences],
        "alone": [asdict(d) for d in total.alone],
    }


def _markdown(folder: Path, edition: str, total: Tally) -> str:
    """Write a table of one row, then the differences one by one."""
    accepts, rejects = (total.count(kind) for kind in ("false_accept", "false_reject"))
    left = ", ".join(f"{n} {why}" for why, n in sorted(total.left_out.items()) if n)
    columns = {
        "folder": folder.resolve().name,
        "edition": edition,
        "blocks": total.blocks,
        "agreement": f"{total.share:.2f} %",
        "false accepts": accepts,
        "false rejects": rejects,
        "not judged": len(total.differences) - accepts - rejects,
        "judged here alone": len(total.alone),
        "left out": left,
    }
    table = [" | ".join(map(str, cells)) for cells in (columns, columns.values())]
    rows = [f"| {table[0]} |", "|---" * len(columns) + "|", f"| {table[1]} |", ""]
    for d in (*total.differences, *total.alone):
        rows.append(f"- `{d.file}:{d.line}`, {d.kind}: ours: {d.ours}; rustdoc: {d.rustdocs}")
    return "\n".join(rows) + "\n"


def report(total: Tally) -> None:
    """Print each difference, then the totals."""
    for d in (*total.differences, *total.alone):
        print(f"{d.file}:{d.line}: {d.kind}\n    ours: {d.ours}\n    rustdoc: {d.rustdocs}")
    for failure in total.failures:
        print(f"FAILED {failure}")
    print(f"{total.blocks} blocks, agreement {total.share:.2f} %")
    for kind, count in Counter((d.kind, d.reason) for d in total.differences).most_common():
        print(f"  {count:4} {' '.join(kind)}")
    print(f"  {len(total.alone):4} judged here alone (rustdoc does not test them)")
    for why, count in total.left_out.most_common():
        print(f"  {count:4} left out: {why}")


def main() -> None:
    """Compare the two sides on a folder; exits 1 where rustdoc itself failed on a file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--edition", default="2021")
    parser.add_argument("--run", action="store_true", help="run the programs, on both sides")
    parser.add_argument("--rustdocs-compositions", action="store_true", help="add no context")
    parser.add_argument("--limit", type=int, help="only the first files")
    parser.add_argument("--fresh", action="store_true", help="ask rustdoc again")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    args = parser.parse_args()
    every = pages(args.folder, args.limit)
    externs = crates_for(find_toolchain(), (page.text for page in every))
    rustdoc = Rustdoc(args.edition, externs, args.run, args.fresh)
    total = agreement(every, rustdoc, args.rustdocs_compositions)
    report(total)
    if args.json:
        args.json.write_text(json.dumps(_json(total), indent=1, ensure_ascii=False))
    if args.markdown:
        args.markdown.write_text(_markdown(args.folder, args.edition, total))
    sys.exit(1 if total.failures else 0)


if __name__ == "__main__":
    main()
