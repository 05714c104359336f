"""How probable a model finds a text."""

import math
from typing import Any

from curator.errors import ModelError

_PART = 64  # tokens; the logits of a part are kept at once, 40 MB with Qwen's 152,000 words


def mean_log_likelihood(llama: Any, text: str) -> float:
    """The mean natural logarithm of the probability of each token after the first.

    `llama` is a `llama_cpp.Llama`; what it had in memory is forgotten. exp(-this) is the
    perplexity. A text longer than the context is scored as far as it fits. Raises ModelError for
    a text of fewer than two tokens.
    """
    import numpy as np

    tokens = llama.tokenize(text.encode("utf-8"), add_bos=False)[: llama.n_ctx()]
    if len(tokens) < 2:
        raise ModelError("a text of fewer than two tokens has no likelihood")
    llama.reset()
    llama._ctx.kv_cache_clear()
    total = 0.0
    for start in range(0, len(tokens) - 1, _PART):
        part = tokens[start : min(start + _PART, len(tokens) - 1)]
        llama._batch.set_batch(batch=part, n_past=start, logits_all=True)
        llama._ctx.decode(llama._batch)
        shape = (len(part), llama.n_vocab())
        logits = np.ctypeslib.as_array(llama._ctx.get_logits(), shape=shape).astype(np.float64)
        following = tokens[start + 1 : start + 1 + len(part)]
        highest = logits.max(axis=1)
        norm = highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1))
        total += float((logits[np.arange(len(part)), following] - norm).sum())
    llama._ctx.kv_cache_clear()
    mean = total / (len(tokens) - 1)
    if not math.isfinite(mean):
        raise ModelError("the model gives no finite likelihood", hint="its file may be damaged")
    return mean
