"""Read the wordings of a mutation from texts/<name>.yaml, and check them.

A wording is a `string.Template`. Sections are drawn one by one, so each wording must fit every
wording of the other sections; `<section>_<form>` replaces a section in one form of the example. A
wording that holds only for some programs begins with its condition, `[slot=value]`.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Template
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from curator.base.errors import DataError

FOLDER = Path(__file__).parent / "texts"
_CONDITION = re.compile(r"\[(\w+)=([^\]]*)\]\s*")


def _template(text: str) -> str:
    if not Template(text).is_valid():
        raise ValueError(f"a broken slot (write $$ for a dollar): {text[:60]!r}")
    return text.strip()


Wording = Annotated[str, AfterValidator(_template)]
Wordings = Annotated[tuple[Wording, ...], Field(min_length=2)]
Lists = Annotated[
    tuple[Annotated[tuple[Wording, ...], Field(min_length=1)], ...], Field(min_length=2)
]


def _needs(*slots: str) -> AfterValidator:
    """Return a validator: every wording has these slots."""

    def check(wordings: tuple[str, ...]) -> tuple[str, ...]:
        for text in wordings:
            missing = set(slots) - set(Template(text).get_identifiers())
            if missing:
                raise ValueError(f"lacks ${{{min(missing)}}}: {text[:60]!r}")
        return wordings

    return AfterValidator(check)


def fitting(wordings: tuple[str, ...], slots: Mapping[str, str]) -> tuple[str, ...]:
    """Return the wordings whose condition holds, without it."""
    chosen = []
    for text in wordings:
        condition = _CONDITION.match(text)
        if condition is None:
            chosen.append(text)
        elif slots.get(condition[1], "") == condition[2]:
            chosen.append(text[condition.end() :])
    return tuple(chosen)


class _Checked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ask(_Checked):
    """What a question asks; the slots that it needs, and the reply that the answer begins with."""

    texte: Wording
    si: tuple[str, ...] = ()
    reponse: Wording = ""


class Common(_Checked):
    """The wordings that all mutations share: texts/_common.yaml."""

    lecture: Wordings
    lecture_code: Wordings
    changement: Wordings
    ajout: Wordings
    plusieurs: Wordings
    sous_test: Wordings
    variante: Wordings
    questions_debug: Wordings
    annonces: Wordings
    taches: tuple[Ask, ...]
    questions_concepts: tuple[Ask, ...]
    ouvertures_concepts: Wordings


class Texts(_Checked):
    """The wordings of one mutation, by section; those of one form may replace a section's.

    `faute` says what one does wrong, after "on": "retire le `mut` de `${nom}`". `debug` tells how
    a learner came to the program; what it asks is drawn from the common wordings.
    """

    faute: Annotated[tuple[Wording, ...], Field(min_length=1)]
    debug: Annotated[Wordings, _needs("code", "message")]
    indices: Lists
    tldr: Wordings
    probleme: Wordings
    solution: Wordings
    explication: Wordings
    retenir: Lists
    tldr_concepts: tuple[Wording, ...] = ()
    solution_exercises: tuple[Wording, ...] = ()
    taches: tuple[Ask, ...] = ()

    def of(self, section: str, form: str) -> tuple[str, ...]:
        """Return the wordings of a section ("tldr") in a form ("concepts")."""
        chosen: tuple[str, ...] = getattr(self, f"{section}_{form}", ()) or getattr(self, section)
        return chosen


def _read(path: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise DataError(f"unreadable wordings: {error}", where=path) from error


@cache
def texts(name: str) -> Texts:
    """Read the wordings of a mutation; raises DataError where they are absent or break a rule."""
    path = FOLDER / f"{name}.yaml"
    try:
        return Texts.model_validate(_read(path))
    except ValueError as error:
        raise DataError(f"wordings: {error}", where=path) from error


@cache
def common() -> Common:
    """Read the wordings that all mutations share; raises DataError like `texts`."""
    path = FOLDER / "_common.yaml"
    try:
        return Common.model_validate(_read(path))
    except ValueError as error:
        raise DataError(f"wordings: {error}", where=path) from error
