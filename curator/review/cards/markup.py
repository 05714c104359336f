"""HTML of our own for Argilla's page, in which nothing of a candidate is anything but text.

Argilla renders a field as Markdown with marked, and cleans what comes out with DOMPurify. Its own
custom field would render a template, in a frame that is not sandboxed: it writes the whole record,
suggestions included, unescaped into a script there, and "</script><script>" in a text that a
candidate proposes runs with the annotator's rights (seen in Argilla 2.8).

So a field is one block of HTML in Markdown: no blank line, and every character of others that could
mean something to either is written as an entity. DOMPurify still cleans it afterwards. A page
without our style sheet shows it all the same, with its own colours of code, since the classes of
`highlight` are those of highlight.js.
"""

import re

CLASS = "curator"
_SPECIAL = re.compile(r"[&<>\"'`$\[\]\\\n\t]")
# Controls, and marks that turn the direction of what follows: code would read as what it is not.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_BLANK = re.compile(r"\n\s*\n")


def escaped(text: str) -> str:
    """Write text of others: what is neither word nor plain punctuation becomes an entity."""
    clean = _CONTROLS.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", clean)


def element(name: str, content: str, kind: str = "", **attributes: str) -> str:
    """Write an element with HTML in it; `kind` is its class, in the page `curator-` and that."""
    given = {"class": f"{CLASS}-{kind}" if kind else "", **attributes}
    said = "".join(f' {key}="{value}"' for key, value in given.items() if value)
    return f"<{name}{said}>{content}</{name}>"


def inline_code(text: str) -> str:
    """Write text on one line in the look of code."""
    return element("code", escaped(" ".join(text.split())))


def folded(summary: str, content: str, kind: str = "fold") -> str:
    """Write what opens at a click, or with Tab and Space; both arguments are HTML."""
    return element("details", element("summary", summary) + content, kind)


def field(*parts: str) -> str:
    """Write a field of Argilla: its parts, HTML each, as one block of Markdown."""
    inside = "\n".join(part for part in parts if part)
    return f'<div class="{CLASS}">' + _BLANK.sub("\n", inside) + "</div>"
