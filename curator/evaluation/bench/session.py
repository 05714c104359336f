"""Ask the arms of a recipe its bench: what `curator evaluate --bench` does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from curator.base.errors import CuratorError, EvaluationError
from curator.base.notice import Notice
from curator.base.progress import Progress, silent
from curator.evaluation.arms import ArmNotice
from curator.evaluation.bench.result import BenchDifference, BenchResult, difference
from curator.evaluation.bench.run import Bench, run_bench
from curator.evaluation.folder import EVALUATIONS, ArmDir
from curator.evaluation.job import TOOLS, Tools
from curator.evaluation.recipe import ArmSetting, EvaluateRecipe


@dataclass
class BenchSession:
    """The results of some arms; `skipped` are those that could not be asked."""

    results: list[BenchResult] = field(default_factory=list)
    skipped: list[ArmNotice] = field(default_factory=list)

    def differences(self) -> list[tuple[str, str, BenchDifference]]:
        """Compare the first arm with each other one: (before, after, difference)."""
        first = self.results[0].arm if self.results else ""
        before = [one for one in self.results if one.arm == first]
        after = [one for one in self.results if one.arm != first]
        pairs = ((a, b, difference(a, b)) for a in before for b in after)
        return [(a.arm, b.arm, found) for a, b, found in pairs if found]

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return {
            "results": [
                {**one.model_dump(mode="json"), "rate": one.rate, "interval": one.interval}
                for one in self.results
            ],
            "differences": [
                {"arms": [a, b], **found._asdict(), "worse": found.worse}
                for a, b, found in self.differences()
            ],
            "skipped": [one.document() for one in self.skipped],
        }


def bench_arms(
    root: Path,
    recipe: EvaluateRecipe,
    strict: bool = False,
    progress: Progress = silent,
    tools: Tools = TOOLS,
) -> BenchSession:
    """Ask every arm without retrieval the recipe's bench, in each of its modes.

    With `strict`, an arm that cannot be asked is an error rather than skipped. Raises
    EvaluationError where the recipe names no bench or no arm is left.
    """
    if recipe.bench is None:
        raise EvaluationError("the recipe names no bench", hint="--bench FILE")
    session = BenchSession()
    for setting in (arm for arm in recipe.arms if not arm.rag):
        try:
            session.results += bench_arm(root, recipe, setting, progress, tools)
        except CuratorError as error:
            if strict:
                raise
            why = Notice("not_evaluated", {"error": str(error)})
            session.skipped.append(ArmNotice(setting.name, why))
    if not session.results:
        said = "; ".join(str(one.why.values["error"]) for one in session.skipped)
        raise EvaluationError(f"no arm can be asked: {said or 'the recipe names none'}")
    return session


def bench_arm(
    root: Path,
    recipe: EvaluateRecipe,
    setting: ArmSetting,
    progress: Progress = silent,
    tools: Tools = TOOLS,
) -> Sequence[BenchResult]:
    """Ask one arm the recipe's bench, in each of its modes; nothing where it names none."""
    if recipe.bench is None:
        return []
    folder, path = ArmDir(root / EVALUATIONS / setting.name), root / recipe.bench
    responder, judge = tools.responder(root, recipe, setting), tools.judge([], [])
    return [
        run_bench(folder, Bench(path, mode), responder, judge, progress)
        for mode in recipe.bench_modes
    ]
