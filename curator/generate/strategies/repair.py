"""repair: a candidate that rustc or the French filter rejected goes back with what was found.

After rustc at most `generate.repairs` times, after the French filter once. The faults are given
in their short form, so that a small model finds them.
"""

from collections.abc import Mapping

from typing_extensions import override

from curator.generate import prompting
from curator.generate.request import Request
from curator.generate.strategies.base import Draft, State, Strategy, Task
from curator.models.base import ChatRequest, Completion, Message
from curator.records.example import Example, Origin
from curator.records.taxonomy import Slot

_ROUNDS_OF_FRENCH = 1
_NAMES = ("repair_rust", "repair_french")


def rounds(candidate: Example, known: Mapping[str, Example], fault: str) -> int:
    """How often a candidate's line was sent back for a fault of one filter."""
    count = 0
    while candidate.provenance.strategy == Repair.name:
        parent = known.get(candidate.provenance.parents[0])
        if parent is None:
            break
        rejection = parent.rejection
        count += rejection is not None and rejection.filter == fault
        candidate = parent
    return count


class Repair(Strategy):
    """See the module's text."""

    name = "repair"
    label_fr = "modèle, réparation"
    tokens = 600
    makes_new = False

    def _open(self, slot: Slot, state: State) -> list[Example]:
        known = {e.id: e for e in state.rejected}
        allowed = {"rust": state.settings.repairs, "french": _ROUNDS_OF_FRENCH}
        found = []
        for candidate in (e for e in state.rejected if e.slot == slot):
            fault = candidate.rejection.filter if candidate.rejection else ""
            written = candidate.provenance.model is not None and candidate.question
            fresh = state.free(self.name, candidate.id)
            if fresh and written and rounds(candidate, known, fault) < allowed.get(fault, 0):
                found.append(candidate)
        return found

    @override
    def room(self, slot: Slot, state: State) -> int:
        return len(self._open(slot, state))

    @override
    def tasks(self, slot: Slot, count: int, state: State, seed: int) -> list[Task]:
        """The oldest first."""
        return [Task(parents=(e.id,)) for e in self._open(slot, state)[:count]]

    @override
    def ask(self, request: Request, state: State) -> ChatRequest:
        rejected = next(e for e in state.rejected if e.id == request.parents[0])
        fault = rejected.rejection
        prompt = "repair_french" if fault and fault.filter == "french" else "repair_rust"
        faults = fault.detail.replace("; ", "\n") if fault else ""
        turns = [
            Message("system", prompting.prompt_text("system")),
            Message("user", prompting.few_shot_instruction(request.slot, request.idea)),
            Message("assistant", prompting.format_example(rejected.question, rejected.answer)),
        ]
        instruction = prompting.fill(prompt, faults=faults)
        return prompting.ask(turns, instruction, request.seed, state.settings)

    @override
    def draft(self, request: Request, written: Completion | None, state: State) -> Draft:
        question, answer = prompting.parse_example(written.text if written else "")
        return Draft(question, answer, Origin.REPAIRED, prompting.prompt_sha256(*_NAMES))
