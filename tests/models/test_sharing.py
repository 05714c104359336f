"""What was asked before is not asked again, in this process or the next."""

from pathlib import Path

import pytest

from curator.models.base import ChatRequest, Message
from curator.models.scripted import ScriptedModel
from curator.models.sharing import SharingModel
from curator.records.example import Sampling

REQUEST = ChatRequest((Message("user", "Dites oui."),), Sampling(), 1)
OTHERS = (
    ChatRequest((Message("user", "Dites non."),), Sampling(), 1),
    ChatRequest((Message("assistant", "Dites oui."),), Sampling(), 1),
    ChatRequest((Message("user", "Dites oui."),), Sampling(), 2),
    ChatRequest((Message("user", "Dites oui."),), Sampling(temperature=0), 1),
    ChatRequest((Message("user", "Dites oui."),), Sampling(), 1, 'root ::= "x"'),
)


def numbered() -> ScriptedModel:
    """Another text each time that it is asked."""
    model = ScriptedModel(lambda messages, seed: f"texte {model.asked}")
    return model


def test_the_same_request_gets_the_same_text(tmp_path: Path) -> None:
    model, done = numbered(), list[int]()
    shared = SharingModel(model, tmp_path / "answers.jsonl")
    first = shared.complete([REQUEST, OTHERS[0], REQUEST])
    assert first[0] == first[2] != first[1] and model.asked == 2
    again = shared.complete([OTHERS[0], OTHERS[2], REQUEST], done.append)
    assert (again[0], again[2]) == (first[1], first[0])
    assert model.asked == 3 and done == [3]
    assert SharingModel(numbered(), tmp_path / "answers.jsonl").complete([REQUEST]) == first[:1]


@pytest.mark.parametrize("other", OTHERS)
def test_all_that_a_text_depends_on_counts(tmp_path: Path, other: ChatRequest) -> None:
    shared = SharingModel(numbered(), tmp_path / "answers.jsonl")
    assert shared.complete([REQUEST]) != shared.complete([other])


def test_a_line_that_a_kill_cut_is_asked_for_again(tmp_path: Path) -> None:
    path, model = tmp_path / "answers.jsonl", numbered()
    first = SharingModel(model, path).complete([REQUEST, OTHERS[0]])
    path.write_bytes(path.read_bytes()[:-9])
    again = SharingModel(model, path).complete([REQUEST, OTHERS[0]])
    assert again[0] == first[0] and again[1].text == "texte 3"
    assert SharingModel(numbered(), path).complete([OTHERS[0]]) == [again[1]]
