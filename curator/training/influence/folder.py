"""Keep what was found of a run's rows, training/runs/<name>/influence/, to go on from.

request.json    what is compared: the digests of adapter, rows and targets
targets.jsonl   the rows whose loss should fall; lines.json: those that are short enough
gradients/      theirs, at the run's best adapter, until all rows are compared: float32, one a file
rows.jsonl      each training row with how its gradient is like each target's
influence.json  the whole, written last
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from curator.base import store
from curator.base.errors import DataError, TrainingError
from curator.training.config import TrainConfig
from curator.training.data import ChatRow, Row, parsed, read_rows
from curator.training.rundir import RunDir

TARGETS = "targets.jsonl"


class Likeness(BaseModel):
    """A row and the cosines between its gradient and the targets'; `where` is file:line."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    where: str
    cosines: list[float]


@dataclass(frozen=True)
class InfluenceDir:
    """The folder of one run."""

    run: RunDir

    @property
    def path(self) -> Path:
        """The folder."""
        return self.run.file("influence")

    def gradient(self, place: int) -> Path:
        """Return the file of a target's gradient."""
        return self.path / "gradients" / f"{place:05}.f32"

    @property
    def complete(self) -> bool:
        """Whether all rows are compared."""
        return (self.path / "influence.json").exists()

    def begin(self, targets: Path | None) -> None:
        """Lay the folder out for targets, the run's validation rows by default.

        What another comparison left is removed. Raises TrainingError for a run whose rows cannot be
        compared, DataError where there are no targets, BrokenLine for one that is no chat.
        """
        request = self.run.request()
        if not self.run.finished:
            hint = f"{self.run.resume_command} resumes it"
            raise TrainingError("the run is not complete", where=self.run.path, hint=hint)
        config = request.config
        if config.objective == "dpo" or config.fine_tune_type == "full":
            what = "only rows that a LoRA or DoRA adapter learned can be compared"
            raise TrainingError(what, where=self.run.path, hint="--run names another run")
        targets = self._found(targets)
        asked = {
            "adapter": self.run.adapter().sha256,
            "rows": request.data,
            "targets": store.sha256_of(targets),
        }
        path = self.path / "request.json"
        if path.exists() and store.read_json(path) == asked:
            return
        shutil.rmtree(self.path, ignore_errors=True)
        (self.path / "gradients").mkdir(parents=True)
        shutil.copyfile(targets, self.path / TARGETS)
        store.write_json(path, asked)

    def _found(self, targets: Path | None) -> Path:
        if targets is None:
            targets = self.run.file("data") / self.run.request().config.files[1]
            what, hint = "the run has no validation rows", "--targets FILE.jsonl gives others"
        else:
            what, hint = "no such file", "give chat rows whose loss should fall, as JSONL"
        if not targets.is_file():
            raise DataError(what, where=targets, hint=hint)
        rows = 0
        for number, line in store.read_lines(targets):  # before anything earlier is removed
            parsed(targets, number, line, ChatRow)
            rows += 1
        if not rows:
            raise DataError("no rows", where=targets, hint=hint)
        return targets

    def settings(self) -> TrainConfig:
        """Return the run's settings without what is drawn anew at each step: dropout."""
        config = self.run.request().config
        lora = config.lora_parameters.model_copy(update={"dropout": 0.0})
        return config.model_copy(update={"lora_parameters": lora})

    def rows(self, tokenizer: Any, config: TrainConfig) -> tuple[list[Row], list[Row]]:
        """Read the training rows and the targets as tokens; raises CuratorError.

        Rows that the run left out, and targets as long, are not among them.
        """
        data, most = self.run.file("data") / config.files[0], self._longest(config)
        found = (
            [r for r in read_rows(path, tokenizer, config.mask_prompt) if r.length <= most]
            for path in (data, self.path / TARGETS)
        )
        rows, targets = found
        if not targets:
            raise DataError("no target is short enough", where=self.path / TARGETS)
        return rows, targets

    def note_targets(self, targets: Sequence[Row]) -> None:
        """Write down which lines of targets.jsonl are compared, in their order."""
        lines = [int(target.where.rpartition(":")[2]) for target in targets]
        store.write_json(self.path / "lines.json", lines)

    def target_lines(self) -> list[int]:
        """Read which lines of targets.jsonl are compared, in their order."""
        return list(store.read_json(self.path / "lines.json"))

    def _longest(self, config: TrainConfig) -> int:
        lowered = self.run.limits().max_tokens
        return min(config.max_seq_length, lowered or config.max_seq_length)

    def found(self) -> list[Likeness]:
        """Read the rows that are compared so far."""
        path = self.path / "rows.jsonl"
        return list(store.read(path, Likeness)) if path.exists() else []

    def finish(self, document: dict[str, Any]) -> None:
        """Write the whole, and delete the gradients."""
        store.write_json(self.path / "influence.json", document)
        shutil.rmtree(self.path / "gradients", ignore_errors=True)
