"""Write the question and answer of a proof in one of three forms; all facts come from rustc.

debug      the failing program and rustc's message; the answer corrects it
exercises  the failing program; the answer gives hints before it corrects it
concepts   a question about the rule; the answer shows what breaks it, and how
"""

import difflib
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Template

from curator.base.errors import DataError
from curator.base.seeds import derive_seed
from curator.filters.length import count_tokens
from curator.generate.mutate.proof import Proof
from curator.generate.mutate.texts import Texts, common, texts
from curator.records.taxonomy import Category
from curator.rust.compiler import Diagnostic
from curator.rust.source import analyse

DIFF_LINES = 10  # a program of so many lines needs no diff beside it
QUOTED = 2  # errors that are shown in full; rustc's count tells that there are more
ROOM = 460  # tokens of code in an answer: its prose takes up to 330, and it may have 800 in all


def _fence(info: str, code: str) -> str:
    lines = code.strip("\n")
    return f"```{info}\n{lines}\n```"


def _message(errors: tuple[Diagnostic, ...], broken: str) -> str:
    """Return rustc's message; where there are several errors, its last line counts them."""
    said = [e.shown for e in errors[:QUOTED]]
    if len(errors) > 1:
        said.append(f"error: aborting due to {len(errors)} previous errors")
    text = "\n\n".join(said)
    return text if analyse(broken).has_main else text.replace("--> src/main.rs", "--> src/lib.rs")


def _code_of(line: str) -> str:
    """Return a line of code without the comment at its end."""
    end = len(analyse(line).bare.rstrip())
    return (line[:end] if line[end:].lstrip().startswith("//") else line).strip()


def _lines(proof: Proof) -> dict[str, str]:
    """Return `avant` and `apres`: the first changed line of each text, where it is one line."""
    broken, right = proof.broken.split("\n"), proof.fixed.split("\n")
    matcher = difflib.SequenceMatcher(None, broken, right, autojunk=False)
    _, a, b, c, d = next(op for op in matcher.get_opcodes() if op[0] != "equal")
    pair = {"avant": broken[a:b], "apres": right[c:d]}
    changed = {name: _code_of(lines[0]) for name, lines in pair.items() if len(lines) == 1}
    return {name: line for name, line in changed.items() if line}


def _use(error: Diagnostic) -> int:
    """Return the first line that rustc shows below the error's, which may be a declaration's."""
    shown = (int(n) for n in re.findall(r"^ *(\d+) +\|", error.shown, re.MULTILINE))
    return next((line for line in shown if line > error.line), error.line)


def slots(proof: Proof) -> dict[str, str]:
    """Return what wordings may name: the site's facts, the changed line, rustc's first error."""
    first = proof.errors[0]
    said = {"erreur": first.code, "rustc": first.message, "ligne": str(first.line)}
    said["usage"] = str(_use(first))
    return {**proof.site.slots, **_lines(proof), **said}


def _diff(proof: Proof) -> str:
    broken, right = proof.broken.strip().split("\n"), proof.fixed.strip().split("\n")
    lines = list(difflib.unified_diff(broken, right, n=1, lineterm=""))[2:]
    hunks = sum(line.startswith("@@") for line in lines)
    kept = (line for line in lines if hunks > 1 or not line.startswith("@@"))
    return "\n".join(line for line in kept if line.strip())  # an empty line is no context


def _weight(proof: Proof, form: Category, shown: bool) -> int:
    """Count the tokens of code and of rustc's message in an answer; for `shown` see `_solution`."""
    parts = [_diff(proof)]
    if form is Category.CONCEPTS:
        parts += [proof.broken, _message(proof.errors, proof.broken)]
    if not shown:
        parts.append(proof.fixed)
    return sum(map(count_tokens, parts))


def forms(proof: Proof) -> tuple[Category, ...]:
    """Return the forms in which a proof makes an answer of readable length."""
    return tuple(c for c in Category if _weight(proof, c, shown=c is Category.CONCEPTS) <= ROOM)


@dataclass(frozen=True)
class _Writer:
    """Draws wordings by seed and fills their slots."""

    proof: Proof
    form: Category
    draw: random.Random
    slots: Mapping[str, str]

    def fill(self, wording: str, **more: str) -> str:
        """Fill the slots of a wording; raises DataError for one that the site does not give."""
        try:
            return Template(wording).substitute(self.slots, **more)
        except KeyError as error:
            name = self.proof.mutation.name
            raise DataError(f"no value for the slot {error}", where=f"{name}.yaml") from error

    def draw_one(self, wordings: tuple[str, ...], **more: str) -> str:
        """Draw one of several wordings, and fill it."""
        return self.fill(self.draw.choice(wordings), **more)


def _question(writer: _Writer, said: Texts, fences: Mapping[str, str]) -> str:
    wordings: tuple[str, ...] = getattr(said, writer.form)
    long = _weight(writer.proof, writer.form, shown=False) > ROOM
    if writer.form is Category.CONCEPTS and long:
        wordings = tuple(w for w in wordings if "original" in Template(w).get_identifiers())
    return writer.draw_one(wordings, **fences)


def _problem(writer: _Writer, said: Texts, fences: Mapping[str, str]) -> Iterator[str]:
    text = writer.draw_one(said.of("probleme", writer.form))
    if writer.form is Category.CONCEPTS:
        yield writer.draw_one(common().variante)
        yield fences["code"]
        yield fences["message"]
    yield text
    if writer.form is Category.EXERCISES:
        hints = writer.draw.choice(said.indices)
        yield "\n".join(
            f"- **Indice {i}** : {writer.fill(hint)}" for i, hint in enumerate(hints, 1)
        )


def _solution(writer: _Writer, said: Texts, original: str, shown: bool) -> Iterator[str]:
    """Yield the change, then the program unless the reader has it already (`shown`)."""
    yield writer.draw_one(said.of("solution", writer.form))
    small = original.count("\n") - 1 <= DIFF_LINES
    if shown or not small:
        yield _fence("diff", _diff(writer.proof))
    if not shown and not small:
        yield writer.draw_one(common().complet)
    if not shown:
        yield original


def render(proof: Proof, form: Category, *seed: object) -> tuple[str, str]:
    """Write a proof's question and answer in a form; the same arguments give the same texts.

    Raises DataError where the wordings are unreadable or name what the site does not give.
    """
    said = texts(proof.mutation.name)
    writer = _Writer(proof, form, random.Random(derive_seed(*seed)), slots(proof))  # noqa: S311
    code = proof.errors[0].code
    fences = {
        "code": _fence(f"rust,compile_fail,{code}", proof.broken),
        "message": _fence("text", _message(proof.errors, proof.broken)),
        "original": _fence("rust", proof.fixed),
    }
    question = _question(writer, said, fences)
    shown = fences["original"] in question
    summary = said.of("tldr", writer.form)
    if form is Category.EXERCISES:
        summary = said.tldr_exercises or common().tldr_exercises
    sections = {
        "TL;DR": [writer.draw_one(summary)],
        "Problème": list(_problem(writer, said, fences)),
        "Solution": list(_solution(writer, said, fences["original"], shown)),
        "Explication": [writer.draw_one(said.of("explication", writer.form))],
        "À retenir": ["\n".join(f"- {writer.fill(r)}" for r in writer.draw.choice(said.retenir))],
    }
    bodies = (
        "\n\n".join([f"## {title}\n{body[0]}", *body[1:]]) for title, body in sections.items()
    )
    return question, "\n\n".join(bodies) + "\n"
