"""The axes of the dataset: category, topic, difficulty, and the cell topic x difficulty.

Categories and difficulties are the same for every project. Topics are those of its taxonomy: the
project's `schemas/taxonomy.yaml` if it has one, else the one that is shipped, which also gives the
French names, definitions and ideas that the file leaves out.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from enum import StrEnum
from functools import cache, cached_property
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from curator.base.errors import DataError
from curator.base.faults import did_you_mean
from curator.base.settings import digest
from curator.base.shipped import shipped
from curator.base.yaml_file import YamlFile, check_yaml, read_yaml
from curator.records.topic import Topic
from curator.text.fold import fold

if TYPE_CHECKING:
    from curator.records.example import Example

TAXONOMY = Path("schemas") / "taxonomy.yaml"


class Category(StrEnum):
    """What kind of teaching an example does."""

    DEBUG = "debug"
    CONCEPTS = "concepts"
    EXERCISES = "exercises"


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

    @classmethod
    def parse(cls, text: str) -> "Slot":
        """Read what `str` gives; raises ValueError for any other text."""
        topic, difficulty, category = text.split("/")
        return cls(Topic(topic), Difficulty(difficulty), Category(category))

    @property
    def cell(self) -> Cell:
        """The cell that the slot is a part of."""
        return Cell(self.topic, self.difficulty)

    def __str__(self) -> str:
        return f"{self.topic}/{self.difficulty}/{self.category}"


class Label(BaseModel):
    """What the taxonomy file says of one identifier.

    `docs` are patterns of the pages of the Rust documentation that are about it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Field(min_length=1)
    definition: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    ideas: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()


