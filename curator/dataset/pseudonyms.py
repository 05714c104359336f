"""Put numbers in place of annotators' account names in what is published.

An annotator is who reviewed an example or corrected its text. Who wrote or imported examples named
themselves as their author, and stays.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from curator.french import card as wording
from curator.records.example import Example, Origin, Review


def _seen(examples: Iterable[Example]) -> Iterator[tuple[datetime, str]]:
    """Yield when each annotator did something, and their name."""
    for example in examples:
        yield from ((r.time, r.annotator) for r in example.reviews)
        source = example.provenance
        if source.origin is Origin.CORRECTED and source.author:
            yield source.created, source.author


def pseudonyms(examples: Iterable[Example], named: Collection[str]) -> dict[str, str]:
    """Number the annotators of examples by what each did first, less those who agreed to be named.

    Returns a pseudonym for each account name.
    """
    names = dict.fromkeys(name for _, name in sorted(_seen(examples)))
    hidden = [name for name in names if name not in named]
    return {name: wording.ANNOTATOR.format(n) for n, name in enumerate(hidden, start=1)}


def _review(review: Review, known: Mapping[str, str]) -> Review:
    """Return the review under the pseudonym, with the id that it has so."""
    if review.annotator not in known:
        return review
    data = review.model_dump(exclude={"id"}) | {"annotator": known[review.annotator]}
    return Review.model_validate(data)


def _example(example: Example, known: Mapping[str, str]) -> Example:
    source = example.provenance
    if source.origin is Origin.CORRECTED and source.author:
        author = known.get(source.author, source.author)
        source = source.model_copy(update={"author": author})
    reviews = tuple(_review(r, known) for r in example.reviews)
    return example.model_copy(update={"provenance": source, "reviews": reviews})


def pseudonymised(examples: Sequence[Example], named: Collection[str]) -> list[Example]:
    """Return the examples with pseudonyms for all annotators but those in `named`."""
    known = pseudonyms(examples, named)
    return [_example(e, known) for e in examples] if known else list(examples)
