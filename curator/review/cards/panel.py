"""The panel of what the machine found, as compact French Markdown beside an example.

Everything that a model or a compiler wrote is shown as code or as plain text, never as Markdown.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from curator.french import review as wording
from curator.french.glossary import slips
from curator.french.typography import typeset_markdown
from curator.records.example import Example, Origin, Review
from curator.records.taxonomy import taxonomy
from curator.review.cards.display import fence, inline_code, plain
from curator.review.cards.doubt import doubts
from curator.review.decisions.rubric import rubric
from curator.rust.document import BlockResult, Trial
from curator.rust.expect import Expectation

TERMS = 8  # words beside the glossary that are shown


@dataclass(frozen=True)
class Findings:
    """What is known of an example before people see it.

    `nearest` is the trusted example that resembles it most, with their cosine. `opinions` are the
    reviews that an adjudicator decides between, each with the text that it proposes, if any.
    """

    blocks: Sequence[BlockResult] = ()
    nearest: tuple[Example, float] | None = None
    parent: Example | None = None
    opinions: Sequence[tuple[Review, Example | None]] = ()


def _number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


def _outcome(result: BlockResult) -> str:
    if result.expectation is Expectation.IGNORED and result.passed:
        return "—"
    return "✓" if result.passed else f"✗ {wording.REASONS.get(result.reason, plain(result.reason))}"


def _row(result: BlockResult) -> str:
    role = wording.ROLES.get(result.role, result.role)
    where = wording.BLOCK_PLACE.format(role=role, line=result.block.line - 1)
    expectation = wording.EXPECTATIONS[result.expectation]
    expected = " ".join([expectation, *sorted(result.expected.codes)])
    message = " ".join(w for w in (result.code, result.message) if w)
    shown = inline_code(message) if message else ""
    return f"| {where} | {expected} | {_outcome(result)} | {shown} |"


def _compiled(example: Example, blocks: Sequence[BlockResult]) -> list[str]:
    if not blocks:
        return [wording.NO_CODE]
    failed = sum(not b.passed for b in blocks)
    verdict = wording.SOME_FAIL.format(count=failed) if failed else wording.ALL_PASS
    rustc = f" ({plain(example.provenance.rustc)})" if example.provenance.rustc else ""
    summary = wording.CODE.format(count=len(blocks), verdict=f"{verdict}{rustc}")
    return [summary, "", wording.BLOCKS, "|---|---|---|---|", *map(_row, blocks)]


def _trial(trial: Trial) -> list[str]:
    """Show a sentence about a change, the edit that was made for it, and what rustc gives."""
    role = wording.ROLES.get(trial.role, trial.role)
    head = wording.TRIAL.format(
        role=role,
        line=trial.line,
        verdict=wording.VERDICTS[trial.verdict],
        words=inline_code(trial.words),
    )
    claim = inline_code(trial.claim)
    lines = [head, ""]
    if trial.change:
        lines += [fence(trial.change, "diff"), ""]
    if trial.why:
        return [*lines, wording.TRIAL_WHY.format(claim=claim, why=inline_code(trial.why)), ""]
    got = wording.NO_ERROR if trial.got == "no error" else inline_code(trial.got)
    return [*lines, wording.TRIAL_GOT.format(claim=claim, got=got), ""]


def _trials(blocks: Sequence[BlockResult]) -> list[str]:
    trials = [line for block in blocks for trial in block.trials for line in _trial(trial)]
    return [wording.TRIALS, "", *trials[:-1]] if trials else []


def french_score(example: Example) -> float | None:
    """Return the score of the French filter, 0..1, where it judged this example."""
    return next((v.score for v in example.verdicts if v.filter == "french"), None)


def _language(example: Example) -> list[str]:
    score = french_score(example)
    return [] if score is None else [wording.LANGUAGE.format(score=_number(score))]


def _terms(example: Example) -> list[str]:
    """List the words that the glossary avoids, each with its term: a hint, and no fault."""
    found = slips(f"{example.question}\n\n{example.answer}")
    shown = [wording.TERM.format(said=plain(s.said), term=s.term.fr) for s in found[:TERMS]]
    return [wording.TERMS.format(terms=", ".join(shown))] if shown else []


def _doubts(example: Example) -> list[str]:
    """Say what models' signals come to; how far they can be trusted, `review status` measures."""
    said = [wording.DOUBT[name].format(word=word) for name, word in doubts(example).items()]
    return [wording.DOUBTS.format(facts=" ; ".join(said))] if said else []


