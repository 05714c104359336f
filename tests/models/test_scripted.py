"""The fake that ships keeps the contract of a model."""

from curator.models.base import ChatRequest, Completion, Message
from curator.models.scripted import ScriptedModel
from curator.records.example import Sampling

TURNS = (Message("user", "?"),)


def test_each_ask_gets_its_answer() -> None:
    fake = ScriptedModel(lambda messages, seed: f"un deux trois {seed}")
    counts: list[int] = []
    asks = [
        ChatRequest(TURNS, Sampling(max_tokens=24), 7),
        ChatRequest(TURNS, Sampling(max_tokens=2), 8),
    ]
    whole, cut = fake.complete(asks, counts.append)
    assert (whole.text, whole.finished) == ("un deux trois 7", True)
    assert (cut.text, cut.tokens, cut.finished) == ("un deux", 2, False)
    assert counts == [1, 2]
    assert fake.asked == 2


def test_its_likelihood_is_scripted_too() -> None:
    fake = ScriptedModel(lambda messages, seed: "", lambda messages, text: -float(len(text)))
    assert fake.likelihood(TURNS, "abc") == -3


def test_what_a_model_writes_is_cleaned() -> None:
    assert Completion("10%\r50%\r\n\u200bfin\x07", 4, True).text == "10%\n50%\nfin"
