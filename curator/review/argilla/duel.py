"""The settings of a dataset of duels: a question, two answers, one choice and why."""

from typing import TYPE_CHECKING

from curator.french import duel as wording
from curator.french.typography import typeset
from curator.review.argilla import fields as names
from curator.review.argilla.base import DatasetSpec

if TYPE_CHECKING:
    from argilla import Argilla, Settings


def duel_settings(spec: DatasetSpec, client: "Argilla") -> "Settings":
    """Make the settings with which the dataset is created; `client` is the server it is for."""
    from argilla import (
        LabelQuestion,
        Settings,
        TaskDistribution,
        TermsMetadataProperty,
        TextField,
        TextQuestion,
    )

    fields = [
        TextField(n, title=typeset(title), use_markdown=True, client=client)
        for n, title in wording.FIELDS.items()
    ]
    labels = {name: typeset(label) for name, label in wording.CHOICES.items()}
    choice = LabelQuestion(
        "choice",
        labels,
        title=typeset(wording.CHOICE),
        description=typeset(wording.CHOICE_HELP),
        client=client,
    )
    why = TextQuestion(
        "why",
        title=typeset(wording.WHY),
        description=typeset(wording.WHY_HELP),
        required=False,
        client=client,
    )
    metadata = [
        TermsMetadataProperty(name, title=title, client=client)
        for name, title in wording.METADATA.items()
    ]
    hidden = TermsMetadataProperty(names.PROJECT, visible_for_annotators=False, client=client)
    return Settings(
        fields=fields,
        questions=[choice, why],
        metadata=[*metadata, hidden],
        guidelines=spec.guidelines,
        distribution=TaskDistribution(min_submitted=spec.overlap),
    )
