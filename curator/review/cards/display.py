"""Markdown of a model, made harmless for a page that renders Markdown; cards are HTML (markup).

Argilla renders Markdown with marked and cleans the HTML with DOMPurify, but lets `<object>` and
`<embed>` through with any address (version 2.8), and loads images from anywhere: a candidate could
run a script or call home. So what is shown is rewritten, and what is pulled back never comes from
there. Outside of fences no "<" of the author's is left, no fence of the author's either, no image
and no formula; the fences are written anew, longer than any run of backticks inside, at the
margin, with the bare language, which is also what the page needs to highlight Rust.
"""

import re

from markdown_it import MarkdownIt

_INLINE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_FENCE = re.compile(r"`{3,}|~{3,}")
_LANGUAGE = re.compile(r"^[A-Za-z0-9_+#-]+")
_RUSTDOC = re.compile(
    r"^(?:rs|ignore|should_panic|no_run|compile_fail|test_harness|standalone_crate|E\d{4}|edition\d+)$"
)
_UNSAFE_IN_CODE = frozenset("<$")


def _entities(text: str, characters: str = "") -> str:
    """Write these characters, or every ASCII punctuation mark, as numeric entities."""
    chosen = characters or "".join(c for c in map(chr, range(33, 127)) if not c.isalnum())
    return "".join(f"&#{ord(c)};" if c in chosen else c for c in text)


def inline_code(text: str) -> str:
    """Write `text` on one line, in the look of code, whatever characters it has."""
    return f"<code>{_entities(' '.join(text.split()))}</code>"


def fence(code: str, language: str) -> str:
    """Write a fenced block that ends where it should, whatever the code."""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{language}\n{code.rstrip(chr(10))}\n{marks}"


def _language(info: str) -> str:
    match = _LANGUAGE.match(info.strip())
    word = match.group() if match else ""
    return "rust" if _RUSTDOC.match(word) else word.lower() or "text"


def _code_span(span: "re.Match[str]") -> str:
    text = span.group(2)
    if _UNSAFE_IN_CODE.isdisjoint(text) and len(span.group(1)) < 3:
        return span.group()
    return inline_code(text.strip() or text)


def _outside_code(text: str) -> str:
    text = _entities(text, "<$")
    return text.replace("![", "&#33;[")


def _prose_line(line: str) -> str:
    """Rewrite a line outside of fences: code spans as they look, the rest without HTML."""
    parts, last = [], 0
    for span in _INLINE.finditer(line):
        parts += [_outside_code(line[last : span.start()]), _code_span(span)]
        last = span.end()
    parts.append(_outside_code(line[last:]))
    return _FENCE.sub(lambda run: _entities(run.group()), "".join(parts))


def harmless(markdown: str) -> str:
    """Rewrite Markdown as annotators may see it: the same words, no HTML, images or formulas."""
    text = re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]", "\n", markdown)
    lines = text.split("\n")
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)
    fences = [t for t in tokens if t.type == "fence" and t.map]
    shown: list[str] = []
    done = 0
    for token in fences:
        start, end = token.map or (0, 0)
        shown += [_prose_line(line) for line in lines[done:start]]
        shown += ["", fence(token.content, _language(token.info)), ""]
        done = end
    shown += [_prose_line(line) for line in lines[done:]]
    return "\n".join(shown).strip("\n")
