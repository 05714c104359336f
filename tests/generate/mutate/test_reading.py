"""What rustc says, read: labels, types, and the meaning of a message in French."""

import pytest

from curator.generate.mutate.reading import expected_and_found, labels, meaning
from curator.rust.compiler import Diagnostic

MOVED = "la valeur de `x` est utilisée après avoir été déplacée"
BETWEEN = "n'existe pas entre"
SHOWN = """error[E0308]: mismatched types
 --> src/main.rs:2:23
  |
2 |     let taille: u32 = texte.parse();
  |                 ---   ^^^^^^^^^^^^^ expected `u32`, found `Result<_, _>`
  |                 |
  |                 expected due to this"""


def error(code: str, message: str, shown: str = "") -> Diagnostic:
    return Diagnostic(code, message, 2, shown=shown)


def test_labels_and_the_two_types() -> None:
    said = error("E0308", "mismatched types", SHOWN)
    assert [(one.underlined, one.primary) for one in labels(said)] == [
        ("u32", False),
        ("texte.parse()", True),
    ]
    assert expected_and_found(said) == ("u32", "Result<_, _>")
    assert meaning(said) == "le type attendu est `u32`, le type trouvé est `Result<_, _>`"


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("E0382", "borrow of moved value: `x`", MOVED),
        ("E0603", "module `m` is private", "le module `m` est privé"),
        ("E0603", "function `f` is private", "la fonction `f` est privée"),
        ("E0425", "cannot find type `T` in this scope", "aucun type nommé `T` n'est connu ici"),
        (
            "E0061",
            "this function takes 2 arguments but 1 argument was supplied",
            "il faut deux arguments, et l'appel en donne un",
        ),
        (
            "E0061",
            "this method takes 1 argument but 0 arguments were supplied",
            "il faut un argument, et l'appel n'en donne aucun",
        ),
        (
            "E0277",
            "cannot multiply `u32` by `f64`",
            f"la multiplication {BETWEEN} `u32` et `f64`",
        ),
        ("E0999", "a message of tomorrow", ""),
    ],
)  # fmt: skip
def test_what_a_message_means(code: str, message: str, expected: str) -> None:
    assert meaning(error(code, message)) == expected
