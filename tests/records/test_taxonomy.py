import pytest

from curator.base.errors import DataError
from curator.records import taxonomy as axes


def test_the_axes_have_their_sizes() -> None:
    assert (len(axes.Category), len(axes.topics()), len(axes.Difficulty)) == (3, 15, 3)
    assert len(axes.taxonomy().cells) == 45


def test_every_topic_has_ideas_to_write_about() -> None:
    assert all(len(label.ideas) >= 5 for label in axes.taxonomy().topics.values())


@pytest.mark.parametrize("text", ["Débutant", "debutant", "DÉBUTANT ", "beginner"])
def test_labels_are_read_in_their_usual_spellings(text: str) -> None:
    assert axes.parse_difficulty(text) is axes.Difficulty.DEBUTANT


def test_no_spelling_means_two_things() -> None:
    known = axes.taxonomy()
    for labels in (known.topics, known.categories, known.difficulties):
        names = [
            axes.fold(n)
            for member, label in labels.items()
            for n in {axes.fold(x) for x in (str(member), label.label, *label.aliases)}
        ]
        assert len(names) == len(set(names))


def test_an_unknown_label_names_the_known_ones() -> None:
    with pytest.raises(DataError, match=r"unknown topic 'macros'.*ownership, borrowing"):
        axes.parse_topic("macros")
