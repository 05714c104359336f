"""llama-cpp-python behind the TextModel protocol: waves of texts, written together.

Each wave has a context of its own, so the numbers, and with them the tokens, do not depend on
what was asked before, and its memory is given back. The pieces: `wave` decides who is written
when, `llama_context` evaluates, `llama_sampler` draws.
"""

import codecs
import ctypes
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from curator.base.errors import ModelError
from curator.models.base import ChatRequest, Completion, Message, ignore
from curator.models.llama.context import RUNTIME, LlamaContext
from curator.models.llama.gguf import ModelFile
from curator.models.llama.sampler import Sampler
from curator.models.llama.wave import Job, Tokens, Wave, cells, line_up
from curator.models.settings import ModelSettings
from curator.records.example import ModelRef

if TYPE_CHECKING:
    from llama_cpp import Llama

# For models without a chat template: ChatML, which most small instruction models use.
_CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Rows of logits that `likelihood` has in memory at once.
_SCORED = 64


def quiet_threads() -> None:
    """Let threads that wait sleep; to be called before llama_cpp is imported, which reads this.

    Threads of OpenMP that wait by spinning take the core from the one that works: beside other
    processes two threads wrote 6 to 10 tokens/s, and 69 to 88 where they sleep.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")


def _load(file: ModelFile) -> "Llama":
    """The weights and the vocabulary; the context that comes with them is small and not used."""
    quiet_threads()
    from llama_cpp import Llama

    try:
        # On machines without a GPU (or a build without one) -1 changes nothing.
        return Llama(str(file.path), n_gpu_layers=-1, verbose=False, n_ctx=32, n_batch=32)
    except (ValueError, OSError, RuntimeError) as error:
        raise ModelError(
            f"llama.cpp cannot load the model: {error}",
            where=file.path,
            hint="the file may be cut short: download it again",
        ) from error


def runtime(settings: ModelSettings) -> dict[str, str | int]:
    """What, besides the weights, changes the tokens."""
    quiet_threads()
    import llama_cpp

    return {
        "llama_cpp_python": llama_cpp.__version__,
        "n_ctx": settings.context,
        "width": settings.width,
        **RUNTIME,
    }


class LlamaModel:
    """A GGUF model that writes up to `settings.width` texts at a time.

    `settings.context` bounds its memory: they share that many tokens, and when these are taken,
    the next text waits for one to end.
    """

    def __init__(self, file: ModelFile, settings: ModelSettings):
        self._llama = _load(file)
        import llama_cpp

        self._lib = llama_cpp
        self._vocab = llama_cpp.llama_model_get_vocab(self._llama.model)
        self._context, self._width = settings.context, settings.width
        self._threads = settings.threads or os.cpu_count() or 1
        self.ref = ModelRef(name=file.name, sha256=file.sha256, runtime=runtime(settings))

    def complete(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """See TextModel."""
        prompts = [self._prompt(request.messages) for request in requests]
        for request, prompt in zip(requests, prompts, strict=True):
            self._check_room(len(prompt), request.sampling.max_tokens)
        with self._samplers(requests) as samplers:
            every = zip(requests, prompts, samplers, strict=True)
            jobs = [Job(prompt, request.sampling.max_tokens, s) for request, prompt, s in every]
            if jobs:
                self._write(jobs, samplers, done)
        return [self._completion(job) for job in jobs]

    def prompt_tokens(self, messages: Sequence[Message]) -> int:
        """How many tokens a conversation takes as it is asked."""
        return len(self._prompt(messages))

    def text_tokens(self, text: str) -> int:
        """How many tokens a text takes, by itself."""
        return len(self._tokens(text, special=False))

    def likelihood(self, messages: Sequence[Message], text: str) -> float:
        """See TextModel."""
        prompt, written = self._prompt(messages), self._tokens(text, special=False)
        if not written:
            raise ModelError("an empty text has no likelihood")
        self._check_room(len(prompt), len(written))
        whole = prompt + written
        total = 0.0
        with LlamaContext(self._llama.model, len(whole), 1, self._threads) as context:
            context.read(0, prompt[:-1], 0)
            for start in range(len(prompt) - 1, len(whole) - 1, _SCORED):
                part = whole[start : start + _SCORED + 1]
                context.step([(0, t, start + i) for i, t in enumerate(part[:-1])])
                total += sum(context.log_probability(i, t) for i, t in enumerate(part[1:]))
        return total / len(written)

    def _write(
        self, jobs: Sequence[Job], samplers: Sequence[Sampler], done: Callable[[int], None]
    ) -> None:
        lined_up = line_up(jobs)
        pool = min(self._context, cells(lined_up))
        with LlamaContext(self._llama.model, pool, self._width + 1, self._threads) as context:
            for sampler in samplers:
                sampler.context = context
            Wave(context, self._width, pool).run(lined_up, done)

    @contextmanager
    def _samplers(self, requests: Sequence[ChatRequest]) -> Iterator[list[Sampler]]:
        made: list[Sampler] = []
        try:
            for request in requests:
                made.append(Sampler(self._vocab, request))
            yield made
        finally:
            for sampler in made:
                sampler.free()

    def _check_room(self, prompt: int, new: int) -> None:
        if prompt + new > self._context:
            raise ModelError(
                f"a prompt of {prompt} tokens and {new} new ones do not fit "
                f"a context of {self._context}",
                hint="set model.context higher, or generate.shots or max_tokens lower",
            )

    @cached_property
    def _template(self) -> Any:
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        template = self._llama.metadata.get("tokenizer.chat_template", _CHATML)
        eos, bos = (
            self._llama.detokenize([token], special=True).decode("utf-8", "replace")
            for token in (self._llama.token_eos(), self._llama.token_bos())
        )
        return Jinja2ChatFormatter(template, eos, bos)

    def _prompt(self, messages: Sequence[Message]) -> Tokens:
        """The conversation as the model reads it; a last message of the assistant is its end."""
        begun = messages[-1].content if messages[-1].role == "assistant" else ""
        closed = messages[:-1] if begun else messages
        turns = [{"role": m.role, "content": m.content} for m in closed]
        return self._tokens(self._template(messages=turns).prompt + begun, special=True)

    def _tokens(self, text: str, special: bool) -> Tokens:
        return tuple(self._llama.tokenize(text.encode("utf-8"), add_bos=False, special=special))

    def _completion(self, job: Job) -> Completion:
        """The text of a job, without the rest of a character that the limit cut in two."""
        data = b"".join(map(self._piece, job.written))
        text = codecs.getincrementaldecoder("utf-8")("replace").decode(data)
        return Completion(text, len(job.written), job.finished)

    def _piece(self, token: int) -> bytes:
        """The bytes of a token. (`Llama.detokenize` garbles those of more than 32.)"""
        size = 1 << 10
        piece = ctypes.create_string_buffer(size)
        used = self._lib.llama_token_to_piece(self._vocab, token, piece, size, 0, False)
        return piece.raw[:used]
