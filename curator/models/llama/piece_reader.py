"""Read the pieces of prompts into the sequences of a context, or give them what was kept.

What is new is read in a second context, where nothing else is. Where the numbers of a piece could
depend on more than the tokens before it, nothing is kept, and prompts are read where they are used.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from curator.models.llama.batch_decoder import Tokens, common_prefix, count_tokens
from curator.models.llama.context import LlamaContext
from curator.models.llama.prefixes import Prefixes, keys_of

if TYPE_CHECKING:
    from llama_cpp import Llama


def can_keep(llama: "Llama") -> bool:
    """Tell whether pieces can be kept apart.

    Not where the memory is no list of cells (recurrent models), nor where the rotation of positions
    depends on the context's size (two sets of factors, as in Phi-3).
    """
    import llama_cpp

    model: Any = llama.model
    if llama_cpp.llama_model_is_recurrent(model) or llama_cpp.llama_model_is_hybrid(model):
        return False
    return not any(k.endswith(".rope.scaling.original_context_length") for k in llama.metadata)


class DirectReader:
    """Reads pieces where they are used; keeps nothing."""

    def __init__(self, context: LlamaContext):
        self._context = context

    def read(
        self, sequence: int, pieces: Sequence[Tokens], start: int, shared: bool = False
    ) -> None:
        """Let a sequence that holds the first `start` pieces hold all of them."""
        tokens = [token for piece in pieces[start:] for token in piece]
        self._context.read(sequence, tokens, count_tokens(pieces[:start]))


class PieceReader:
    """Gives sequences of `target` the states of pieces; reads those that are not kept.

    `settings` are the model and whatever changes its numbers; `open_context` makes the context to
    read in, which happens if something has to be read. To be used in a `with`.
    """

    def __init__(
        self,
        target: LlamaContext,
        prefixes: Prefixes,
        settings: object,
        open_context: Callable[[], LlamaContext],
    ):
        self._target, self._prefixes = target, prefixes
        self._settings, self._open = settings, open_context
        self._stack = ExitStack()
        self._context: LlamaContext | None = None
        self._held: Sequence[Tokens] = ()  # the pieces in that context

    def __enter__(self) -> "PieceReader":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def read(
        self, sequence: int, pieces: Sequence[Tokens], start: int, shared: bool = False
    ) -> None:
        """Let a sequence that holds the first `start` pieces hold all of them."""
        keys = keys_of(self._settings, pieces)
        for number in range(start, len(pieces)):
            state = self._prefixes.get(keys[number])
            if state is None:
                state = self._make(keys, pieces[: number + 1], shared)
            self._target.load(sequence, state)

    def _make(self, keys: Sequence[str], pieces: Sequence[Tokens], shared: bool) -> bytes:
        """Read the last of some pieces, and keep its state."""
        self._context = self._context or self._stack.enter_context(self._open())
        self._hold(self._context, keys, pieces[:-1])
        begin, end = count_tokens(pieces[:-1]), count_tokens(pieces)
        started = time.perf_counter()
        self._context.read(0, pieces[-1], begin)
        seconds = time.perf_counter() - started
        self._held = pieces
        state = self._context.save(0, begin, end)
        self._prefixes.put(keys[len(pieces) - 1], state, seconds, shared)
        return state

    def _hold(self, context: LlamaContext, keys: Sequence[str], pieces: Sequence[Tokens]) -> None:
        """Let the context to read in hold these pieces and no others."""
        same = common_prefix(self._held, pieces)
        context.cut(0, count_tokens(pieces[:same]))
        for number in range(same, len(pieces)):
            state = self._prefixes.get(keys[number])
            if state is None:  # forgotten meanwhile
                context.read(0, pieces[number], count_tokens(pieces[:number]))
            else:
                context.load(0, state)
        self._held = pieces
