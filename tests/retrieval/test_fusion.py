"""Reciprocal rank fusion, by hand; and passages within a budget."""

import pytest

from curator.retrieval import Hit, context
from curator.retrieval.fusion import fuse


def test_the_scores_are_those_of_the_formula() -> None:
    fused = fuse([[7, 3], [3, 9]], [1.0, 0.5], constant=60)
    assert [n for n, _ in fused] == [3, 7, 9]
    assert dict(fused)[3] == pytest.approx(1 / 62 + 0.5 / 61)
    assert dict(fused)[7] == pytest.approx(1 / 61)
    assert dict(fused)[9] == pytest.approx(0.5 / 62)


def test_equal_scores_are_in_the_order_of_their_numbers() -> None:
    assert fuse([[5], [2]], [1, 1]) == [(2, 1 / 61), (5, 1 / 61)]
    assert fuse([], []) == []


def hit(name: str, *parts: str) -> Hit:
    address = f"book/{name}.html#a"
    return Hit(address, f"Titre {name}", "\n\n".join(parts), 0.1, {"words": 1}, (address,))


def count(text: str) -> int:
    return len(text.split())


def test_passages_are_numbered_with_their_addresses() -> None:
    hits = [hit("un", "Premier texte."), hit("deux", "Second texte.")]
    text, used = context(hits, 50, count)
    assert text == (
        "[1] Titre un (book/un.html#a)\nPremier texte.\n\n"
        "[2] Titre deux (book/deux.html#a)\nSecond texte."
    )
    assert used == hits


@pytest.mark.parametrize("budget", range(0, 60, 3))
def test_the_budget_is_kept(budget: int) -> None:
    hits = [hit(name, *(f"{name} {i} encore un bloc" for i in range(4))) for name in "abc"]
    text, used = context(hits, budget, count)
    assert count(text) <= budget
    assert text.count("[") - text.count("[…]") == len(used)


def test_what_does_not_fit_is_cut_after_a_block_or_left_out() -> None:
    long = hit("long", "un deux trois", "mot " * 100, "fin")
    text, used = context([long, hit("court", "Tout petit.")], 30, count)
    assert used[0].markdown == "un deux trois\n\n[…]"
    assert "[2] Titre court" in text
    text, used = context([hit("long", "mot " * 100), hit("court", "Tout petit.")], 30, count)
    assert [h.address for h in used] == ["book/court.html#a"]
    assert text.startswith("[1] Titre court")
