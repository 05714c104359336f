"""The training's section: on what its losses are measured, and only what has an effect."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from curator.base.notice import Notice
from curator.report.blocks import Cell, Code, Section, Table, Text
from curator.report.data.training import Row, Training
from curator.report.gather import Report
from curator.report.markdown import escaped
from curator.report.sections.training import EVERY, SHOWN, _thinned, training_section


@pytest.fixture
def training(report: Report) -> Training:
    assert report.training
    return report.training


def part(training: Training, report: Report, key: str) -> Section:
    section = training_section(training, list(report.runs))
    return next(one for one in section.parts if one.key == key)


def table(training: Training, report: Report, key: str) -> Table:
    return next(one for one in part(training, report, key).content if isinstance(one, Table))


def cells(found: Table) -> dict[str, str]:
    texts = [[c.text if isinstance(c, Cell) else c for c in row] for row in found.rows]
    return {row[0]: row[1] for row in texts}


def with_(training: Training, limits: dict[str, Any] | None = None, **config: Any) -> Training:
    return replace(training, config=training.config | config, limits=limits or {})


@pytest.mark.parametrize(
    ("batches", "size", "limits", "measured"),
    [(12, 1, {}, 12), (3, 4, {}, 12), (3, 4, {"micro": 2}, 6), (1, 1, {"micro": 4}, 1)],
)
def test_a_loss_on_some_of_the_rows_says_which(
    training: Training,
    report: Report,
    batches: int,
    size: int,
    limits: dict[str, Any],
    measured: int,
) -> None:
    made = with_(training, limits, val_batches=batches, batch_size=size)
    found = table(made, report, "statistiques")
    assert cells(found)["Exemples de validation"] == f"40, dont mesurés : {measured}"
    which = "un seul des 40 exemples de validation, le plus court."
    if measured > 1:
        which = f"{measured} des 40 exemples de validation, les plus courts."
    for one in (found, table(made, report, "progression")):
        assert f"Perte de validation : mesurée sur {which}" in one.note


@pytest.mark.parametrize("batches", [-1, 40, 50])
def test_a_loss_on_all_rows_says_nothing_of_it(
    training: Training, report: Report, batches: int
) -> None:
    found = table(with_(training, val_batches=batches), report, "statistiques")
    assert cells(found)["Exemples de validation"] == "40"
    assert "mesurée sur" not in found.note
    assert "hors itérations perdues lors d'un arrêt" in found.note


def test_every_run_shows_the_loss_that_it_began_with(training: Training, report: Report) -> None:
    first, second = report.runs
    unknown = replace(first, first_loss=None)
    content = training_section(training, [unknown, second]).content
    [found] = [one for one in content if isinstance(one, Table)]
    at = [name for name, _ in found.columns].index("Perte au départ")
    assert [row[at] for row in found.rows] == ["\u2013", "1,572"]


def test_settings_without_an_effect_are_left_out(training: Training, report: Report) -> None:
    def shown(**config: Any) -> set[str]:
        [code] = part(with_(training, **config), report, "configuration").content
        assert isinstance(code, Code)
        return {line.split(":")[0] for line in code.code.splitlines() if line[0] != " "}

    usual = shown()
    assert not usual & {"beta", "keep_gb"} and {"mask_prompt", "lora_parameters"} <= usual
    assert shown(objective="dpo") == usual - {"mask_prompt"} | {"beta"}
    assert shown(fine_tune_type="full") == usual - {"lora_parameters"}
    assert training.config["keep_gb"], "the data keep everything"


def rows(count: int, step: int) -> tuple[Row, ...]:
    return tuple(
        Row(at, 1.0, 2.0 if at % 100 == 0 else None, ()) for at in range(0, count + 1, step)
    )


@pytest.mark.parametrize(("iterations", "step"), [(300, 5), (300, 7), (600, 10), (20_000, 10)])
def test_long_tables_are_thinned(iterations: int, step: int) -> None:
    every = rows(iterations, step)
    kept = _thinned(every)
    assert [r for r in every if r.val_loss is not None] == [r for r in kept if r.val_loss]
    assert kept[-1] is every[-1]
    plain = [r.iteration for r in kept if r.val_loss is None]
    assert len(plain) <= SHOWN + 1
    wanted = max(EVERY, iterations // SHOWN)
    gaps = [b.iteration - a.iteration for a, b in pairwise(kept)]
    assert max(gaps) <= wanted + step


def test_short_tables_and_events_are_whole() -> None:
    short = rows(95, 5)
    assert _thinned(short) == list(short)
    event = Row(13, None, None, ("died",), (Notice("resumed"),))
    assert event in _thinned(tuple(sorted((*rows(300, 5), event), key=lambda r: r.iteration)))


def test_units_do_not_break_and_a_head_of_its_own_is_told(
    training: Training, report: Report
) -> None:
    looked = training.preflight | {"parameters": 630_167_424, "head": 136_134_656}
    made = replace(training, preflight=looked, peak_gb=10.345)
    found = cells(table(made, report, "statistiques"))
    assert found["Mémoire max"] == "10,3\u202fGo"
    assert found["Paramètres totaux"] == (
        "630\u202fM, dont 136\u202fM pour une matrice de sortie distincte"
    )
    assert (
        cells(table(training, report, "statistiques"))["Paramètres totaux"] == "1\u202f544\u202fM"
    )
    unknown = replace(training, peak_gb=None)
    assert cells(table(unknown, report, "statistiques"))["Mémoire max"] == "\u2013"


def test_the_check_of_an_export_says_what_it_means(training: Training, report: Report) -> None:
    notes = [one for one in part(training, report, "artefacts").content if isinstance(one, Text)]
    [note] = [escaped(one.text) for one in notes]
    assert "donne un autre fichier (cccccccccccc)" in note
    assert note.endswith("c’est bien le modèle entraîné qui est exporté.")
