"""The order of rows, as properties."""

from hypothesis import given
from hypothesis import strategies as st

from curator.training.batches import PAD, Order, padded
from curator.training.data import Row

ORDERS = st.builds(
    lambda lengths, batch, seed: Order(tuple(lengths), min(batch, len(lengths)), seed),
    st.lists(st.integers(2, 300), min_size=1, max_size=40),
    st.integers(1, 8),
    st.integers(0, 2**31 - 1),
)


@given(ORDERS, st.integers(0, 5))
def test_an_epoch_takes_each_row_once_but_for_what_fills_no_batch(order: Order, epoch: int) -> None:
    first = epoch * order.per_epoch + 1
    taken = [i for it in range(first, first + order.per_epoch) for i in order.rows(it)]
    assert len(taken) == len(set(taken)) == len(order.lengths) // order.batch * order.batch
    assert all(len(order.rows(it)) == order.batch for it in range(first, first + order.per_epoch))


@given(ORDERS, st.integers(1, 200))
def test_an_iteration_takes_the_same_rows_whatever_came_before(order: Order, it: int) -> None:
    again = Order(order.lengths, order.batch, order.seed)
    for earlier in range(1, min(it, 20)):
        again.rows(earlier)
    assert again.rows(it) == order.rows(it)


def test_in_the_long_run_no_row_is_left_out() -> None:
    order = Order(tuple(range(10, 17)), 4, 3)
    assert {i for it in range(1, 40) for i in order.rows(it)} == set(range(7))


@given(st.lists(st.integers(2, 200), min_size=1, max_size=6))
def test_padding_cuts_nothing_and_is_never_learned(lengths: list[int]) -> None:
    rows = [Row("x:1", tuple(range(1, n + 1)), min(3, n - 1)) for n in lengths]
    filled, ends = padded(rows)
    assert {len(f) for f in filled} == {len(filled[0])} and (len(filled[0]) - 1) % PAD == 0
    for row, line, (first, last) in zip(rows, filled, ends, strict=True):
        assert tuple(line[: len(row.tokens)]) == row.tokens
        assert (last - first + 1, last) == (row.learned, len(row.tokens) - 1)