class Taxonomy(BaseModel):
    """`schemas/taxonomy.yaml`: French names, definitions, other spellings, ideas to write about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    categories: dict[Category, Label]
    topics: dict[Topic, Label] = Field(min_length=1)
    difficulties: dict[Difficulty, Label]

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every topic at every difficulty, in the order of the file."""
        return tuple(Cell(t, d) for t, d in product(self.topics, Difficulty))

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Every cell in every category, in the order of the file."""
        return tuple(Slot(*c, k) for c, k in product(self.cells, Category))

    @cached_property
    def sha256(self) -> str:
        """The digest of all that the taxonomy says, in its order."""
        axes: dict[str, dict[str, Any]] = self.model_dump(mode="json")
        return digest({axis: list(labels.items()) for axis, labels in axes.items()})

    def order(self, slots: Iterable[Slot]) -> list[Slot]:
        """Sort slots as in `slots`; those of other topics come last."""
        places = {topic: place for place, topic in enumerate(self.topics)}
        levels, kinds = list(Difficulty), list(Category)

        def place(slot: Slot) -> tuple[int, str, int, int]:
            known = places.get(slot.topic, len(places))
            return known, slot.topic, levels.index(slot.difficulty), kinds.index(slot.category)

        return sorted(slots, key=place)

    def checked(self, examples: "Iterable[Example]") -> "Iterator[Example]":
        """Pass examples on; raises DataError after the last one if any has an unknown topic."""
        unknown: dict[Topic, str] = {}
        count = 0
        for example in examples:
            if example.topic not in self.topics:
                count += 1
                unknown.setdefault(example.topic, example.id)
            yield example
        if unknown:
            raise _unknown(unknown, count)


def _unknown(first: Mapping[Topic, str], count: int) -> DataError:
    """Make the error for `count` examples of unknown topics; `first` has an id for each topic."""
    topic, where = next(iter(first.items()))
    more = f", nor are those of {count - 1} more ({', '.join(first)})" if count > 1 else ""
    what = f"topic {topic!r} is not in the project's taxonomy{more}"
    hint = f"add it to {TAXONOMY}, or `curator import FILE --map {topic}=TOPIC`"
    return DataError(what, where=where, hint=hint)


def load_taxonomy(path: Path) -> Taxonomy:
    """Load the taxonomy in a YAML file; axes that it leaves out are those of the shipped one.

    Raises DataError with the line of the first fault: an unknown or missing identifier, a text that
    is missing or empty, a name that means two things.
    """
    file = read_yaml(path)
    defaults = {} if path == shipped(TAXONOMY) else shipped_taxonomy().model_dump()
    taxonomy = check_yaml(file, Taxonomy, defaults)
    axes: dict[str, tuple[Mapping[Any, Label], type[StrEnum] | None]] = {
        "categories": (taxonomy.categories, Category),
        "topics": (taxonomy.topics, None),
        "difficulties": (taxonomy.difficulties, Difficulty),
    }
    for axis, (labels, members) in axes.items():
        missing = [str(m) for m in members or () if m not in labels]
        if missing:
            raise DataError(f"{axis} lacks {', '.join(missing)}", where=file.at((axis,)))
        _refuse_twice(file, axis, labels)
    return taxonomy


def _refuse_twice(file: YamlFile, axis: str, labels: Mapping[str, Label]) -> None:
    """Raise DataError where a name (case and accents aside) stands for two identifiers."""
    owners: dict[str, str] = {}
    for identifier, label in labels.items():
        for name in (identifier, label.label, *label.aliases):
            owner = owners.setdefault(fold(name), identifier)
            if owner != identifier:
                what = f"{name!r} already stands for {owner}"
                raise DataError(what, where=file.at((axis, identifier)))


@cache
def shipped_taxonomy() -> Taxonomy:
    """Load the taxonomy of this toolkit: fifteen topics."""
    return load_taxonomy(shipped(TAXONOMY))


def taxonomy_of(root: Path) -> Taxonomy:
    """Load the taxonomy of the project in a folder: its own, if there is one, else the shipped."""
    own = root / TAXONOMY
    return load_taxonomy(own) if own.is_file() else shipped_taxonomy()


_active: ContextVar[Taxonomy | None] = ContextVar("taxonomy", default=None)


def use_taxonomy(chosen: Taxonomy | None) -> None:
    """Make a taxonomy the one that `taxonomy` gives; None is the shipped one again.

    Opening a project does so with the project's own.
    """
    _active.set(chosen)


def taxonomy() -> Taxonomy:
    """Return the taxonomy of the project that was opened last, else the shipped one."""
    return _active.get() or shipped_taxonomy()


def topics() -> tuple[Topic, ...]:
    """List the topics of `taxonomy`, in its order."""
    return tuple(taxonomy().topics)


def check_topics(named: Iterable[str], defaults: Iterable[str]) -> None:
    """Raise ValueError for the first topic, outside of `defaults`, that `taxonomy` lacks."""
    for topic in named:
        if topic not in taxonomy().topics and topic not in defaults:
            near = did_you_mean(topic, taxonomy().topics)
            raise ValueError(f"no topic {topic} in the project's taxonomy{near}")


K = TypeVar("K", bound=str)


def _parse(axis: str, labels: Mapping[K, Label], text: str) -> K:
    wanted, known = fold(text.strip()), dict[str, K]()
    for member, label in labels.items():
        names = (str(member), label.label, *label.aliases)
        known |= dict.fromkeys(map(fold, names), member)
    if wanted in known:
        return known[wanted]
    near = did_you_mean(wanted, known)
    hint = f"use one of: {', '.join(labels)}"
    guess = near if "did you mean" in near else ""
    raise DataError(f"unknown {axis} {text!r}{guess}", hint=hint)


def parse_category(text: str) -> Category:
    """Parse a category's identifier, French name or alias; raises DataError for others."""
    return _parse("category", taxonomy().categories, text)


def parse_topic(text: str) -> Topic:
    """Parse a topic's identifier, French name or alias; raises DataError for others."""
    return _parse("topic", taxonomy().topics, text)


def parse_difficulty(text: str) -> Difficulty:
    """Parse a difficulty's identifier, French name or alias; raises DataError for others."""
    return _parse("difficulty", taxonomy().difficulties, text)
