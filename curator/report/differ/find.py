"""Find what two names stand for, and tell the two apart."""

from curator.base.errors import DataError
from curator.evaluation.folder import ArmDir, arms
from curator.records.project import Project
from curator.report.data.evaluation import read_pair
from curator.report.differ.arms import ArmDifference, arm_difference
from curator.report.differ.sets import SetDifference, set_difference
from curator.report.named import named_set


def difference(project: Project, before: str, after: str) -> SetDifference | ArmDifference:
    """Tell apart two sets, batches or files of examples, or two arms of the evaluation.

    Raises DataError where nothing has a name, or one is an arm and the other a set.
    """
    known = {folder.name: folder for folder in arms(project.root)}
    named = [name for name in (before, after) if name in known]
    if len(named) == 2:
        return _arms(project, known[before], known[after])
    if named:
        [other] = [name for name in (before, after) if name not in known] or [before]
        names = ", ".join(known)
        raise DataError(f"{named[0]} is an arm, and {other} is none", hint=f"the arms are {names}")
    return set_difference(named_set(project, before), named_set(project, after))


def _arms(project: Project, before: ArmDir, after: ArmDir) -> ArmDifference:
    one, other, pairs = read_pair(project, before, after)
    return arm_difference(one, other, pairs)
