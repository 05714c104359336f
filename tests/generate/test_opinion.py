"""What another model is asked about an example, and how its words are read."""

import pytest

from curator.base.errors import DataError
from curator.generate.opinion import (
    opinion_requests,
    opinion_sha256,
    read_vote,
    share_of_yes,
)
from curator.generate.prompting import check_prompts
from curator.models.base import Completion
from curator.models.llama.gguf import find_model
from curator.models.llama.model import LlamaModel
from curator.models.settings import ModelSettings
from curator.records.project import Project
from tests.conftest import make_example

QUESTION = "Pourquoi cette $erreur ?\n\n```rust,compile_fail,E0384\nlet x = 1;\n```"


def said(*texts: str) -> list[Completion]:
    return [Completion(text, 1, True) for text in texts]


def test_the_same_is_asked_with_other_seeds() -> None:
    example = make_example(QUESTION, "## TL;DR\nAjoutez `mut`.")
    asked = opinion_requests(example, 5)
    [message] = asked[0].messages
    assert {one.messages for one in asked} == {(message,)}
    assert len({one.seed for one in asked}) == 5
    assert asked == opinion_requests(example, 5)
    assert asked[:2] == opinion_requests(example, 2)
    assert "Pourquoi cette $erreur ?\n\n```rust\nlet x = 1;\n```" in message.content
    assert example.answer in message.content


@pytest.mark.parametrize(
    ("text", "vote"),
    [
        ("oui", True),
        ("Non", False),
        ("**Oui.** Tout est juste.", True),
        ("« non » : la correction change le sens.", False),
        ("\nNON", False),
        ("Peut-être", None),
        ("ouiii", None),
        ("<think> oui", None),
        ("La réponse est non", None),
        ("", None),
        ("42 !", None),
    ],
)
def test_only_the_first_word_counts(text: str, vote: bool | None) -> None:
    assert read_vote(text) is vote


def test_the_share_is_of_those_that_answer() -> None:
    assert share_of_yes(said("oui", "non", "oui", "hum")) == 0.6667
    assert share_of_yes(said("non")) == 0.0
    assert share_of_yes(said("hum", "")) is None
    assert share_of_yes([]) is None


def test_a_project_may_ask_in_its_own_words(project: Project) -> None:
    project.open()
    before = opinion_sha256()
    folder = project.root / "prompts"
    folder.mkdir(exist_ok=True)
    (folder / "opinion.txt").write_text("$question $answer Vrai ?", "utf-8")
    project.open()
    check_prompts()
    [one] = opinion_requests(make_example("Q ?", "R."), 1)
    assert one.messages[0].content == "Q ? R. Vrai ?"
    assert opinion_sha256() != before


def test_a_slot_that_nothing_fills_is_named(project: Project) -> None:
    folder = project.root / "prompts"
    folder.mkdir(exist_ok=True)
    (folder / "opinion.txt").write_text("$reponse", "utf-8")
    project.open()
    with pytest.raises(DataError, match="nothing fills the slot"):
        opinion_requests(make_example("Q ?", "R."), 1)


def test_the_grammar_leaves_a_real_model_no_other_word() -> None:
    settings = ModelSettings(name="smollm2", context=2048, width=2)
    model = LlamaModel(find_model(settings.name), settings)
    written = model.complete(opinion_requests(make_example(), 3))
    assert all(one.finished and read_vote(one.text) is not None for one in written)
