"""Read the wordings of a mutation from texts/<name>.yaml, and check them.

A wording is a `string.Template`. Sections are drawn one by one, so each wording must fit every
wording of the other sections; `<section>_<form>` replaces a section in one form of the example.
"""

from functools import cache
from pathlib import Path
from string import Template
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from curator.base.errors import DataError

FOLDER = Path(__file__).parent / "texts"


def _template(text: str) -> str:
    if not Template(text).is_valid():
        raise ValueError(f"a broken slot (write $$ for a dollar): {text[:60]!r}")
    return text.strip()


Wording = Annotated[str, AfterValidator(_template)]
Wordings = Annotated[tuple[Wording, ...], Field(min_length=4)]
Lists = Annotated[
    tuple[Annotated[tuple[Wording, ...], Field(min_length=1)], ...], Field(min_length=4)
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


def _differs(wordings: tuple[str, ...]) -> tuple[str, ...]:
    """Check that no question is the same for every program: each has a slot."""
    named = [Template(text).get_identifiers() for text in wordings]
    if not all(named) or not any("original" in names for names in named):
        raise ValueError("each wording needs a slot, and one or more must show ${original}")
    return wordings


class _Checked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Common(_Checked):
    """The wordings that all mutations share: texts/_common.yaml."""

    complet: Wordings
    variante: Wordings
    tldr_exercises: Wordings


class Texts(_Checked):
    """The wordings of one mutation, by section; those of one form may replace a section's."""

    debug: Annotated[Wordings, _needs("code", "message")]
    exercises: Annotated[Wordings, _needs("code")]
    concepts: Annotated[Wordings, AfterValidator(_differs)]
    indices: Lists
    tldr: Wordings
    probleme: Wordings
    solution: Wordings
    explication: Wordings
    retenir: Lists
    tldr_concepts: tuple[Wording, ...] = ()
    tldr_exercises: tuple[Wording, ...] = ()
    probleme_concepts: tuple[Wording, ...] = ()
    probleme_exercises: tuple[Wording, ...] = ()
    solution_concepts: tuple[Wording, ...] = ()
    solution_exercises: tuple[Wording, ...] = ()
    explication_concepts: tuple[Wording, ...] = ()
    explication_exercises: tuple[Wording, ...] = ()

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
