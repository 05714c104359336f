"""A llama.cpp context through its low-level API: sequences that share cells of the KV cache.

The cells are one pool for all sequences (`kv_unified`), so that a shared prefix is kept once, and
flash attention, which skips the cells of other sequences, is on. Both change the tokens.
"""

import ctypes
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from curator.base.errors import ModelError

# Tokens evaluated in one call: the default of llama.cpp.
BATCH = 512
_FLASH_ATTENTION = 1
RUNTIME: dict[str, str | int] = {"n_batch": BATCH, "flash_attn": 1, "kv_unified": 1}


class LlamaContext:
    """A context of `cells` tokens for `sequences` sequences, to be used in a `with`.

    One more sequence is for states on their way in and out.

    llama.cpp works in a thread of its own, so that Ctrl-C is handled meanwhile and stops it.
    """

    def __init__(self, model: Any, cells: int, sequences: int, threads: int):
        import llama_cpp

        # The package maps log levels by an old list, so that llama.cpp's warnings come as errors.
        # The one that comes here, of more cells than the model was trained on, is no fault: the
        # cells are a pool, and no single text is that long.
        logging.getLogger("llama-cpp-python").setLevel(logging.CRITICAL)
        self._lib = llama_cpp
        self._stop = False
        self._stopped = llama_cpp.ggml_abort_callback(lambda _: self._stop)
        self.handle = llama_cpp.llama_init_from_model(
            model, self._options(cells, sequences, threads)
        )
        if not self.handle:
            hint = "set model.context or model.width lower"
            raise ModelError(f"llama.cpp cannot make a context of {cells} tokens", hint=hint)
        self._vocab = llama_cpp.llama_model_get_vocab(model)
        self._memory = llama_cpp.llama_get_memory(self.handle)
        self._batch = llama_cpp.llama_batch_init(BATCH, 0, 1)
        self._spare = sequences
        self._worker = ThreadPoolExecutor(1)

    def _options(self, cells: int, sequences: int, threads: int) -> Any:
        options = self._lib.llama_context_default_params()
        options.n_ctx, options.n_seq_max = cells, sequences + 1
        options.n_batch = options.n_ubatch = BATCH
        options.n_threads = options.n_threads_batch = threads
        options.kv_unified, options.flash_attn_type = True, _FLASH_ATTENTION
        options.abort_callback = self._stopped
        return options

    def __enter__(self) -> "LlamaContext":
        return self

    def __exit__(self, *_: object) -> None:
        self._worker.shutdown()
        self._lib.llama_batch_free(self._batch)
        self._lib.llama_free(self.handle)

    def read(self, sequence: int, tokens: Sequence[int], start: int) -> None:
        """Evaluate tokens of a sequence, from position `start` on."""
        for at in range(0, len(tokens), BATCH):
            part = tokens[at : at + BATCH]
            self._evaluate(
                [(sequence, t, start + at + i) for i, t in enumerate(part)], wanted=False
            )

    def step(self, rows: Sequence[tuple[int, int, int]]) -> None:
        """Evaluate (sequence, token, position) triples, at most BATCH, and keep their logits."""
        self._evaluate(rows, wanted=True)

    def copy(self, source: int, target: int) -> None:
        """Let an empty sequence share everything that another one holds."""
        self._lib.llama_memory_seq_cp(self._memory, source, target, -1, -1)

    def cut(self, sequence: int, length: int) -> int:
        """Forget what lies beyond `length`; return the length that is left.

        It is 0 where the memory cannot be cut in the middle, as in recurrent models.
        """
        if self._lib.llama_memory_seq_rm(self._memory, sequence, length, -1):
            return length
        self._lib.llama_memory_seq_rm(self._memory, sequence, -1, -1)
        return 0

    def save(self, sequence: int, start: int, end: int) -> bytes:
        """Return the state of the positions from `start` to `end` of a sequence."""
        lib = self._lib
        lib.llama_memory_seq_cp(self._memory, sequence, self._spare, start, end)
        data = bytearray(lib.llama_state_seq_get_size(self.handle, self._spare))
        buffer = (ctypes.c_uint8 * len(data)).from_buffer(data)
        size = lib.llama_state_seq_get_data(self.handle, buffer, len(data), self._spare)
        lib.llama_memory_seq_rm(self._memory, self._spare, -1, -1)
        if size != len(data):
            raise ModelError("llama.cpp could not give the state of a prompt")
        return bytes(data)

    def load(self, sequence: int, state: bytes) -> None:
        """Add to a sequence the positions whose state `save` returned."""
        lib = self._lib
        data = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        if not lib.llama_state_seq_set_data(self.handle, data, len(state), self._spare):
            raise ModelError("llama.cpp could not take the state of a prompt")
        lib.llama_memory_seq_cp(self._memory, self._spare, sequence, -1, -1)
        lib.llama_memory_seq_rm(self._memory, self._spare, -1, -1)

    def logits(self, row: int) -> Any:
        """Return a pointer to the logits of a row of the last step, one float per token.

        It is valid until the next evaluation.
        """
        return self._lib.llama_get_logits_ith(self.handle, row)

    def log_probability(self, row: int, token: int) -> float:
        """Return the log-probability of a token after a row of the last step."""
        import numpy as np

        size = self._lib.llama_vocab_n_tokens(self._vocab)
        logits = np.ctypeslib.as_array(self.logits(row), (size,)).astype(np.float64)
        highest = logits.max()
        return float(logits[token] - highest - np.log(np.exp(logits - highest).sum()))

    def _evaluate(self, rows: Sequence[tuple[int, int, int]], wanted: bool) -> None:
        batch = self._batch
        batch.n_tokens = len(rows)
        for i, (sequence, token, position) in enumerate(rows):
            batch.token[i], batch.pos[i], batch.logits[i] = token, position, wanted
            batch.n_seq_id[i], batch.seq_id[i][0] = 1, sequence
        code = self._decode()
        if code:
            raise ModelError(f"llama.cpp could not evaluate {len(rows)} tokens (code {code})")

    def _decode(self) -> int:
        running = self._worker.submit(self._lib.llama_decode, self.handle, self._batch)
        try:
            return int(running.result())
        except BaseException:  # Ctrl-C: llama.cpp must be out of the context before that is freed
            self._stop = True
            wait([running])
            raise
