"""Turn a DatasetSpec into the settings of an Argilla dataset, titles in French."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from curator.french import review as wording
from curator.french.typography import typeset
from curator.records.taxonomy import taxonomy
from curator.review.argilla import fields as names
from curator.review.argilla.base import DatasetSpec
from curator.review.argilla.duel import duel_settings
from curator.review.decisions.rubric import RATINGS, Criterion, rubric

if TYPE_CHECKING:
    from argilla import Argilla, Settings


HELP_LIMIT = 1000  # Argilla's, in characters


def criterion_help(criterion: Criterion) -> str:
    """Say what each rating means, with its example; without examples where that is too long."""

    def written(examples: Mapping[int, str]) -> str:
        levels = (
            f"{level} = {meaning}" + (f" (ex. : {examples[level]})" if level in examples else "")
            for level, meaning in criterion.levels.items()
        )
        return typeset(f"{criterion.description} {' · '.join(levels)}.")

    whole = written(criterion.examples)
    return whole if len(whole) <= HELP_LIMIT else written({})


def _said(name: str) -> tuple[str, str]:
    """Return the title and the description of a question, as they are printed."""
    title, text = wording.QUESTIONS[name]
    return typeset(title), typeset(text)


def _fields(client: "Argilla") -> list[Any]:
    from argilla import TextField

    fields = names.QUESTION, names.ANSWER, names.FINDINGS
    return [TextField(n, title=wording.FIELDS[n], use_markdown=True, client=client) for n in fields]


def _judgements(client: "Argilla") -> list[Any]:
    from argilla import LabelQuestion, RatingQuestion

    title, text = _said(names.DECISION)
    decide = LabelQuestion(
        names.DECISION,
        dict(wording.DECISIONS),
        title=title,
        description=text,
        client=client,
    )
    ratings = [
        RatingQuestion(
            name,
            list(RATINGS),
            title=criterion.label,
            description=criterion_help(criterion),
            required=not criterion.optional,
            client=client,
        )
        for name, criterion in rubric().criteria.items()
    ]
    return [decide, *ratings]


def _labels(client: "Argilla") -> list[Any]:
    from argilla import LabelQuestion

    axes = taxonomy()
    topics = {t: label.label.capitalize() for t, label in axes.topics.items()}
    levels = {d.value: label.label.capitalize() for d, label in axes.difficulties.items()}
    reasons = {name: typeset(label) for name, label in rubric().rejections.items()}
    asked = (
        (names.TOPIC, topics, *_said(names.TOPIC)),
        (names.DIFFICULTY, levels, *_said(names.DIFFICULTY)),
        (names.REASON, reasons, *_said(names.REASON)),
    )
    return [
        LabelQuestion(
            name,
            options,
            title=title,
            description=text,
            required=False,
            visible_labels=max(3, len(options)),
            client=client,
        )
        for name, options, title, text in asked
    ]


def _texts(client: "Argilla") -> list[Any]:
    """Plain text, not Markdown: what stands here is pulled back, so it cannot be made harmless
    for the page's Markdown (see display).
    """
    from argilla import TextQuestion

    asked = (names.CORRECTED_QUESTION, names.CORRECTED_ANSWER, names.COMMENT)
    return [
        TextQuestion(name, title=title, description=text, required=False, client=client)
        for name, (title, text) in ((n, _said(n)) for n in asked)
    ]


def _metadata(client: "Argilla") -> list[Any]:
    from argilla import FloatMetadataProperty, TermsMetadataProperty

    words = [
        TermsMetadataProperty(name, title=wording.METADATA[name], client=client)
        for name in names.METADATA
    ]
    score = FloatMetadataProperty(
        names.FRENCH_SCORE,
        min=0.0,
        max=1.0,
        title=wording.METADATA[names.FRENCH_SCORE],
        client=client,
    )
    hidden = [
        TermsMetadataProperty(name, visible_for_annotators=False, client=client)
        for name in (names.PROJECT, names.PARTIES, *names.ORIGINALS.values())
    ]
    return [*words, score, *hidden]


def settings_of(spec: DatasetSpec, client: "Argilla") -> "Settings":
    """Make the settings with which the dataset is created; `client` is the server it is for."""
    from argilla import Settings, TaskDistribution, VectorField

    if spec.form == "duel":
        return duel_settings(spec, client)
    name, size = spec.vector
    return Settings(
        fields=_fields(client),
        questions=[*_judgements(client), *_labels(client), *_texts(client)],
        metadata=_metadata(client),
        vectors=[VectorField(name, size, title=wording.VECTOR, _client=client)],
        guidelines=spec.guidelines,
        distribution=TaskDistribution(min_submitted=spec.overlap),
    )
