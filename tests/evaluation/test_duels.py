"""Duels: who meets whom, what the page tells, what choices come to, and what they decide."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from curator.base.errors import EvaluationError
from curator.evaluation.duels.exchange import duel_dataset, pull, send
from curator.evaluation.duels.outcome import DuelOutcome, nameless, outcome, outcomes
from curator.evaluation.duels.pairs import DuelPlan, pair
from curator.evaluation.duels.preferences import PREFERENCES
from curator.evaluation.duels.record import Chosen, Duel, DuelLog, Side
from curator.evaluation.duels.session import pull_duels
from curator.evaluation.folder import EVALUATIONS, ArmDir
from curator.evaluation.promotion import Decision, judged_by_people
from curator.evaluation.prompts import EvalPrompt
from curator.evaluation.recipe import PromotionSettings
from curator.evaluation.records import Response
from curator.records.project import Project
from curator.report.sections.duels import duels_section
from curator.review.argilla.fake import FakeServer
from curator.review.recipe import ReviewRecipe, load_review
from tests.conftest import copy_recipes
from tests.evaluation.conftest import make_arm

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
PROMPTS = [
    EvalPrompt(
        id=f"p{n}",
        category="basics",
        topic="borrowing" if n % 2 else "traits",  # type: ignore[arg-type]
        difficulty="debutant",
        prompt=f"Que fait le programme {n} ?",
    )
    for n in range(8)
]
BOTH = DuelPlan(("base", "tuned"))
PAIR = ("base", "a" * 64), ("tuned", "b" * 64)


def begin(root: Path, name: str, weights: str, texts: Sequence[str]) -> None:
    folder = ArmDir(root / EVALUATIONS / name)
    folder.path.mkdir(parents=True)
    folder.begin(make_arm(name, weights), {}, PROMPTS)
    lines = [
        Response(prompt_id=p.id, response=t).model_dump_json()
        for p, t in zip(PROMPTS, texts, strict=True)
    ]
    folder.responses_file.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two arms that answer eight prompts, one of them in the same words."""
    copy_recipes(tmp_path)
    begin(tmp_path, "base", "a", ["Pareil.", *(f"Ancien texte {n}." for n in range(1, 8))])
    begin(tmp_path, "tuned", "b", ["Pareil.", *(f"Nouveau <b>texte</b> {n}." for n in range(1, 8))])
    return Project(tmp_path)


@pytest.fixture
def recipe(project: Project) -> ReviewRecipe:
    return load_review(project)


@pytest.fixture
def server() -> FakeServer:
    return FakeServer(("anna", "benoit"))


class Table:
    """People who choose by the arm, whichever side it is on."""

    def __init__(self, project: Project, recipe: ReviewRecipe, server: FakeServer):
        self.project, self.recipe, self.server = project, recipe, server
        self.time = START

    def choose(self, name: str, duel: Duel, what: str, **values: Any) -> None:
        self.time += timedelta(seconds=30)
        side = what
        if what in ("base", "tuned"):
            side = "left" if duel.left.arm == what else "right"
        spec = duel_dataset(self.project, self.recipe)
        given = {"choice": side, **values}
        self.server.answer(spec.name, duel.id, name, self.time, **given)


@pytest.fixture
def table(project: Project, recipe: ReviewRecipe, server: FakeServer) -> Table:
    send(project, recipe, server, BOTH)
    return Table(project, recipe, server)


def test_answers_to_the_same_prompts_meet_and_equal_ones_do_not(project: Project) -> None:
    found = pair(project.root, BOTH)
    assert [d.prompt_id for d in found.duels] == [f"p{n}" for n in range(1, 8)]
    assert (found.alike, found.leaked) == (1, 0)
    assert {d.left.arm for d in found.duels} == {"base", "tuned"}  # both orders occur
    assert pair(project.root, DuelPlan(("tuned", "base"))).duels == found.duels
    of_traits = pair(project.root, DuelPlan(("base", "tuned"), ("traits",)))
    assert {d.topic for d in of_traits.duels} == {"traits"}
    few = pair(project.root, DuelPlan(("base", "tuned"), most=2))
    assert {d.topic for d in few.duels} == {"traits", "borrowing"}


def test_arms_that_are_one_or_absent_make_no_duel(project: Project) -> None:
    begin(project.root, "again", "a", [f"Autre {n}" for n in range(8)])
    with pytest.raises(EvaluationError, match="no comparison"):
        pair(project.root, DuelPlan(("base", "again")))
    with pytest.raises(EvaluationError, match="there is no arm third"):
        pair(project.root, DuelPlan(("base", "third")))
    with pytest.raises(EvaluationError, match="no prompt is left"):
        pair(project.root, DuelPlan(("base", "tuned"), ("async",)))


