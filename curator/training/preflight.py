"""Check model, rows and memory before a run starts, so that it does not fail hours later."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.base.errors import DataError, TrainingError
from curator.base.plural import plural
from curator.training import modelling
from curator.training.config import TrainConfig, in_iterations
from curator.training.cost import Cost, speed_here
from curator.training.data import too_long
from curator.training.memory import Estimate, available, estimate
from curator.training.modelling import Counts
from curator.training.objective import Item, read_items

_SHARE = 0.8  # of the free memory, for a training that keeps all that its layers made


@dataclass(frozen=True)
class Preflight:
    """The findings: the model, the rows that will be learned, the memory that they take."""

    folder: Path
    architecture: str
    counts: Counts
    train: tuple[int, ...]
    valid: tuple[int, ...]
    left_out: tuple[str, ...]
    memory: Estimate
    available: int
    checkpointed: bool
    seconds: float | None

    def document(self) -> dict[str, Any]:
        """Return the findings as a JSON object; lengths in tokens, memory in bytes."""
        return {
            "model_folder": str(self.folder),
            "architecture": self.architecture,
            "parameters": self.counts.total,
            "trainable": self.counts.trainable,
            "head": self.counts.head,
            "train": _lengths(self.train),
            "valid": _lengths(self.valid),
            "left_out": list(self.left_out),
            "memory": {"estimate": self.memory.total, "available": self.available},
            "grad_checkpoint": self.checkpointed,
            "least_seconds": self.seconds,
        }


def _lengths(tokens: Sequence[int]) -> dict[str, int]:
    longest = max(tokens, default=0)
    return {"rows": len(tokens), "tokens": sum(tokens), "longest": longest}


def examine(config: TrainConfig, data: Path) -> Preflight:
    """Check model, data and machine; raises CuratorError for what is wrong, with a remedy."""
    folder = modelling.find_folder(config.model)
    model, shape = modelling.load_model(folder, lazy=True)
    architecture = modelling.check_exportable(shape, folder)
    modelling.adapt(model, config)
    counts = modelling.counts(model)
    tokenizer = modelling.load_tokenizer(folder)
    train = _rows(data / config.files[0], config, tokenizer)
    valid_file = data / config.files[1]
    valid = _rows(valid_file, config, tokenizer) if valid_file.is_file() else []
    kept, kept_valid, long = _split(config, train, valid)
    _check_count(config, kept, data)
    longest = max(r.length for r in [*kept, *kept_valid])
    free = available()

    def memory(checkpointed: bool) -> Estimate:
        return estimate(config, shape, counts, longest, _float32(config), checkpointed)

    checkpointed = _checkpointed(config, memory(False), free)
    checked = Preflight(
        folder.resolve(),
        architecture,
        counts,
        _sizes(kept),
        _sizes(kept_valid),
        long,
        memory(checkpointed),
        free,
        checkpointed,
        _least_seconds(config, Cost.of(config, shape, checkpointed), kept),
    )
    _check_memory(config, checked, longest)
    return checked


def _least_seconds(config: TrainConfig, cost: Cost, rows: Sequence[Item]) -> float | None:
    """Return what the run would take if it were only products of matrices; None if not known."""
    speed = speed_here()
    if not speed:
        return None
    iterations = in_iterations(config, len(rows)).iters
    work = cost.least(iterations * config.batch_size, [(r.length, r.learned) for r in rows])
    return work / speed


def _checkpointed(config: TrainConfig, without: Estimate, free: int) -> bool:
    """Decide on gradient checkpointing: as the settings say; auto is for a GPU, or short memory."""
    if config.grad_checkpoint == "auto":
        return not modelling.on_cpu() or without.total > _SHARE * free
    return config.grad_checkpoint


def _float32(config: TrainConfig) -> bool:
    return config.dtype == "float32" or (config.dtype == "auto" and modelling.on_cpu())


def _sizes(rows: Sequence[Item]) -> tuple[int, ...]:
    return tuple(r.length for r in rows)


def _rows(path: Path, config: TrainConfig, tokenizer: Any) -> list[Item]:
    rows = read_items(path, tokenizer, config)
    if not rows and path.name == config.files[0]:
        hint = "curator pairs" if config.objective == "dpo" else "curator build"
        raise DataError("no rows", where=path, hint=hint)
    return rows


def _split(
    config: TrainConfig, train: list[Item], valid: list[Item]
) -> tuple[list[Item], list[Item], tuple[str, ...]]:
    """Split off the rows that are too long; raises DataError where the settings forbid any."""
    limit = config.max_seq_length
    long = too_long([*train, *valid], limit)
    named = tuple(f"{r.where} ({r.length} tokens)" for r in long)
    if long and config.long_rows == "refuse":
        shown = ", ".join(named[:5]) + (f" and {len(named) - 5} more" if len(named) > 5 else "")
        hint = (
            f"shorten them, raise max_seq_length to {long[0].length}, "
            "or set long_rows: leave_out to train without them"
        )
        count = plural(len(long), "row is", "rows are")
        raise DataError(f"{count} longer than {limit} tokens: {shown}", hint=hint)
    return (
        [r for r in train if r.length <= limit],
        [r for r in valid if r.length <= limit],
        named,
    )


def _check_count(config: TrainConfig, rows: Sequence[Item], data: Path) -> None:
    if len(rows) < config.batch_size:
        what = (
            f"{plural(len(rows), 'row is', 'rows are')} fewer than a batch of {config.batch_size}"
        )
        raise DataError(
            what, where=data / config.files[0], hint="lower batch_size, or add examples"
        )


def _check_memory(config: TrainConfig, checked: Preflight, longest: int) -> None:
    if not config.check_memory or checked.memory.total <= checked.available:
        return
    what = (
        f"training on rows of {longest} tokens takes about {checked.memory.total / 1e9:.1f} GB, "
        f"and {checked.available / 1e9:.1f} GB are free"
    )
    ways = ["close programs", "take a smaller model"]
    ways += [] if checked.checkpointed else ["set grad_checkpoint: true"]
    ways += ["lower batch_size"] if config.batch_size > 1 else ["shorten the longest rows"]
    hint = ", ".join(ways) + "; check_memory: false tries all the same"
    raise TrainingError(what, hint=hint)
