"""Known answers among candidates: alike to the eye, counted apart, and in no file of the set."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from curator.base import store
from curator.base.errors import DataError
from curator.dataset.build import build
from curator.dataset.intake import import_file
from curator.dataset.labelling import Labels
from curator.dataset.recipe import BuildSettings, load_retrain
from curator.generate.recipe import load_recipe
from curator.records.example import Example, Origin
from curator.records.files import read_examples
from curator.review import session
from curator.review.cards.vectors import ALIKE
from curator.review.controls.caught import control_counts, doubted
from curator.review.controls.record import Control, ControlLog
from curator.review.decisions.log import ReviewLog
from curator.review.decisions.settle import ReviewStatus, settle
from curator.review.decisions.state import read_state
from curator.review.push import push
from curator.review.recipe import ReviewRecipe, SettleSettings
from tests.conftest import ROOT
from tests.review.conftest import START, Desk, candidate, quiet, review

Make = Callable[..., ReviewRecipe]
PEOPLE = ("anna", "benoit", "chloe")


@pytest.fixture
def candidates() -> list[Example]:
    return [candidate(number) for number in range(8)]


@pytest.fixture
def mixed(desk: Desk, recipe_with: Make) -> Desk:
    """A desk whose pushes mix one control into two candidates."""
    authored = list(read_examples(ROOT / "raw" / "authored" / "ownership.jsonl"))
    store.write_atomic(desk.project.raw / "authored" / "ownership.jsonl", authored)
    desk.recipe = recipe_with(controls={"share": 0.5, "planted": 0.5, "caught": 0.6, "least": 2})
    return desk


def sent(desk: Desk) -> list[Control]:
    return list(ControlLog.of(desk.project).controls("revue").values())


def texts_under(folder: Path) -> Iterator[str]:
    import polars as pl

    for path in (p for p in folder.rglob("*") if p.is_file()):
        table = path.suffix == ".parquet"
        yield pl.read_parquet(path).write_ndjson() if table else path.read_text("utf-8")


def test_a_share_of_controls_goes_out_once_and_after_an_interruption(mixed: Desk) -> None:
    assert mixed.push().sent == {"revue": 12}
    kinds = [c.kind for c in sent(mixed)]
    assert (kinds.count("planted"), kinds.count("authored")) == (2, 2)
    assert mixed.push().sent == {"revue": 0}
    lost = sent(mixed)[0].id
    del mixed.server.cards["revue"][lost]  # as when a push is killed after its controls were noted
    mixed.server.cards["revue"].pop(candidate(3).id)
    assert mixed.push().sent == {"revue": 2}
    assert len(sent(mixed)) == 4
    assert lost in mixed.server.cards["revue"]


def test_no_controls_go_out_where_the_recipe_asks_for_none(desk: Desk) -> None:
    assert desk.push().sent == {"revue": 8}
    assert not ControlLog.of(desk.project).controls()


@pytest.mark.slow
def test_controls_look_like_candidates(mixed: Desk, candidates: list[Example]) -> None:
    push(mixed.project, mixed.recipe, mixed.server, quiet)  # the panel is compiled
    cards = mixed.server.cards["revue"]
    controls = {c.id: c for c in sent(mixed)}
    assert len(controls) == 4
    plain = [c for key, c in cards.items() if key not in controls]
    agents = {s.agent for c in plain for s in c.suggestions.values()}
    for key, control in controls.items():
        card = cards[key]
        shown = json.dumps([card.fields, dict(card.metadata)], ensure_ascii=False)
        assert card.metadata.keys() == plain[0].metadata.keys()
        for name in ("batch", "strategy", "project"):
            assert card.metadata.get(name) in {c.metadata.get(name) for c in plain}
        assert {s.agent for s in card.suggestions.values()} <= agents
        assert control.of == key or control.of not in shown
        assert "✗" not in card.fields["findings"]
        assert all(w not in shown for w in ("planted", "authored", "Claude", "écrit par une pers"))
    order = [key in controls for key in cards]
    assert order != sorted(order)
    assert order != sorted(order, reverse=True)
    originals = {c.of for c in controls.values()}
    known = {e.id: e for e in read_examples(*mixed.project.authored_files())}
    firsts = {known[o].question.split("\n")[0][:40] for o in originals}
    assert not any(f in c.fields["findings"] for f in firsts for c in cards.values())


def test_no_card_names_an_original_or_a_variant_of_one(
    mixed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither beside its control nor later: who opens it would see what was changed."""
    monkeypatch.setitem(ALIKE, "words", 0)  # every card names its nearest, however far
    path = mixed.project.raw / "authored" / "ownership.jsonl"
    authored = list(read_examples(path))
    variants = []
    for example in authored:  # of another topic than candidates have: no control is made of them
        made = example.provenance.model_copy(update={"parents": (example.id,)})
        changes = {"question": f"Encore. {example.question}", "topic": "borrowing"}
        again = {**example.model_dump(exclude={"id"}), "provenance": made, **changes}
        variants.append(Example.model_validate(again))
    store.write_atomic(path.with_name("borrowing.jsonl"), variants)
    variant_of = {v.provenance.parents[0]: v.id for v in variants}
    mixed.push()
    earlier = {c.of for c in sent(mixed)}
    batch = mixed.project.raw / "generated" / "augment-s0001-12345678" / "accepted.jsonl"
    with store.Appender(batch) as appender:
        appender.extend([candidate(number) for number in range(20, 24)])
    mixed.push()
    originals = {c.of for c in sent(mixed)}
    assert earlier < originals
    cards = mixed.server.cards["revue"]
    late = [cards[candidate(n).id] for n in range(20, 24)]
    late += [cards[c.id] for c in sent(mixed) if c.of not in earlier]
    for card in cards.values():
        apart = originals if card in late else earlier
        shown = card.fields["findings"].replace(f"Numéro {card.id}", "")
        named = [o for o in apart if any(v in shown for v in (o, variant_of[o]))]
        assert named == []
    assert any("Même idée" in c.fields["findings"] for c in cards.values())


