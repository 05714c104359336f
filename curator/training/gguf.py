"""Quantise, load and query GGUF files through llama-cpp-python.

The only module here that imports llama_cpp.
"""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from curator.base.errors import ModelError
from curator.models.llama.gguf import check_gguf
from curator.models.llama.model import quiet_threads

QUANTISATION = "Q4_K_M"


def quantise(source: Path, out: Path, threads: int = 0) -> None:
    """Write `source` as Q4_K_M; raises ModelError where llama.cpp refuses. 0 threads: all."""
    import llama_cpp

    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_K_M
    params.nthread = threads
    part = out.with_name(f".{out.name}.part")
    files = str(source).encode(), str(part).encode()
    with _quiet():
        code = llama_cpp.llama_model_quantize(*files, ctypes.byref(params))
    if code:
        part.unlink(missing_ok=True)
        raise ModelError(f"llama.cpp cannot quantise it (code {code})", where=source)
    part.replace(out)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence llama.cpp's quantiser, which prints a line for each tensor whatever it is told."""
    import llama_cpp
    from llama_cpp._logger import llama_log_callback as usual

    nothing = llama_cpp.llama_log_callback(lambda level, text, data: None)
    llama_cpp.llama_log_set(nothing, ctypes.c_void_p(0))
    try:
        yield
    finally:
        llama_cpp.llama_log_set(usual, ctypes.c_void_p(0))


class Reader:
    """A GGUF that tells, token by token, what it would have written."""

    def __init__(self, path: Path, context: int = 1024):
        quiet_threads()
        from llama_cpp import Llama

        check_gguf(path)
        try:
            self._llama: Any = Llama(str(path), n_ctx=context, logits_all=True, verbose=False)
        except (ValueError, OSError, RuntimeError) as error:
            raise ModelError(f"llama.cpp cannot load it: {error}", where=path) from error

    def choices(self, prompt: Sequence[int], text: Sequence[int]) -> list[int]:
        """Return the most likely token at each place of `text` after `prompt`, given all before it.

        Raises ModelError where the model computes what is no number.
        """
        import numpy as np

        self._llama.reset()
        self._llama.eval([*prompt, *text[:-1]])
        rows = self._llama.scores[len(prompt) - 1 : len(prompt) - 1 + len(text)]
        if not np.isfinite(rows).all():
            what = "what it computes is not finite in float16: the training has diverged"
            hint = "train again with a lower learning_rate"
            raise ModelError(what, where=self._llama.model_path, hint=hint)
        return [int(i) for i in np.argmax(rows, axis=-1)]

    def greedy(self, prompt: Sequence[int], count: int) -> list[int]:
        """Return the `count` tokens that follow `prompt` when the most likely is always taken."""
        self._llama.reset()
        self._llama.eval(list(prompt))
        written: list[int] = []
        while len(written) < count:
            written.append(int(self._llama.scores[self._llama.n_tokens - 1].argmax()))
            if written[-1] == self._llama.token_eos():
                break
            self._llama.eval(written[-1:])
        return written

    def close(self) -> None:
        """Free its memory."""
        self._llama.close()
