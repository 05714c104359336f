"""llama-cpp-python behind the TextModel protocol.

What stands before the last user message (the system prompt and the shots) is evaluated once and
kept. It is always evaluated apart from what follows, so that the numbers, and with them the
tokens, do not depend on what was asked before: a batch that was broken off goes on identically.
"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from curator.errors import ModelError
from curator.example import ModelRef, Sampling
from curator.models.base import Completion, Message
from curator.models.gguf import ModelFile
from curator.models.likelihood import mean_log_likelihood

if TYPE_CHECKING:
    from llama_cpp import Llama

# For models without a chat template: ChatML, which most small instruction models use.
_CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def _load(file: ModelFile, context: int, threads: int) -> "Llama":
    from llama_cpp import Llama

    options: dict[str, Any] = {"n_ctx": context, "n_threads": threads, "n_threads_batch": threads}
    try:
        # On machines without a GPU (or a build without one) -1 changes nothing.
        return Llama(str(file.path), n_gpu_layers=-1, verbose=False, **options)
    except (ValueError, OSError, RuntimeError) as error:
        raise ModelError(
            f"llama.cpp cannot load the model: {error}",
            where=file.path,
            hint="the file may be cut short: download it again",
        ) from error


class LlamaModel:
    """A GGUF model; see the module's text for what makes it repeatable."""

    def __init__(self, file: ModelFile, context: int, threads: int | None = None):
        import llama_cpp

        self._llama = _load(file, context, threads or os.cpu_count() or 1)
        self._prefix: list[int] = []
        runtime: dict[str, str | int] = {
            "llama_cpp_python": llama_cpp.__version__,
            "n_ctx": self._llama.n_ctx(),
            "n_batch": self._llama.n_batch,
            "flash_attn": 0,
        }
        self.ref = ModelRef(name=file.name, sha256=file.sha256, runtime=runtime)

    def complete(self, messages: Sequence[Message], sampling: Sampling, seed: int) -> Completion:
        """See TextModel."""
        prompt = self._tokens(messages)
        room = self._llama.n_ctx() - len(prompt)
        if room < sampling.max_tokens:
            raise ModelError(
                f"a prompt of {len(prompt)} tokens and {sampling.max_tokens} new ones do not fit "
                f"a context of {self._llama.n_ctx()}",
                hint="set model.context higher, or generate.shots or max_tokens lower",
            )
        self._keep_prefix(messages, prompt)
        result: Any = self._llama.create_completion(
            prompt,
            max_tokens=sampling.max_tokens,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            top_k=sampling.top_k,
            min_p=0.0,
            repeat_penalty=sampling.repeat_penalty,
            seed=seed,
        )
        choice = result["choices"][0]
        used = result["usage"]["completion_tokens"]
        return Completion(choice["text"], used, choice["finish_reason"] == "stop")

    def log_likelihood(self, text: str) -> float:
        """See signals.Scorer and models.likelihood; forgets the kept prefix."""
        self._prefix = []
        return mean_log_likelihood(self._llama, text)

    def _render(self, messages: Sequence[Message], add_prompt: bool) -> str:
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        template = self._llama.metadata.get("tokenizer.chat_template", _CHATML)
        eos, bos = (
            self._llama.detokenize([token], special=True).decode("utf-8", "replace")
            for token in (self._llama.token_eos(), self._llama.token_bos())
        )
        formatter = Jinja2ChatFormatter(template, eos, bos, add_generation_prompt=add_prompt)
        turns: Any = [{"role": m.role, "content": m.content} for m in messages]
        return str(formatter(messages=turns).prompt)

    def _tokens(self, messages: Sequence[Message]) -> list[int]:
        """The prompt; a last message of the assistant is its open end."""
        begun = messages[-1].content if messages[-1].role == "assistant" else ""
        closed = messages[:-1] if begun else messages
        text = self._render(closed, add_prompt=True) + begun
        return list(self._llama.tokenize(text.encode("utf-8"), add_bos=False, special=True))

    def _keep_prefix(self, messages: Sequence[Message], prompt: list[int]) -> None:
        """Leave in the model's memory what precedes the last user message, and nothing more."""
        users = [i for i, m in enumerate(messages) if m.role == "user"]
        text = self._render(messages[: users[-1]], add_prompt=False)
        tokens = list(self._llama.tokenize(text.encode("utf-8"), add_bos=False, special=True))
        shared = 0
        while shared < min(len(tokens), len(prompt) - 1) and tokens[shared] == prompt[shared]:
            shared += 1
        wanted = prompt[:shared]
        kept = wanted == self._prefix and self._llama.n_tokens >= shared
        if kept and self._llama._ctx.kv_cache_seq_rm(-1, shared, -1):
            self._llama.n_tokens = shared
            return
        self._llama.n_tokens = 0  # `eval` then forgets what lies beyond
        self._llama.eval(wanted)
        self._prefix = wanted