@pytest.mark.slow
def test_the_panel_tells_the_truth_and_points_nowhere(mixed: Desk) -> None:
    push(mixed.project, mixed.recipe, mixed.server, quiet)
    coded = [c for c in sent(mixed) if c.planted and c.planted.kind == "code"]
    assert coded
    for control in coded:
        assert control.planted is not None
        findings = mixed.server.cards["revue"][control.id].fields["findings"]
        assert control.planted.was in findings  # what rustc gives
        assert control.planted.now not in findings


@pytest.mark.slow
def test_a_planted_one_that_everybody_accepts_is_in_no_file_of_the_set(mixed: Desk) -> None:
    mixed.push()
    planted = [c for c in sent(mixed) if c.planted]
    real = candidate(1).id
    for name in PEOPLE[:2]:
        for key in (*(c.id for c in sent(mixed)), real):
            mixed.say(name, key, "accepter")
    better = mixed.server.cards["revue"][planted[0].id].suggestions["corrected_answer"].value
    mixed.say("chloe", planted[0].id, "corriger", corrected_answer=better + "\n\nUne fin de plus.")
    done = mixed.pull()
    assert (len(done.reviews), len(done.of_controls), done.corrected) == (2, 9, [])
    mixed.recipe = mixed.recipe.model_copy(
        update={"controls": mixed.recipe.controls.model_copy(update={"caught": None})}
    )
    path = mixed.project.root / "pipelines" / "review.yaml"
    path.write_text(mixed.recipe.model_dump_json())
    log = ReviewLog.of(mixed.project)
    assert {r.example for r in log.reviews()} == {real}
    assert not log.corrected()
    state = read_state(mixed.project, mixed.recipe)
    assert not {c.id for c in planted} & state.settlements.keys()
    assert [e.id for e in state.accepted()] == [real]
    rules = load_retrain(mixed.project)
    roomy = rules.build.model_copy(update={"excess": 50.0})
    build(mixed.project, rules.model_copy(update={"build": roomy}))
    built = list(texts_under(mixed.project.curated))
    ids = {e.id for e in read_examples(mixed.project.curated / "examples.jsonl")}
    assert real in ids
    for control in planted:
        assert control.planted is not None
        assert control.id not in ids
        assert not any(control.id in text for text in built)
        for line in (control.planted.now, json.dumps(control.example.answer)[1:-1]):
            if control.planted.kind != "code":
                assert not any(line in text for text in built)


def test_what_was_said_of_controls_counts_nowhere_else(mixed: Desk) -> None:
    mixed.push()
    planted = [c.id for c in sent(mixed) if c.planted]
    right = [c.id for c in sent(mixed) if not c.planted]
    for key in planted:
        mixed.say("anna", key, "rejeter", reason="faux")
        mixed.say("benoit", key, "accepter")
    mixed.say("anna", right[0], "rejeter", reason="faux")
    mixed.say("benoit", right[1], "corriger", corrected_answer="Autre chose.")
    mixed.pull()
    found = session.review_status(mixed.project, mixed.recipe, mixed.server)
    by_name = {p.name: p for p in found.annotators}
    anna, benoit = by_name["anna"].controls, by_name["benoit"].controls
    assert (anna.planted, anna.caught, anna.right, anna.refused, anna.changed) == (2, 2, 1, 1, 0)
    assert (benoit.caught, benoit.refused, benoit.changed) == (0, 0, 1)
    assert [by_name[n].doubted for n in PEOPLE] == [False, True, False]
    assert [by_name[n].submitted for n in PEOPLE] == [0, 0, 0]
    assert by_name["chloe"].pending == 8
    assert found.pace.reviews == 0
    assert all(a.units == 0 for a in found.agreement)
    assert (found.disputes, found.signals) == ([], [])
    assert sum(found.by_status.values()) == 8
    assert doubted(mixed.project, mixed.recipe.controls) == {"benoit"}


