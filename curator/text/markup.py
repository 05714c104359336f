"""Find what belongs to no question and no answer: marks of chat formats, text beside the sections.

A model that is cut late or led astray writes the marks of its template into an answer, thinks
aloud, greets, or goes on with a turn of its own. In a training set that is poison: a tokenizer
reads `<|im_end|>` within a text as the end of the turn.
"""

import re
from itertools import pairwise

from curator.text.markdown import Part, headings, lines_of, outline, paragraphs

SHOWN = 60  # characters of what was found that are shown

# Marks that no Rust, shell or TOML has: they are looked for in code too.
_ANYWHERE = re.compile(r"<\|[A-Za-z][\w .-]*\|>|<\uff5c[^\uff5c\n]+\uff5c>|\[/INST\]|<</?SYS>>")
# Marks that code may have, such as `Vec<s>` or `table[INST]`: looked for in prose alone, and in
# small letters, because types begin with a capital.
_IN_PROSE = re.compile(
    r"</?s>|\[INST\]|</?(?:bos|eos|pad|unk|mask|sep|cls)>|<(?:start|end)_of_(?:turn|text|image)>"
    r"|</?(?:think|thinking|thought|reasoning|reflection|scratchpad|answer|response|assistant|human"
    r"|user|system|instructions?|tool_calls?|tool_response|function_calls?|output)\s*/?>"
)
# A line that begins a turn. A French colon has a space before it, so that "System:" begins one
# and "System : le système" does not; nobody but a model writes "Human" or "Assistant" there.
_TURN = re.compile(
    r"^\W{0,3}(?:(?:user|system|instruction|utilisateur):|(?:human|assistant)\s*:)(?=\W|$)",
    re.IGNORECASE | re.MULTILINE,
)
_TURN_HEADING = re.compile(
    r"(?:human|user|assistant|system|instruction|input|response|utilisateur)\s*:?", re.IGNORECASE
)
_LISTS = {"bullet_list", "ordered_list"}


def model_markup(markdown: str) -> str:
    """Return the first mark of a chat format in a text, "" for none.

    Marks are tokens of templates ("<|im_end|>", "[/INST]"), tags of thoughts and tools
    ("<think>"), and turns ("### Human:").
    """
    if mark := _ANYWHERE.search(markdown):
        return mark.group()
    if turn := next(filter(_TURN_HEADING.fullmatch, headings(markdown)), ""):
        return turn
    for text in paragraphs(markdown):
        if mark := _IN_PROSE.search(text) or _TURN.search(text):
            return mark.group().strip()
    return ""


def stray_text(answer: str) -> str:
    """Return the first line of an answer that stands in none of its sections, "" for none.

    That is text before the first section, under a heading above the sections' level, below a rule
    across the page, or a paragraph after the list of the last section, where models wish luck. An
    answer without sections has no such line.
    """
    lines = lines_of(answer)
    parts = outline(answer)
    begin = next((part.first for part in parts if part.level == 2), None)
    if begin is None:
        return ""
    before = next((line for line in lines[: begin - 1] if line.strip()), "")
    outside = next((p for p in parts if p.level == 1 or p.kind == "hr"), None)
    stray = before or (lines[outside.first - 1] if outside else "") or _tail(parts, lines)
    return stray.strip()[:SHOWN]


def _tail(parts: list[Part], lines: list[str]) -> str:
    """Return the paragraph that follows a list of the last section, by its first line."""
    start = max(at for at, part in enumerate(parts) if part.level == 2)
    pairs = pairwise(parts[start:])
    tail = (after for before, after in pairs if before.kind in _LISTS and after.kind == "paragraph")
    return next((lines[part.first - 1] for part in tail), "")
