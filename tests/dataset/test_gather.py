"""What may enter is offered in the order, and with the text, that lists in memory gave it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from curator.dataset.gather import _Pool
from curator.records.example import Example, Origin
from tests.conftest import make_example

FREE = (Origin.AUTHORED, Origin.IMPORTED)


def made(text: int, origin: Origin, source: str) -> Example:
    facts = make_example().provenance.model_dump() | {"origin": origin, "source": source}
    if origin is Origin.CORRECTED:
        facts |= {"parents": ("0" * 15 + str(text),)}
    return make_example(f"Question {text} ?", "Réponse.", provenance=facts)


examples = st.lists(
    st.builds(
        made,
        st.integers(0, 6),
        st.sampled_from([Origin.AUTHORED, Origin.IMPORTED, Origin.CORRECTED]),
        st.sampled_from(["a:1", "b:2"]),
    ),
    max_size=12,
)


@settings(max_examples=80, deadline=None)
@given(examples, examples, st.sampled_from([FREE, FREE[:1]]))
def test_the_pool_holds_what_dictionaries_held(
    trusted: list[Example], candidates: list[Example], free: tuple[Origin, ...]
) -> None:
    known = {e.id: e for e in trusted}
    others = {e.id: e for e in candidates if e.id not in known}
    expected = [e for e in [*known.values(), *others.values()] if e.provenance.origin in free]
    pool = _Pool(trusted, iter(candidates))
    assert list(pool.of(free)) == expected
    assert pool.count(free) == len(expected)
    assert len(pool) == len(known) + len(others)
    links = {(e.id, p) for e in [*known.values(), *others.values()] for p in e.provenance.parents}
    assert links <= set(pool.links)
