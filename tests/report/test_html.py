"""rapport.html and reponses.html: strict, whole; hostile records stay text."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from curator.records.project import Project
from curator.report.gather import Report
from curator.report.html import answers_document
from tests.report.conftest import read
from tests.report.showcase import arm_of, everything, write_arm

OWN = ("", "data:,", "rapport.html", "reponses.html")
NASTY = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


@pytest.fixture(params=["rapport", "reponses"])
def each(request: pytest.FixtureRequest, page: str, answers: str) -> str:
    """Each of the two pages."""
    return page if request.param == "rapport" else answers


def test_the_page_allows_its_own_style_and_script_only(each: str) -> None:
    page = each
    policy = HTMLParser(page).css_first("meta[http-equiv]").attributes["content"] or ""
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        [text] = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_nothing_is_asked_of_elsewhere_and_nothing_is_styled_inline(each: str) -> None:
    tree = HTMLParser(each)
    for node in tree.css("*"):
        keys = set(node.attributes)
        assert not {k for k in keys if k in ("style", "src", "srcset") or k.startswith("on")}
        for name in ("href", "xlink:href", "action"):
            assert (node.attributes.get(name) or "#").partition("#")[0] in OWN
    assert "@import" not in each
    assert "url(" not in each


def test_each_page_leads_to_the_other(page: str, answers: str) -> None:
    def links(text: str) -> list[str | None]:
        return [a.attributes["href"] for a in HTMLParser(text).css("nav a, main a")]

    assert links(page).count("reponses.html") == 2, "the menu, and the section's place"
    assert "rapport.html" in links(answers)
    assert not HTMLParser(page).css(".answers, .filters")


def test_it_can_be_read_by_ear(each: str) -> None:
    tree = HTMLParser(each)
    assert tree.css_first("html").attributes["lang"] == "fr"
    assert [len(tree.css(n)) for n in ("main", "h1", "header", "footer", "nav[aria-label]")] == [
        1
    ] * 5
    for table in tree.css("main section > .scroll > table, main details.fold > .scroll > table"):
        assert table.css_first("caption")
        assert all(th.attributes.get("scope") in ("col", "row") for th in table.css("th"))
    for svg in tree.css("figure svg"):
        assert svg.css_first("title").text() and svg.css_first("desc").text()
    names = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(names) == len(set(names))
    targets = {a.attributes["href"] for a in tree.css("a[href^='#']")}
    assert {t[1:] for t in targets if t} <= set(names)


def test_every_answer_is_there_with_the_verdict_of_each_block(answers: str, report: Report) -> None:
    tree = HTMLParser(answers)
    listed = tree.css(".answers > li")
    assert report.evaluation
    assert len(listed) == sum(len(s.responses) for s in report.evaluation.sides) == 96
    failed = [a for a in listed if a.attributes["data-verdict"] == "en-echec"]
    blocks = report.evaluation.sides[0].summaries["default"].compilation.failed
    assert len([a for a in failed if a.attributes["data-arm"] == "base"]) == blocks > 0
    assert "error[E0382]: borrow of moved value: `s`" in failed[0].css_first(".verdicts pre").text()
    assert "un bloc qui devrait compiler est refusé par rustc" in failed[0].text()


def test_the_heat_map_says_its_numbers(page: str) -> None:
    heat = HTMLParser(page).css_first("table.heat")
    row = next(r for r in heat.css("tr") if "durée de vie" in r.text())
    assert [c.text() for c in row.css("td")] == ["0 / 9", "2 / 9", "1 / 9", "3", "24"]
    assert [c.attributes["class"] for c in row.css("td")][:2] == ["n h0", "n h1"]


@pytest.mark.slow
def test_hostile_answers_and_names_stay_text(
    tmp_path: Path, both: Callable[[Report], tuple[str, str]]
) -> None:
    project = everything(tmp_path)
    folder = arm_of(project, "hostile", "run-002", 0.1)
    arm = folder.arm()
    assert arm
    texts = [NASTY, "</details></main><h1>faux</h1>", "A" * 1_000_000, "[x](javascript:alert(1))"]
    answers = [
        r.model_copy(update={"response": texts[n % len(texts)]})
        for n, r in enumerate(folder.responses())
    ]
    named = arm.model_copy(update={"model": arm.model.model_copy(update={"name": NASTY})})
    folder.responses_file.unlink()
    write_arm(project, named, answers, 0.1, 0.6)
    found = read(project)
    markdown, page = both(found)
    for text in (page, answers_document(found)):
        tree = HTMLParser(text)
        counts = [len(tree.css(n)) for n in ("script", "h1", "img", "iframe", "main")]
        assert counts == [1, 1, 0, 0, 1]
        assert not [n for n in tree.css("main *") if any(k.startswith("on") for k in n.attributes)]
        assert len(text) < 3_000_000
    assert "<script" not in markdown.replace(r"\<script", "")


@pytest.mark.slow
def test_hostile_categories_stay_text_in_tables_charts_and_filters(
    tmp_path: Path, both: Callable[[Report], tuple[str, str]]
) -> None:
    project = everything(tmp_path)
    for path in (project.root / "training" / "evaluations").glob("*/scores-*.json"):
        text = path.read_text("utf-8").replace('"basics"', json.dumps(NASTY))
        path.write_text(text, "utf-8")
    found = read(project)
    markdown, page = both(found)
    tree = HTMLParser(answers_document(found))
    for one in (HTMLParser(page), tree):
        assert [len(one.css(n)) for n in ("script", "img", "main")] == [1, 0, 1]
    assert NASTY in [option.text() for option in tree.css("select option")]
    assert "<script" not in markdown.replace(r"\<script", "")


def test_answers_without_scores_are_shown(tmp_path: Path) -> None:
    project = Project(everything(tmp_path).root)
    for path in (project.root / "training" / "evaluations").glob("*/scores-*.json"):
        path.unlink()
    found = read(project)
    assert found.evaluation and not found.evaluation.scored("default")


def test_a_dataset_of_one_arm_is_not_compared(
    tmp_path: Path, both: Callable[[Report], tuple[str, str]]
) -> None:
    project = everything(tmp_path)
    for name in ("tuned", "base+rag", "tuned+rag"):
        for path in (project.root / "training" / "evaluations" / name).iterdir():
            path.unlink()
    markdown, _ = both(read(project))
    assert "Un seul bras sans RAG est évalué" in markdown
    assert "Aucun bras avec RAG" in markdown
