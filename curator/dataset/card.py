"""The dataset card of `curated/`: French, then English, every figure counted from the set.

The header is what the Hugging Face hub reads (its dataset card specification).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from curator.base.plural import plural
from curator.dataset.curate import CuratedSet
from curator.dataset.recipe import RetrainRecipe
from curator.french import card as wording
from curator.french import numbers
from curator.french.typography import typeset_markdown
from curator.records.coverage import balance
from curator.records.example import Example
from curator.records.taxonomy import Category, Cell, Difficulty, taxonomy

RECORDS = "records.jsonl"
_ORIGINS = {
    "authored": "written for this project",
    "imported": "imported",
    "generated": "written by a model, accepted by reviewers",
    "mutated": "made from a verified example by a mutation, accepted by reviewers",
    "repaired": "repaired by a model, accepted by reviewers",
    "corrected": "corrected by a reviewer",
}
# SPDX identifiers that the hub knows in lower case; any other licence is "other" there.
_HUB_LICENCES = ("MIT", "Apache-2.0", "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "BSD-3-Clause")


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def _cells(curated: CuratedSet, total: str, label: str) -> str:
    names = taxonomy()
    rows = []
    for topic in curated.covered.topics:
        counts = [curated.covered.cells[Cell(topic, d)] for d in Difficulty]
        rows.append([names.topics[topic].label, *counts, sum(counts)])
    levels = [curated.covered.axes["difficulty"][d] for d in Difficulty]
    rows.append([total, *levels, curated.covered.total])
    headings = [label, *(names.difficulties[d].label for d in Difficulty), total]
    return _table(headings, rows)


def verified(examples: Sequence[Example], filter_name: str) -> float:
    """Return the share of examples that a filter judged and accepted, in 0..1."""
    good = sum(any(v.filter == filter_name and v.passed for v in e.verdicts) for e in examples)
    return good / len(examples) if examples else 0.0


class _Style(NamedTuple):
    """How a language writes a share, a decimal number, and what stands before a list."""

    share: Callable[[float], str]
    decimal: Callable[[float], str]
    colon: str


_ENGLISH = _Style("{:.0%}".format, "{:.2f}".format, ":")
_FRENCH = _Style(numbers.percent, lambda value: numbers.number(value, 2), " :")


def _facts(curated: CuratedSet, style: _Style) -> dict[str, str]:
    examples = curated.examples
    categories = Counter(e.category for e in examples)
    by_people = [e for e in examples if e.reviews]
    alpha = next((a for a in curated.gathered.agreement if a.question == "decision"), None)
    said = "-"
    if alpha and alpha.alpha is not None:
        said = f"{style.decimal(alpha.alpha)} ({alpha.units})"
    names = taxonomy().categories
    return {
        "total": str(len(examples)),
        "categories": ", ".join(f"{names[c].label} {categories[c]}" for c in Category),
        "splits": ", ".join(f"{name} {len(part)}" for name, part in curated.splits.items()),
        "rust": style.share(verified(examples, "rust")),
        "french": style.share(verified(examples, "french")),
        "reviewed": str(len(by_people)),
        "reviewers": str(len({r.annotator for e in by_people for r in e.reviews})),
        "alpha": said,
        "balance": style.decimal(balance(curated.covered.cells.values())),
        "gaps": str(curated.covered.missing),
    }


def _gaps(curated: CuratedSet, none: str) -> str:
    lacking = {c: n for c, n in curated.covered.deficits.items() if n}
    return ", ".join(f"{cell} -{n}" for cell, n in lacking.items()) or none


def _by(example: Example, unknown: str) -> str:
    """Name who wrote an example: a person, or the model."""
    source = example.provenance
    return source.author or (source.model.name if source.model else unknown)


def _origins(
    examples: Sequence[Example],
    origins: Callable[[str, int], str],
    headings: Sequence[str],
    unknown: Sequence[str],
    colon: str,
) -> str:
    """Count examples by origin, author and licence, the last two under these headings; `unknown`
    is the word for an author and for a licence that is not known.
    """
    counts: Mapping[str, int] = Counter(str(e.provenance.origin) for e in examples)
    lines = [f"- {origins(origin, n)}" for origin, n in sorted(counts.items())]
    by_author = Counter(_by(e, unknown[0]) for e in examples)
    by_licence = Counter(e.provenance.licence or unknown[1] for e in examples)
    for word, names in zip(headings, (by_author, by_licence), strict=True):
        counted = ", ".join(f"{name} ({n})" for name, n in names.most_common())
        lines.append(f"- {word}{colon} {counted}")
    return "\n".join(lines)


def _french_origin(origin: str, count: int) -> str:
    return numbers.count(count, *wording.ORIGINS[origin])


def _english_origin(origin: str, count: int) -> str:
    return f"{count} {_ORIGINS[origin]}"


def _licence(examples: Sequence[Example]) -> str:
    """Name the set's licences as the hub calls them: "mit", or a list such as "[mit, unknown]"."""
    given = sorted({e.provenance.licence or "" for e in examples}) or ["MIT"]
    called = {"": "unknown"} | {name: name.lower() for name in _HUB_LICENCES}
    names = list(dict.fromkeys(called.get(g, "other") for g in given))
    return names[0] if len(names) == 1 else f"[{', '.join(sorted(names))}]"


