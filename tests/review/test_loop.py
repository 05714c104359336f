"""Push and pull against a server in memory: every step twice, killed, and with minds changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curator.base import store
from curator.base.errors import ArgillaError, StoreError
from curator.cli.views.review import exchange_view
from curator.filters.registry import make_filters
from curator.french.typography import typeset_markdown
from curator.records.example import Decision, Example, Origin
from curator.review.decisions.log import ReviewLog
from curator.review.decisions.settle import ReviewStatus
from curator.review.decisions.state import read_state
from curator.review.push import PushResult
from curator.review.recipe import ReviewRecipe
from curator.review.session import Exchange
from curator.rust.toolchain import installed_version
from tests.conftest import make_example
from tests.review.conftest import GENERATED, Desk, candidate

Make = Callable[..., ReviewRecipe]


def test_only_accepted_candidates_go_out_and_only_once(
    desk: Desk, candidates: list[Example]
) -> None:
    assert desk.push().sent == {"revue": 3}
    assert desk.server.cards["revue"].keys() == {e.id for e in candidates}
    again = desk.push()
    assert (again.sent, again.present, desk.server.sent) == ({"revue": 0}, 3, 3)


def test_a_push_sends_the_clearest_first_where_it_may_send_few(
    desk: Desk, candidates: list[Example], recipe_with: Make
) -> None:
    path = next((desk.project.root / "raw" / "generated").glob("*/accepted.jsonl"))
    agreements = {e.id: n / 10 for n, e in enumerate(candidates)}
    known = list(store.read(path, Example))
    measured = [e.measured({"agreement": agreements.get(e.id, 0)}) for e in known]
    path.write_bytes(b"".join(map(store.encode, measured)))
    desk.recipe = recipe_with(most=2)
    assert desk.push().sent == {"revue": 2}
    assert desk.server.cards["revue"].keys() == {e.id for e in candidates[1:]}
    assert desk.push().sent == {"revue": 1}


def test_a_push_that_breaks_off_goes_on_where_it_stopped(desk: Desk, recipe_with: Make) -> None:
    desk.recipe = recipe_with(batch_size=1, server={"retries": 0})
    desk.server.failing = 1
    with pytest.raises(ArgillaError, match="the connection broke"):
        desk.push()
    assert len(desk.server.cards["revue"]) == 1  # stored, though the answer was lost
    assert desk.push().sent == {"revue": 2}
    assert desk.server.sent == 3


def test_a_request_that_fails_for_the_moment_is_made_again(desk: Desk) -> None:
    desk.server.failing = 2
    assert desk.push().sent == {"revue": 3}
    assert len(desk.server.cards["revue"]) == 3


def test_one_that_fails_for_good_is_not(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def refuse(*_: object) -> None:
        calls.append(1)
        raise ArgillaError("no")

    monkeypatch.setattr(desk.server, "send", refuse)
    with pytest.raises(ArgillaError, match="no"):
        desk.push()
    assert len(calls) == 1


def test_an_answer_becomes_a_review_once(desk: Desk, candidates: list[Example]) -> None:
    desk.push()
    one = candidates[0].id
    desk.say("anna", one, "rejeter", reason="faux", comment="E0382 est mal expliqué.", code=None)
    done = desk.pull()
    assert len(done.reviews) == 1
    said = done.reviews[0]
    assert (said.annotator, said.decision, said.reason) == ("anna", Decision.REJECT, "faux")
    assert said.comment == "E0382 est mal expliqué."
    marks = ("naturel", "exactitude", "completude", "pedagogie", "format")
    assert said.ratings == dict.fromkeys(marks, 4)
    assert said.time == desk.time
    assert (said.topic, said.difficulty, said.corrected) == ("ownership", "debutant", None)
    assert desk.pull().reviews == []


def test_a_changed_mind_counts_and_what_was_said_before_stays(
    desk: Desk, candidates: list[Example]
) -> None:
    desk.push()
    one = candidates[0].id
    desk.say("anna", one, "accepter")
    desk.say("benoit", one, "accepter")
    first = desk.pull().reviews
    assert desk.settled(one).status is ReviewStatus.ACCEPTED
    used = read_state(desk.project, desk.recipe).accepted()[0].reviews
    desk.say("anna", one, "rejeter", reason="faux")
    assert len(desk.pull().reviews) == 1
    assert desk.settled(one).status is ReviewStatus.DISPUTED
    kept = {r.id for r in ReviewLog.of(desk.project).reviews()}
    assert {r.id for r in used} == {r.id for r in first} <= kept


@pytest.mark.parametrize("status", ["draft", "discarded"])
def test_an_answer_that_is_taken_back_is_withdrawn(
    desk: Desk, candidates: list[Example], status: str
) -> None:
    desk.push()
    desk.say("anna", candidates[0].id, "accepter", status=status)
    assert desk.pull().reviews == []  # was never given
    desk.say("anna", candidates[0].id, "accepter")
    desk.pull()
    desk.say("anna", candidates[0].id, "accepter", status=status)
    assert [r.withdrawn for r in desk.pull().reviews] == [True]
    assert desk.pull().reviews == []
    desk.say("anna", candidates[0].id, "accepter")
    assert [r.withdrawn for r in desk.pull().reviews] == [False]


def test_what_is_no_review_is_told_and_holds_up_nothing(
    desk: Desk, candidates: list[Example]
) -> None:
    desk.push()
    desk.say("anna", candidates[0].id, "peut-être")
    desk.say("anna", candidates[1].id, "accepter")
    done = desk.pull()
    assert len(done.reviews) == 1
    assert len(done.unreadable) == 1
    assert candidates[0].id in done.unreadable[0]
    assert "decision" in done.unreadable[0]


def test_a_corrected_text_that_passes_replaces_its_parent(
    desk: Desk, candidates: list[Example]
) -> None:
    desk.push()
    one = candidates[0]
    better = one.answer.replace("qui peut encore s'en servir", "qui pourra toujours s'en servir")
    for name in ("anna", "benoit"):
        desk.say(name, one.id, "corriger", corrected_answer=better, topic="borrowing")
    done = desk.pull()
    assert len(done.corrected) == 1
    child = done.corrected[0]
    assert (child.provenance.origin, child.provenance.author) == (Origin.CORRECTED, "anna")
    assert child.provenance.parents == (one.id,)
    assert child.provenance.rustc == installed_version()
    assert (child.topic, child.answer.strip()) == ("borrowing", better.strip())
    assert child.rejection is None
    assert {v.filter for v in child.verdicts} >= {"structure", "french", "rust"}
    assert desk.settled(one.id).child == child.id
    accepted = read_state(desk.project, desk.recipe).accepted()
    assert [e.id for e in accepted] == [child.id]


def test_of_two_corrections_the_one_set_aside_is_named(
    desk: Desk, candidates: list[Example]
) -> None:
    desk.push()
    one, old = candidates[0], "qui peut encore s'en servir"
    for name, new in (("anna", "qui pourra s'en servir"), ("benoit", "qui s'en sert encore")):
        desk.say(name, one.id, "corriger", corrected_answer=one.answer.replace(old, new))
    done = desk.pull()
    by = {e.provenance.author: e.id for e in done.corrected}
    assert desk.settled(one.id).child == by["benoit"]  # equally many: the latest
    [line] = map(str, done.aside)
    assert line == (
        f"record {one.id}: the correction by anna ({by['anna']}) is set aside, "
        f"that of benoit ({by['benoit']}) takes the place of the text"
    )
    settlements = read_state(desk.project, desk.recipe).settlements
    exchanged = Exchange(done, PushResult(), settlements)
    assert line in list(exchange_view(exchanged, 2))
    assert exchanged.document()["set_aside"] == [line]
    # Its author counts as one who accepts it; who wrote the other text does not.
    assert desk.settled(by["benoit"]).status is ReviewStatus.PENDING
    desk.push(returns_only=True)
    desk.say("anna", by["benoit"], "accepter")
    assert desk.pull().aside == []  # said once
    assert desk.settled(by["benoit"]).status is ReviewStatus.ACCEPTED


@pytest.mark.parametrize(
    ("what", "instead"),
    [("accepter", "the text stands as it was"), ("rejeter", "the example is rejected")],
)
def test_a_correction_that_others_outvote_is_named(
    desk: Desk, candidates: list[Example], what: str, instead: str
) -> None:
    desk.push()
    one, reason = candidates[0], {"reason": "faux"} if what == "rejeter" else {}
    changed = one.answer.replace("qui peut encore s'en servir", "qui pourra s'en servir")
    desk.say("anna", one.id, "corriger", corrected_answer=changed)
    desk.say("benoit", one.id, what, **reason)
    assert desk.pull().aside == []  # disputed yet: nothing is set aside
    desk.say("chloe", one.id, what, **reason)
    [line] = map(str, desk.pull().aside)
    assert "the correction by anna" in line and line.endswith(instead)


def test_one_that_fails_returns_with_the_diagnostics(
    desk: Desk, candidates: list[Example], recipe_with: Make
) -> None:
    desk.recipe = recipe_with(settle={"min_reviews": 1}, overlap=1)
    desk.push()
    one = candidates[0]
    worse = one.answer.replace("usize {", "String {")
    desk.say("anna", one.id, "corriger", corrected_answer=worse)
    done = desk.pull()
    assert [e.rejection.reason for e in done.failed if e.rejection] == ["does_not_compile"]
    child = done.failed[0].id
    assert desk.settled(child).status is ReviewStatus.PENDING
    assert desk.push(returns_only=True).sent == {"revue": 1}
    card = desk.server.cards["revue"][child]
    assert "ne passe pas encore les filtres" in card.fields["findings"]
    assert "E0308" in card.fields["findings"].replace("&#", "")
    desk.say("benoit", child, "corriger", corrected_answer=one.answer.replace("elle-même", "même"))
    assert desk.pull().failed == []
    assert [e.provenance.author for e in read_state(desk.project, desk.recipe).accepted()] == [
        "benoit"
    ]


def test_a_correction_may_resemble_what_it_corrects_but_no_other(
    desk: Desk, candidates: list[Example]
) -> None:
    desk.push()
    one, other = candidates[:2]
    desk.say("anna", one.id, "corriger", corrected_question=other.question)
    found = desk.pull().failed
    assert [e.rejection.reason for e in found if e.rejection] == ["duplicate_question"]


def test_the_corrections_of_a_pull_are_compared_with_what_may_enter_only(
    desk: Desk, candidates: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def counted(*arguments: Any) -> Any:
        made.append(1)
        return make_filters(*arguments)

    monkeypatch.setattr("curator.review.pull.make_filters", counted)
    desk.push()
    one, two, three = candidates
    same = one.question + " Merci."
    worse = one.answer.replace("usize {", "String {")
    desk.say("anna", one.id, "corriger", corrected_question=same, corrected_answer=worse)
    desk.say("benoit", one.id, "corriger", corrected_question=same)
    assert [e.rejection is None for e in desk.pull().corrected] == [False, True]
    # That rustc rejects the one is no fault of a third; the other of that family may enter.
    desk.say("anna", two.id, "corriger", corrected_answer=worse.replace("une chaîne", "une note"))
    desk.say("anna", three.id, "corriger", corrected_question=same)
    [first, second] = desk.pull().corrected
    assert made == [1, 1]  # one index for all of a pull
    assert [v.filter for v in (first.rejection, second.rejection) if v] == ["rust", "duplicates"]


def test_an_untouched_form_corrects_nothing(desk: Desk, candidates: list[Example]) -> None:
    desk.push()
    one = candidates[0]
    spaced = one.answer.replace("\n", "\r\n").replace(" ", "\u00a0", 3) + "\n\n"
    desk.say("anna", one.id, "accepter", corrected_answer=spaced, corrected_question=" ")
    done = desk.pull()
    assert (done.corrected, done.reviews[0].corrected) == ([], None)


def test_what_a_browser_puts_in_corrects_nothing_and_a_correction_is_cleaned(
    desk: Desk, candidates: list[Example]
) -> None:
    one, two = candidates[:2]
    desk.push()
    pasted = one.answer.replace("\n", "\r\n").replace(" ", "\u00a0") + "\ufeff\u200b"
    desk.say("anna", one.id, "accepter", corrected_answer=pasted)
    edited = two.answer.replace("La fonction", "Cette\u200b fonction") + "\r"
    desk.say("anna", two.id, "corriger", corrected_answer=edited)
    [corrected] = desk.pull().corrected
    assert corrected.provenance.parents == (two.id,)
    assert corrected.answer == two.answer.replace("La fonction", "Cette fonction").strip()


BROKEN = """Pourquoi rustc refuse-t-il ce programme, qui n'a que trois lignes ?

