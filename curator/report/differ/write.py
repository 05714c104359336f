"""Write the page of a difference to a file, whole."""

from pathlib import Path

from curator.base import store
from curator.records.project import Project
from curator.report.differ.arms import ArmDifference
from curator.report.differ.page import diff_document
from curator.report.differ.sets import SetDifference
from curator.report.language import Lang


def write_page(
    project: Project, found: SetDifference | ArmDifference, lang: Lang, path: Path
) -> Path:
    """Write the page; returns its path."""
    text = diff_document(project, found, lang)
    store.write_bytes(path, text.encode("utf-8", "replace"))
    return path
