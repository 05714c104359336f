"""Answers that are worth nothing, made by code: what a score must not be won by.

They are arms of every report. `bland` is one text for all prompts; `soup` is every word that a
prompt's answer is looked for, in prose and code; `copy` hands the question back; `unrelated` is a
good answer to another prompt; `english` is a right answer's code in English prose.
"""

from collections.abc import Callable, Mapping, Sequence

from curator.evaluation.prompts import EvalPrompt
from curator.evaluation.solving.groups import Group
from curator.evaluation.solving.kinds import Claim, Compiles
from curator.evaluation.solving.programs import rust_fences
from curator.french.floors import BLAND, LIST, SERIES

_ENGLISH = (
    "The compiler is right to complain here, and the fix is small.",
    "Look at where the value comes from and who owns it; the code below does what you want.",
    "Remember that every value has one owner, and that a reference must not outlive it.",
)
Floor = Callable[[Sequence[EvalPrompt], int], str]


def _bland(prompts: Sequence[EvalPrompt], at: int) -> str:
    return BLAND


def _copy(prompts: Sequence[EvalPrompt], at: int) -> str:
    return prompts[at].asked


def _soup(prompts: Sequence[EvalPrompt], at: int) -> str:
    prompt = prompts[at]
    wanted = [word for group in _groups(prompt) for word in group.any]
    words = [word.replace("*", "er") for word in wanted or prompt.expected_topics]
    series = "\n".join(SERIES.format(word) for word in words)
    comments = "\n".join(f"    // {word}" for word in words)
    listed = ", ".join(words)
    text = "\n".join(f'    let _ = "{word}";' for word in words if '"' not in word)
    code = f"fn main() {{\n{comments}\n{text}\n}}"
    return f"{listed}.\n\n{LIST.format(listed)}\n\n{series}\n\n```rust\n{code}\n```\n"


def _groups(prompt: EvalPrompt) -> Sequence[Group]:
    check = prompt.check
    asked = check.says if isinstance(check, Claim) else ()
    return [*prompt.ideas, *asked, *(check.code if isinstance(check, Compiles) else ())]


def _unrelated(prompts: Sequence[EvalPrompt], at: int) -> str:
    """Return the reference of a prompt of another topic, about half of the file away."""
    order = [prompts[(at + len(prompts) // 2 + k) % len(prompts)] for k in range(len(prompts))]
    others = [
        p for p in order if p.topic != prompts[at].topic and p.category != prompts[at].category
    ]
    return next((p.reference for p in others if p.reference), BLAND)


def _english(prompts: Sequence[EvalPrompt], at: int) -> str:
    blocks = rust_fences(prompts[at].reference or "")
    code = "\n\n".join(f"```rust\n{block}\n```" for block in blocks)
    return f"{_ENGLISH[0]} {_ENGLISH[1]}\n\n{code}\n\n{_ENGLISH[2]}\n"


FLOORS: Mapping[str, Floor] = {
    "bland": _bland,
    "soup": _soup,
    "copy": _copy,
    "unrelated": _unrelated,
    "english": _english,
}
