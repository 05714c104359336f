"""Write the question and answer of a proof in one of three forms; all facts come from rustc.

debug      the failing program and rustc's message; the answer corrects it
exercises  the failing program; the answer gives hints before it corrects it
concepts   a program that compiles and a change of it; the answer shows what rustc says of it
What a question asks is drawn together with what answers it.
"""

import difflib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Template

from curator.base.errors import DataError
from curator.base.seeds import derive_seed
from curator.filters.length import count_tokens
from curator.generate.mutate.facts import slots
from curator.generate.mutate.proof import Proof
from curator.generate.mutate.texts import Ask, Texts, common, fitting, texts
from curator.records.taxonomy import Category
from curator.rust.compiler import Diagnostic
from curator.rust.source import analyse

EDITION = "2021"  # of a block that does not say so: the default of the Rust filter
ROOM = 430  # tokens of code in an answer: its prose takes up to 370, and it may have 800 in all


def _fence(info: str, code: str) -> str:
    lines = code.strip("\n")
    return f"```{info}\n{lines}\n```"


def _message(errors: tuple[Diagnostic, ...], broken: str) -> str:
    """Return rustc's message; where there are several errors, its last line counts them."""
    said = [e.shown for e in errors]
    if len(errors) > 1:
        said.append(f"error: aborting due to {len(errors)} previous errors")
    text = "\n\n".join(said)
    return text if analyse(broken).has_main else text.replace("--> src/main.rs", "--> src/lib.rs")


def _diff(proof: Proof) -> str:
    broken, right = proof.broken.strip().split("\n"), proof.fixed.strip().split("\n")
    lines = list(difflib.unified_diff(broken, right, n=1, lineterm=""))[2:]
    hunks = sum(line.startswith("@@") for line in lines)
    kept = (line for line in lines if hunks > 1 or not line.startswith("@@"))
    return "\n".join(line for line in kept if line.strip())  # an empty line is no context


def _weight(proof: Proof, form: Category) -> int:
    """Count the tokens of code and of rustc's message in an answer."""
    if form is Category.CONCEPTS:
        parts = [_diff(proof), proof.broken, _message(proof.errors, proof.broken)]
    else:
        parts = [proof.fixed]
    return sum(map(count_tokens, parts))


def forms(proof: Proof) -> tuple[Category, ...]:
    """Return the forms in which a proof makes an answer of readable length."""
    allowed = (c for c in Category if c in proof.mutation.forms)
    return tuple(c for c in allowed if _weight(proof, c) <= ROOM)


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

    def one(self, wordings: tuple[str, ...], **more: str) -> str:
        """Draw one of the wordings that fit, and fill it."""
        return self.fill(self.draw.choice(fitting(wordings, self.slots)), **more)

    def ask(self, asks: tuple[Ask, ...]) -> Ask:
        """Draw one of the asks whose slots the site gives."""
        return self.draw.choice([a for a in asks if self.slots.keys() >= set(a.si)])


def _question(writer: _Writer, said: Texts, fences: Mapping[str, str]) -> tuple[str, str]:
    """Return the question, and the reply that its ask wants ("" where the answer is enough)."""
    shared = common()
    if writer.form is Category.DEBUG:
        told, asked = writer.one(said.debug, **fences), writer.one(shared.questions_debug)
        return f"{told}\n\n{asked}", ""
    if writer.form is Category.EXERCISES:
        asked = writer.fill(writer.ask(said.taches or shared.taches).texte)
        return f"{writer.one(shared.annonces)}\n\n{fences['code']}\n\n{asked}", ""
    opening, ask = writer.one(shared.ouvertures_concepts), writer.ask(shared.questions_concepts)
    asked = writer.fill(ask.texte, faute=writer.one(said.faute))
    return f"{opening}\n\n{fences['original']}\n\n{asked}", writer.fill(ask.reponse)


def _reading(writer: _Writer) -> Iterator[str]:
    """Yield the sentence that says where rustc stops, and what its message means."""
    if "sens" in writer.slots:
        with_code = "code_ligne" in writer.slots
        yield writer.one(common().lecture_code if with_code else common().lecture)


def _beside(writer: _Writer) -> Iterator[str]:
    """Yield what is to say of several errors, and of errors that only tests have."""
    if "combien" in writer.slots:
        yield writer.one(common().plusieurs)
    if "sous_test" in writer.slots:
        yield writer.one(common().sous_test)


def _problem(writer: _Writer, said: Texts, fences: Mapping[str, str], reply: str) -> Iterator[str]:
    if writer.form is Category.CONCEPTS:
        yield " ".join(filter(None, [reply, writer.one(common().variante)]))
        yield fences["code"]
        yield fences["message"]
    if writer.form is Category.EXERCISES:  # before what they lead to
        hints = writer.draw.choice(said.indices)
        yield "\n".join(
            f"- **Indice {i}** : {writer.fill(hint)}" for i, hint in enumerate(hints, 1)
        )
    yield from _reading(writer)
    yield " ".join([writer.one(said.of("probleme", writer.form)), *_beside(writer)])


def _solution(writer: _Writer, said: Texts, original: str) -> Iterator[str]:
    """Yield the change, and the program unless the reader has it already."""
    yield writer.one(said.of("solution", writer.form))
    yield _fence("diff", _diff(writer.proof)) if writer.form is Category.CONCEPTS else original
    if writer.form is not Category.CONCEPTS:
        if "ligne_changee" in writer.slots:
            yield writer.one(common().changement)
        elif "ajoutee" in writer.slots:
            yield writer.one(common().ajout)


def render(proof: Proof, form: Category, *seed: object) -> tuple[str, str]:
    """Write a proof's question and answer in a form; the same arguments give the same texts.

    Raises DataError where the wordings are unreadable or name what the site does not give.
    """
    said = texts(proof.mutation.name)
    writer = _Writer(proof, form, random.Random(derive_seed(*seed)), slots(proof))  # noqa: S311
    code, own = proof.errors[0].code, proof.program.edition
    edition = "" if own == EDITION else f",edition{own}"
    fences = {
        "code": _fence(f"rust{edition},compile_fail,{code}", proof.broken),
        "message": _fence("text", _message(proof.errors, proof.broken)),
        "original": _fence(f"rust{edition}", proof.fixed),
    }
    question, reply = _question(writer, said, fences)
    ideas = said.tldr_concepts if form is not Category.DEBUG else ()
    sections = {
        "TL;DR": [writer.one(fitting(ideas, writer.slots) or said.tldr)],
        "Problème": list(_problem(writer, said, fences, reply)),
        "Solution": list(_solution(writer, said, fences["original"])),
        "Explication": [writer.one(said.of("explication", form))],
        "À retenir": ["\n".join(f"- {writer.fill(r)}" for r in writer.draw.choice(said.retenir))],
    }
    bodies = (
        "\n\n".join([f"## {title}\n{body[0]}", *body[1:]]) for title, body in sections.items()
    )
    return question, "\n\n".join(bodies) + "\n"
