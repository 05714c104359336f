"""The functions of the public interface; use them as `curator.check` and so on.

Each does what the command of its name does, without printing. `recipe` is a recipe that was loaded
before, or the path of one; where it is left out, a function on a project takes that project's own
(`pipelines/*.yaml`). `progress` is called with the name of a step, how much of it is done, and how
much there is. All errors that a user can put right are `curator.CuratorError`: they say what is
wrong, where, and what to do.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from curator.base.progress import Progress, silent

if TYPE_CHECKING:
    from curator.augment.preview import Preview
    from curator.dataset.build import BuildResult
    from curator.dataset.recipe import RetrainRecipe
    from curator.evaluation.recipe import EvaluateRecipe
    from curator.evaluation.result import EvaluationResult
    from curator.filters.base import Outcome
    from curator.generate.recipe import AugmentRecipe
    from curator.records.example import Example
    from curator.records.project import Project
    from curator.review.push import PushResult
    from curator.review.recipe import ReviewRecipe
    from curator.rust.check import Edition
    from curator.rust.document import BlockResult


def load_project(path: str | Path = ".") -> "Project":
    """Find the project that a folder is in: the nearest one with `pipelines/augment.yaml`.

    Returns:
        The project; it knows where its files are (`root`, `trusted_files()`, `curated`).

    Raises:
        CuratorError: no folder above `path` holds a project.
    """
    from curator.records.project import Project

    return Project.find(Path(path).resolve())


def read_examples(*paths: str | Path) -> "Iterator[Example]":
    """Read the examples of JSONL files, one after the other, in the order of the files.

    Raises:
        DataError: a file cannot be read.
        BrokenLine: lines that hold no example; all of them are named, by file and number.
    """
    from curator.records.files import read_examples

    return read_examples(*map(Path, paths))


def write_examples(path: str | Path, examples: "Iterable[Example]") -> None:
    """Write examples into a JSONL file, which is replaced in one step at the end.

    Raises:
        StoreError: the disk refuses; the old file is still there then.
    """
    from curator.base.store import write_atomic

    write_atomic(Path(path), examples)


def check(markdown: str, *, edition: "Edition" = "2021", run: bool = False) -> "list[BlockResult]":
    """Compile every Rust block of a Markdown text, and say whether it does what a reader expects.

    Args:
        markdown: A text with fenced blocks. What a block should do is read from its fence, its
            comments and the text around it; blocks may use what earlier ones define.
        edition: The edition of Rust of blocks that name none.
        run: Run programs and tests too, and compare what they print with what the text states.

    Returns:
        One result for each Rust block, in order: `passed`, `reason`, rustc's `code` and `message`.

    Raises:
        CompilerError: there is no rustc, or no sandbox to run it in.
    """
    from curator.rust.check import CheckSettings, check_markdown

    return check_markdown(markdown, CheckSettings(edition, run))


def filter(  # noqa: A001 - the word of the command, in a namespace of its own
    examples: "Iterable[Example]",
    recipe: "AugmentRecipe | str | Path | None" = None,
    *,
    known: "Iterable[Example]" = (),
    root: str | Path | None = None,
) -> "Outcome":
    """Judge examples by the filters of a recipe. No example is changed, and none is lost.

    Args:
        examples: What is judged.
        recipe: An augmentation recipe; left out, every filter has its default settings.
        known: Examples that none of `examples` may repeat.
        root: The folder below which files lie that the recipe names, as a project's root
            [default: the current folder].

    Returns:
        `accepted` and `rejected` examples with their verdicts, and counts (`reasons()`).

    Raises:
        RecipeError: the recipe has an unknown key or a bad value.
        CompilerError: the recipe wants rustc, which is not there.
    """
    from curator.dataset.filter import filter_examples
    from curator.generate.recipe import AugmentRecipe, load_recipe

    if isinstance(recipe, str | Path):
        recipe = load_recipe(Path(recipe))
    return filter_examples(list(examples), recipe or AugmentRecipe(), known, _path(root))


def plan(
    project: "Project",
    recipe: "AugmentRecipe | str | Path | None" = None,
    *,
    progress: Progress = silent,
) -> "Preview":
    """Plan the next batch, as `curator augment --dry-run` does; loads no model, writes nothing.

    Returns:
        The coverage before, the candidates wanted per slot, and how many are likely to pass.

    Raises:
        DataError: the project has no example to learn from.
        ModelError: the recipe needs a model and names none that there can be.
    """
    from curator.augment.preview import preview
    from curator.generate.recipe import load_recipe
    from curator.records.project import RECIPE

    if recipe is None or isinstance(recipe, str | Path):
        recipe = load_recipe(_path(recipe) or project.root / RECIPE)
    return preview(project, recipe, progress)


def build(
    project: "Project",
    recipe: "RetrainRecipe | str | Path | None" = None,
    *,
    progress: Progress = silent,
) -> "BuildResult":
    """Select, split and write the curated set of a project into its `curated/`.

    Returns:
        The set with its splits (`curated`), and the `manifest` that was written with it.

    Raises:
        DataError: a file of the project cannot be read.
        CompilerError: there is no rustc to judge what may enter the set.
        StoreError: the disk refuses; a set without a manifest is not whole.
    """
    from curator.dataset import build as dataset
    from curator.dataset.recipe import load_retrain

    if recipe is None or isinstance(recipe, str | Path):
        recipe = load_retrain(project, _path(recipe))
    return dataset.build(project, recipe, progress)


def push(
    project: "Project",
    recipe: "ReviewRecipe | str | Path | None" = None,
    *,
    progress: Progress = silent,
) -> "PushResult":
    """Send the candidates that wait for people to the project's Argilla. Repeated, sends nothing.

    Returns:
        How many examples were `sent` to each dataset, and how many were `present` before.

    Raises:
        ArgillaError: no server is known, it is away, or it does not let us in.
    """
    from curator.review.push import push
    from curator.review.recipe import load_review
    from curator.review.session import open_server

    if recipe is None or isinstance(recipe, str | Path):
        recipe = load_review(project, _path(recipe))
    return push(project, recipe, open_server(project, recipe), progress)


def evaluate(
    project: "Project",
    recipe: "EvaluateRecipe | str | Path | None" = None,
    *,
    responses: str | Path | None = None,
    against: str | None = None,
    again: bool = False,
    progress: Progress = silent,
) -> "EvaluationResult":
    """Ask the models of a recipe its prompts, score the answers, and compare the models.

    Answers and scores are kept in the project's training/evaluations/, so that an interrupted
    evaluation resumes.

    Args:
        project: Where models, prompts and earlier evaluations lie.
        recipe: An evaluation recipe.
        responses: A file of recorded answers, which are scored instead; no model is asked.
        against: The name of an arm that was evaluated before, to compare with.
        again: Set earlier answers of these arms aside.
        progress: Called as the models answer.

    Returns:
        The scores of each arm, their `summaries()`, the `comparisons` and the refused ones.

    Raises:
        EvaluationError: no arm can be evaluated, or two of them are the same thing.
        DataError: the prompts or the recorded answers cannot be read.
        CompilerError: there is no rustc to judge the answers.
    """
    from curator.evaluation.evaluate import Measure, Recorded
    from curator.evaluation.recipe import load_evaluate
    from curator.evaluation.recorded import Known
    from curator.evaluation.session import EvaluationOptions, evaluate_arms, evaluate_responses

    if recipe is None or isinstance(recipe, str | Path):
        recipe = load_evaluate(project, _path(recipe))
    options = EvaluationOptions(again, against)
    if responses is None:
        return evaluate_arms(project, recipe, options, progress)
    prompts = Known(project.root / recipe.prompts, given=False)
    recorded = Recorded(Path(responses), prompts)
    return evaluate_responses(project, recorded, Measure(recipe.profile, recipe.weights), options)


def _path(given: str | Path | None) -> Path | None:
    return None if given is None else Path(given)
