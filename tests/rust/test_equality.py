"""Batched verdicts are those of one compiler run per text, text by text."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.filters.rust import document_of
from curator.records.files import read_examples
from curator.records.project import Project
from curator.rust.batch import compile_units
from curator.rust.compiler import Compilation, Rustc
from curator.rust.document import BlockResult, Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.unit import Unit
from tests.conftest import ROOT
from tests.rust import corpus


def told(outcome: Compilation) -> tuple[object, ...]:
    """What a verdict can follow from: success, limits, and each error's code and line."""
    errors = sorted((e.code, e.line, e.imports) for e in outcome.errors)
    return (outcome.ok, outcome.problem, errors)


def verdict(result: BlockResult) -> tuple[object, ...]:
    return (
        result.composition, result.reason, result.code, result.codes, result.line, result.imports,
        result.names,
    )  # fmt: skip


@pytest.mark.slow
@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.integers(0, 10_000))
def test_texts_in_one_crate_or_alone(seed: int) -> None:
    rustc = Rustc()
    units = [Unit(text, "2021") for text in corpus.odd(60, seed)]
    batched = compile_units(units, rustc)
    alone = compile_units(units, rustc, batched=False)
    for unit, one, other in zip(units, batched, alone, strict=True):
        assert told(one) == told(other), unit.text


@pytest.mark.slow
def test_all_data_of_the_repository(rustc: Rustc) -> None:
    examples = read_examples(*Project(ROOT).trusted_files())
    documents = [document_of(e) for e in examples]
    batched = check_documents(documents, rustc, Options())
    alone = check_documents(documents, rustc, Options(batched=False))
    assert [[verdict(r) for r in rs] for rs in batched] == [
        [verdict(r) for r in rs] for rs in alone
    ]


@pytest.mark.slow
def test_documents_with_context(rustc: Rustc) -> None:
    draw = random.Random(5)
    texts = list(corpus.odd(120, seed=11))
    documents = []
    for at in range(0, len(texts), 4):
        shown = "\n\n".join(f"```rust\n{t}\n```" for t in texts[at : at + 4])
        documents.append(Document((Text("answer", shown),), debug=draw.random() < 0.5))
    batched = check_documents(documents, rustc, Options())
    alone = check_documents(documents, rustc, Options(batched=False))
    for document, some, others in zip(documents, batched, alone, strict=True):
        assert [verdict(r) for r in some] == [verdict(r) for r in others], document
