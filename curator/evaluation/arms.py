"""Prepare several arms, find what leaked into their training, and compare them."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from curator.base import store
from curator.base.english import english
from curator.base.errors import CuratorError, DataError, EvaluationError
from curator.base.notice import Notice
from curator.evaluation.comparable import AnsweredArm, Incomparable, same
from curator.evaluation.compare import Comparison, compare
from curator.evaluation.evaluate import Measure, check_current, scores
from curator.evaluation.folder import EVALUATIONS, ArmDir, arms
from curator.evaluation.job import TOOLS, Job, Listen, Tools, prepare
from curator.evaluation.leaks import leaked
from curator.evaluation.models import training_rows
from curator.evaluation.prompts import EvalPrompt, read_prompts
from curator.evaluation.recipe import ArmSetting, EvaluateRecipe, system_prompt
from curator.evaluation.records import Arm, Scored, responses_digest
from curator.evaluation.stale import stale
from curator.models.openai.served import PREFIX
from curator.training.data import ChatRow
from curator.training.pairs import PairRow

log = logging.getLogger(__name__)


class ArmNotice(NamedTuple):
    """What is to be told of an arm, or of two.

    `name` is "base", or "base -> tuned" of a comparison, or "base, tuned" of arms that are one.
    """

    name: str
    why: Notice

    def document(self) -> dict[str, Any]:
        """Return the notice as a JSON object."""
        return {"name": self.name, "why": asdict(self.why)}


def parse_arm(text: str) -> ArmSetting:
    """Parse NAME=MODEL[+ADAPTER][,rag]; raises DataError for another text.

    A + that is in the path of a model that is there belongs to the path, and one in the name of a
    served model to that.
    """
    name, equals, rest = text.partition("=")
    model = rest.removesuffix(",rag")
    adapter = None
    if "+" in model and not model.startswith(PREFIX) and not Path(model).exists():
        model, _, adapter = model.rpartition("+")
    if not equals or not model or adapter == "":
        hint = "such as --arm tuned+rag=models/run-001-q4_k_m.gguf,rag"
        raise DataError("an arm is NAME=MODEL[+ADAPTER][,rag]", where=text, hint=hint)
    try:
        return ArmSetting(name=name, model=model, adapter=adapter, rag=rest.endswith(",rag"))
    except ValueError as error:
        hint = "a name has lower-case letters, digits and . + _ - only"
        raise DataError(f"{name!r} is no name for an arm", where=text, hint=hint) from error


def prepare_all(
    root: Path, recipe: EvaluateRecipe, listen: Listen, strict: bool, tools: Tools = TOOLS
) -> tuple[list[Job], list[ArmNotice]]:
    """Prepare the recipe's arms; returns those that can be evaluated, and why the others cannot.

    With `strict`, or where none is left, the first that cannot be is an error. Raises
    EvaluationError where two arms are the same thing.
    """
    read_prompts(root / recipe.prompts)  # what no arm can do without
    system_prompt(root, recipe)
    jobs, skipped = list[Job](), list[ArmNotice]()
    for setting in recipe.arms:
        try:
            jobs.append(prepare(root, recipe, setting, listen, tools))
        except CuratorError as error:
            if strict:
                raise
            said = str(error).replace("--model ", f"--arm {setting.name}=")
            skipped.append(ArmNotice(setting.name, Notice("not_evaluated", {"error": said})))
    if not jobs:
        each = (f"{one.name}: {english.say(one.why)}" for one in skipped)
        said = "; ".join(each) or "the recipe names none"
        raise EvaluationError(f"no arm can be evaluated: {said}")
    _refuse_twins(jobs)
    return jobs, skipped


def _refuse_twins(jobs: Sequence[Job]) -> None:
    """Raise EvaluationError, before hours are spent, where two arms are the same thing."""
    seen: dict[str, str] = {}
    for job in jobs:
        twin = seen.setdefault(job.arm.signature, job.name)
        if twin != job.name:
            what = "these arms have the same model, adapter, prompts and settings"
            hint = "leave one out: their difference would be one thing's with itself"
            raise EvaluationError(what, where=f"{twin}, {job.name}", hint=hint)


def check_others(against: str, jobs: Sequence[Job]) -> None:
    """Raise EvaluationError where no arm is left to compare with the one of that name."""
    if all(job.name == against for job in jobs):
        hint = "curator evaluate without --against says what the others lack"
        raise EvaluationError(f"no other arm than {against} can be evaluated", hint=hint)


def check_all(jobs: Sequence[Job]) -> None:
    """Raise EvaluationError, before hours are spent, where an arm's folder is stale."""
    for job in jobs:
        check_current(job.folder, job.arm)


