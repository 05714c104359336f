"""Clean text where it enters: one kind of line end, no control and no invisible characters.

Whatever comes from a file, a model, a form or a server passes `normalise_text` once, so that all
code after it has one notion of a line. Texts that were stored before are left as they are, since
their ids are hashes of them; `stray_characters` names what is wrong with such a text.

    CRLF, CR                                line feed
    VT, FF, NEL, U+2028, U+2029             space: rustc takes them for white space within a line,
                                            so that a comment still ends where it did
    escape sequences of a terminal          removed whole ("ESC[31m" is a colour, and no text)
    other control characters (category Cc)  removed, but tab and line feed stay
    invisible characters                    removed: zero-width spaces and joiners, soft hyphens,
                                            byte order marks, marks of direction, tags, fillers;
                                            a joiner that makes one picture of two stays
"""

import re
import unicodedata

_SPACE_LIKE = "\x0b\x0c\x85\u2028\u2029"
_JOINER = "\u200d"
_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\))")
# Every character that the rule speaks of; most texts have none. Listed rather than asked of
# unicodedata, so that an id does not depend on the version of Python, and so that the few of
# category Cf that can be seen (Arabic and Syriac signs) stay.
_STRAY = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f]"
)
# What may stand between a picture and the joiner after it: its style, the colour of its skin.
_VARIANTS = "\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"


def _joins_pictures(text: str, at: int) -> bool:
    """Tell whether the joiner at a place makes one picture of two, such as a family of people."""
    before, after = text[max(0, at - 4) : at].rstrip(_VARIANTS)[-1:], text[at + 1 : at + 2]
    return all(c and unicodedata.category(c) == "So" for c in (before, after))


def _is_stray(found: "re.Match[str]") -> bool:
    character = found.group()
    return character != _JOINER or not _joins_pictures(found.string, found.start())


def normalise_text(text: str) -> str:
    """Return `text` by the rule of this module; what is clean comes back as it is."""
    if not _STRAY.search(text):
        return text
    plain = _TERMINAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _STRAY.sub(_replacement, plain)


def _replacement(found: "re.Match[str]") -> str:
    if found.group() in _SPACE_LIKE:
        return " "
    return "" if _is_stray(found) else found.group()


def stray_characters(text: str) -> tuple[str, ...]:
    """Name the characters that `normalise_text` would not leave, each once: "U+200B"."""
    strays = (m.group() for m in _STRAY.finditer(text) if _is_stray(m))
    return tuple(dict.fromkeys(f"U+{ord(c):04X}" for c in strays))


def normalise(text: str) -> str:
    """Normalise a text: NFC, LF, no spaces at line ends, no blank lines around it."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")
