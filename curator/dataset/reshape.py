"""Give an existing example our form where a rule can do it; its words and code are not touched.

Fences without a language are labelled where what they hold leaves no doubt, and headings in other
words become our sections where all five are there. What no rule can decide stays as it is.
"""

import re
from typing import NamedTuple

from curator.records.example import Example
from curator.rust.source import analyse
from curator.text.markdown import SECTIONS, blocks, section_key, sections

# Other words for our sections, as `section_key` folds them.
_SYNONYMS = {
    "TL;DR": "tldr enresume resume enbref bref reponsecourte lessentiel reponserapide",
    "Problème": "probleme leprobleme leconstat constat contexte lasituation situation diagnostic",
    "Solution": "solution lasolution correction lecodecorrige codecorrige lareponse reponse",
    "Explication": "explication explications lexplication pourquoi cequisepasse endetail details",
    "À retenir": "aretenir pointscles lespointscles aretenirabsolument retenez conclusion"
    " cequilfautretenir pourretenir lepointcle",
}
_NAMES = {key: name for name, keys in _SYNONYMS.items() for key in keys.split()}
_HEADING = re.compile(
    r"^(?:#{1,6}[ \t]+(?P<title>.+?)[ \t#]*|\*\*(?P<bold>[^*\n]+)\*\*[ \t]*:?[ \t]*(?P<rest>.*))$"
)
_MESSAGE = re.compile(
    r"^\s*(?:error|warning)(?:\[E\d{4}\])?:|^\s*-->\s|^thread '.*' panicked", re.M
)
# What Rust has and the output of a program has not.
_RUSTY = re.compile(
    r"\b(?:fn\s+\w+\s*[(<]|let\s+(?:mut\s+)?[\w(]|impl\b|struct\s+\w|enum\s+\w|use\s+\w+::|match\s|pub\s"
    r"|trait\s+\w|mod\s+\w)|\w+!\s*[(\[{]|->|=>|&mut\b|::<"
)


class Reshaped(NamedTuple):
    """An example in our form, and what was changed for it: codes, in the order of the changes."""

    example: Example
    changes: tuple[str, ...]


def reshape(example: Example) -> Reshaped:
    """Label fences and rename sections where rules can; an example that needs neither stays."""
    question, labelled = _label_fences(example.question)
    answer, more = _label_fences(example.answer)
    renamed = _rename_sections(answer)
    changes = [*labelled, *(c for c in more if c not in labelled)]
    if renamed != answer:
        changes.append("sections_renamed")
    if not changes:
        return Reshaped(example, ())
    fields = {name: value for name, value in example if name != "id"}
    reshaped = Example(**{**fields, "question": question, "answer": renamed})
    return Reshaped(reshaped, tuple(changes))


def _label_fences(text: str) -> tuple[str, list[str]]:
    """Label the fences of a text that name no language; returns the codes of the changes too."""
    lines, changes = text.split("\n"), []
    for block in blocks(text):
        if block.language or not block.closed:
            continue
        language = _language_of(block.code)
        if language is None:
            continue
        lines[block.line - 2] = lines[block.line - 2].rstrip() + language
        changes.append(f"fence_labelled_{language}")
    return "\n".join(lines), list(dict.fromkeys(changes))


def _language_of(code: str) -> str | None:
    """Tell what a fence holds: "rust", "console", "text" (a message or output), None if unsure."""
    if _MESSAGE.search(code):
        return "text"
    if re.match(r"\s*\$ |\s*cargo (?:run|build|test|check|add|new)\b", code):
        return "console"
    if _RUSTY.search(code):
        return "rust" if not analyse(code).broken else None
    return None if re.search(r"[;{}]|::", code) else "text"


def _rename_sections(answer: str) -> str:
    """Give an answer our five headings, where it has all of them in other words."""
    wanted = [section_key(name) for name in SECTIONS]
    if [section_key(s.title) for s in sections(answer)] == wanted:
        return answer
    inside = _code_lines(answer)
    lines: list[str] = []
    for number, line in enumerate(answer.split("\n")):
        match = None if number in inside else _HEADING.match(line.strip())
        title = (match["title"] or match["bold"] or "") if match else ""
        name = _NAMES.get(section_key(title))
        if not match or name is None:
            lines.append(line)
            continue
        rest = (match["rest"] or "").strip()
        lines += [f"## {name}", *(["", rest[:1].upper() + rest[1:]] if rest else [])]
    renamed = "\n".join(lines)
    by_key = {section_key(s.title): s for s in sections(renamed)}
    if set(by_key) != set(wanted) or len(sections(renamed)) != len(wanted):
        return answer
    if renamed.split("## ", 1)[0].strip():  # text before the first section would be lost
        return answer
    parts = [f"## {name}\n\n{by_key[section_key(name)].body.strip()}" for name in SECTIONS]
    return "\n\n".join(parts)


def _code_lines(text: str) -> set[int]:
    """Return the numbers, from 0, of the lines that fenced blocks take."""
    taken: set[int] = set()
    for block in blocks(text):
        first = block.line - 2
        taken |= set(range(first, first + block.code.count("\n") + 2))
    return taken
