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
    ],
)
def test_the_output_that_a_text_states(below: str, stated: str | None) -> None:
    markdown = RUST + below
    found = stated_output(markdown, blocks(markdown)[0])
    assert (found.strip() if found else found) == stated
