"""Prepare an arm for its evaluation: find its inputs, and describe them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from curator import __version__
from curator.base.clock import now
from curator.base.settings import digest
from curator.evaluation.asking import texts_sha256
from curator.evaluation.folder import EVALUATIONS, ArmDir
from curator.evaluation.models import open_responder
from curator.evaluation.passages import Retriever, open_retriever
from curator.evaluation.prompts import EvalPrompt, check_ideas, choose, prompts_digest, read_prompts
from curator.evaluation.recipe import ArmSetting, EvaluateRecipe, system_prompt
from curator.evaluation.records import Arm, Response
from curator.evaluation.respond import Responder
from curator.rust.unsandboxed import judging_version

if TYPE_CHECKING:
    from curator.evaluation.judging import Judge

# Called with what is being done, how much of it is done, and how much there will be.
Listen = Callable[[str, int, int], None]


def unheard(label: str, done: int, total: int) -> None:
    """Do nothing: the `listen` of a caller who shows no progress."""


def real_judge(prompts: Sequence[EvalPrompt], responses: Sequence[Response]) -> "Judge":
    """Return the judge that runs rustc in the sandbox, with the crates that the texts name."""
    from curator.evaluation.judging import rust_judge

    return rust_judge([*(p.prompt for p in prompts), *(r.response for r in responses)])


@dataclass(frozen=True)
class Tools:
    """The parts of an evaluation: the model, the retriever, the judge of Rust."""

    responder: Callable[[Path, EvaluateRecipe, ArmSetting], Responder] = open_responder
    retriever: Callable[[Path, EvaluateRecipe, Listen], Retriever] = open_retriever
    judge: Callable[[Sequence[EvalPrompt], Sequence[Response]], "Judge"] = real_judge


TOOLS = Tools()


@dataclass(frozen=True)
class Job:
    """An arm that can be evaluated; nothing of it is loaded or written yet."""

    root: Path
    recipe: EvaluateRecipe
    setting: ArmSetting
    arm: Arm
    prompts: list[EvalPrompt]
    system: str
    responder: Responder
    retriever: Retriever | None
    tools: Tools

    @property
    def name(self) -> str:
        """The arm's name."""
        return self.setting.name

    @property
    def folder(self) -> ArmDir:
        """Its folder."""
        return ArmDir(self.root / EVALUATIONS / self.name)

    @property
    def items(self) -> list[tuple[EvalPrompt, int]]:
        """Each prompt with the number of each of its samples."""
        return [(p, s) for p in self.prompts for s in range(self.recipe.samples)]


def prepare(
    root: Path,
    recipe: EvaluateRecipe,
    setting: ArmSetting,
    listen: Listen = unheard,
    tools: Tools = TOOLS,
) -> Job:
    """Find everything that an arm needs; raises CuratorError for what is not there."""
    prompts = choose(read_prompts(root / recipe.prompts), recipe.split)[: recipe.limit]
    if recipe.profile == "default":
        check_ideas(prompts)
    system = system_prompt(root, recipe)
    responder = tools.responder(root, recipe, setting)
    retriever = tools.retriever(root, recipe, listen) if setting.rag else None
    arm = Arm(
        name=setting.name,
        model=responder.ref,
        rag=retriever.ref if retriever else None,
        prompts_sha256=prompts_digest(prompts),
        system_sha256=texts_sha256(system, setting.rag),
        sampling=recipe.sampling,
        samples=recipe.samples,
        seed=recipe.seed,
        rustc=judging_version(),
        weights_sha256=digest(recipe.weights),
        toolkit=__version__,
        created=now(),
    )
    return Job(root, recipe, setting, arm, prompts, system, responder, retriever, tools)
