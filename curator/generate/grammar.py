"""The form of an example as a GBNF grammar: the sections in order, every fence closed.

GBNF is llama.cpp's notation (its grammars/README.md). What the model writes after PREFIX is a
question, then the five sections, the solution with at least one block of Rust. A line of prose
begins with neither a heading's `#` nor a fence's characters, so that nothing in it can be taken for
structure. Lines and their number are bounded, so that a model that repeats itself comes to an end.
"""

from curator.text.markdown import SECTIONS

_RULES = r"""
asked ::= line{1,4} (fence line{0,2})?
short ::= line
prose ::= line{1,4} (fence line{0,2})?
code ::= line{0,2} rust line{0,2} (rust line{0,2})?
points ::= ("- " text "\n"){2,4}
line ::= text "\n" | "\n" text "\n"
text ::= ([^#`~ \t\n] | "`" [^`\n]) [^\n]{0,400}
fence ::= rust | "\n```text\n" body "```\n"
rust ::= "\n```rust" (",compile_fail,E0" [0-9] [0-9] [0-9])? "\n" body "```\n"
body ::= codeline{1,30}
codeline ::= ([^`~\n] [^\n]{0,120})? "\n"
"""


def _grammar() -> str:
    bodies = {"TL;DR": "short", "Solution": "code", "À retenir": "points"}
    parts = [f'"\\n## {name}\\n" {bodies.get(name, "prose")}' for name in SECTIONS]
    return 'root ::= asked "\\n# Réponse" ' + " ".join(parts) + _RULES


EXAMPLE = _grammar()
