"""Measure whether a French answer stays with the English passages that it was given.

What survives translation is compared: names in inline code, error codes, and citations. A share
of 1 says that nothing was named or cited that the passages lack; not that what is said of it is
so. A low share need not be a fault: a model may rightly name what no passage does. The code of
blocks is left to rustc.
"""

import re
from collections.abc import Iterable, Sequence

from curator.evaluation.fences import fences, outside
from curator.evaluation.records import Source
from curator.rust.source import analyse
from curator.text.shingles import KEYWORDS

_INLINE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]+)\1(?!`)")
_NAME = re.compile(r"[A-Za-z_]\w+")
_ERROR = re.compile(r"\bE\d{4}\b")
_NUMBERS = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_ADDRESS = re.compile(r"[\w%./:#-]+")


def names(text: str) -> set[str]:
    """Return the names in a text's inline code, and its error codes; no keyword, no letter."""
    prose = outside(text)
    spans = " ".join(code for _, code in _INLINE.findall(prose))
    return (set(_NAME.findall(spans)) | set(_ERROR.findall(prose))) - KEYWORDS


def _defined(text: str) -> set[str]:
    """Return the names that a text's own blocks define: what is said of them needs no source."""
    return {name for fence in fences(text) for name in analyse(fence.code).defines}


def citations(text: str, sources: Sequence[Source]) -> list[bool]:
    """Tell of each "[n]" and each address of a page whether it is one of the sources."""
    prose = _INLINE.sub(" ", outside(text))
    numbers = (int(n) for cited in _NUMBERS.findall(prose) for n in re.findall(r"\d+", cited))
    known = [_page(source.address) for source in sources]
    cited = (page for word in _ADDRESS.findall(prose) if (page := _page(word)).endswith(".html"))
    return [1 <= n <= len(sources) for n in numbers] + [
        any(_same_page(page, other) for other in known) for page in cited
    ]


def _page(address: str) -> str:
    """Strip an address of its anchor, and of the full stop that ends a sentence."""
    return address.partition("#")[0].rstrip(".:")


def _same_page(one: str, other: str) -> bool:
    """Tell whether two addresses name one page; either may leave out the folders above it."""
    return f"/{one}".endswith(f"/{other}") or f"/{other}".endswith(f"/{one}")


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _NAME.findall(text)}


def groundedness(text: str, prompt: str, sources: Sequence[Source]) -> float | None:
    """Return the share of an answer's names and citations that the sources bear out.

    Names are those of `names`, less those of the prompt and those that the answer's blocks define;
    one is borne out if it is a word of some passage. None without sources, or where there is
    nothing to hold against them.
    """
    if not sources:
        return None
    new = names(text) - _words([prompt]) - _defined(text)
    known = _words(f"{source.title}\n{source.text}" for source in sources)
    borne = [name in known for name in new] + citations(text, sources)
    return sum(borne) / len(borne) if borne else None
