"""The strategies that a recipe names, each made from what it works on."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from curator.base.settings import digest
from curator.filters.rust import RustFilter, RustSettings
from curator.generate import prompting
from curator.generate.mutate.pool import find_mutants
from curator.generate.recipe import AugmentRecipe, StrategyName
from curator.generate.strategies.base import Strategy
from curator.generate.strategies.evolve import Evolve
from curator.generate.strategies.few_shot import FewShot
from curator.generate.strategies.from_docs import FromDocs
from curator.generate.strategies.mutate import Mutate
from curator.generate.strategies.repair import Repair
from curator.records.example import Example
from curator.records.taxonomy import taxonomy
from curator.records.topic import Topic
from curator.rust.docs import Passage, find_docs, pages, passages
from curator.rust.toolchain import find_toolchain

MODEL_FREE: frozenset[StrategyName] = frozenset({"mutate"})
_WORDINGS = Path(__file__).parents[1] / "mutate" / "texts"


def _mutate(recipe: AugmentRecipe, examples: Sequence[Example]) -> Strategy:
    """Mutants as the recipe's Rust filter will judge them."""
    settings = next((f for f in recipe.filters if isinstance(f, RustSettings)), RustSettings())
    judge = RustFilter(settings)
    return Mutate(find_mutants(examples, judge.compiler, judge.options(examples)))


def _from_docs(recipe: AugmentRecipe, examples: Sequence[Example]) -> Strategy:
    root = find_docs(find_toolchain().sysroot)
    found: dict[Topic, Sequence[Passage]] = {}
    for topic, label in taxonomy().topics.items():
        found[topic] = [p for page in pages(root, label.docs) for p in passages(page, root)]
    return FromDocs(found)


_MAKERS: Mapping[StrategyName, Callable[[AugmentRecipe, Sequence[Example]], Strategy]] = {
    "mutate": _mutate,
    "few_shot": lambda recipe, examples: FewShot(),
    "from_docs": _from_docs,
    "evolve": lambda recipe, examples: Evolve(),
    "repair": lambda recipe, examples: Repair(),
}


def make_strategies(
    recipe: AugmentRecipe,
    examples: Sequence[Example],
    progress: Callable[[str, int, int], None] = lambda label, done, total: None,
) -> dict[str, Strategy]:
    """The recipe's strategies by name; `examples` are those to learn from and to mutate."""
    prompting.check_prompts()
    names = recipe.generate.strategies
    made: dict[str, Strategy] = {}
    for number, name in enumerate(names):
        progress("prepare", number, len(names))
        made[name] = _MAKERS[name](recipe, examples)
    progress("prepare", len(names), len(names))
    return made


def settings_sha256() -> str:
    """The digest of every text that candidates are made with: wordings of mutants, prompts."""
    texts = [f"{p.name}\x00{p.read_text('utf-8')}" for p in sorted(_WORDINGS.glob("*.yaml"))]
    for path in sorted(prompting.FOLDER.glob("*.txt")):
        texts.append(f"{path.name}\x00{prompting.prompt_file(path.stem)}\n")
    return hashlib.sha256("\x00".join([*texts, prompting.PREFIX]).encode("utf-8")).hexdigest()


def taxonomy_sha256(recipe: AugmentRecipe) -> str:
    """The digest of what a recipe's candidates take from the taxonomy.

    The topics always; their names where a model is asked; ideas and pages where a strategy draws
    from them. Other spellings and definitions of topics change no candidate.
    """
    known, used = taxonomy(), set(recipe.generate.strategies)
    parts: list[object] = [list(known.topics)]
    if used - MODEL_FREE:
        axes = (known.categories, known.topics, known.difficulties)
        parts.append([[label.label for label in labels.values()] for labels in axes])
        parts.append([label.definition for label in known.categories.values()])
    if "few_shot" in used:
        parts.append([label.ideas for label in known.topics.values()])
    if "from_docs" in used:
        parts.append([label.docs for label in known.topics.values()])
    return digest(parts)