def _nearest(findings: Findings) -> list[str]:
    if findings.nearest is None:
        return []
    other, cosine = findings.nearest
    first = next((line for line in other.question.split("\n") if line.strip()), "")
    topic = taxonomy().topics[other.topic].label
    question = plain(first[:120])
    return [wording.NEAREST.format(cosine=_number(cosine), topic=topic, question=question)]


def _provenance(example: Example) -> list[str]:
    source = example.provenance
    by = source.model.name if source.model else source.author
    said = [wording.ORIGINS[source.origin] + (f" ({plain(by)})" if by else "")]
    said += [wording.BATCH.format(plain(source.batch))] if source.batch else []
    said += [wording.STRATEGY.format(plain(source.strategy))] if source.strategy else []
    said += [wording.SEED.format(source.seed)] if source.seed is not None else []
    said += [wording.PARENTS.format(", ".join(source.parents))] if source.parents else []
    return [wording.ORIGIN.format(facts=", ".join(said), id=example.id)]


def _faults(example: Example) -> list[str]:
    """List what a corrected or imported text still lacks, in the words of the filters."""
    faults = [
        wording.FAULT.format(filter=v.filter, reason=v.reason, detail=inline_code(v.detail))
        for v in example.verdicts
        if v.reason
    ]
    if not faults:
        return []
    imported = example.provenance.origin is Origin.IMPORTED
    return [wording.IMPORT_REJECTED if imported else wording.UNCURED, "", *faults]


def _changes(example: Example, parent: Example | None) -> list[str]:
    if parent is None:
        return []
    before, after = (f"{e.question}\n\n{e.answer}".split("\n") for e in (parent, example))
    names = wording.BEFORE, wording.AFTER
    lines = list(difflib.unified_diff(before, after, *names, lineterm="", n=1))
    return [wording.CHANGED, "", fence("\n".join(lines), "diff")] if lines else []


def _opinion(number: int, review: Review) -> str:
    said = [f"**{review.decision.value}**"]
    labels = {name: c.label for name, c in rubric().criteria.items()}
    notes = [f"{labels.get(n, n)} {r}" for n, r in sorted(review.ratings.items())]
    said += [", ".join(notes)] if notes else []
    if review.reason:
        reason = rubric().rejections.get(review.reason, review.reason)
        said.append(wording.OPINION_REASON.format(plain(reason)))
    said += [wording.OPINION_COMMENT.format(plain(review.comment))] if review.comment else []
    return wording.OPINION.format(number=number, facts=" ; ".join(said))


def _opinions(example: Example, findings: Findings) -> list[str]:
    """List the opinions to decide between, without names, in an order that tells of nobody."""
    if not findings.opinions:
        return []
    ordered = sorted(findings.opinions, key=lambda pair: pair[0].id)
    lines = [wording.OPINIONS, ""]
    lines += [_opinion(n, review) for n, (review, _) in enumerate(ordered, 1)]
    for number, (_, text) in enumerate(ordered, 1):
        if text is not None:
            lines += ["", wording.PROPOSED.format(number=number), *_changes(text, example)[1:]]
    return lines


def panel(example: Example, findings: Findings) -> str:
    """Write the panel of one example, as it is printed."""
    parts = [
        _faults(example),
        _opinions(example, findings),
        _compiled(example, findings.blocks),
        _trials(findings.blocks),
        _language(example),
        _terms(example),
        _doubts(example),
        _nearest(findings),
        _provenance(example),
        _changes(example, findings.parent),
    ]
    return typeset_markdown("\n\n".join("\n".join(part) for part in parts if part))