def test_a_mind_that_changed_counts_as_it_is_now(mixed: Desk) -> None:
    mixed.push()
    [first, second] = [c.id for c in sent(mixed) if c.planted]
    mixed.say("anna", first, "accepter")
    mixed.say("anna", second, "accepter")
    mixed.pull()
    mixed.say("anna", first, "rejeter", reason="faux")
    mixed.say("anna", second, "accepter", status="discarded")
    assert len(mixed.pull().of_controls) == 2
    assert mixed.pull().of_controls == []
    counts = control_counts(mixed.project, mixed.recipe.controls).by_annotator["anna"]
    assert (counts.planted, counts.caught) == (1, 1)


@pytest.mark.parametrize(
    ("accepting", "weak", "standing"),
    [
        (("anna", "benoit"), (), "accepted"),
        (("anna", "benoit"), ("benoit",), "disputed"),
        (("anna", "benoit", "chloe"), ("benoit",), "accepted"),
        (("anna", "benoit", "chloe"), ("benoit", "chloe"), "disputed"),
        (("anna",), ("benoit",), "pending"),
    ],
)
def test_who_notices_little_is_joined_by_another_reader(
    accepting: tuple[str, ...], weak: tuple[str, ...], standing: str
) -> None:
    one = candidate(1)
    said = [review(name, "accepter", one.id) for name in accepting]
    found = settle({one.id: one}, said, SettleSettings(), frozenset(weak))
    assert found[one.id].status == standing
    if standing == "disputed":
        time = START + timedelta(hours=1)
        third = review("denis", "accepter", one.id, adjudication=True, time=time)
        again = settle({one.id: one}, [*said, third], SettleSettings(), frozenset(weak))
        assert again[one.id].status is ReviewStatus.ACCEPTED
        assert again[one.id].adjudicated


def test_a_refusal_needs_no_further_reader() -> None:
    one = candidate(1)
    said = [review(n, "rejeter", one.id) for n in ("anna", "benoit")]
    found = settle({one.id: one}, said, SettleSettings(), frozenset(("anna", "benoit")))
    assert found[one.id].status is ReviewStatus.REJECTED


def test_accepted_for_an_hour_counts_the_time_that_controls_take(mixed: Desk) -> None:
    mixed.push()
    keys = [candidate(n).id for n in range(4)]
    controls = [c.id for c in sent(mixed)]
    for name in PEOPLE[:2]:
        for key in (*keys, *controls):
            mixed.say(name, key, "accepter" if key in keys else "rejeter", reason="faux")
        mixed.time += timedelta(hours=1)
    mixed.pull()
    found = session.review_status(mixed.project, mixed.recipe, mixed.server)
    # 16 forms at 40 seconds each: 4 accepted in 640 seconds
    assert found.accepted_per_hour == pytest.approx(4 / (640 / 3600), abs=0.01)


def test_a_planted_text_is_refused_by_import_and_by_recipes(mixed: Desk, tmp_path: Path) -> None:
    mixed.push()
    control = next(c for c in sent(mixed) if c.planted)
    text = {"question": control.example.question, "answer": control.example.answer}
    labels = {"category": "debug", "topic": "ownership", "difficulty": "debutant"}
    file = tmp_path / "given.jsonl"
    file.write_text(json.dumps({**text, "metadata": {**labels, "author": "moi"}}) + "\n")
    recipe = load_recipe(mixed.project.root / "pipelines" / "augment.yaml")
    with pytest.raises(DataError, match="a planted falsehood of this project"):
        import_file(mixed.project, file, Labels(), recipe)
    batch = mixed.project.raw / "generated" / "augment-s0001-12345678" / "accepted.jsonl"
    unmarked = control.example.model_copy(update={"provenance": candidate(1).provenance})
    with store.Appender(batch) as appender:
        appender.append(unmarked)
    with pytest.raises(DataError, match="a planted falsehood of this project"):
        build(mixed.project, load_retrain(mixed.project))
    with pytest.raises(ValueError, match="planted falsehoods enter no set"):
        BuildSettings(without_review=(Origin.PLANTED,))
