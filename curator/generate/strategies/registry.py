"""The registered strategies.

To add a strategy: write curator/generate/strategies/<name>.py and its prompt, and add <name> to
NAMES. See CONTRIBUTING.md.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from curator.base.registry import registered_class
from curator.base.settings import digest
from curator.records.example import Example
from curator.records.taxonomy import taxonomy

if TYPE_CHECKING:
    from curator.generate.recipe import AugmentRecipe
    from curator.generate.strategies.base import Strategy

NAMES = (
    "mutate",
    "from_program",
    "few_shot",
    "from_docs",
    "evolve",
    "repair",
)


@cache
def strategy_type(name: str) -> "type[Strategy]":
    """Return the class of a registered strategy.

    It is imported when it is first asked for: strategies read recipes, which name strategies.
    """
    from curator.generate.strategies.base import Strategy

    return registered_class("curator.generate.strategies", name, Strategy)  # type: ignore[type-abstract]


def make_strategies(
    recipe: "AugmentRecipe",
    examples: Sequence[Example],
    progress: Callable[[str, int, int], None] = lambda label, done, total: None,
) -> "dict[str, Strategy]":
    """Make the recipe's strategies, by name; `examples` are those to learn from and to mutate."""
    from curator.generate.prompting import check_prompts

    check_prompts()
    names = recipe.generate.strategies
    strategies: dict[str, Strategy] = {}
    for number, name in enumerate(names):
        progress("prepare", number, len(names))
        strategies[name] = strategy_type(name).from_recipe(recipe, examples)
    progress("prepare", len(names), len(names))
    return strategies


def taxonomy_sha256(recipe: "AugmentRecipe") -> str:
    """Return the digest of what a recipe's candidates take from the project's taxonomy.

    Those are the topics; their names, where a model is asked; and what the strategies read beside.
    Other spellings and the definitions of topics change no candidate.
    """
    known, used = taxonomy(), [strategy_type(name) for name in recipe.generate.strategies]
    parts: list[object] = [list(known.topics)]
    if any(strategy.tokens for strategy in used):
        axes = (known.categories, known.topics, known.difficulties)
        parts.append([[label.label for label in labels.values()] for labels in axes])
        parts.append([label.definition for label in known.categories.values()])
    for field in sorted({field for strategy in used for field in strategy.topic_fields}):
        parts.append([field, [getattr(label, field) for label in known.topics.values()]])
    return digest(parts)


def strategy_fr(name: str) -> str:
    """Return the French name of a strategy; an unknown name stands as it is."""
    return strategy_type(name).label_fr if name in NAMES else name
