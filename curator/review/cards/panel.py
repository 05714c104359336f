"""The panel of what the machine found, in French, beside an example.

What asks for an eye comes first: the verdict, what failed and where, what the text says and rustc
does not. Everything that a model or a compiler wrote is text or code, never HTML (see markup).
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from curator.filters.registry import reason_fr
from curator.french import review as wording
from curator.french.glossary import slips
from curator.french.typography import as_asked, typeset
from curator.records.example import Example, Origin, Review
from curator.records.taxonomy import taxonomy
from curator.review.cards.change import diff
from curator.review.cards.doubt import doubts
from curator.review.cards.listing import listing, patch
from curator.review.cards.markup import element, escaped, field, folded, inline_code
from curator.review.cards.prose import rendered
from curator.review.decisions.rubric import rubric
from curator.rust.document import BlockResult, Trial
from curator.rust.expect import Expectation
from curator.rust.outcome import stated_output
from curator.rust.stated import stated_outputs

TERMS = 8  # words beside the glossary that are shown
OUTPUT = 4000  # characters of what a program printed that are shown
WORDS = 140  # characters of the nearest question that are shown, to a word's end


@dataclass(frozen=True)
class Findings:
    """What is known of an example before people see it.

    `nearest` is the trusted example that resembles it most, with their cosine, if any may be of
    the same idea (vectors.ALIKE). `opinions` are the
    reviews that an adjudicator decides between, each with the text that it proposes, if any.
    """

    blocks: Sequence[BlockResult] = ()
    nearest: tuple[Example, float] | None = None
    parent: Example | None = None
    opinions: Sequence[tuple[Review, Example | None]] = ()


def said(sentence: str, **filled: str) -> str:
    """Write a sentence of the wording as HTML, as it is printed; what fills it in is HTML."""
    return escaped(typeset(sentence)).format(**filled) if filled else escaped(typeset(sentence))


def _paragraph(html: str, kind: str = "") -> str:
    return element("p", html, kind)


def _titled(title: str, *parts: str) -> str:
    """Write a part of the panel under its title; "" where there is nothing in it."""
    inside = "\n".join(p for p in parts if p)
    return element("h4", said(title)) + "\n" + inside if inside else ""


def _items(items: Sequence[str]) -> str:
    return element("ul", "".join(element("li", item) for item in items)) if items else ""


def shortened(text: str, limit: int = WORDS) -> str:
    """Cut a text on one line after a whole word; "…" stands for the rest."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    head = line[: limit + 1].rsplit(" ", 1)[0]
    return f"{head[:limit].rstrip(' ,;:.')}…"


def _place(result: BlockResult) -> str:
    role = wording.ROLES.get(result.role, result.role)
    return wording.BLOCK_PLACE.format(role=role, line=result.block.line - 1)


def _reason(result: BlockResult) -> str:
    return wording.REASONS.get(result.reason) or reason_fr(result.reason)


def _outcome(result: BlockResult) -> str:
    if result.expectation is Expectation.IGNORED and result.passed:
        return "—"
    return "✓" if result.passed else f"✗ {_reason(result)}"


def _message(result: BlockResult) -> str:
    words = " ".join(w for w in (result.code, result.message) if w)
    return inline_code(words) if words else ""


def _count(blocks: Sequence[BlockResult]) -> str:
    one, more = wording.BLOCKS
    return (one if len(blocks) == 1 else more).format(count=len(blocks))


def _verdict(example: Example, blocks: Sequence[BlockResult]) -> str:
    """Say in a sentence whether the code does what the text says."""
    if not blocks:
        return _paragraph(said(wording.NO_CODE), "verdict")
    failed = [b for b in blocks if not b.passed]
    sentence = wording.CODE_BAD if failed else wording.CODE_GOOD
    words = said(sentence, failed=str(len(failed)), blocks=escaped(_count(blocks)))
    version = f" ({escaped(example.provenance.rustc)})" if example.provenance.rustc else ""
    return _paragraph(("✗ " if failed else "✓ ") + words + version, "bad" if failed else "good")


def _fault(result: BlockResult) -> str:
    """Show one block that does not do what it should, and why; with its code if rustc points."""
    head = f"{escaped(_place(result))} : {said(_reason(result))}"
    words = _message(result)
    code = listing(result.block.code, True, result.pointers) if result.pointers else ""
    return element("li", f"{element('strong', head)} {words}{code}")


