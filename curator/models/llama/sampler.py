"""Draw the tokens of one text, with llama.cpp's samplers.

The order is that of llama-cpp-python: repeat penalty, top-k, top-p, temperature, draw; or the
likeliest token at temperature 0. The penalty touches at most `_LAST` tokens and only lowers them,
so the best k afterwards are among the best k + `_LAST` before: only those are penalised, which
gives the same tokens without scanning the whole vocabulary.

With a grammar, a token is drawn without it and kept if the grammar allows it; otherwise one is
drawn among those that it allows. The distribution is the one of a grammar that filters before the
draw, but the grammar seldom has to filter the whole vocabulary.
"""

import ctypes
import math
from typing import Any

from curator.base.errors import ModelError
from curator.models.base import ChatRequest
from curator.models.llama.context import LlamaContext
from curator.records.example import Sampling

# Tokens that the repeat penalty looks back: the default of llama.cpp.
_LAST = 64


def make_chain(vocab: Any, sampling: Sampling, seed: int) -> Any:
    """Chain the samplers of a text; to be freed with `llama_sampler_free`."""
    import llama_cpp as lib

    greedy = sampling.temperature == 0
    best = 1 if greedy else sampling.top_k
    steps = []
    if best and sampling.repeat_penalty >= 1:
        steps.append(lib.llama_sampler_init_top_k(best + _LAST))
    size = lib.llama_vocab_n_tokens(vocab)
    steps.append(lib.llama_sampler_init_penalties(size, _LAST, sampling.repeat_penalty, 0.0, 0.0))
    if greedy:
        steps.append(lib.llama_sampler_init_greedy())
    else:
        steps += [
            lib.llama_sampler_init_top_k(sampling.top_k),
            lib.llama_sampler_init_top_p(sampling.top_p, 1),
            lib.llama_sampler_init_temp(sampling.temperature),
            # llama.cpp takes the largest seed for "any"
            lib.llama_sampler_init_dist(seed % 0xFFFFFFFF),
        ]
    chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
    for step in steps:
        lib.llama_sampler_chain_add(chain, step)
    return chain


def make_grammar(vocab: Any, text: str) -> Any:
    """Make a sampler that allows what a GBNF grammar does; raises ModelError where it is none."""
    import llama_cpp as lib

    grammar = lib.llama_sampler_init_grammar(vocab, text.encode("utf-8"), b"root")
    if not text.strip() or not grammar:
        begin = " ".join(text.split())[:60]
        hint = "llama.cpp's message above says where; the start symbol is `root`"
        raise ModelError(f"not a GBNF grammar: {begin!r}", hint=hint)
    return grammar


class Sampler:
    """Draws the tokens of one request; `context` is set before the first draw."""

    def __init__(self, vocab: Any, request: ChatRequest):
        import llama_cpp

        self._lib, self._vocab = llama_cpp, vocab
        self.context: LlamaContext
        self._grammar = (
            make_grammar(vocab, request.grammar) if request.grammar is not None else None
        )
        self._chain = make_chain(vocab, request.sampling, request.seed)

    def free(self) -> None:
        """Free the memory; the sampler draws no more."""
        for sampler in filter(None, (self._chain, self._grammar)):
            self._lib.llama_sampler_free(sampler)

    def draw(self, row: int) -> int | None:
        """Return the next token, from a row of the last step; None at the end of the text."""
        if self._grammar is None:
            token = int(self._lib.llama_sampler_sample(self._chain, self.context.handle, row))
        else:
            token = self._draw_allowed(row)
        return None if self._lib.llama_vocab_is_eog(self._vocab, token) else token

    def _draw_allowed(self, row: int) -> int:
        tokens = TokenLogits(self.context.logits(row), self._lib.llama_vocab_n_tokens(self._vocab))
        token, _ = tokens.choose(self._chain)
        if not self._allows(token):
            token, logit = tokens.choose(self._grammar, self._chain)
            if logit == -math.inf:  # accepting a refused token would abort the process
                raise ModelError("the grammar allows no token of the model here")
        self._lib.llama_sampler_accept(self._chain, token)
        self._lib.llama_sampler_accept(self._grammar, token)
        return token

    def _allows(self, token: int) -> bool:
        data = self._lib.llama_token_data(token, 0.0, 0.0)
        array = self._lib.llama_token_data_array(ctypes.pointer(data), 1, -1, False)
        self._lib.llama_sampler_apply(self._grammar, ctypes.byref(array))
        return bool(data.logit != -math.inf)


class TokenLogits:
    """All tokens of a vocabulary with their logits, for samplers to choose from."""

    def __init__(self, logits: Any, size: int):
        import numpy as np

        self._logits = np.ctypeslib.as_array(logits, (size,))
        self._data = np.empty(size, [("id", np.int32), ("logit", np.float32), ("p", np.float32)])

    def choose(self, *samplers: Any) -> tuple[int, float]:
        """Apply samplers in order; return the token that the last one chooses, and its logit."""
        import llama_cpp as lib
        import numpy as np

        data = self._data
        data["id"], data["logit"], data["p"] = np.arange(len(data)), self._logits, 0
        pointer = data.ctypes.data_as(ctypes.POINTER(lib.llama_token_data))
        array = lib.llama_token_data_array(pointer, len(data), -1, False)
        for sampler in samplers:
            lib.llama_sampler_apply(sampler, ctypes.byref(array))
        chosen = array.data[array.selected]
        return int(chosen.id), float(chosen.logit)
