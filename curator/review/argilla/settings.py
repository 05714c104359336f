"""Turn a DatasetSpec into the settings of an Argilla dataset, titles in French."""

from typing import TYPE_CHECKING, Any

from curator.records.taxonomy import taxonomy
from curator.review.argilla import fields as names
from curator.review.argilla.base import DatasetSpec
from curator.review.decisions.rubric import RATINGS, Criterion, rubric

if TYPE_CHECKING:
    from argilla import Argilla, Settings

DECISIONS = {"accepter": "Accepter", "corriger": "Corriger", "rejeter": "Rejeter"}


def _criterion_help(criterion: Criterion) -> str:
    levels = " · ".join(f"{level} = {meaning}" for level, meaning in criterion.levels.items())
    return f"{criterion.description} {levels}."


def _fields(client: "Argilla") -> list[Any]:
    from argilla import TextField

    titles = {
        names.QUESTION: "Question",
        names.ANSWER: "Réponse",
        names.FINDINGS: "Ce que la machine a constaté",
    }
    return [TextField(n, title=t, use_markdown=True, client=client) for n, t in titles.items()]


def _judgements(client: "Argilla") -> list[Any]:
    from argilla import LabelQuestion, RatingQuestion

    decide = LabelQuestion(
        names.DECISION,
        DECISIONS,
        title="Décision",
        description="Accepter tel quel, corriger ci-dessous, ou rejeter.",
        client=client,
    )
    ratings = [
        RatingQuestion(
            name,
            list(RATINGS),
            title=criterion.label,
            description=_criterion_help(criterion),
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
    asked = (
        (names.TOPIC, topics, "Thème", "Changez-le s'il ne convient pas."),
        (names.DIFFICULTY, levels, "Niveau", "Changez-le s'il ne convient pas."),
        (names.REASON, rubric().rejections, "Motif du rejet", "Seulement si vous rejetez."),
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

    asked = (
        (names.CORRECTED_QUESTION, "Question corrigée", "Le texte Markdown de la question."),
        (names.CORRECTED_ANSWER, "Réponse corrigée", "Le texte Markdown de la réponse."),
        (names.COMMENT, "Commentaire", "Ce que les autres doivent savoir."),
    )
    return [
        TextQuestion(name, title=title, description=text, required=False, client=client)
        for name, title, text in asked
    ]


def _metadata(client: "Argilla") -> list[Any]:
    from argilla import FloatMetadataProperty, TermsMetadataProperty

    words = [
        TermsMetadataProperty(name, title=title, client=client)
        for name, title in names.METADATA.items()
    ]
    score = FloatMetadataProperty(
        names.FRENCH_SCORE, min=0.0, max=1.0, title=names.FRENCH_TITLE, client=client
    )
    return [*words, score]


def settings_of(spec: DatasetSpec, client: "Argilla") -> "Settings":
    """The settings with which the dataset is created; `client` is the server it is for."""
    from argilla import Settings, TaskDistribution, VectorField

    name, size = spec.vector
    return Settings(
        fields=_fields(client),
        questions=[*_judgements(client), *_labels(client), *_texts(client)],
        metadata=_metadata(client),
        vectors=[VectorField(name, size, title="Ressemblance", _client=client)],
        guidelines=spec.guidelines,
        distribution=TaskDistribution(min_submitted=spec.overlap),
    )
