"""The level of a program comes from its constructs, and from the topic that teaches them."""

import pytest

from curator.generate.mutate.levels import CONSTRUCTS, constructs, level
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

PLAIN = 'fn main() {\n    let mut total = 1;\n    total += 1;\n    println!("{total}");\n}\n'
BORROWED = "struct Vue<'a>(&'a str);"
HARD = "fn f<'a, T>(x: &'a dyn Fn(T)) where T: Clone { let _: Box<T>; let _: PhantomData<T>; }"


@pytest.mark.parametrize(
    ("code", "topic", "expected"),
    [
        (PLAIN, Topic.OWNERSHIP, Difficulty.DEBUTANT),
        (BORROWED, Topic.OWNERSHIP, Difficulty.INTERMEDIAIRE),
        (BORROWED, Topic.LIFETIMES, Difficulty.DEBUTANT),
        (HARD, Topic.OWNERSHIP, Difficulty.AVANCE),
        ('fn f() { g("dyn") } // dyn Box<T>', Topic.OWNERSHIP, Difficulty.DEBUTANT),
    ],
)
def test_a_program_has_the_level_of_its_constructs(
    code: str, topic: Topic, expected: Difficulty
) -> None:
    assert level(code, topic) is expected


def test_a_mutation_sets_a_level_that_a_program_can_only_raise() -> None:
    assert level(PLAIN, Topic.OWNERSHIP, Difficulty.AVANCE) is Difficulty.AVANCE
    assert level(HARD, Topic.OWNERSHIP, Difficulty.DEBUTANT) is Difficulty.AVANCE


def test_constructs_are_read_from_the_tree() -> None:
    code = (
        "impl<T: Clone> Copie for T {}\ntrait A: B {}\nfn f(x: fn(u8)) { let Some(y) = x else {}; }"
    )
    named = set(constructs(code))
    assert named >= {"implementation for all types", "trait of a trait", "function pointer"}
    assert named >= {"let else", "implemented trait", "type parameter"}
    assert "unsafe" not in named


def test_every_construct_can_be_recognised() -> None:
    for name, one in CONSTRUCTS.items():
        assert one.names or one.kinds or one.parts, name