def test_the_page_names_no_model_and_runs_nothing(
    project: Project, recipe: ReviewRecipe, server: FakeServer
) -> None:
    assert send(project, recipe, server, BOTH).sent == 7
    cards = server.cards[recipe.duels]
    duels = DuelLog.of(project).duels()
    for key, card in cards.items():
        shown = json.dumps([dict(card.fields), dict(card.metadata), dict(card.suggestions)])
        assert all(w not in shown for w in ("base", "tuned", "gguf", "<b>", "aaaa", "bbbb"))
        assert "texte" in card.fields["left"]
        assert ("Ancien" in card.fields["left"]) == (duels[key].left.arm == "base")
    again = send(project, recipe, server, BOTH)
    assert (again.sent, again.present) == (0, 7)
    assert len(DuelLog.of(project).duels()) == 7


def test_a_push_that_broke_off_goes_on(
    project: Project, recipe: ReviewRecipe, server: FakeServer
) -> None:
    send(project, recipe, server, BOTH)
    cards = server.cards[recipe.duels]
    cards.pop(next(iter(cards)))
    assert send(project, recipe, server, BOTH).sent == 1
    assert len(DuelLog.of(project).duels()) == 7


def test_choices_come_back_once_and_minds_change(table: Table) -> None:
    duels = list(DuelLog.of(table.project).duels().values())
    table.choose("anna", duels[0], "tuned", why=" Plus clair. ")
    table.choose("benoit", duels[0], "perhaps")
    done = pull(table.project, table.recipe, table.server)
    assert [(c.annotator, c.why) for c in done.choices] == [("anna", "Plus clair.")]
    assert len(done.unreadable) == 1
    assert pull(table.project, table.recipe, table.server).choices == []
    table.choose("anna", duels[0], "neither")
    table.choose("anna", duels[1], "base", status="draft")
    assert [c.choice for c in pull(table.project, table.recipe, table.server).choices] == [
        "neither"
    ]
    table.choose("anna", duels[0], "neither", status="discarded")
    assert pull(table.project, table.recipe, table.server).choices[0].withdrawn
    [found] = outcomes(DuelLog.of(table.project).duels(), DuelLog.of(table.project).versions())
    assert found.whole is None


def made(number: int, topic: str = "traits") -> Duel:
    sides = [Side(arm=n, signature=s, text=f"{n} {number}") for n, s in PAIR]
    sides.reverse() if number % 2 else None
    return Duel(
        id=f"{number:016x}",
        prompt_id=f"p{number}",
        prompt="?",
        category="basics",
        topic=topic,  # type: ignore[arg-type]
        left=sides[0],
        right=sides[1],
    )


def chosen(duel: Duel, name: str, what: str) -> Chosen:
    keys = dict(zip(("base", "tuned"), PAIR, strict=True))
    side = duel.side_of(keys[what]) if what in keys else what
    return Chosen(duel=duel.id, annotator=name, choice=side, time=START)  # type: ignore[arg-type]


def of(*by_prompt: Sequence[str]) -> DuelOutcome:
    """The outcome where one person after another chose as given on each prompt."""
    duels = [made(n) for n in range(len(by_prompt))]
    names = ("anna", "benoit", "chloe")
    choices = [
        chosen(duel, name, what)
        for duel, said in zip(duels, by_prompt, strict=True)
        for name, what in zip(names, said, strict=False)
    ]
    return outcome(duels, choices, *PAIR)


def test_a_share_of_wins_counts_each_prompt_once() -> None:
    found = of(["tuned", "tuned", "tuned"], ["base"], ["both"], ["neither", "tuned"]).whole
    assert found is not None
    assert (found.prompts, found.choices, found.wins, found.losses) == (4, 7, 4, 1)
    assert (found.both, found.neither) == (1, 1)
    # means of the prompts: 1, -1, 0, 0.5
    assert found.share == pytest.approx((0.5 / 4 + 1) / 2)
    assert found.low < found.share < found.high


def test_what_can_be_said_for_certain_and_what_cannot() -> None:
    words = [of(*[["tuned"]] * n).whole for n in (5, 6)]
    assert [w.word for w in words if w] == ["undecided", "better"]
    lost = of(*[["base"]] * 7).whole
    assert lost is not None
    assert (lost.word, lost.share) == ("worse", 0.0)
    mixed = of(*[["base"], ["tuned"]] * 6).whole
    assert mixed is not None
    assert (mixed.word, mixed.share) == ("undecided", 0.5)


def test_many_choices_on_few_prompts_are_few_prompts() -> None:
    """Three people on four prompts are twelve choices, and not certain; on twelve prompts they
    would be.
    """
    few, many = of(*[["tuned"] * 3] * 4).whole, of(*[["tuned"]] * 12).whole
    assert few is not None and many is not None
    assert (few.choices, many.choices) == (12, 12)
    assert (few.word, many.word) == ("undecided", "better")


