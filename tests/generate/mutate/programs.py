"""Small programs for mutations that no authored example offers a place for."""

from curator.records.example import Example
from tests.conftest import make_example

CLONED = """
fn signer(mut lettre: String) -> String {
    lettre.push_str(" -- Inès");
    lettre
}

fn main() {
    let brouillon = String::from("À demain.");
    let lettre = signer(brouillon.clone());
    println!("{brouillon} devient {lettre}");
}
"""

PROGRAMS: tuple[str, ...] = (CLONED,)


def example_with(code: str) -> Example:
    """An example whose answer holds a program."""
    return make_example(answer=f"## Solution\n```rust\n{code.strip()}\n```\n")
