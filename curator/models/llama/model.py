"""llama-cpp-python behind the TextModel protocol: waves of texts, written together.

Each wave gets a new context, so that the numbers, and with them the tokens, do not depend on what
was asked before, and its memory is given back. `batch_decoder` decides which text is written when,
`piece_reader` reads prompts, `prefixes` keeps what may be wanted again, `context` evaluates tokens,
`sampler` draws them.
"""

import codecs
import ctypes
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from curator.base.cache_folder import cache_folder
from curator.base.errors import ModelError
from curator.models.base import ChatRequest, Completion, Message, TextModel, ignore
from curator.models.llama.batch_decoder import (
    BLOCK,
    BatchDecoder,
    Job,
    Tokens,
    cells_needed,
    count_tokens,
    order_by_prefix,
    split,
)
from curator.models.llama.context import RUNTIME, LlamaContext
from curator.models.llama.gguf import ModelFile
from curator.models.llama.piece_reader import DirectReader, PieceReader, can_keep
from curator.models.llama.prefixes import Prefixes
from curator.models.llama.sampler import Sampler
from curator.models.settings import ModelSettings
from curator.records.example import ModelRef

if TYPE_CHECKING:
    from llama_cpp import Llama

# For models without a chat template: ChatML, which most small instruction models use.
_CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Rows of logits that `likelihood` holds in memory at once.
_SCORED = 64


