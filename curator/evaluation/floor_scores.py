"""Score the floors of some prompts as arms are scored, and keep the scores beside the arms.

training/evaluations/.floors/<digest of what was asked>-<profile>.json
"""

from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from curator import __version__
from curator.base import store
from curator.base.clock import now
from curator.evaluation.evaluate import Measure
from curator.evaluation.floors import FLOORS
from curator.evaluation.folder import EVALUATIONS
from curator.evaluation.job import TOOLS, Tools
from curator.evaluation.prompts import EvalPrompt, prompts_digest
from curator.evaluation.records import (
    Arm,
    ModelIdentity,
    Profile,
    Response,
    Scored,
    responses_digest,
)
from curator.rust.unsandboxed import judging_version

FOLDER = EVALUATIONS / ".floors"
PREFIX = "floor-"
_SCORED = TypeAdapter(tuple[Scored, ...])


def kept_floors(root: Path, prompts_sha256: str, profile: Profile) -> tuple[Scored, ...]:
    """Read the scores of the floors of some prompts; none where they are not there, or not read."""
    path = _path(root, prompts_sha256, profile)
    try:
        return _SCORED.validate_python(store.read_json(path)) if path.is_file() else ()
    except ValidationError:  # of another version: they are made anew
        return ()


def score_floors(
    root: Path, prompts: Sequence[EvalPrompt], measure: Measure, tools: Tools = TOOLS
) -> tuple[Scored, ...]:
    """Return the scores of all floors of some prompts, made where they are not there yet."""
    from curator.evaluation.scoring import criteria, score

    digest = prompts_digest(prompts)
    known = kept_floors(root, digest, measure.profile)
    current = judging_version(), __version__, criteria(prompts, *measure)
    if known and all((one.rustc, one.toolkit, one.criteria_sha256) == current for one in known):
        return known
    answers = {name: _responses(name, prompts) for name in FLOORS}
    judge = tools.judge(prompts, [one for each in answers.values() for one in each])
    scored = tuple(
        score(_arm(name, digest, each), prompts, each, measure.profile, judge, measure.weights)
        for name, each in answers.items()
    )
    document = [one.model_dump(mode="json") for one in scored]
    store.write_json(_path(root, digest, measure.profile), document)
    return scored


def _path(root: Path, prompts_sha256: str, profile: Profile) -> Path:
    return root / FOLDER / f"{prompts_sha256[:16]}-{profile}.json"


def _responses(name: str, prompts: Sequence[EvalPrompt]) -> list[Response]:
    floor = FLOORS[name]
    return [Response(prompt_id=p.id, response=floor(prompts, at)) for at, p in enumerate(prompts)]


def _arm(name: str, prompts_sha256: str, responses: Sequence[Response]) -> Arm:
    digest = responses_digest(responses)
    return Arm(
        name=f"{PREFIX}{name}",
        model=ModelIdentity(kind="floor", name=name, sha256=digest),
        prompts_sha256=prompts_sha256,
        system_sha256="0" * 64,
        rustc=judging_version(),
        toolkit=__version__,
        created=now(),
    )