def _faulty(blocks: Sequence[BlockResult]) -> str:
    failed = [_fault(b) for b in blocks if not b.passed]
    return _titled(wording.FAULTS, element("ul", "".join(failed))) if failed else ""


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = element("tr", "".join(element("th", h) for h in heads))
    body = "".join(element("tr", "".join(element("td", c) for c in row)) for row in rows)
    return element("table", element("thead", head) + element("tbody", body))


def _row(result: BlockResult) -> Sequence[str]:
    expectation = wording.EXPECTATIONS[result.expectation]
    expected = " ".join([expectation, *sorted(result.expected.codes)])
    cells = (_place(result), expected, _outcome(result))
    return [*(escaped(typeset(cell)) for cell in cells), _message(result)]


def _every_block(blocks: Sequence[BlockResult]) -> str:
    table = _table([said(h) for h in wording.BLOCK_HEADS], [_row(b) for b in blocks])
    return folded(said(wording.EVERY_BLOCK), table) if blocks else ""


def _stated(result: BlockResult, texts: Mapping[str, str]) -> str:
    """Return what a text states that a block prints: a fence below it, or its comments' lines."""
    shown = stated_output(texts.get(result.role, ""), result.block)
    lines = [s.text for s in stated_outputs(result.block.code)]
    return shown if shown is not None else "\n".join(lines)


def _output(result: BlockResult, texts: Mapping[str, str]) -> str:
    stated, printed = _stated(result, texts), (result.stdout or "")[:OUTPUT]
    sides = (
        (wording.STATED, stated or wording.NOTHING_STATED),
        (wording.PRINTED, printed or wording.NOTHING_PRINTED),
    )
    cells = "".join(
        element("div", element("p", said(title), "side") + listing(text, False))
        for title, text in sides
    )
    title = said(wording.OUTPUTS, place=escaped(_place(result)))
    both = element("div", cells, "sides")
    return folded(title, both) if result.passed else element("h4", title) + both


def _outputs(example: Example, blocks: Sequence[BlockResult]) -> str:
    """Show side by side what the text states of outputs, and what programs print."""
    texts = {"question": example.question, "answer": example.answer}
    shown = [b for b in blocks if b.stdout is not None and (b.stdout or _stated(b, texts))]
    return "\n".join(_output(b, texts) for b in shown)


def _claim(claim: str) -> str:
    known = wording.CLAIMS.get(claim)
    head = "fails with "
    if known is None and claim.startswith(head):
        return wording.CLAIM_FAILS.format(codes=claim[len(head) :])
    return known or claim


def _trial(trial: Trial) -> str:
    """Show a sentence about a change, the edit that was made for it, and what rustc gives."""
    role = wording.ROLES.get(trial.role, trial.role)
    verdict, words = said(wording.VERDICTS[trial.verdict]), inline_code(trial.words)
    head = said(wording.TRIAL, role=role, line=str(trial.line), verdict=verdict, words=words)
    claim = inline_code(_claim(trial.claim))
    edit = patch(trial.change) if trial.change else ""
    if trial.why:
        why = wording.WHYS.get(trial.why)
        end = said(wording.TRIAL_WHY, claim=claim, why=said(why) if why else inline_code(trial.why))
    else:
        got = said(wording.NO_ERROR) if trial.got == "no error" else inline_code(trial.got)
        end = said(wording.TRIAL_GOT, claim=claim, got=got)
    return element("li", head + edit + _paragraph(end))


def _trials(blocks: Sequence[BlockResult]) -> str:
    """Show what was tried: what is false in full, the rest to be opened."""
    every = [trial for b in blocks for trial in b.trials]
    refuted = [_trial(t) for t in every if t.verdict == "refuted"]
    others = [_trial(t) for t in every if t.verdict != "refuted"]
    title = f"{wording.TRIALS} ({len(others)})"
    more = folded(said(title), element("ul", "".join(others))) if others else ""
    wrong = _titled(wording.TRIALS, element("ul", "".join(refuted))) if refuted else ""
    return f"{wrong}\n{more}"


def french_score(example: Example) -> float | None:
    """Return the score of the French filter, 0..1, where it judged this example."""
    return next((v.score for v in example.verdicts if v.filter == "french"), None)