def _size(count: int) -> str:
    return "n<1K" if count < 1000 else "1K<n<10K" if count < 10_000 else "10K<n<100K"


def card(curated: CuratedSet, recipe: RetrainRecipe) -> str:
    """Write the card as Markdown with its YAML header."""
    header = (
        f"---\nlanguage: [fr]\nlicense: {_licence(curated.examples)}\n"
        "task_categories: [text-generation]\n"
        f"tags: [rust, education, code]\nsize_categories: [{_size(len(curated.examples))}]\n"
        f"pretty_name: {wording.NAME}\nconfigs:\n"
        "- config_name: default\n  data_files:\n"
        + "".join(
            f"  - {{split: {'validation' if s == 'valid' else s}, path: {s}.jsonl}}\n"
            for s in curated.splits
        )
        + f"- config_name: records\n  data_files:\n  - {{split: every, path: {RECORDS}}}\n---\n"
    )
    return "\n".join([header, _french(curated, recipe), _english(curated, recipe)])


def _french(curated: CuratedSet, recipe: RetrainRecipe) -> str:
    facts = _facts(curated, _FRENCH)
    reviewed, reviewers = int(facts["reviewed"]), int(facts["reviewers"])
    review = wording.REVIEWED.format(
        reviewed=numbers.count(reviewed, *wording.WERE_REVIEWED),
        reviewers=numbers.count(reviewers, wording.PERSON),
        alpha=facts["alpha"],
    )
    if facts["reviewed"] == "0":
        review = wording.NOT_REVIEWED
    headings = wording.AUTHORS, wording.LICENCES
    origins = _origins(curated.examples, _french_origin, headings, wording.UNKNOWN, _FRENCH.colon)
    text = wording.CARD.format(
        **facts,
        cells=_cells(curated, wording.TOTAL, wording.TOPIC),
        records=RECORDS,
        origins=origins,
        review=review,
        lacking=_gaps(curated, wording.NO_GAPS),
        system=recipe.build.system,
    )
    return typeset_markdown(text)


def _english(curated: CuratedSet, recipe: RetrainRecipe) -> str:
    facts = _facts(curated, _ENGLISH)
    if facts["reviewed"] == "0":
        review = "No outside annotator has reviewed these examples yet."
    else:
        review = (
            f"{plural(int(facts['reviewed']), 'example was', 'examples were')} reviewed, by "
            f"{plural(int(facts['reviewers']), 'person', 'people')}; "
            f"Krippendorff's alpha of the decision (units): {facts['alpha']}."
        )
    headings = "Authors", "Licences"
    origins = _origins(
        curated.examples, _english_origin, headings, ("unknown", "unknown"), _ENGLISH.colon
    )
    return f"""# RustSensei: learning Rust in French (English summary)

{facts["total"]} French questions and answers that teach Rust ({facts["categories"]}); every code
block was given to rustc, every answer has five sections. Splits: {facts["splits"]}; an example, its
relatives and its near duplicates are on one side. The configuration `default` has the chats of each
split, their prose in French typography, the blocks of their questions without the labels that
`examples.jsonl` has; `records` (`{RECORDS}`) has a row for each of them: id, topic, difficulty,
category, origin, and `split` and `row`, its split and its place there, from 0. Selection: a quota
per topic, difficulty and category ({recipe.build.excess:g} times the target), filled by
farthest-first traversal.

{origins}

- Rust blocks that do what the text says of them, by rustc: {facts["rust"]} of the examples.
- French prose, unit by unit: {facts["french"]} of the examples.
- {review}
- Missing to the targets: {facts["gaps"]} examples: {_gaps(curated, "none")}.
"""
