"""training/evaluations/<arm>/: where an arm's answers and scores lie.

arm.json               the arm, written first        responses.jsonl   one line an answer, appended
scores-<profile>.json  written whole, last: the arm is complete under that profile
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from curator import store
from curator.errors import DataError
from training.evaluation.records import Arm, Profile, Response, Scored, responses_digest

EVALUATIONS = Path("training") / "evaluations"
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

    def arm(self) -> Arm | None:
        """arm.json, if there is one; raises DataError for one that is no arm."""
        return _load(self.path / "arm.json", Arm)

    def responses(self) -> list[Response]:
        """The answers so far; of two for one prompt and sample the later counts."""
        if not self.responses_file.exists():
            return []
        found = store.read(self.responses_file, Response)
        return list({(r.prompt_id, r.sample): r for r in found}.values())

    def scored(self, profile: Profile) -> Scored | None:
        """The scores under a profile, if they are those of the responses that are there."""
        scored = _load(self.path / f"scores-{profile}.json", Scored)
        current = responses_digest(self.responses())
        return scored if scored and scored.responses_sha256 == current else None

    def write_arm(self, arm: Arm) -> None:
        """Begin an arm."""
        store.write_json(self.path / "arm.json", arm.model_dump(mode="json", exclude_none=True))

    def write_scored(self, scored: Scored) -> None:
        """Keep the scores."""
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
    """The arms of a project, in name order."""
    return [ArmDir(p.parent) for p in sorted((root / EVALUATIONS).glob("*/arm.json"))]
