"""A model on an OpenAI-compatible server, behind the TextModel protocol.

`openai:MODEL@URL` names it, `openai:URL` where the server has only one. Several texts are asked for
at a time, and the server decides how it writes them together; so, unlike a model in this process,
it may answer the same request with another text. Its reference says so, and that no file was seen.
`endpoint` has the address and the key, `server` the requests and their errors, `flavour` the
differences between servers, `served` finds the model.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from typing_extensions import override

from curator.base.errors import ModelError
from curator.models.base import ChatRequest, Completion, Message, TextModel, ignore
from curator.models.interruptible import run
from curator.models.openai.endpoint import warn_once
from curator.models.openai.flavour import as_json, prefill_of, request_body, strip_prefill
from curator.models.openai.served import find_served, parse_name
from curator.models.openai.server import Json, RetryPolicy, Server
from curator.models.settings import ModelSettings

if TYPE_CHECKING:
    import httpx

BYTES_PER_TOKEN = 4  # about, in UTF-8, for servers that do not count tokens


def estimate_tokens(text: str) -> int:
    """Estimate the number of tokens of a text by its bytes."""
    return math.ceil(len(text.encode("utf-8")) / BYTES_PER_TOKEN)


class OpenAiModel(TextModel):
    """A served model, asked for `settings.concurrency` texts at a time.

    It is looked up when it is made; raises ModelError where there is no such server or model.
    """

    def __init__(self, settings: ModelSettings, retries: RetryPolicy | None = None):
        wanted, url = parse_name(settings.name)
        self._server = Server(url, settings.timeout, retries)
        self._concurrency = settings.concurrency
        self._served = run(find_served(self._server, wanted, settings))
        self._flavour = self._served.flavour
        self.ref = self._served.ref

    @override
    def complete(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """Ask for the texts; the same wave may give other texts.

        The server finds what does not fit or is not GBNF, when other texts may have been written.
        The first error that retrying does not cure ends all, and so does Ctrl-C.
        """
        if not self._flavour.grammar and any(request.grammar is not None for request in requests):
            kind = self._flavour.name
            warn_once(f"{self._server.url}: a {kind} server takes no grammar; asking without it")
        return run(self._complete(requests, done))

    @override
    def likelihood(self, messages: Sequence[Message], text: str) -> float:
        """Score a text; only vLLM tells the probabilities of one that it did not write."""
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
            content = choice["message"].get("content") or ""
            finished = choice.get("finish_reason") != "length"
            # JSON may hold half characters, as lone surrogates.
            text = content.encode("utf-8", "replace").decode("utf-8")
        except (LookupError, TypeError, AttributeError) as error:
            raise self._unexpected("no chat completion") from error
        if self._flavour.repeats:
            text = strip_prefill(prefill_of(request.messages), text)
        return Completion(text, self._count(answer.get("usage"), text), finished)

    def _count(self, usage: object, text: str) -> int:
        """Return the server's count of tokens, else an estimate, with one warning."""
        counted = usage.get("completion_tokens") if isinstance(usage, dict) else None
        if isinstance(counted, int) and counted >= 0:
            return counted
        url = self._server.url
        warn_once(f"{url}: tells no numbers of tokens; estimated at {BYTES_PER_TOKEN} bytes each")
        return estimate_tokens(text)

    async def _likelihood(self, messages: Sequence[Message], text: str) -> float:
        """Score by echo: conversation and text are one prompt, whose probabilities come back.

        One token is written too, since 0 means "no limit" to some servers; it is not counted.
        """
        prefilled = bool(prefill_of(messages))
        ends = {"add_generation_prompt": not prefilled, "continue_final_message": prefilled}
        async with self._server.client() as client:
            prompt = await self._tokens(client, {"messages": as_json(messages), **ends})
            written = await self._tokens(client, {"prompt": text, "add_special_tokens": False})
            whole = {"model": self._served.id, "prompt": [*prompt, *written]}
            options = {"max_tokens": 1, "echo": True, "logprobs": 0}
            answer = await self._server.post(client, "completions", {**whole, **options})
        try:
            scores = answer["choices"][0]["logprobs"]["token_logprobs"]
            own = [float(s) for s in scores[len(prompt) : len(prompt) + len(written)]]
        except (LookupError, TypeError, ValueError) as error:
            raise self._unexpected("no probabilities") from error
        if not own or len(own) != len(written):
            raise self._unexpected("not a probability for each token")
        return math.fsum(own) / len(own)

    async def _tokens(self, client: "httpx.AsyncClient", body: Json) -> list[int]:
        answer = await self._server.post(client, "/tokenize", {"model": self._served.id, **body})
        tokens = answer.get("tokens")
        if not isinstance(tokens, list):
            raise self._unexpected("no tokens")
        return tokens

    def _unexpected(self, what: str) -> ModelError:
        hint = "check what listens there, and model.flavour"
        return ModelError(f"its answer holds {what}", where=self._server.url, hint=hint)
