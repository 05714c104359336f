"""The dataset's section: what is missing is shown only where something is."""

from dataclasses import replace

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from curator.report.blocks import Heat
from curator.report.content import sections
from curator.report.gather import Report
from curator.report.html import document
from curator.report.sections.dataset import coverage_table, dataset_section


@pytest.fixture
def full(report: Report) -> Report:
    """A set whose every cell is at its target."""
    covered = report.dataset.covered
    none = dict.fromkeys(covered.deficits, 0)
    return replace(report, dataset=replace(report.dataset, covered=replace(covered, deficits=none)))


def heat(report: Report) -> Heat:
    every = [block for part in dataset_section(report.dataset).parts for block in part.content]
    [found] = [block for block in every if isinstance(block, Heat)]
    return found


def test_what_is_missing_has_a_column_where_something_is(report: Report) -> None:
    table = coverage_table(report.dataset)
    assert [name for name, _ in table.columns][-2:] == ["Total", "Manquants"]
    assert table.rows[-1][-1] == str(report.dataset.covered.missing) != "0"
    assert list(heat(report).sums) == ["Total", "Manquants"]


def test_without_anything_missing_there_is_no_column_for_it(full: Report) -> None:
    assert full.dataset.covered.missing == 0
    table = coverage_table(full.dataset)
    assert [name for name, _ in table.columns][-1] == "Total"
    assert {len(row) for row in table.rows} == {len(table.columns)}
    assert table.note == "Toutes les cibles sont atteintes."
    page = HTMLParser(document(full, sections(full)))
    rows = page.css("table.heat tr")
    assert {len(row.css("th, td")) for row in rows} == {5}
    assert page.css_first("table.heat th").text() == "Thème"


def test_the_themes_have_a_french_heading(report: Report) -> None:
    assert "Thèmes couverts" in [part.title for part in dataset_section(report.dataset).parts]
