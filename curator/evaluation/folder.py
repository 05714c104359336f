"""Keep an arm's answers and scores in training/evaluations/<arm>/.

request.json           what was asked for, in the recipe's words, and the texts around each prompt
prompts.jsonl          the prompts as they were      arm.json          the arm: it has begun
responses.jsonl        one line an answer, appended
scores-<profile>.json  written whole, last: the arm is complete under that profile
<arm>.stale-<n>/       what an arm of that name was before
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from curator.base import store
from curator.base.errors import DataError
from curator.evaluation.prompts import EvalPrompt, read_prompts
from curator.evaluation.records import Arm, Profile, Response, Scored, responses_digest

EVALUATIONS = Path("training") / "evaluations"
STALE = ".stale-"
R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True)
class ArmDir:
    """The folder of one arm."""

    path: Path

    @property
    def name(self) -> str:
        """The arm's name."""
        return self.path.name

    @property
    def responses_file(self) -> Path:
        """responses.jsonl."""
        return self.path / "responses.jsonl"

    @property
    def begun(self) -> bool:
        """Whether the arm is there, complete or not."""
        return (self.path / "arm.json").exists()

    def request(self) -> dict[str, Any]:
        """Read request.json: see curator/evaluation/stale.py."""
        request: dict[str, Any] = store.read_json(self.path / "request.json")
        return request

    def prompts(self) -> list[EvalPrompt]:
        """Read the prompts as they were asked."""
        return read_prompts(self.path / "prompts.jsonl")

    def arm(self) -> Arm | None:
        """Read arm.json, if there is one; raises DataError for one that is no arm."""
        return _load(self.path / "arm.json", Arm)

    def responses(self) -> list[Response]:
        """Read the answers so far; of two for one prompt and sample the later counts."""
        if not self.responses_file.exists():
            return []
        lines = store.read(self.responses_file, Response)
        return list({(r.prompt_id, r.sample): r for r in lines}.values())

    def scored(self, profile: Profile) -> Scored | None:
        """Read the scores under a profile, if they are those of the responses that are there."""
        scored = _load(self.path / f"scores-{profile}.json", Scored)
        current = responses_digest(self.responses())
        return scored if scored and scored.responses_sha256 == current else None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the arm for this process; raises StoreError where another one holds it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_name(f".{self.name}.lock").open("a") as held:
            store.lock(held.fileno(), self.path, wait=0, doing="works on this arm")
            yield

    def set_aside(self) -> Path:
        """Move the folder to the first free <name>.stale-<n>, which it returns."""
        places = (self.path.with_name(f"{self.name}{STALE}{n}") for n in range(1, 100000))
        place = next(p for p in places if not p.exists())
        self.path.rename(place)
        return place

    def begin(self, arm: Arm, request: dict[str, Any], prompts: Iterable[EvalPrompt]) -> None:
        """Write what an arm is; arm.json comes last: with it, the arm has begun."""
        store.write_json(self.path / "request.json", request)
        self.write_prompts(prompts)
        self.write_arm(arm)

    def write_prompts(self, prompts: Iterable[EvalPrompt]) -> None:
        """Write the prompts: they may say anew what a good answer is, and ask the same."""
        store.write_atomic(self.path / "prompts.jsonl", prompts)

    def write_arm(self, arm: Arm) -> None:
        """Write arm.json."""
        store.write_json(self.path / "arm.json", arm.model_dump(mode="json", exclude_none=True))

    def write_scored(self, scored: Scored) -> None:
        """Write the scores."""
        path = self.path / f"scores-{scored.profile}.json"
        store.write_json(path, scored.model_dump(mode="json", exclude_none=False))


def _load(path: Path, kind: type[R]) -> R | None:
    if not path.exists():
        return None
    try:
        return kind.model_validate(store.read_json(path))
    except ValidationError as error:
        hint = "another version wrote it: delete the folder and evaluate again"
        raise DataError(store.why(error), where=path, hint=hint) from error


def arms(root: Path) -> list[ArmDir]:
    """List the arms of a project, in name order, but for those that were set aside."""
    files = sorted((root / EVALUATIONS).glob("*/arm.json"))
    return [ArmDir(p.parent) for p in files if STALE not in p.parent.name]