```rust,compile_fail,E0382
fn main() {
    let nom = String::from("l'eau");
    drop(nom);
    drop(nom);
}
```

```text
error[E0382]: use of moved value
```
"""


@pytest.mark.slow
def test_the_labels_of_a_question_come_back_with_its_correction(desk: Desk) -> None:
    one = make_example(BROKEN, candidate(4).answer, provenance=GENERATED)
    batch = desk.project.root / "raw/generated" / "augment-s0001-12345678"
    store.write_atomic(batch / "accepted.jsonl", [one])
    desk.push()
    shown = str(desk.server.cards["revue"][one.id].suggestions["corrected_question"].value)
    assert "```rust\n" in shown and "compile_fail" not in shown
    # As it is on the page, untouched; printed by the page; and edited, printed marks and all.
    desk.say("anna", one.id, "accepter")
    assert desk.pull().corrected == []
    printed = typeset_markdown(shown).replace("\n", "\r\n")
    desk.say("anna", one.id, "accepter", corrected_question=printed)
    assert desk.pull().corrected == []
    edited = printed.replace("trois lignes", "quatre lignes")
    desk.say("anna", one.id, "corriger", corrected_question=edited)
    [corrected] = desk.pull().corrected
    assert corrected.question == one.question.replace("trois", "quatre").strip()
    assert corrected.rejection is None  # the block still fails as its label says
    desk.say("anna", one.id, "corriger", corrected_question=shown.replace('"l\'eau"', '"l\'air"'))
    [second] = desk.pull().corrected
    assert "```rust,compile_fail,E0382\n" in second.question and "l'air" in second.question


def test_a_correction_is_stored_as_it_is_typed(desk: Desk, candidates: list[Example]) -> None:
    one, two = candidates[:2]
    desk.push()
    printed = typeset_markdown(one.answer)
    assert printed != one.answer
    desk.say("anna", one.id, "accepter", corrected_answer=printed)
    desk.say("anna", two.id, "corriger", corrected_answer=typeset_markdown(f"{two.answer} L'été !"))
    [corrected] = desk.pull().corrected
    assert corrected.answer == f"{two.answer} L'été !"


def test_an_edit_counts_as_a_correction_unless_it_is_rejected(
    desk: Desk, candidates: list[Example]
) -> None:
    desk.push()
    one, two = candidates[:2]
    desk.say("anna", one.id, "accepter", corrected_question=one.question + " Merci.")
    edited = two.question + " Merci."
    desk.say("anna", two.id, "rejeter", reason="faux", corrected_question=edited)
    said = {r.example: r for r in desk.pull().reviews}
    assert said[one.id].corrected
    assert said[two.id].corrected is None


def test_a_dispute_goes_to_a_third_person_who_sees_both_views(
    desk: Desk, candidates: list[Example]
) -> None:
    desk.push()
    one = candidates[0]
    better = one.question + " Merci."
    desk.say("anna", one.id, "corriger", corrected_question=better, comment="Plus <b>poli</b>")
    desk.say("benoit", one.id, "rejeter", reason="doublon")
    desk.pull()
    assert desk.push(returns_only=True).sent == {"revue": 0, "arbitrage": 1}
    card = desk.server.cards["arbitrage"][one.id]
    seen = card.fields["findings"]
    assert "Répète un autre exemple" in seen.replace("&#39;", "'")
    assert "anna" not in seen
    assert "<b>" not in seen
    assert card.suggestions["corrected_question"].value == better
    desk.say("chloe", one.id, "rejeter", dataset="arbitrage", reason="doublon")
    desk.pull()
    assert desk.settled(one.id).status is ReviewStatus.REJECTED
    assert desk.push().sent == {"revue": 0}


def test_settled_examples_are_not_sent_to_a_new_server(
    desk: Desk, candidates: list[Example]
) -> None:
    desk.push()
    for name in ("anna", "benoit"):
        desk.say(name, candidates[0].id, "accepter")
    desk.pull()
    desk.server = type(desk.server)()
    assert desk.push().sent == {"revue": 2}


def test_a_kill_between_the_two_files_of_the_log_loses_nothing(
    desk: Desk, candidates: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.push()
    one = candidates[0]
    desk.say("anna", one.id, "corriger", corrected_question=one.question + " Merci.")
    append = store.Appender.append

    def killed(self: store.Appender, record: object) -> None:
        if self.path.name == "reviews.jsonl":
            raise KeyboardInterrupt
        append(self, record)  # type: ignore[arg-type]

    monkeypatch.setattr(store.Appender, "append", killed)
    with pytest.raises(KeyboardInterrupt):
        desk.pull()
    monkeypatch.undo()
    assert len(desk.pull().reviews) == 1
    assert len(ReviewLog.of(desk.project).corrected()) == 1
    lines = (desk.project.raw / "reviews" / "corrected.jsonl").read_text().splitlines()
    assert len(lines) == 1


@pytest.mark.slow
def test_two_pulls_at_once_are_refused(desk: Desk) -> None:
    desk.push()
    with ReviewLog.of(desk.project).locked(), pytest.raises(StoreError, match="pulling reviews"):
        desk.pull()


def test_a_candidate_that_has_become_an_authored_example_is_not_reviewed(
    desk: Desk, candidates: list[Example], tmp_path: Path
) -> None:
    store.write_atomic(tmp_path / "raw/authored/traits.jsonl", [candidates[0], candidate(8)])
    assert desk.push().sent == {"revue": 2}
