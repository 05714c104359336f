"""Read what earlier versions wrote to disk as English sentences and French words.

Until version 0.1 a training's events, a promotion's reasons and the descriptions of artefacts were
sentences, and a comparison's word was French. They are read as today's notices and words; a
sentence that no pattern knows becomes the notice `free_text`, which shows it as it stands.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from curator.base.notice import Notice

_WORDS = {"amélioration": "better", "régression": "worse", "indécis": "undecided"}
_Match = re.Match[str]
_Patterns = tuple[tuple[str, Callable[[_Match], Notice]], ...]
_DIFFERENCE = (
    r"(?P<metric>\w+) (?P<before>[-.\d]+) -> (?P<after>[-.\d]+) \((?P<delta>[-+.\d]+), "
    r"interval (?P<low>[-+.\d]+) to (?P<high>[-+.\d]+), (?P<prompts>\d+) prompts\)"
)


def _difference(m: _Match) -> Notice:
    return Notice(
        "difference",
        {
            "metric": m["metric"],
            "before": float(m["before"]),
            "after": float(m["after"]),
            "delta": float(m["delta"]),
            "low": float(m["low"]),
            "high": float(m["high"]),
            "prompts": int(m["prompts"]),
        },
    )


_EVENTS: _Patterns = (
    (r"killed by (\w+)", lambda m: Notice("killed", {"signal": m[1]})),
    (r"no sign of life for (\d+) s", lambda m: Notice("silent", {"seconds": int(m[1])})),
    (
        r"exit code (\d+): it said nothing",
        lambda m: Notice("exited", {"status": int(m[1]), "words": Notice("said_nothing")}),
    ),
    (
        r"exit code (\d+): (.*)",
        lambda m: Notice("exited", {"status": int(m[1]), "words": m[2]}),
    ),
    (r"from the newest sound checkpoint", lambda m: Notice("resumed")),
    (r"gradient checkpointing is on", lambda m: Notice("checkpointing")),
    (
        r"each batch of (\d+) rows is computed in (\d+) parts, for the same gradient",
        lambda m: Notice("in_parts", {"batch": int(m[1]), "parts": int(m[2])}),
    ),
    (
        r"(\d+) rows of more than (\d+) tokens are left out",
        lambda m: Notice("rows_left_out", {"rows": int(m[1]), "limit": int(m[2])}),
    ),
    (
        r"to (\d+) iterations, of (\d+) asked for before",
        lambda m: Notice("resized", {"iterations": int(m[1]), "before": int(m[2])}),
    ),
)
_REASONS: _Patterns = (
    (r"they are one arm.*", lambda m: Notice("same_arm")),
    (r"every answer of one.*", lambda m: Notice("same_answers")),
    (r"every prompt is left out", lambda m: Notice("no_prompt_left")),
    (
        r"they were not asked and judged alike: (.*)",
        lambda m: Notice("asked_differently", {"differences": tuple(_asked_differently(m[1]))}),
    ),
    (r"(\w+) could not be measured", lambda m: Notice("unmeasured", {"metric": m[1]})),
    (
        rf"{_DIFFERENCE}: nothing can be concluded of so few, it takes (?P<least>\d+)",
        lambda m: Notice(
            "too_few_prompts", {"difference": _difference(m), "least": int(m["least"])}
        ),
    ),
    (
        rf"{_DIFFERENCE}: no certain gain; (?P<needed>\d+) prompts would show one of this size",
        lambda m: Notice(
            "no_certain_gain_yet", {"difference": _difference(m), "needed": int(m["needed"])}
        ),
    ),
    (
        rf"{_DIFFERENCE}: no certain gain",
        lambda m: Notice("no_certain_gain", {"difference": _difference(m)}),
    ),
    (
        rf"{_DIFFERENCE}: a gain of less than (?P<margin>[-+.\de]+)",
        lambda m: Notice(
            "gain_below_margin", {"difference": _difference(m), "margin": float(m["margin"])}
        ),
    ),
    (
        rf"{_DIFFERENCE}: a gain of (?P<margin>[-+.\de]+) or more",
        lambda m: Notice("gain", {"difference": _difference(m), "margin": float(m["margin"])}),
    ),
    (
        rf"{_DIFFERENCE}: worse, and guarded",
        lambda m: Notice("guarded_loss", {"difference": _difference(m)}),
    ),
)
_DIFFERENCES: _Patterns = (
    (
        r"prompts (\w+) / (\w+)",
        lambda m: Notice("prompts_differ", {"before": m[1], "after": m[2]}),
    ),
    (
        r"profile (\w+) / (\w+)",
        lambda m: Notice("profile_differs", {"before": m[1], "after": m[2]}),
    ),
    (
        r"judged by (.+) / (.+)",
        lambda m: Notice("compiler_differs", {"before": _plain(m[1]), "after": _plain(m[2])}),
    ),
    (
        r"(\w+) (\S+) / (\S+)",
        lambda m: Notice(
            "sampling_differs", {"setting": m[1], "before": _plain(m[2]), "after": _plain(m[3])}
        ),
    ),
)
_DESCRIPTIONS: _Patterns = (
    (r"LoRA weights", lambda m: Notice("lora_weights")),
    (r"merged model(?: \(safetensors\))?", lambda m: Notice("merged_model")),
    (r"trainable model .*", lambda m: Notice("trainable_model")),
    (r"GGUF, (\w+)", lambda m: Notice("quantised_model", {"quantisation": m[1]})),
    (r"base model's GGUF, (\w+)", lambda m: Notice("quantised_base", {"quantisation": m[1]})),
)
_ONCE = re.compile(r"(?:, )?(\d+) prompts? (?:is|are) answered in one only, such as (.*)$")
_FORM = re.compile(r"; (\d+)% of what the composite gained is form$")


def _match(text: str, patterns: _Patterns) -> Notice:
    for pattern, notice in patterns:
        if match := re.fullmatch(pattern, text, re.DOTALL):
            return notice(match)
    return Notice("free_text", {"text": text})


def _asked_differently(text: str) -> Iterator[Notice]:
    once = _ONCE.search(text)  # the last one, whose prompt may have any characters
    rest = text[: once.start()] if once else text
    yield from (_match(part, _DIFFERENCES) for part in rest.split(", ") if part)
    if once:
        yield Notice("answered_once", {"prompts": int(once[1]), "example": once[2]})


def _plain(text: str) -> str | float | None:
    """A value as Python's `str` wrote it."""
    if text == "None":
        return None
    try:
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        return text


def word(value: Any) -> Any:
    """The word of a comparison, "better", "worse" or "undecided", for one of earlier versions."""
    return _WORDS.get(value, value) if isinstance(value, str) else value


def event(detail: Any) -> Any:
    """The notice for what an earlier version said of an event; notices stand as they are."""
    return _match(detail, _EVENTS) if isinstance(detail, str) else detail


def description(text: Any) -> Any:
    """The notice for how an earlier version described an artefact."""
    return _match(text, _DESCRIPTIONS) if isinstance(text, str) else text


def reasons(values: Any) -> Any:
    """The notices for the reasons that an earlier version gave for a promotion."""
    if not isinstance(values, list | tuple):
        return values
    return tuple(notice for value in values for notice in _reason(value))


def _reason(value: Any) -> Iterator[Any]:
    if not isinstance(value, str):
        yield value
        return
    text = value.removeprefix("no comparison: ")
    form = _FORM.search(text)  # a clause of its own, once joined to the first reason
    yield _match(text[: form.start()] if form else text, _REASONS)
    if form:
        yield Notice("gain_of_form", {"share": int(form[1]) / 100})