def _remarks(example: Example) -> Iterator[str]:
    """Yield what is worth a look in the language, and what models' signals come to."""
    score = french_score(example)
    if score is not None:
        word = wording.LANGUAGE_WORDS[bisect_right(wording.LANGUAGE_BOUNDS, score)]
        yield said(wording.LANGUAGE, word=said(word))
    found = slips(f"{example.question}\n\n{example.answer}")
    shown = [typeset(wording.TERM.format(said=s.said, term=s.term.fr)) for s in found[:TERMS]]
    if shown:
        yield said(wording.TERMS, terms=escaped(", ".join(shown)))
    facts = [wording.DOUBT[name].format(word=word) for name, word in doubts(example).items()]
    if facts:
        yield said(wording.DOUBTS, facts=said(" ; ".join(facts)))


def _nearest(findings: Findings) -> str:
    """Show the example that resembles this one most; it opens to be read beside it."""
    if findings.nearest is None:
        return ""
    other, _ = findings.nearest
    topic = taxonomy().topics[other.topic].label
    prose = next((line for line in other.question.split("\n") if line.strip()), "")
    question = escaped(typeset(shortened(prose.replace("`", ""))))
    summary = said(wording.NEAREST, topic=escaped(topic), question=question)
    shown = rendered(as_asked(other.question))
    number = said(wording.NUMBER, id=escaped(other.id))
    return folded(summary, element("div", shown + _paragraph(number, "origin"), "other"))


def _provenance(example: Example) -> str:
    source = example.provenance
    by = source.model.name if source.model else source.author
    facts = [wording.ORIGINS[source.origin] + (f" ({by})" if by else "")]
    facts += [wording.BATCH.format(source.batch)] if source.batch else []
    facts += [wording.STRATEGY.format(source.strategy)] if source.strategy else []
    facts += [wording.SEED.format(source.seed)] if source.seed is not None else []
    facts += [wording.PARENTS.format(", ".join(source.parents))] if source.parents else []
    words = said(wording.ORIGIN, facts=escaped(typeset(", ".join(facts))), id=escaped(example.id))
    return _paragraph(words, "origin")


def _filtered(example: Example) -> str:
    """List what a corrected or imported text still lacks, in the words of the filters."""
    faults = [
        said(wording.FAULT, reason=said(reason_fr(v.reason)), detail=inline_code(v.detail))
        for v in example.verdicts
        if v.reason
    ]
    imported = example.provenance.origin is Origin.IMPORTED
    return _titled(wording.IMPORT_REJECTED if imported else wording.UNCURED, _items(faults))


def _changed(title: str, before: Example, after: Example) -> str:
    """Show what a correction changes in the text; "" where nothing."""
    old, new = (f"{e.question}\n\n{e.answer}" for e in (before, after))
    return _titled(title, diff(old, new, is_rust=False)) if old != new else ""


def _opinion(number: int, review: Review) -> str:
    facts = [element("strong", escaped(review.decision.value))]
    labels = {name: c.label for name, c in rubric().criteria.items()}
    known = sorted(review.ratings, key=lambda n: (n not in labels, [*labels, n].index(n)))
    marks = [f"{labels.get(n, n)}\u00a0{review.ratings[n]}" for n in known]
    facts += [escaped(", ".join(marks))] if marks else []
    if review.reason:
        reason = rubric().rejections.get(review.reason, review.reason)
        facts.append(escaped(wording.OPINION_REASON.format(reason)))
    if review.comment:
        facts.append(escaped(wording.OPINION_COMMENT.format(review.comment)))
    return said(wording.OPINION, number=str(number), facts=" ; ".join(facts))


def _opinions(example: Example, findings: Findings) -> str:
    """List the opinions to decide between, without names, in an order that tells of nobody."""
    ordered = sorted(findings.opinions, key=lambda pair: pair[0].id)
    items = [_opinion(n, review) for n, (review, _) in enumerate(ordered, 1)]
    texts = [
        _changed(wording.PROPOSED.format(number=number), example, text)
        for number, (_, text) in enumerate(ordered, 1)
        if text is not None
    ]
    return _titled(wording.OPINIONS, _items(items), *texts)


def panel(example: Example, findings: Findings) -> str:
    """Write the panel of one example, as it is printed."""
    blocks, parent = findings.blocks, findings.parent
    return field(
        _filtered(example),
        _opinions(example, findings),
        _verdict(example, blocks),
        _faulty(blocks),
        _changed(wording.CHANGED, parent, example) if parent else "",
        _trials(blocks),
        _outputs(example, blocks),
        _every_block(blocks),
        _items(list(_remarks(example))),
        _nearest(findings),
        _provenance(example),
    )
