"""The shape of an example as a GBNF grammar: the sections in order, every fence closed.

GBNF is llama.cpp's notation (its grammars/README.md). What the model writes after PREFIX keeps to
it: a question, then the five sections, the solution with at least one block of Rust.
A line of prose begins with neither a heading's `#` nor a fence's characters, so that nothing in
it can be taken for structure. Repetitions are bounded: a model that loops still comes to an end.
"""

from curator.answer import SECTIONS

_RULES = r"""
prose ::= line{1,6}
blocks ::= (line{1,6} fence?){1,3}
code ::= line{0,6} rust line{0,6} (rust line{0,6})?
line ::= text "\n" | "\n" text "\n"
text ::= ([^#`~ \t\n] | "`" [^`\n]) [^\n]*
fence ::= rust | "\n```text\n" body "```\n"
rust ::= "\n```rust" (",compile_fail,E0" [0-9] [0-9] [0-9])? "\n" body "```\n"
body ::= codeline{1,30}
codeline ::= ([^`~\n] [^\n]*)? "\n"
"""


def _grammar() -> str:
    bodies = {"Solution": "code", "Explication": "blocks"}
    parts = [f'"\\n## {name}\\n" {bodies.get(name, "prose")}' for name in SECTIONS]
    return 'root ::= blocks "\\n# Réponse" ' + " ".join(parts) + _RULES


EXAMPLE = _grammar()
