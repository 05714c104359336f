"""A model that an OpenAI-compatible server has, behind the TextModel protocol.

`openai:MODEL@URL` names it, `openai:URL` where the server has only one. Several texts are asked for
at a time, and the server decides how it writes them together; so, unlike a model of our own, it may
write another text to the same ask. Its reference says so, and that no file was seen. The pieces:
`openai_access` has the address and the key, `openai_server` the requests and their faults,
`openai_flavour` what servers have of their own, `openai_served` finds the model.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from curator.base.errors import ModelError
from curator.models.base import ChatRequest, Completion, Message, ignore
from curator.models.interruptible import run
from curator.models.openai.access import warn_once
from curator.models.openai.flavour import begun, request_body, turns, without
from curator.models.openai.served import look_up, place
from curator.models.openai.server import Json, Patience, Server
from curator.models.settings import ModelSettings

if TYPE_CHECKING:
    import httpx

BYTES = 4  # of UTF-8 in a token, more or less, for servers that do not count them


def estimated_tokens(text: str) -> int:
    """About how many tokens a text has, by its bytes."""
    return math.ceil(len(text.encode("utf-8")) / BYTES)


class OpenAiModel:
    """A served model, asked for `settings.concurrency` texts at a time.

    It is looked up at once; raises ModelError where there is no such server or model.
    """

    def __init__(self, settings: ModelSettings, patience: Patience | None = None):
        wanted, url = place(settings.name)
        self._server = Server(url, settings.timeout, patience)
        self._concurrency = settings.concurrency
        self._served = run(look_up(self._server, wanted, settings))
        self._flavour = self._served.flavour
        self.ref = self._served.ref

    def complete(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """See TextModel; the same wave may give other texts.

        It is the server that finds what does not fit or is no grammar, and others may have been
        written by then. The first fault that stays ends all, and so does Ctrl-C.
        """
        if not self._flavour.grammar and any(request.grammar is not None for request in requests):
            kind = self._flavour.name
            warn_once(f"{self._server.url}: a {kind} server takes no grammar; asking without it")
        return run(self._complete(requests, done))

    def likelihood(self, messages: Sequence[Message], text: str) -> float:
        """See TextModel; only vLLM tells the probabilities of a text that it did not write."""
        if not text:
            raise ModelError("an empty text has no likelihood")
        if not self._flavour.scores:
            what = f"a {self._flavour.name} server does not tell how probable a given text is"
            hint = "set generate.likelihood: false, or serve the model with vLLM"
            raise ModelError(what, where=self._server.url, hint=hint)
        return run(self._likelihood(messages, text))

    async def _complete(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None]
    ) -> list[Completion]:
        gate = asyncio.Semaphore(self._concurrency)
        async with self._server.client() as client:
            tasks = [
                asyncio.create_task(self._write(client, gate, request)) for request in requests
            ]
            try:
                for ended, task in enumerate(asyncio.as_completed(tasks), 1):
                    await task
                    done(ended)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        return [task.result() for task in tasks]

    async def _write(
        self, client: "httpx.AsyncClient", gate: asyncio.Semaphore, request: ChatRequest
    ) -> Completion:
        body = {"model": self._served.id, **request_body(request, self._flavour)}
        async with gate:
            answer = await self._server.post(client, "chat/completions", body)
        try:
            choice = answer["choices"][0]
            said = choice["message"].get("content") or ""
            finished = choice.get("finish_reason") != "length"
            text = said.encode("utf-8", "replace").decode("utf-8")  # JSON may hold half characters
        except (LookupError, TypeError, AttributeError) as error:
            raise self._odd("no chat completion") from error
        if self._flavour.repeats:
            text = without(begun(request.messages), text)
        return Completion(text, self._count(answer.get("usage"), text), finished)

    def _count(self, usage: object, text: str) -> int:
        """The tokens that the server counted, else an estimate, of which is warned once."""
        told = usage.get("completion_tokens") if isinstance(usage, dict) else None
        if isinstance(told, int) and told >= 0:
            return told
        url = self._server.url
        warn_once(f"{url}: tells no numbers of tokens; estimated at {BYTES} bytes each")
        return estimated_tokens(text)

    async def _likelihood(self, messages: Sequence[Message], text: str) -> float:
        """By echo: the conversation and the text are one prompt, whose probabilities are told.

        One token is written too, since 0 means "no limit" to some; it is not counted.
        """
        start = bool(begun(messages))
        ends = {"add_generation_prompt": not start, "continue_final_message": start}
        async with self._server.client() as client:
            prompt = await self._tokens(client, {"messages": turns(messages), **ends})
            written = await self._tokens(client, {"prompt": text, "add_special_tokens": False})
            asked = {"model": self._served.id, "prompt": [*prompt, *written]}
            told = {"max_tokens": 1, "echo": True, "logprobs": 0}
            answer = await self._server.post(client, "completions", {**asked, **told})
        try:
            scores = answer["choices"][0]["logprobs"]["token_logprobs"]
            mine = [float(s) for s in scores[len(prompt) : len(prompt) + len(written)]]
        except (LookupError, TypeError, ValueError) as error:
            raise self._odd("no probabilities") from error
        if not mine or len(mine) != len(written):
            raise self._odd("not a probability for each token")
        return math.fsum(mine) / len(mine)

    async def _tokens(self, client: "httpx.AsyncClient", body: Json) -> list[int]:
        answer = await self._server.post(client, "/tokenize", {"model": self._served.id, **body})
        found = answer.get("tokens")
        if not isinstance(found, list):
            raise self._odd("no tokens")
        return found

    def _odd(self, what: str) -> ModelError:
        hint = "check what listens there, and model.flavour"
        return ModelError(f"its answer holds {what}", where=self._server.url, hint=hint)
