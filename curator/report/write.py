"""Write both files of a report, each whole."""

from pathlib import Path

from curator.base import store
from curator.report import html, markdown
from curator.report.content import sections
from curator.report.gather import Report


def write(report: Report, folder: Path) -> list[Path]:
    """Write rapport.md and rapport.html into a folder; returns their paths."""
    content = sections(report)
    texts = {
        "rapport.md": markdown.document(report, content),
        "rapport.html": html.document(report, content),
    }
    for name, text in texts.items():
        store.write_bytes(folder / name, text.encode("utf-8", "replace"))
    return [folder / name for name in texts]
