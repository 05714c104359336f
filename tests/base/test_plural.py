import pytest

from curator.base.plural import plural


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 examples were"), (1, "1 example was"), (2, "2 examples were")],
)
def test_one_and_many(count: int, said: str) -> None:
    assert plural(count, "example was", "examples were") == said


def test_the_many_have_an_s() -> None:
    assert (plural(1, "block"), plural(3, "block")) == ("1 block", "3 blocks")
