"""Where pairs of a better and a worse answer come from: checks, repairs, people.

own         a model's answers to one task, of which the check accepts one and refuses the other
repaired    an accepted example, and what it was before a model mended it
correction  an answer as a person wrote it, and the candidate's (preferences.jsonl)
duel        the answer that a person chose of two models', and the other one (preferences.jsonl)

The better one is never a mutant: a mutant is a mistake that was planted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from curator.base import store
from curator.base.errors import DataError
from curator.evaluation.duels.preferences import PREFERENCES, Preference
from curator.evaluation.duels.record import DuelLog
from curator.french.typography import as_asked, typeset_markdown
from curator.records.example import Example, Origin
from curator.records.files import read_examples
from curator.records.project import Project
from curator.records.samples import SAMPLES, TASKS, Sample, SampledTask

_GOOD = ("", "alike")  # why a solved answer is no row, where nothing speaks against it
_HINT = "curator sample makes some"


@dataclass(frozen=True)
class Candidate:
    """Two answers to a question, of which the first is better; `about` names what they are of."""

    source: str
    about: str
    question: str
    chosen: str
    rejected: str
    prompt_id: str | None = None

    @property
    def ratio(self) -> float:
        """How many times as long the longer one is."""
        short, long = sorted((len(self.chosen), len(self.rejected)))
        return long / max(short, 1)


def own_pairs(folders: Sequence[Path], per_task: int, ratio: float) -> Iterator[Candidate]:
    """Yield pairs of a model's own answers, at most `per_task` of a task; raises DataError.

    Those of like length come first, and none whose longer answer has more than `ratio` times the
    characters of the other: length is not what should be learned. No answer is in two pairs, even
    with other spacing.
    """
    for folder in folders:
        if not (folder / SAMPLES).is_file():
            raise DataError("there are no own answers", where=folder, hint=_HINT)
        tasks = {t.id: t for t in store.read(folder / TASKS, SampledTask)}
        by_task: dict[str, list[Sample]] = {}
        for sample in store.read(folder / SAMPLES, Sample):
            by_task.setdefault(sample.task, []).append(sample)
        for name, samples in by_task.items():
            if name in tasks:
                yield from _of_task(tasks[name], samples, per_task, ratio)


def _of_task(
    task: SampledTask, samples: Sequence[Sample], most: int, ratio: float
) -> Iterator[Candidate]:
    good = [s for s in samples if s.solved and s.reason in _GOOD]
    bad = [s for s in samples if not s.solved and s.finished and s.text.strip()]
    every = [(_own(task, better, worse), better, worse) for better in good for worse in bad]
    every.sort(key=lambda c: (c[0].ratio, c[1].sample, c[2].sample))
    used: set[tuple[bool, str]] = set()
    for candidate, better, worse in every:
        places = {(True, plain(better.text)), (False, plain(worse.text))}
        if candidate.ratio > ratio or len(used) == 2 * most:
            return
        if not used & places:
            used |= places
            yield candidate


def _own(task: SampledTask, better: Sample, worse: Sample) -> Candidate:
    return Candidate("own", task.id, task.question, better.text, worse.text)


def repaired_pairs(curated: Sequence[Example], root: Path) -> Iterator[Candidate]:
    """Yield accepted examples that a model repaired, each with what it was before."""
    repaired = [e for e in curated if e.provenance.origin is Origin.REPAIRED]
    wanted = {p for e in repaired for p in e.provenance.parents}
    before = {e.id: e for e in _rejected(root) if e.id in wanted} if wanted else {}
    for example in repaired:
        parent = next((before[p] for p in example.provenance.parents if p in before), None)
        if parent and parent.question == example.question:
            texts = (typeset_markdown(e.answer) for e in (example, parent))
            yield Candidate("repaired", example.id, as_asked(example.question), *texts)


def _rejected(root: Path) -> Iterator[Example]:
    for path in sorted((root / "raw" / "generated").glob("*/rejected.jsonl")):
        yield from read_examples(path)


def people_pairs(project: Project) -> Iterator[Candidate]:
    """Yield the pairs of preferences.jsonl, as a training's rows are written."""
    path = DuelLog.of(project).folder / PREFERENCES
    for one in store.read(path, Preference) if path.exists() else ():
        chosen, rejected = (typeset_markdown(text) for text in (one.chosen, one.rejected))
        asked = as_asked(one.prompt)
        yield Candidate(one.source, one.about, asked, chosen, rejected, one.prompt_id)


def mutants(project: Project, curated: Sequence[Example]) -> Mapping[str, str]:
    """Map the answers of all mutants of a project to their ids."""
    generated = (project.root / "raw" / "generated").glob("*/*.jsonl")
    names = {"accepted.jsonl", "candidates.jsonl", "rejected.jsonl"}
    every = [e for p in sorted(generated) if p.name in names for e in read_examples(p)]
    mutated = [e for e in (*curated, *every) if e.provenance.origin is Origin.MUTATED]
    return {plain(text): e.id for e in mutated for text in (e.answer, typeset_markdown(e.answer))}


def plain(text: str) -> str:
    """Return a text in the form in which two are compared: without differences of spacing."""
    return " ".join(text.split())
