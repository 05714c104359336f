"""The words in which Rust is taught: glossary.yaml, read; and what of a text they do not have.

Prompts tell a model some of these terms, the annotators' guide has them as a table, reviewers see
which other words a text uses, and the evaluation may take a term and its alternatives for one.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from curator.base.yaml_file import check_yaml, read_yaml
from curator.french.typography import typeset_markdown
from curator.text.fold import fold
from curator.text.markdown import paragraphs

_PAGE = """# Glossaire

Les mots avec lesquels ce projet enseigne Rust : ceux de la traduction française du *Rust Book*,
sauf « propriété », que le livre appelle « possession » ; les deux sont justes. Ce tableau est tiré
de `curator/french/glossary.yaml` par `python -m curator.cli.schemas`. Le code entre accents graves
garde ses noms anglais."""
FILE = Path(__file__).with_name("glossary.yaml")


class Term(BaseModel):
    """One term; the file says what each key holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)
    also: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    note: str = ""
    guide: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The term, what is as good, and its English name: a text that has one has the idea."""
        return (self.fr, *self.also, self.en.removeprefix("to "))


class Glossary(BaseModel):
    """`glossary.yaml`: its terms, in the order of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    terms: tuple[Term, ...]


class Slip(NamedTuple):
    """A word of a text that the glossary avoids, as it stands there, folded; and its term."""

    said: str
    term: Term


def load_glossary(path: Path) -> Glossary:
    """Load a glossary; raises DataError with the line and what is wrong there."""
    return check_yaml(read_yaml(path), Glossary)


@cache
def terms() -> tuple[Term, ...]:
    """Return the terms that are shipped."""
    return load_glossary(FILE).terms


@cache
def _avoided() -> tuple["re.Pattern[str]", Mapping[str, Term]]:
    """Return a pattern that finds every form to avoid, plurals too, and the term of each."""
    known: dict[str, Term] = {}
    for term in terms():
        for form in term.forms or term.avoid:
            known.setdefault(fold(form), term)
    longest = sorted(known, key=lambda form: (-len(form), form))
    forms = "|".join(map(re.escape, longest))
    return re.compile(rf"(?<![\w-])({forms})[sx]?(?![\w-])"), known


def slips(markdown: str) -> list[Slip]:
    """List the words in a text's prose that the glossary avoids, each once, as they come.

    Inline code counts for nothing; so do words in quotation marks, italics and parentheses, where
    a text gives the English name of what it has just named in French.
    """
    pattern, known = _avoided()
    first: dict[str, Slip] = {}
    for text in paragraphs(markdown):
        for found in pattern.finditer(_own_words(text)):
            first.setdefault(found[1], Slip(found[1], known[found[1]]))
    return list(first.values())


_QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|\"[^\"]*\"|\([^()]*\)")


def _own_words(text: str) -> str:
    return _QUOTED.sub(" ", fold(text))


def terms_for(topic: str, about: str = "", most: int = 5) -> list[Term]:
    """Choose the terms that a prompt of a topic is told: those that `about` names come first."""
    words = fold(about)
    known = sorted((t for t in terms() if topic in t.topics), key=lambda t: t.topics.index(topic))
    named = [t for t in terms() if any(_in(name, words) for name in (t.fr, *t.also))]
    return list(dict.fromkeys([*named[: most - 2], *known]))[:most]


def _in(name: str, folded: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(fold(name))}[sx]?(?!\w)", folded) is not None


def told(chosen: list[Term]) -> str:
    """Write terms for a prompt: "tranche (slice), fermeture (closure)"."""
    return ", ".join(f"{t.fr} ({t.en})" for t in chosen)


def alternatives() -> Iterator[tuple[str, ...]]:
    """Yield, term by term, the names that say the same idea, for whoever looks for it in a text."""
    return (term.names for term in terms())


def table() -> str:
    """Write the glossary as a Markdown table in French: every term, with its note."""
    rows = ["| on écrit | en anglais | on évite | |", "|---|---|---|---|"]
    for term in terms():
        names = ", ".join((f"**{term.fr}**", *term.also))
        rows.append(f"| {names} | {term.en} | {', '.join(term.avoid)} | {term.note} |")
    return "\n".join(rows)


def guide_table() -> str:
    """Write the table of the annotators' guide: the terms that are marked, and what to avoid."""
    rows = ["| on écrit | on évite |", "|---|---|"]
    rows += [f"| {t.fr} | {', '.join(t.avoid[:2])} |" for t in terms() if t.guide]
    return "\n".join(rows)


def page() -> str:
    """Write docs/glossaire.md."""
    return typeset_markdown(f"{_PAGE}\n\n{table()}\n")
