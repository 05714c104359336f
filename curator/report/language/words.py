"""Name identifiers in the report's language; unknown ones stand as they are."""

from collections.abc import Callable, Collection, Mapping

from curator.filters.registry import FILTERS, filter_fr, reason_of
from curator.french import words as french
from curator.generate.strategies.registry import strategy_fr
from curator.report.language import english, spoken


def _names(fr: Mapping[str, str], en: Mapping[str, str]) -> Callable[[str], str]:
    """Return what names a code by the table of the language that is written."""
    return lambda code: (en if spoken() == "en" else fr).get(code, code)


verdict = _names(french.VERDICTS, english.VERDICTS)
profile = _names(french.PROFILES, english.PROFILES)
standing = _names(french.STANDINGS, english.STANDINGS)
end = _names(french.ENDS, english.ENDS)
batch_state = _names(french.BATCH_STATES, english.BATCH_STATES)
stage = _names(french.STAGES, english.STAGES)
stage_reason = _names(french.STAGE_REASONS, english.STAGE_REASONS)
training_mark = _names(french.MARKS, english.MARKS)
question = _names(french.QUESTIONS, english.QUESTIONS)
signal = _names(french.SIGNALS, english.SIGNALS)


_metric = _names(french.METRICS, english.METRICS)
_seed_metric = _names(french.SEED_METRICS, english.SEED_METRICS)


def metric(code: str, profile: str = "default") -> str:
    """Name a metric: a code may be two things under the two profiles."""
    seeds = _seed_metric(code) if profile == "seed" else code
    return seeds if seeds != code else _metric(code)


def meaning(code: str, profile: str = "default") -> str:
    """Say what a metric measures under a profile; "" where that is not known."""
    own, seeds = french.MEANINGS, french.SEED_MEANINGS
    if spoken() == "en":
        own, seeds = english.MEANINGS, english.SEED_MEANINGS
    return (seeds.get(code) if profile == "seed" else None) or own.get(code, "")


def profile_of(metrics: Collection[str]) -> str:
    """Tell by its metrics which profile an answer was scored under."""
    return "seed" if "sections" in metrics else "default"


def axis(name: str, value: str) -> str:
    """Name a value of "category", "topic" or "difficulty"."""
    if spoken() == "fr":
        return french.axis(name, value)
    return english.AXES.get(name, {}).get(value, value.replace("_", " "))


def group(name: str) -> str:
    """Name a category of the evaluation: a topic, the basics, or as it stands."""
    return french.group(name) if spoken() == "fr" else axis("topic", name)


def reason(code: str) -> str:
    """Say what "filter.reason" or "reason" means."""
    known = reason_of(code)
    return known.en if spoken() == "en" else known.fr


def filter_name(name: str) -> str:
    """Name a filter."""
    return name.replace("_", " ") if spoken() == "en" else filter_fr(name)


def strategy(name: str) -> str:
    """Name a strategy."""
    return english.STRATEGIES.get(name, name) if spoken() == "en" else strategy_fr(name)


def cure(name: str) -> str:
    """Say what to do when a filter rejects too much; "" where nothing is known."""
    if name not in FILTERS:
        return ""
    return english.CURES.get(name, "") if spoken() == "en" else FILTERS[name].cure_fr
