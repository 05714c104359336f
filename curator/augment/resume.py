"""Whether an unfinished batch resumes, and by which command.

It resumes where all that its candidates depend on is as it was. Of that the command's options give
the models, the limits, and whether candidates are judged; the rest is the project's.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator import __version__
from curator.augment.inputs import Sources
from curator.base.errors import ModelError
from curator.base.settings import digest
from curator.generate.batch import Plan
from curator.generate.prompting import texts_sha256
from curator.generate.recipe import SAMPLES, AugmentRecipe, OpinionSettings
from curator.generate.strategies.registry import taxonomy_sha256
from curator.models.llama.batch_decoder import BLOCK
from curator.models.load import model_sha256
from curator.models.openai.served import PREFIX
from curator.models.settings import ModelSettings
from curator.records.project import RECIPE, Project
from curator.rust.unsandboxed import judging_version

Json = dict[str, Any]
_OPTIONS = ("candidates", "minutes")  # limits that the command's options give
_WORDS = {
    "texts_sha256": "prompts",
    "taxonomy_sha256": "taxonomy",
    "filters_sha256": "filters",
    "examples_sha256": "examples, or candidates of other batches",
    "stop": "the recipe's stop",
    "generate": "the recipe's generate",
    "targets": "the recipe's targets",
}


@dataclass(frozen=True)
class RecipeFile:
    """An augmentation recipe, and the file that it was read from."""

    path: Path
    recipe: AugmentRecipe


def settings_of(
    recipe: AugmentRecipe,
    model: Json | None,
    sources: Sources,
    judged: bool,
    opinion: Json | None = None,
) -> Json:
    """Return all that the candidates of a batch and their signals depend on, but for its seed.

    `model` is the reference of the model that writes, None where none does; `opinion` says what
    the opinions of another one depend on, where one is asked.
    """
    known = sorted(e.id for e in [*sources.trusted, *sources.pending])
    taken = sorted(e.id for e in sources.taken)
    return {
        "recipe": recipe.name,
        "toolkit": __version__,
        "model": model,
        "rustc": judging_version(),
        "judged": judged,
        **recipe.model_dump(mode="json", include={"generate", "stop", "targets"}),
        "filters_sha256": digest([f.model_dump(mode="json") for f in recipe.filters]),
        "texts_sha256": texts_sha256(),
        "taxonomy_sha256": taxonomy_sha256(recipe),
        "examples_sha256": digest(known, taken),
        **({"opinion": opinion} if opinion else {}),
        **({"more": recipe.more} if recipe.more else {}),
    }


def changes_since(
    plan: Plan, recipe: AugmentRecipe, sources: Sources, *, digests: bool
) -> Iterator[str]:
    """Name what has changed since a batch was begun, so that no option makes it resume.

    With `digests`, the model's file is read.
    """
    then = plan.settings
    limits = {name: then["stop"][name] for name in _OPTIONS}
    stop = recipe.stop.model_copy(update=limits)
    same = recipe.model_copy(update={"stop": stop, "more": then.get("more", 0)})
    now = settings_of(same, then["model"], sources, then["judged"], then.get("opinion"))
    for name in now:
        if now[name] != then.get(name):
            yield _WORDS.get(name, name)
    if then["model"]:
        yield from _model_changes(then["model"], recipe.model, digests)
    yield from _opinion_changes(then, recipe.opinion, digests)


def _opinion_changes(then: Json, wanted: OpinionSettings | None, digests: bool) -> Iterator[str]:
    """What has changed of the model that is asked for opinions; an option can name another one."""
    asked = then.get("opinion")
    samples = wanted.samples if wanted else SAMPLES
    if then["judged"] and wanted and not asked:
        yield "the recipe's opinion"
    if asked and asked["samples"] != samples:
        yield "opinion.samples"
    if asked and wanted:
        yield from _model_changes(asked["model"], wanted, digests, "opinion")


def _model_changes(
    then: Json, settings: ModelSettings, digests: bool, part: str = "model"
) -> Iterator[str]:
    """What has changed of a model of the recipe, where that is the batch's; `part` names it."""
    if then["name"] != _shown(settings.name) or settings.name.startswith(PREFIX):
        return  # given by an option, or known to its server alone
    runtime = then["runtime"]
    for key, name in (("n_ctx", "context"), ("width", "width")):
        if runtime.get(key, getattr(settings, name)) != getattr(settings, name):
            yield f"{part}.{name}"
    if "llama_cpp_python" in runtime and runtime.get("block") != BLOCK:
        yield "how prompts are read"
    if digests:
        try:
            if model_sha256(settings) != then["sha256"]:
                yield f"the {part}'s file"
        except ModelError:  # not on this machine: what loads it will say so
            return


def _shown(name: str) -> str:
    """A model's name as provenance has it."""
    path = Path(name).expanduser()
    return path.name if path.is_file() else name


def resume_command(project: Project, plan: Plan, file: RecipeFile | None) -> str:
    """Return the command that resumes a batch; `file` is its recipe, if the project has it."""
    then = plan.settings
    words = ["curator", "augment" if then["judged"] else "generate"]
    if file is None:
        return shlex.join(words) + " --recipe FILE"
    if file.path != project.root / RECIPE:
        words += ["--recipe", project.relative(file.path)]
    recipe = file.recipe
    words += _model_option("--model", then["model"], recipe.model)
    words += _model_option("--opinion", (then.get("opinion") or {}).get("model"), recipe.opinion)
    for name, option in zip(_OPTIONS, ("-n", "--minutes"), strict=True):
        if then["stop"][name] != getattr(recipe.stop, name) and then["stop"][name] is not None:
            words += [option, f"{then['stop'][name]:g}"]
    if then.get("more", 0) != recipe.more:
        words += ["--more", str(then.get("more", 0))]
    return shlex.join(words)


def _model_option(option: str, then: Json | None, settings: ModelSettings | None) -> list[str]:
    """Return the option that names a batch's model, where the recipe names no such one.

    Of a served model the address is not known: it is no part of the plan.
    """
    served = bool(settings and settings.name.startswith(PREFIX))
    if then is None or served or (settings and then["name"] == _shown(settings.name)):
        return []
    given = f"{PREFIX}{then['name']}@URL" if "server" in then["runtime"] else then["name"]
    return [option, given]
