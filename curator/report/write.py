"""Write the files of a report, each whole."""

from pathlib import Path

from curator.base import store
from curator.report import html, markdown
from curator.report.content import ANSWERS, sections
from curator.report.gather import Report
from curator.report.language import Lang, speaking


def write(report: Report, folder: Path, lang: Lang = "fr") -> list[Path]:
    """Write rapport.md, rapport.html and, of answers, reponses.html; returns their paths."""
    texts = documents(report, lang)
    for name, text in texts.items():
        store.write_bytes(folder / name, text.encode("utf-8", "replace"))
    return [folder / name for name in texts]


def documents(report: Report, lang: Lang) -> dict[str, str]:
    """Return the files of a report in a language, by their names."""
    with speaking(lang):
        content = sections(report)
        files = {
            "rapport.md": markdown.document(report, content),
            html.REPORT: html.document(report, content),
        }
        if report.evaluation and any(side.responses for side in report.evaluation.sides):
            files[ANSWERS] = html.answers_document(report)
        return files
