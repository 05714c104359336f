"""Claims about errors and changes: what is found, tried and refused, against comparing codes only.

    PYTHONPATH=. .venv/bin/python benchmarks/claims.py [EXAMPLES]

First the claims about changes in the authored examples, or in given ones: how many are found, how
many can be tried, how many hold; refuted ones are listed. Then both rules over the same texts with
one falsehood planted in each. The alternative is what the engine did before: the codes that a
document names are compared with those that rustc gives for any of its blocks.
"""

import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from curator.filters.rust import RustFilter, RustSettings, document_of
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import Project
from curator.records.taxonomy import Category
from curator.rust.document import BlockResult, Document, Text, Trial
from curator.rust.engine import check_documents
from curator.rust.expect import Expectation
from curator.text.markdown import blocks, paragraphs

ROOT = Path(__file__).parent.parent
CODE = re.compile(r"\bE\d{4}\b")
CLAIMS = ("wrong_claim", "refuted_change")


def by_codes(document: Document, results: Sequence[BlockResult]) -> bool:
    """Tell whether comparing codes only refuses a document whose blocks all pass."""
    checked = [r for r in results if r.expectation is not Expectation.IGNORED]
    given = {code for r in checked for code in r.codes}
    prose = {t: CODE.findall("\n".join(paragraphs(t.markdown, code=True))) for t in document.texts}
    outputs = [b.code for t in document.texts for b in blocks(t.markdown) if not b.is_rust]
    shown = {c for text in outputs for c in re.findall(r"error\[(E\d{4})\]", text)}
    named = {code for codes in prose.values() for code in codes}
    asked = {code for t, codes in prose.items() if t.role == "question" for code in codes}
    return bool(
        shown - given
        or (given and named and not (named | shown) & given)
        or (document.debug and asked and not asked & given)
    )


def by_claims(document: Document, results: Sequence[BlockResult]) -> bool:
    """Tell whether the engine refuses a document for what it claims."""
    return any(r.reason in CLAIMS for r in results)


def swapped(document: Document) -> Document | None:
    """Show the code of another error in the question's output."""
    question = document.texts[0].markdown
    found = re.search(r"error\[(E\d{4})\]", question)
    other = "E0502" if found and found[1] != "E0502" else "E0499"
    false = re.sub(r"error\[E\d{4}\]", f"error[{other}]", question)
    return _with(document, 0, false) if found else None


def mended(document: Document) -> Document | None:
    """Show the question's error over code that compiles: the answer's."""
    question, answer = (t.markdown for t in document.texts)
    good = next((b for b in blocks(answer) if b.is_rust and not b.attributes), None)
    fence = re.search(r"```rust,compile_fail[^\n]*\n.*?\n```", question, re.DOTALL)
    if good is None or fence is None or not re.search(r"^error", question, re.MULTILINE):
        return None
    whole = f"```rust\n{good.code}```"
    return _with(document, 0, question.replace(fence[0], whole))


def asserted(document: Document) -> Document | None:
    """Say at the end of an answer without errors that this is one."""
    texts = "".join(t.markdown for t in document.texts)
    if "compile_fail" in texts or CODE.search(texts):
        return None
    return _with(document, 1, f"{document.texts[1].markdown}\n\nrustc répond E0382.\n")


def misjudged(document: Document) -> Document | None:
    """Say the wrong error of code without its `mut`."""
    answer = document.texts[1].markdown
    good = next((b for b in blocks(answer) if b.is_rust and not b.attributes), None)
    if good is None or "let mut " not in good.code:
        return None
    return _with(document, 1, f"{answer}\n\nSans `mut`, on obtiendrait E0515.\n")


def _with(document: Document, at: int, markdown: str) -> Document:
    texts = list(document.texts)
    texts[at] = Text(texts[at].role, markdown)
    return replace(document, texts=tuple(texts))


PLANTED: dict[str, Callable[[Document], Document | None]] = {
    "another code shown": swapped,
    "an error over code that compiles": mended,
    "an error named where nothing fails": asserted,
    "a wrong error of a change": misjudged,
}


class Bench:
    """The engine over examples, with the recipe's settings."""

    def __init__(self, examples: Sequence[Example]) -> None:
        judge = RustFilter(RustSettings())
        self._compiler, self._options = judge.compiler, judge.options(examples)

    def check(self, documents: Sequence[Document]) -> list[list[BlockResult]]:
        """Check documents, with what is cached."""
        return check_documents(documents, self._compiler, self._options)

    def plant(self, name: str, documents: Sequence[Document]) -> str:
        """Compare both rules over the documents in which a falsehood can be planted."""
        planted = [d for document in documents if (d := PLANTED[name](document))]
        results = self.check(planted)
        pairs = list(zip(planted, results, strict=True))
        ours = sum(by_claims(d, r) or any(not b.passed for b in r) for d, r in pairs)
        theirs = sum(by_codes(d, r) for d, r in pairs)
        return f"  {name}: {ours} of {len(planted)} refused, by codes only {theirs}"


def trials(results: Sequence[Sequence[BlockResult]]) -> Iterator[tuple[int, Trial]]:
    """Yield every trial with the index of its document."""
    for at, part in enumerate(results):
        yield from ((at, trial) for result in part for trial in result.trials)


def counts(examples: Sequence[Example], results: Sequence[Sequence[BlockResult]]) -> None:
    """Print what became of the claims about changes."""
    found = list(trials(results))
    verdicts = Counter(trial.verdict for _, trial in found)
    tried = verdicts["holds"] + verdicts["refuted"]
    print(f"{len(examples)} examples, {len({at for at, _ in found})} with a claim about a change")
    print(f"  {len(found)} claims, {tried} tried: {verdicts['holds']} hold,", end=" ")
    print(f"{verdicts['refuted']} refuted, in {len({a for a, t in found if t.got})} examples")
    for why, count in Counter(t.why for _, t in found if t.verdict == "untried").most_common():
        print(f"  not tried, {count}: {why}")
    for at, trial in (pair for pair in found if pair[1].verdict == "refuted"):
        print(f"  refuted: {examples[at].id}, {trial.role}, line {trial.line}: {trial.words}")
        print(f"    it {trial.claim}, rustc: {trial.got}")


def main() -> None:
    """Measure and print."""
    given = [Path(name) for name in sys.argv[1:]]
    examples = list(read_examples(*(given or Project(ROOT).authored_files())))
    bench = Bench(examples)
    documents = [document_of(e) for e in examples]
    start = time.perf_counter()
    results = bench.check(documents)
    print(f"{time.perf_counter() - start:.1f} s, with what is cached")
    counts(examples, results)
    pairs = list(zip(documents, results, strict=True))
    print("refused as they are:", sum(by_claims(d, r) for d, r in pairs), end=", ")
    print("by codes only", sum(by_codes(d, r) for d, r in pairs))
    print("with one falsehood planted:")
    of = {
        Category(c): [d for e, d in zip(examples, documents, strict=True) if e.category is c]
        for c in Category
    }
    for name in PLANTED:
        some = documents if name != "another code shown" else of[Category.DEBUG]
        print(bench.plant(name, some))


if __name__ == "__main__":
    main()
