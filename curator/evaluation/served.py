"""Answer through an OpenAI-compatible server's model, as an arm: openai:MODEL@URL.

Its file is not seen. So the arm has no digest of weights, but what the server tells and where it
is: the same words later may be another model's, and the server may write another text to the same
ask. It tells no sizes of prompts in a way that all servers share; they are estimated, and it is
the server that finds what does not fit.
"""

from collections.abc import Callable, Sequence

from typing_extensions import override

from curator.evaluation.records import ModelIdentity
from curator.evaluation.respond import Responder
from curator.models.base import ChatRequest, Completion, Message, ignore
from curator.models.openai.endpoint import warn_once
from curator.models.openai.model import BYTES_PER_TOKEN, OpenAiModel, estimate_tokens
from curator.models.openai.served import parse_name
from curator.models.settings import ModelSettings
from curator.records.example import Sampling

_TURN = 8  # tokens around a message


class ServedResponder(Responder):
    """A served model. The server is asked for it at once; raises ModelError.

    `settings.concurrency` prompts are asked for together, and make a wave.
    """

    def __init__(self, settings: ModelSettings):
        self._model = OpenAiModel(settings)
        self.width = settings.concurrency
        self.ref = identity(self._model, parse_name(settings.name)[1], self.width)

    @override
    def prompt_tokens(self, messages: Sequence[Message]) -> int:  # an estimate
        return sum(_TURN + self.text_tokens(m.content) for m in messages)

    @override
    def text_tokens(self, text: str) -> int:  # an estimate
        return estimate_tokens(text)

    @override
    def respond(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        return self._model.complete(requests, done)

    @override
    def close(self) -> None:
        pass  # connections end with their wave


def identity(model: OpenAiModel, url: str, width: int) -> ModelIdentity:
    """Describe what is known of a served model.

    `told_sha256` is the digest of what its server tells of it. `sampling` are the settings that the
    server takes; in all others it draws by its own rules.
    """
    told = model.ref.runtime
    lacking = [n for n in Sampling.model_fields if n not in str(told["sampling"]).split(", ")]
    if lacking:
        warn_once(f"{url}: its kind of server takes no {', '.join(lacking)}; it has its own")
    return ModelIdentity(
        kind="served",
        name=model.ref.name,
        runtime={
            "server": told["server"],
            "address": url.rstrip("/"),
            "told_sha256": model.ref.sha256,
            "sampling": told["sampling"],
            "repeatable": told["repeatable"],
            "tokens_of_prompts": f"estimated at {BYTES_PER_TOKEN} bytes each",
            "width": width,
        },
    )
