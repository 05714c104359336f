"""What an arm gains and loses beside the one it is compared with: metrics, outside tasks, ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from curator.evaluation.bench.result import BenchDifference
from curator.evaluation.compare import ALL, Difference
from curator.evaluation.form import notable_share
from curator.evaluation.records import Profile
from curator.report.blocks import Item
from curator.report.data.evaluation import Evaluation, Kind, Pair
from curator.report.gather import Report
from curator.report.language import say, words
from curator.report.language.numbers import count, mark, number, percent
from curator.report.rules.shared import CUT, is_stale
from curator.report.sections import values

_TOLD = ("composite", "solved")  # these have words of their own


@dataclass(frozen=True)
class Effect:
    """A pair of arms with what is certain: metrics of all prompts that are better or worse.

    `benches` are the outside tasks that both were asked, `cut` and `cut_before` the shares of
    answers that did not end.
    """

    pair: Pair
    gained: tuple[Difference, ...]
    lost: tuple[Difference, ...]
    benches: tuple[BenchDifference, ...]
    cut: float
    cut_before: float

    @property
    def short(self) -> bool:
        """Whether there are too few prompts for any word."""
        scored = self.find("composite")
        return scored is None or scored.short

    @property
    def harmful(self) -> bool:
        """Whether something is worse for certain."""
        return bool(self.lost) or any(bench.worse for bench in self.benches)

    @property
    def helpful(self) -> bool:
        """Whether score or solved prompts rise, and not by form alone, and nothing is lost."""
        by_form = notable_share(self.pair.comparison)
        solved = any(d.metric == "solved" for d in self.gained)
        scored = any(d.metric == "composite" for d in self.gained) and not by_form
        return not self.harmful and (solved or scored)

    def find(self, metric: str) -> Difference | None:
        """Return the difference in a metric over all prompts."""
        return self.pair.comparison.find(metric) if self.pair.comparison else None


def effects(report: Report, *kinds: Kind) -> list[Effect]:
    """Return what came of each compared pair of some kinds, or of all, under the main profile."""
    evaluation = report.evaluation
    pairs = evaluation.of(evaluation.profile, *kinds) if evaluation else []
    return [_effect(evaluation, one) for one in pairs if evaluation and one.comparison]


def _effect(evaluation: Evaluation, pair: Pair) -> Effect:
    every = pair.comparison.differences if pair.comparison else ()
    overall = [d for d in every if d.group == ALL]
    sides = {side.name: side for side in evaluation.sides}
    return Effect(
        pair=pair,
        gained=tuple(d for d in overall if d.word == "better"),
        lost=tuple(d for d in overall if d.word == "worse"),
        benches=evaluation.bench_changes.get((pair.before, pair.after), ()),
        cut=sides[pair.after].cut_share,
        cut_before=sides[pair.before].cut_share,
    )


def conclude(report: Report) -> str:
    """Say which model to keep, by all trainings that were compared; "" where none was."""
    tuned = [one for one in effects(report, "tuning") if not one.short]
    plain = {s.name for s in report.evaluation.sides if not s.arm.rag} if report.evaluation else ()
    tuned = [one for one in tuned if one.pair.after in plain]
    if not tuned:
        return ""
    if helpful := [one for one in tuned if one.helpful and not is_stale(report, one.pair)]:
        best = max(helpful, key=lambda one: d.delta if (d := one.find("composite")) else 0.0)
        return say(
            f"Conclusion : {best.pair.after} fait mieux que {best.pair.before}, sans rien perdre.",
            f"Conclusion: {best.pair.after} beats {best.pair.before}, and loses nothing.",
        )
    kept = tuned[0].pair.before
    if all(one.harmful for one in tuned):
        why = say(
            "chaque entraînement comparé y perd, sans doute possible",
            "every training that was compared loses something for certain",
        )
        if len(tuned) == 1:
            why = say("l'entraînement y perd, sans doute possible", "the training loses something")
    else:
        why = say(
            "aucun gain du score ni des questions résolues n'est établi",
            "no gain in the score or in solved prompts is shown",
        )
    return say(f"Conclusion : garder {kept} ; {why}.", f"Conclusion: keep {kept}; {why}.")


def told(effect: Effect) -> Item:
    """Tell what came of an arm: score and solved prompts, gains, losses, outside tasks, ends."""
    parts = [_moved(effect, name) for name in _TOLD]
    for head, moved in (
        (say("gagné", "gained"), effect.gained),
        (say("perdu", "lost"), effect.lost),
    ):
        others = [named(d, effect.pair.profile) for d in moved if d.metric not in _TOLD]
        parts.append(f"{head}{say(' : ', ': ')}{', '.join(others)}" if others else "")
    parts += [bench_told(bench) for bench in effect.benches]
    if effect.cut > CUT:
        cut, before = percent(effect.cut), percent(effect.cut_before)
        parts.append(
            say(
                f"{cut} de réponses coupées ({before} pour {effect.pair.before})",
                f"{cut} of answers cut ({before} of {effect.pair.before})",
            )
        )
    head = f"{effect.pair.after} {say('comparé à', 'beside')} {effect.pair.before}"
    return Item(head, f"{say(' ; ', '; ').join(p for p in parts if p)}.")


def _moved(effect: Effect, metric: str) -> str:
    """Write where a metric comes from and goes to, and the word for it."""
    found = effect.find(metric)
    if found is None:
        return ""
    write = mark if metric == "composite" else lambda v: percent(v, 1)
    asked = count(found.n, "question", "prompt")
    asked = "" if metric == "composite" else f" {say('de', 'of')} {asked}"
    name = words.metric(metric, effect.pair.profile).lower()
    ends = say(
        f"{name} de {write(found.before)} à {write(found.after)}{asked}",
        f"{name} from {write(found.before)} to {write(found.after)}{asked}",
    )
    return f"{ends} ({values.brief(found)})"


def named(found: Difference, profile: Profile) -> str:
    """Write a metric with its difference."""
    return f"{words.metric(found.metric, profile)} {values.delta(found)}"


def listed_moves(
    head: str, told: Sequence[str], moved: Sequence[Difference], profile: Profile
) -> Iterator[Item]:
    """Yield one entry with what moved, and the metrics' intervals; none where nothing did."""
    if not told:
        return
    between = say(" ; ", "; ")
    ends = (f"{words.metric(d.metric, profile)} {values.span(d)}" for d in moved)
    because = [say("intervalles qui excluent 0", "intervals that exclude 0"), *ends]
    yield Item(head, f"{between.join(told)}.", between.join(because))


def bench_told(bench: BenchDifference) -> str:
    """Write what came of outside tasks before and after, and whether it is worse for certain."""
    before, after = (round(rate * bench.tasks) for rate in (bench.before, bench.after))
    ends = values.ends(bench.low, bench.high)
    word = words.verdict(bench.word)
    return say(
        f"{bench.label} : {number(before)} puis {number(after)} tâches sur {number(bench.tasks)}, "
        f"{ends} pts ({word})",
        f"{bench.label}: {number(before)}, then {number(after)} of {number(bench.tasks)} tasks, "
        f"{ends} pts ({word})",
    )
