"""Compare the error codes that a document names with those that rustc gives for its code."""

from collections.abc import Sequence
from dataclasses import replace

from curator.rust.document import BlockResult, Document
from curator.rust.expect import CODE, Expectation, claimed_codes
from curator.text.markdown import blocks, paragraphs


def _claims(document: Document) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Collect the codes named in the prose of the question, in all prose, and in shown output."""
    asked: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    for text in document.texts:
        prose = "\n".join(paragraphs(text.markdown, code=True))
        fences = [b.code for b in blocks(text.markdown) if not b.is_rust]
        here, output = claimed_codes(prose, fences)
        asked |= here if text.role == "question" else frozenset()
        named |= here
        shown |= output
    return asked, named, shown


def _contradiction(document: Document, given: frozenset[str]) -> frozenset[str]:
    """Return the codes that the document claims and rustc does not give; none where all is well.

    Output that is shown must be true. Prose may mention other errors beside, but where code fails,
    at least one of the errors that it names must be among those that rustc gives; and a debug
    question's error must be there.
    """
    asked, named, shown = _claims(document)
    if shown - given:
        return shown - given
    if given and named and not (named | shown) & given:
        return named
    if document.debug and asked and not asked & given:
        return asked
    return frozenset()


def check_claims(document: Document, results: Sequence[BlockResult]) -> list[BlockResult]:
    """Return `results`, with `wrong_claim` for the block that a false claim is about.

    That is the first that passed although it fails or may fail, else the first that passed; a
    block that does not do what is expected already has its reason.
    """
    checked = [r for r in results if r.expectation is not Expectation.IGNORED]
    given = frozenset(c for r in checked for c in r.codes)
    claims = any(CODE.search(text.markdown) for text in document.texts)
    wrong = _contradiction(document, given) if checked and claims else frozenset()
    if not wrong or not all(r.passed for r in checked):
        return list(results)
    failing = [r for r in checked if r.expectation is not Expectation.COMPILES]
    blamed = (failing or checked)[0]
    got = ", ".join(sorted(given)) or "no error"
    message = f"the text says {', '.join(sorted(wrong))}, rustc gives {got}"
    false = replace(blamed, reason="wrong_claim", message=message)
    return [false if r is blamed else r for r in results]
