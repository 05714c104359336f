"""The grammar of an example, held by the real sampler on the real model."""

import pytest

from curator.generate import prompting
from curator.generate.grammar import EXAMPLE
from curator.generate.recipe import GenerateSettings
from curator.generate.request import Request
from curator.generate.strategies.base import BatchState
from curator.generate.strategies.few_shot import FewShot
from curator.models.llama.gguf import find_model
from curator.models.llama.model import LlamaModel
from curator.models.settings import ModelSettings
from curator.text.markdown import SECTIONS, blocks, sections
from tests.conftest import make_example


def test_every_section_is_asked_for_in_order() -> None:
    places = [EXAMPLE.index(f"## {name}") for name in SECTIONS]
    assert places == sorted(places)


@pytest.mark.slow
@pytest.mark.parametrize("width", [1, 4])
def test_what_the_model_writes_has_the_shape_of_an_example(width: int) -> None:
    model = LlamaModel(find_model("smollm2"), ModelSettings(name="smollm2", width=width))
    settings = GenerateSettings.model_validate({"shots": 0, "sampling": {"max_tokens": 700}})
    state, slot = BatchState([], settings), make_example().slot
    labels = dict(zip(("topic", "difficulty", "category"), slot, strict=True))
    requests = [
        Request(index=i, strategy="few_shot", seed=i, idea="le déplacement", **labels)
        for i in range(4)
    ]
    asks = [FewShot().prompt(request, state) for request in requests]
    answers = []
    for written in model.complete(asks):
        question, answer = prompting.parse_example(written.text)
        found = [s.title for s in sections(answer)]
        # This model rambles and is often cut: then what it wrote is the beginning of the shape.
        assert found == list(SECTIONS)[: len(found)]
        assert question
        assert all(b.language for b in blocks(answer) if b.closed)
        if written.finished:
            assert found == list(SECTIONS)
            assert any(b.is_rust and b.closed for b in blocks(answer))
        answers.append(answer)
    assert any(answers)