def test_topics_share_the_error_and_people_are_counted() -> None:
    duels = [made(n, "traits" if n < 6 else "async") for n in range(12)]
    choices = [chosen(d, "anna", "tuned") for d in duels]
    choices += [chosen(d, "benoit", "tuned" if n % 3 else "base") for n, d in enumerate(duels)]
    found = outcome(duels, choices, *PAIR)
    assert [w.group for w in found.wins] == ["all", "async", "traits"]
    assert [j.choices for j in found.judges] == [12, 12]
    assert found.judges[0].left == 6  # who looks at the text finds it on both sides
    assert found.shared == 12
    assert found.alpha is not None and found.alpha < 0.1
    assert [j.name for j in nameless(found).judges] == ["1", "2"]


def test_people_agree_on_the_arm_not_on_the_side() -> None:
    both = of(["tuned", "tuned"], ["base", "base"], ["tuned", "tuned"], ["both", "both"])
    assert both.alpha == 1.0


def test_preferences_say_what_was_chosen_why_and_by_whom(table: Table) -> None:
    duels = list(DuelLog.of(table.project).duels().values())
    table.choose("anna", duels[0], "tuned", why="Plus clair.")
    table.choose("anna", duels[1], "both")
    table.choose("benoit", duels[0], "base")
    news = pull_duels(table.project, table.recipe, table.server, {})
    assert news.preferences == 2
    path = table.project.raw / "reviews" / PREFERENCES
    [first, second] = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert first["chosen"].startswith("Nouveau")
    assert first["rejected"].startswith("Ancien")
    assert (first["source"], first["who"], first["why"]) == ("duel", "anna", "Plus clair.")
    assert (first["prompt"], first["prompt_id"]) == (duels[0].prompt, duels[0].prompt_id)
    assert (second["who"], second["chosen"][:6]) == ("benoit", "Ancien")
    table.choose("anna", duels[0], "tuned", status="discarded")
    assert pull_duels(table.project, table.recipe, table.server, {}).preferences == 1


def test_another_projects_records_are_left_alone(table: Table) -> None:
    duels = list(DuelLog.of(table.project).duels().values())
    cards = table.server.cards[table.recipe.duels]
    theirs = replace(cards[duels[0].id], metadata={"project": "other"})
    cards[duels[0].id] = theirs
    table.choose("anna", duels[0], "tuned")
    assert pull(table.project, table.recipe, table.server).choices == []


@pytest.mark.parametrize(
    ("said", "least", "promoted", "code"),
    [
        ([["tuned"]] * 6, 6, True, "duels_held"),
        ([["tuned"], ["base"]] * 3, 6, True, "duels_held"),
        ([["base"]] * 6, 6, False, "duels_lost"),
        ([["tuned"]] * 5, 6, False, "too_few_duels"),
        ([], 1, False, "too_few_duels"),
    ],
)
def test_people_may_stop_a_promotion(
    said: list[list[str]], least: int, promoted: bool, code: str
) -> None:
    gained = Decision(promote=True, reasons=())
    found = judged_by_people(gained, of(*said), PromotionSettings(duels=least))
    assert (found.promote, found.reasons[-1].code) == (promoted, code)


def test_people_alone_promote_nothing_and_are_not_asked_by_default() -> None:
    refused = Decision(promote=False, reasons=())
    assert not judged_by_people(refused, of(*[["tuned"]] * 9), PromotionSettings(duels=6)).promote
    kept = judged_by_people(Decision(promote=True, reasons=()), None, PromotionSettings())
    assert kept == Decision(promote=True, reasons=())


def test_the_report_shows_shares_and_no_names() -> None:
    [section] = duels_section([of(*[["tuned", "base"]] * 6)])
    assert "anna" not in repr(section)
    assert "50" in repr(section)
    assert "2\u202fpersonnes" in repr(section) or "2 personnes" in repr(section)
    assert duels_section([]) == []
    [waiting] = duels_section([of()])
    assert "aucun choix encore" in repr(waiting)


@pytest.mark.slow
def test_duels_are_typed(
    table: Table, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from curator.cli.app import main
    from curator.review import session
    from tests.conftest import ROOT

    root = table.project.root
    shutil.copy(ROOT / "README.fr.md", root)
    monkeypatch.setattr(session, "open_server", lambda here, chosen: table.server)

    def typed(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["--project", str(root), *words])
        assert not ended.value.code
        return capsys.readouterr().out

    sent = json.loads(typed("review", "duel", "--arm", "base", "--arm", "tuned", "--json"))
    assert (sent["sent"], sent["present"], sent["alike"]) == (0, 7, 1)
    for duel in DuelLog.of(table.project).duels().values():
        table.choose("anna", duel, "tuned")
    said = typed("review", "pull")
    assert "7 new choices" in said
    assert "tuned against base, by people" in said
    assert "anna 7" in said
    again = json.loads(typed("review", "pull", "--json"))
    assert again["duels"][0]["wins"][0]["word"] == "better"
    assert again["preferences"] == 7
