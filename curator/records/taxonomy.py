"""The axes of the dataset: category, topic, difficulty, and the cell topic x difficulty.

The identifiers are here, for types; the French names, definitions and ideas are in
`schemas/taxonomy.yaml`, and `taxonomy()` refuses a file that does not name the same identifiers.
"""

from enum import StrEnum
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict

from curator.base.errors import DataError
from curator.text.fold import fold


class Category(StrEnum):
    """What kind of teaching an example does."""

    DEBUG = "debug"
    CONCEPTS = "concepts"
    EXERCISES = "exercises"


class Topic(StrEnum):
    """The part of Rust that an example teaches."""

    OWNERSHIP = "ownership"
    BORROWING = "borrowing"
    LIFETIMES = "lifetimes"
    TRAITS = "traits"
    GENERICS = "generics"
    ERROR_HANDLING = "error_handling"
    PATTERN_MATCHING = "pattern_matching"
    ITERATORS = "iterators"
    STRUCTS = "structs"
    ENUMS = "enums"
    MODULES = "modules"
    CLOSURES = "closures"
    TESTING = "testing"
    UNSAFE = "unsafe"
    ASYNC = "async"


class Difficulty(StrEnum):
    """For whom an example is written."""

    DEBUTANT = "debutant"
    INTERMEDIAIRE = "intermediaire"
    AVANCE = "avance"


class Cell(NamedTuple):
    """One topic at one difficulty: the unit in which coverage is counted."""

    topic: Topic
    difficulty: Difficulty

    def __str__(self) -> str:
        return f"{self.topic}/{self.difficulty}"


class Slot(NamedTuple):
    """One category of a cell: the unit in which examples are asked for."""

    topic: Topic
    difficulty: Difficulty
    category: Category

    @property
    def cell(self) -> Cell:
        """The cell that the slot is a part of."""
        return Cell(self.topic, self.difficulty)

    def __str__(self) -> str:
        return f"{self.topic}/{self.difficulty}/{self.category}"


CELLS: tuple[Cell, ...] = tuple(Cell(t, d) for t, d in product(Topic, Difficulty))
SLOTS: tuple[Slot, ...] = tuple(Slot(*c, k) for c, k in product(CELLS, Category))


class Label(BaseModel):
    """What the taxonomy file says of one identifier.

    `docs` are patterns of the pages of the Rust documentation that are about it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    definition: str
    aliases: tuple[str, ...] = ()
    ideas: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()


class Taxonomy(BaseModel):
    """`schemas/taxonomy.yaml`: French names, definitions, other spellings, ideas to write about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    categories: dict[Category, Label]
    topics: dict[Topic, Label]
    difficulties: dict[Difficulty, Label]


def taxonomy_file() -> Path:
    """The taxonomy file of the checkout, or the copy that an installed wheel carries."""
    packaged = Path(__file__).parents[1] / "_data" / "schemas" / "taxonomy.yaml"
    checkout = Path(__file__).parents[2] / "schemas" / "taxonomy.yaml"
    return packaged if packaged.exists() else checkout


@cache
def taxonomy() -> Taxonomy:
    """The taxonomy; raises DataError where the file lacks or invents an identifier."""
    import yaml

    path = taxonomy_file()
    try:
        loaded = Taxonomy.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise DataError(f"unreadable taxonomy: {error}", where=path) from error
    for axis, members in (
        (loaded.categories, Category),
        (loaded.topics, Topic),
        (loaded.difficulties, Difficulty),
    ):
        missing = [str(m) for m in members if m not in axis]
        if missing:
            raise DataError(f"taxonomy lacks {', '.join(missing)}", where=path)
    return loaded


E = TypeVar("E", bound=StrEnum)


def _parse(axis: type[E], labels: dict[E, Label], text: str) -> E:
    wanted = fold(text.strip())
    for member in axis:
        names = (member.value, labels[member].label, *labels[member].aliases)
        if wanted in {fold(n) for n in names}:
            return member
    known = ", ".join(axis)
    raise DataError(f"unknown {axis.__name__.lower()} {text!r}", hint=f"use one of: {known}")


def parse_category(text: str) -> Category:
    """The category that `text` names, by identifier, French name or alias; else DataError."""
    return _parse(Category, taxonomy().categories, text)


def parse_topic(text: str) -> Topic:
    """The topic that `text` names, by identifier, French name or alias; else DataError."""
    return _parse(Topic, taxonomy().topics, text)


def parse_difficulty(text: str) -> Difficulty:
    """The difficulty that `text` names, by identifier, French name or alias; else DataError."""
    return _parse(Difficulty, taxonomy().difficulties, text)
