"""Which fence below a block of Rust shows what its program prints."""

import pytest

from curator.rust.outcome import stated_output
from curator.text.markdown import blocks

RUST = "```rust\nfn main() {}\n```\n\n"


@pytest.mark.parametrize(
    ("below", "stated"),
    [
        ("```text\n3\n```", "3"),
        ("Le programme affiche :\n\n```text\n3\n```", "3"),
        ("Le programme affiche :\n\n```\n3\n```", "3"),
        ("```\n3\n```", None),
        ("Le fichier de configuration :\n\n```\n3\n```", None),
        ("Le compilateur affiche :\n\n```\nerror[E0382]: borrow\n```", None),
        ("Il affiche :\n\n```toml\nx = 3\n```", None),
        ("Ce qui donne :\n\n```\n3\n```", "3"),
        ("À l'exécution :\n\n```\n3\n```", "3"),
        ("Un mot d'abord.\n\nOn obtient :\n\n```\n3\n```", "3"),
        ("Un mot.\n\nUn autre.\n\nOn obtient :\n\n```\n3\n```", None),
        ("On obtient, avec `cargo tree` :\n\n```\n3\n```", None),
        ("La sortie peut varier :\n\n```\n3\n```", None),
        ("### À vous\n\nFaites en sorte qu'il affiche :\n\n```\n3\n```", None),
        ("1. Changez-le, pour qu'il affiche :\n\n   ```text\n   3\n   ```", None),
        ("Elle n'affiche plus :\n\n```\n3\n```", None),
        ("```console\n$ cargo run\n3\n```", "$ cargo run\n3"),
        ("```console\n$ cargo test\nrunning 1 test\n```", None),
        ("```text\nthread 'main' panicked at src/main.rs:1:1:\n```", None),
        ("```text\nerror: linking failed\n```", None),
        ("```text\n```", None),
    ],
)
def test_the_output_that_a_text_states(below: str, stated: str | None) -> None:
    markdown = RUST + below
    found = stated_output(markdown, blocks(markdown)[0])
    assert (found.strip() if found else found) == stated
