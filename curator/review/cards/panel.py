"""The panel of what the machine found, as compact French Markdown beside an example.

Everything that a model or a compiler wrote is shown as code or as plain text, never as Markdown.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from curator.records.example import Example, Origin, Review
from curator.records.taxonomy import taxonomy
from curator.review.cards.display import fence, inline_code, plain
from curator.review.decisions.rubric import rubric
from curator.rust.document import BlockResult
from curator.rust.expect import Expectation

_ROLES = {"question": "question", "answer": "réponse"}
_EXPECTED = {
    Expectation.COMPILES: "compile",
    Expectation.FAILS: "échoue",
    Expectation.MAY_FAIL: "peut échouer",
    Expectation.IGNORED: "non vérifié",
}
_REASONS = {
    "does_not_compile": "ne compile pas",
    "should_not_compile": "compile, alors qu'il devrait échouer",
    "wrong_error_code": "échoue avec un autre code d'erreur",
    "wrong_claim": "le texte annonce un code que rustc ne donne pas",
    "pseudo_code": "pseudo-code, non vérifiable",
    "free_names": "fragment, des noms manquent",
    "crate_unavailable": "crate absente, non vérifiable",
}
_ORIGINS = {
    Origin.AUTHORED: "écrit par une personne",
    Origin.IMPORTED: "importé",
    Origin.GENERATED: "écrit par un modèle",
    Origin.MUTATED: "variante d'un exemple",
    Origin.REPAIRED: "réparé par un modèle",
    Origin.CORRECTED: "corrigé par une personne",
}


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
    if result.expectation is Expectation.IGNORED:
        return "—"
    return "✓" if result.passed else f"✗ {_REASONS.get(result.reason, plain(result.reason))}"


def _row(result: BlockResult) -> str:
    where = f"{_ROLES.get(result.role, result.role)}, ligne {result.block.line - 1}"
    expected = " ".join([_EXPECTED[result.expectation], *sorted(result.expected.codes)])
    said = " ".join(w for w in (result.code, result.message) if w)
    return f"| {where} | {expected} | {_outcome(result)} | {inline_code(said) if said else ''} |"


def _compiled(example: Example, blocks: Sequence[BlockResult]) -> list[str]:
    if not blocks:
        return ["**Code** : aucun bloc Rust."]
    failed = sum(not b.passed for b in blocks)
    said = "tous conformes" if not failed else f"{failed} à examiner"
    rustc = f" ({plain(example.provenance.rustc)})" if example.provenance.rustc else ""
    head = ["", "| bloc | attendu | résultat | rustc |", "|---|---|---|---|"]
    return [f"**Code** : {len(blocks)} blocs, {said}{rustc}.", *head, *map(_row, blocks)]


def french_score(example: Example) -> float | None:
    """The score of the French filter, 0..1, where it judged this example."""
    return next((v.score for v in example.verdicts if v.filter == "french"), None)


def _language(example: Example) -> list[str]:
    score = french_score(example)
    return [] if score is None else [f"**Français** : {_number(score)} sur 1."]


def _nearest(findings: Findings) -> list[str]:
    if findings.nearest is None:
        return []
    other, cosine = findings.nearest
    first = next((line for line in other.question.split("\n") if line.strip()), "")
    topic = taxonomy().topics[other.topic].label
    return [f"**Exemple le plus proche** : {_number(cosine)}, {topic}, « {plain(first[:120])} »."]


def _provenance(example: Example) -> list[str]:
    source = example.provenance
    by = source.model.name if source.model else source.author
    said = [_ORIGINS[source.origin] + (f" ({plain(by)})" if by else "")]
    said += [f"lot {plain(source.batch)}"] if source.batch else []
    said += [f"stratégie {plain(source.strategy)}"] if source.strategy else []
    said += [f"graine {source.seed}"] if source.seed is not None else []
    said += [f"d'après {', '.join(source.parents)}"] if source.parents else []
    return [f"**Origine** : {', '.join(said)}. Numéro {example.id}."]


def _faults(example: Example) -> list[str]:
    """What a corrected text still lacks, in the words of the filters."""
    told = [
        f"- {v.filter}, {v.reason} : {inline_code(v.detail)}" for v in example.verdicts if v.reason
    ]
    if not told:
        return []
    return ["**Cette correction ne passe pas encore les filtres. Reprenez-la :**", "", *told]


def _changes(example: Example, parent: Example | None) -> list[str]:
    if parent is None:
        return []
    before, after = (f"{e.question}\n\n{e.answer}".split("\n") for e in (parent, example))
    lines = list(difflib.unified_diff(before, after, "avant", "après", lineterm="", n=1))
    return (
        ["**Ce que la correction a changé :**", "", fence("\n".join(lines), "diff")]
        if lines
        else []
    )


def _opinion(number: int, review: Review) -> str:
    said = [f"**{review.decision.value}**"]
    labels = {name: c.label for name, c in rubric().criteria.items()}
    notes = [f"{labels.get(n, n)} {r}" for n, r in sorted(review.ratings.items())]
    said += [", ".join(notes)] if notes else []
    said += (
        [f"motif : {plain(rubric().rejections.get(review.reason, review.reason))}"]
        if review.reason
        else []
    )
    said += [f"« {plain(review.comment)} »"] if review.comment else []
    return f"- Avis {number} : {' ; '.join(said)}"


def _opinions(example: Example, findings: Findings) -> list[str]:
    """The opinions to decide between, without names, in an order that tells nothing of people."""
    if not findings.opinions:
        return []
    ordered = sorted(findings.opinions, key=lambda pair: pair[0].id)
    made = ["**Avis à départager :**", ""]
    made += [_opinion(n, review) for n, (review, _) in enumerate(ordered, 1)]
    for number, (_, text) in enumerate(ordered, 1):
        if text is not None:
            made += ["", f"Correction proposée par l'avis {number} :", *_changes(text, example)[1:]]
    return made


def panel(example: Example, findings: Findings) -> str:
    """The panel of one example."""
    parts = [
        _faults(example),
        _opinions(example, findings),
        _compiled(example, findings.blocks),
        _language(example),
        _nearest(findings),
        _provenance(example),
        _changes(example, findings.parent),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)
