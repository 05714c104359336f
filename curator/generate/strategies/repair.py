"""repair: send a candidate that rustc or the French filter rejected back with its faults.

A candidate goes back at most `generate.repairs` times after rustc and once after the French filter.
The faults are given in their short form, so that a small model finds them.
"""

from collections.abc import Mapping

from typing_extensions import override

from curator.generate import prompting
from curator.generate.request import Request
from curator.generate.strategies.base import BatchState, Draft, OneRound, Task
from curator.models.base import ChatRequest, Completion, Message
from curator.records.example import Example, Origin
from curator.records.taxonomy import Slot

_FRENCH_ROUNDS = 1
_PROMPTS = ("repair_rust", "repair_french")


def rounds(candidate: Example, known: Mapping[str, Example], fault: str) -> int:
    """Return how often a candidate's ancestors were sent back for a fault of one filter."""
    count = 0
    while candidate.provenance.strategy == Repair.name:
        parent = known.get(candidate.provenance.parents[0])
        if parent is None:
            break
        rejection = parent.rejection
        count += rejection is not None and rejection.filter == fault
        candidate = parent
    return count


class Repair(OneRound):
    """Repair each rejected candidate once, the oldest first."""

    name = "repair"
    label_fr = "modèle, réparation"
    tokens = 600
    makes_new = False

    def _repairable(self, slot: Slot, state: BatchState) -> list[Example]:
        known = {e.id: e for e in state.rejected}
        allowed = {"rust": state.settings.repairs, "french": _FRENCH_ROUNDS}
        candidates = []
        for candidate in (e for e in state.rejected if e.slot == slot):
            fault = candidate.rejection.filter if candidate.rejection else ""
            # Mutants are not written by a model, and their faults are no slips of one.
            written = candidate.provenance.model is not None and candidate.question
            fresh = state.free(self.name, candidate.id)
            if fresh and written and rounds(candidate, known, fault) < allowed.get(fault, 0):
                candidates.append(candidate)
        return candidates

    @override
    def room(self, slot: Slot, state: BatchState) -> int:
        return len(self._repairable(slot, state))

    @override
    def tasks(self, slot: Slot, count: int, state: BatchState, seed: int) -> list[Task]:
        return [Task(parents=(e.id,)) for e in self._repairable(slot, state)[:count]]

    @override
    def prompt(self, request: Request, state: BatchState) -> ChatRequest:
        rejected = next(e for e in state.rejected if e.id == request.parents[0])
        fault = rejected.rejection
        prompt = "repair_french" if fault and fault.filter == "french" else "repair_rust"
        faults = fault.detail.replace("; ", "\n") if fault else ""
        # The conversation in which the candidate was written, as if it went on.
        messages = [
            Message("system", prompting.prompt_text("system")),
            Message("user", prompting.few_shot_instruction(request.slot, request.idea)),
            Message("assistant", prompting.format_example(rejected.question, rejected.answer)),
        ]
        wanted = prompting.fill(prompt, faults=faults)
        return prompting.chat_request(messages, wanted, request.seed, state.settings)

    @override
    def draft(self, request: Request, written: Completion | None, state: BatchState) -> Draft:
        question, answer = prompting.parse_example(written.text if written else "")
        return Draft(question, answer, Origin.REPAIRED, prompting.prompt_sha256(*_PROMPTS))
