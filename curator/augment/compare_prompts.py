"""Run the same slots and seeds with two sets of prompts: `curator prompts compare`.

Nothing of it enters the project. What the model has written lies in the user's cache until the
comparison is complete, so that an interrupted one goes on; and what both sets ask alike is asked
once. The slots are those that the recipe's targets name, whatever the project has already.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from curator.augment.inputs import BatchInputs, Sources, check_recipe
from curator.augment.judge import WaveJudge
from curator.augment.prompt_results import PromptComparison, SetResult
from curator.augment.resume import settings_of
from curator.base import store
from curator.base.cache_folder import cache_folder
from curator.base.clock import now
from curator.base.errors import DataError, RecipeError
from curator.base.progress import Progress
from curator.base.settings import digest
from curator.filters.registry import check_filters
from curator.filters.run import stream_filters
from curator.generate.batch import PATIENCE, Plan, choose_batch
from curator.generate.fixed import FixedRunner, plan_waves
from curator.generate.planner import needs
from curator.generate.prompt_sets import PromptSet, differing, find_prompt_set
from curator.generate.prompting import texts_sha256
from curator.generate.recipe import AugmentRecipe
from curator.generate.request import Request
from curator.generate.runner import BatchTools
from curator.generate.strategies.base import BatchState, Strategy
from curator.generate.strategies.registry import make_strategies, strategy_type
from curator.models.base import TextModel
from curator.models.load import load_model
from curator.models.settings import ModelSettings
from curator.models.sharing import SharingModel
from curator.records.coverage import coverage
from curator.records.project import Project
from curator.records.taxonomy import Slot
from curator.rust.unsandboxed import judging_version

KEPT = 30 * 24 * 3600  # seconds that an interrupted comparison is kept for
Load = Callable[[ModelSettings], TextModel]


@dataclass(frozen=True)
class _Arm:
    """One set of prompts with what was planned for it."""

    prompts: PromptSet
    strategies: dict[str, Strategy]
    waves: Sequence[Sequence[Request]]
    texts_sha256: str

    @property
    def slots(self) -> list[tuple[str, Slot, int]]:
        """The strategy, slot and seed of each request."""
        return [(r.strategy, r.slot, r.seed) for wave in self.waves for r in wave]


def compare_prompts(
    project: Project,
    recipe: AugmentRecipe,
    names: tuple[str, str],
    progress: Progress,
    load: Load = load_model,
) -> PromptComparison:
    """Make and judge `recipe.stop.candidates` candidates with each of two sets of prompts.

    `names` are those of find_prompt_set. The seed is the recipe's, 0 where it has none. Raises
    DataError for a set with a fault and for two that are alike, RecipeError where no strategy of
    the recipe can be compared, and what making a batch raises.
    """
    left_out = _left_out(recipe)
    recipe = _comparable(recipe, left_out)
    check_recipe(recipe)
    one, other = map(find_prompt_set, names)
    differ = differing(one, other)
    check_filters(recipe.filters, project.root)
    sources = BatchInputs.read(project, recipe).besides(None)
    run = _Run(project, recipe, sources, progress)
    arms = [run.arm(one), run.arm(other)]
    run.check_alike(arms)
    progress("loading the model", 0, 0)
    model = load(recipe.model)
    with run.folder(model, arms) as folder:
        shared = SharingModel(model, folder / "answers.jsonl")
        a, b = (run.judge(arm, shared, folder / key) for key, arm in zip("ab", arms, strict=True))
    facts = recipe.name, model.ref, run.seed, recipe.stop.candidates
    return PromptComparison(*facts, differ, left_out, a, b)


def _left_out(recipe: AugmentRecipe) -> dict[str, str]:
    """Map the strategies that cannot be compared to why."""
    reasons = {}
    for name in recipe.generate.strategies:
        strategy = strategy_type(name)
        if not strategy.makes_new:
            reasons[name] = "it works on rejected candidates, which differ between the sets"
        elif not (strategy.tokens or recipe.generate.rephrase):
            reasons[name] = "it asks no model"
    return reasons


def _comparable(recipe: AugmentRecipe, left_out: dict[str, str]) -> AugmentRecipe:
    """Return the recipe with the strategies that can be compared alone, without signals."""
    names = [name for name in recipe.generate.strategies if name not in left_out]
    if not names:
        why = "; ".join(f"{name}: {reason}" for name, reason in left_out.items())
        hint = "name others with --strategy, such as few_shot or from_program"
        raise RecipeError(f"no strategy can be compared ({why})", hint=hint)
    update = {"strategies": tuple(names), "likelihood": False}
    return recipe.model_copy(update={"generate": recipe.generate.model_copy(update=update)})


@dataclass(frozen=True)
class _Run:
    """What both sets are run with."""

    project: Project
    recipe: AugmentRecipe
    sources: Sources
    progress: Progress

    @property
    def seed(self) -> int:
        return self.recipe.seed or 0

    @property
    def wanted(self) -> dict[Slot, float]:
        """What the targets name, as if there were no example."""
        empty = coverage((), self.recipe.targets, self.project.taxonomy)
        return needs(empty, self.recipe.targets)

    def state(self) -> BatchState:
        """Make a state in which what other batches work on is taken."""
        state = BatchState(self.sources.trusted, self.recipe.generate)
        state.take(self.sources.taken)
        return state

    def arm(self, prompts: PromptSet) -> _Arm:
        """Plan the requests of one set; its prompts may say what a candidate is about."""
        with prompts.in_use():
            strategies = make_strategies(self.recipe, self.sources.trusted, self.progress)
            waves = plan_waves(self.wanted, strategies, self.state(), self.recipe, self.seed)
            return _Arm(prompts, strategies, waves, texts_sha256())

    def check_alike(self, arms: Sequence[_Arm]) -> None:
        """Raise DataError where the sets have other slots, or none."""
        first, second = (arm.slots for arm in arms)
        if not first:
            named = " and ".join(self.recipe.generate.strategies)
            hint = "look at `targets`, or name other strategies with --strategy"
            raise DataError(f"no candidate can be planned: {named} has nothing to try", hint=hint)
        if first != second:
            raise DataError("the sets lead to other slots: they cannot be compared in pairs")

    @contextmanager
    def folder(self, model: TextModel, arms: Sequence[_Arm]) -> Iterator[Path]:
        """Give this very comparison a folder in the cache, which goes when the block succeeds."""
        root = cache_folder() / "prompts"
        _forget(root)
        texts = [arm.texts_sha256 for arm in arms]
        ref = model.ref.model_dump(mode="json")
        settings = settings_of(self.recipe, ref, self.sources, judged=True)
        folder = root / digest(self.project.key, settings, texts, self.seed)[:16]
        with store.locked(folder / ".lock", "compares the same prompts", wait=PATIENCE):
            try:
                yield folder
            except BaseException:
                if not (folder / "answers.jsonl").exists():
                    shutil.rmtree(folder, ignore_errors=True)
                raise
            shutil.rmtree(folder, ignore_errors=True)

    def judge(self, arm: _Arm, model: TextModel, folder: Path) -> SetResult:
        """Make and judge the candidates of one set."""
        name, recipe = arm.prompts.name, self.recipe

        def progress(label: str, done: int, total: int) -> None:
            total = recipe.stop.candidates if label == "accepted" else total  # no target to meet
            self.progress(f"{name}: {label}", done, total)

        def plan(seed: int) -> Plan:
            ref = model.ref.model_dump(mode="json")
            settings = settings_of(recipe, ref, self.sources, judged=True)
            return Plan(settings, seed, now(), judging_version(), self.wanted, {})

        with arm.prompts.in_use():
            batch, chosen = choose_batch(folder, recipe.name, plan, self.seed)
            batch.begin(chosen)
            known = [*self.sources.trusted, *self.sources.pending]
            judge = WaveJudge(self.project, recipe, known, stream_filters)
            tools = BatchTools(arm.strategies, model, judge, progress)
            result = FixedRunner(batch, recipe, tools, self.state(), arm.waves).run()
        return SetResult(name, arm.texts_sha256, result.judged)


def _forget(root: Path) -> None:
    """Delete comparisons that were interrupted long ago."""
    for folder in root.glob("*/"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > KEPT:
                shutil.rmtree(folder)


def write_candidates(result: PromptComparison, folder: Path) -> None:
    """Write the judged candidates of both sets as a.jsonl and b.jsonl, for people to read."""
    for key, judged in (("a", result.a.judged), ("b", result.b.judged)):
        store.write_atomic(folder / f"{key}.jsonl", judged)