def leaks(root: Path, arm: Arm, prompts: Sequence[EvalPrompt]) -> Mapping[str, Notice]:
    """Find the prompts that leaked into the rows that an arm's model was trained on, with how.

    Of a model that no run of ours made nothing is known, and nothing is returned.
    """
    rows = training_rows(root, arm.model)
    if not rows:
        if arm.model.run:
            log.warning("%s: the rows of %s are gone: no leak is seen", arm.name, arm.model.run)
        return {}
    return leaked(prompts, (texts for path in rows for texts in map(_texts, _chats(path))))


def _chats(path: Path) -> Iterator[ChatRow]:
    """Yield the rows of a file that was trained on; of pairs, those with the chosen answer."""
    if path.name.endswith("pairs.jsonl"):
        yield from (row.chats()[0] for row in store.read(path, PairRow))
    else:
        yield from store.read(path, ChatRow)


def _texts(row: ChatRow) -> tuple[str, str]:
    """Return the question and the answer of a row."""
    asked = [m.content for m in row.messages[:-1] if m.role != "system"]
    return "\n\n".join(asked), row.messages[-1].content


def earlier(root: Path, name: str) -> ArmDir:
    """Return the folder of an arm that was evaluated before; raises EvaluationError for none."""
    folder = ArmDir(root / EVALUATIONS / name)
    if folder not in arms(root):
        known = ", ".join(one.name for one in arms(root)) or "none yet"
        raise EvaluationError(f"there is no arm {name}", hint=f"those there are: {known}")
    return folder


def earlier_scores(folder: ArmDir, measure: Measure) -> Scored:
    """Return the scores of an arm that was evaluated before."""
    with folder.locked():
        return scores(folder, measure)


def pairs(scored: Sequence[Scored], against: Scored | None) -> list[tuple[Scored, Scored]]:
    """Choose who is compared with whom, as (before, after).

    With `against`, that arm with each other one. Else the first arm with each other one, and each
    arm with retrieval with the arm of the same model without.
    """
    if against:
        return [(against, one) for one in scored if one.arm.name != against.arm.name]
    chosen = [(scored[0], one) for one in scored[1:]]
    for one in scored:
        for other in scored:
            same = one.arm.model == other.arm.model and other.arm.rag and not one.arm.rag
            if same and (one, other) not in chosen:
                chosen.append((one, other))
    return chosen


def compare_all(
    pairs_of_arms: Sequence[tuple[Scored, Scored]], leave_out: Collection[str]
) -> tuple[list[Comparison], list[ArmNotice]]:
    """Compare each pair; returns the comparisons, and the refused ones with the reason."""
    compared, refused = list[Comparison](), list[ArmNotice]()
    for before, after in pairs_of_arms:
        try:
            compared.append(compare(before, after, leave_out=leave_out))
        except Incomparable as error:
            refused.append(ArmNotice(f"{before.arm.name} -> {after.arm.name}", error.reason))
    return compared, refused


def twins(root: Path, scored: Sequence[Scored], refused: Sequence[ArmNotice]) -> list[ArmNotice]:
    """Find each arm of `scored` that is one thing with some arm of the project, and why.

    Pairs that `refused` names already are left out: see compare_all.
    """
    every = {one.name: AnsweredArm(arm, responses_digest(one.responses())) for one in arms(root)
             if (arm := one.arm())}  # fmt: skip
    known = {frozenset(pair.name.split(" -> ")) for pair in refused}
    twins = list[ArmNotice]()
    for one in (s.arm.name for s in scored):
        for other in every:
            pair = frozenset((one, other))
            why = same(every[other], every[one]) if one != other and pair not in known else None
            if why:
                twins.append(ArmNotice(f"{other}, {one}", why))
                known.add(pair)
    return twins


def stale_arms(root: Path, besides: Sequence[str]) -> list[ArmNotice]:
    """Find the arms whose inputs changed since they were evaluated, less those in `besides`."""
    every = ((one.name, stale(root, one)) for one in arms(root))
    return [ArmNotice(name, why) for name, why in every if why and name not in besides]
