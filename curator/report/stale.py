"""Whether an arm would still be what it was, as the evaluation itself tells."""

from pathlib import Path

from training.evaluation.folder import ArmDir


def staleness(root: Path, folder: ArmDir) -> str | None:
    """What changed since an arm was evaluated, in English words; None where nothing did."""
    from training.evaluation.job import describe
    from training.evaluation.stale import stale

    return stale(root, folder, describe)