def quiet_threads() -> None:
    """Let waiting OpenMP threads sleep; to be called before llama_cpp is imported.

    By default they spin, and take the core from the thread that works: beside other processes two
    threads wrote 6 to 10 tokens/s, and 69 to 88 where they sleep.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")


def _load(file: ModelFile) -> "Llama":
    """Load the weights and the vocabulary; the context that comes with them is not used."""
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
    """Return what changes the tokens beside the weights; it goes into provenance."""
    quiet_threads()
    import llama_cpp

    return {
        "llama_cpp_python": llama_cpp.__version__,
        "n_ctx": settings.context,
        "width": settings.width,
        "block": BLOCK,
        **RUNTIME,
    }


class LlamaModel(TextModel):
    """A GGUF model that writes up to `settings.width` texts at a time.

    `settings.context` bounds its memory: the texts share that many cells, and when these are taken,
    the next text waits for another one to end. What prompts begin with is kept in `prefixes`; where
    none are given, in those of the user's cache.
    """

    def __init__(self, file: ModelFile, settings: ModelSettings, prefixes: Prefixes | None = None):
        self._llama = _load(file)
        import llama_cpp

        self._lib = llama_cpp
        self._vocab = llama_cpp.llama_model_get_vocab(self._llama.model)
        self._context, self._width = settings.context, settings.width
        self._threads = settings.threads or os.cpu_count() or 1
        self.ref = ModelRef(name=file.name, sha256=file.sha256, runtime=runtime(settings))
        self._prefixes = prefixes or Prefixes(cache_folder() / "prefixes")
        self._keeps = can_keep(self._llama)

    @override
    def complete(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        prompts = [self._prompt(request.messages) for request in requests]
        for request, prompt in zip(requests, prompts, strict=True):
            self._check_room(len(prompt), request.sampling.max_tokens)
        with self._samplers(requests) as samplers:
            triples = zip(requests, prompts, samplers, strict=True)
            jobs = [
                Job(split(prompt[:-1]), prompt[-1], request.sampling.max_tokens, sampler)
                for request, prompt, sampler in triples
            ]
            if jobs:
                self._write(jobs, samplers, done)
        return [self._completion(job) for job in jobs]

    def prompt_tokens(self, messages: Sequence[Message]) -> int:
        """Count the tokens of a conversation as the model reads it."""
        return len(self._prompt(messages))

    def text_tokens(self, text: str) -> int:
        """Count the tokens of a text by itself."""
        return len(self._tokens(text, special=False))

    @override
    def likelihood(self, messages: Sequence[Message], text: str) -> float:
        prompt, written = self._prompt(messages), self._tokens(text, special=False)
        if not written:
            raise ModelError("an empty text has no likelihood")
        self._check_room(len(prompt), len(written))
        whole = prompt + written
        total = 0.0
        with self._opened(len(whole), 1, len(prompt)) as (context, reader):
            reader.read(0, split(prompt[:-1]), 0)
            for start in range(len(prompt) - 1, len(whole) - 1, _SCORED):
                part = whole[start : start + _SCORED + 1]
                context.step([(0, t, start + i) for i, t in enumerate(part[:-1])])
                total += sum(context.log_probability(i, t) for i, t in enumerate(part[1:]))
        return total / len(written)

    def _write(
        self, jobs: Sequence[Job], samplers: Sequence[Sampler], done: Callable[[int], None]
    ) -> None:
        ordered = order_by_prefix(jobs)
        pool = min(self._context, cells_needed(ordered))
        longest = max(count_tokens(job.pieces) for job in jobs)
        with self._opened(pool, self._width + 1, longest) as (context, reader):
            for sampler in samplers:
                sampler.context = context
            BatchDecoder(context, reader, self._width, pool).run(ordered, done)

    @contextmanager
    def _opened(
        self, cells: int, sequences: int, longest: int
    ) -> Iterator[tuple[LlamaContext, DirectReader | PieceReader]]:
        """Open a context, with what reads prompts of up to `longest` tokens into it."""

        def beside() -> LlamaContext:
            return LlamaContext(self._llama.model, longest, 1, self._threads)

        with LlamaContext(self._llama.model, cells, sequences, self._threads) as context:
            if not self._keeps:
                yield context, DirectReader(context)
                return
            with PieceReader(context, self._prefixes, self._numbers, beside) as reader:
                yield context, reader

    @cached_property
    def _numbers(self) -> dict[str, str | int]:
        """What decides the numbers of a piece beside its tokens: weights, program, machine."""
        machine = self._lib.llama_print_system_info().decode("utf-8", "replace")
        skipped = ("width", "n_ctx")  # these change who is evaluated together, afterwards
        runtime = {k: v for k, v in self.ref.runtime.items() if k not in skipped}
        return {
            **runtime,
            "sha256": self.ref.sha256,
            "machine": machine,
            "threads": self._threads,
        }

    @contextmanager
    def _samplers(self, requests: Sequence[ChatRequest]) -> Iterator[list[Sampler]]:
        samplers: list[Sampler] = []
        try:
            for request in requests:
                samplers.append(Sampler(self._vocab, request))
            yield samplers
        finally:
            for sampler in samplers:
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
        """Return the conversation as the model reads it, with the prefill after the template.

        A prefill alone is a text to go on with: the model reads it as it stands.
        """
        prefill = messages[-1].content if messages[-1].role == "assistant" else ""
        complete = messages[:-1] if prefill else messages
        if prefill and not complete:
            return self._tokens(prefill, special=False)
        turns = [{"role": m.role, "content": m.content} for m in complete]
        return self._tokens(self._template(messages=turns).prompt + prefill, special=True)

    def _tokens(self, text: str, special: bool) -> Tokens:
        return tuple(self._llama.tokenize(text.encode("utf-8"), add_bos=False, special=special))

    def _completion(self, job: Job) -> Completion:
        """Return the text of a job, without a character that the limit cut in two."""
        data = b"".join(map(self._piece, job.written))
        text = codecs.getincrementaldecoder("utf-8")("replace").decode(data)
        return Completion(text, len(job.written), job.finished)

    def _piece(self, token: int) -> bytes:
        """Return the bytes of a token. (`Llama.detokenize` garbles those of more than 32.)"""
        size = 1 << 10
        piece = ctypes.create_string_buffer(size)
        used = self._lib.llama_token_to_piece(self._vocab, token, piece, size, 0, False)
        return piece.raw[:used]
