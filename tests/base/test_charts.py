"""Charts as SVG: well-formed, the same every time, nothing in them that a strict page refuses."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from curator.base import charts, store
from curator.training import curve
from curator.training.metrics import Metric

NASTY = "</text><b> & \"'"
LINES = [
    charts.Line(NASTY, [(1, 1.5), (2, 1.0), (3, 0.9)]),
    charts.Line("validation", [(0, 1.6), (3, 1.1)]),
]
SPANS = [
    charts.Span(NASTY, 0.3, 0.1, 0.5, "better"),
    charts.Span("code", -0.2, -0.4, -0.1, "worse"),
    charts.Span("longueur", 0, 0, 0),
]
DOTS = [charts.Dot(label, name, 2.5) for label in ("enums", NASTY) for name in ("base", NASTY)]
CHARTS = {
    "lines": charts.line_chart(LINES, "itération", "perte"),
    "intervals": charts.interval_chart(SPANS, "écart"),
    "dots": charts.dot_chart(DOTS, "score", 5),
    "nothing": charts.line_chart([], "itération", "perte"),
}


def drawn() -> dict[str, str]:
    return {name: charts.draw(chart, 640, NASTY, "dit & redit") for name, chart in CHARTS.items()}


@pytest.mark.slow
def test_charts_are_plain_svg_and_repeat() -> None:
    first = drawn()
    assert drawn() == first
    for svg in first.values():
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img"
        assert [child.text for child in root][:2] == [NASTY, "dit & redit"]
        names = {e.tag.rpartition("}")[2] for e in root.iter()}
        assert names <= {"svg", "title", "desc", "g", "path", "line", "text", "rect", "tspan"}
        keys = {key for e in root.iter() for key in e.attrib}
        assert not {k for k in keys if k in ("style", "id", "href") or k.startswith("on")}
    assert "http" not in "".join(first.values()).replace("http://www.w3.org/2000/svg", "")


def test_texts_are_shown_as_they_are_and_numbers_as_in_french() -> None:
    texts = {
        name: [e.text or "" for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("text")]
        for name, svg in drawn().items()
    }
    assert {NASTY, "validation", "itération", "perte"} <= set(texts["lines"])
    assert {NASTY, "code", "longueur", "écart"} <= set(texts["intervals"])
    assert {NASTY, "enums", "base", "score"} <= set(texts["dots"])
    assert any(re.fullmatch(r"\d,\d", t) for t in texts["lines"])


def test_a_file_of_its_own_has_colours(tmp_path: Path) -> None:
    rate = {"epoch": 1.0, "learning_rate": 0.1, "tokens": 5, "seconds": 1.0, "peak_gb": 1.0}
    metrics = [Metric(iteration=i, train_loss=2 - i / 9, **rate) for i in range(1, 9)]
    store.write_atomic(tmp_path / "metrics.jsonl", metrics)
    curve.draw(tmp_path / "metrics.jsonl", tmp_path / "loss.svg", "run-001 : perte")
    text = (tmp_path / "loss.svg").read_text("utf-8")
    ElementTree.fromstring(text.encode())
    assert "var(" not in text
    assert "training ends at 1.111" in text
