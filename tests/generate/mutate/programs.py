"""Small programs for mutations that no authored example offers a place for."""

from curator.example import Example
from tests.conftest import make_example

PROGRAMS: tuple[str, ...] = ()


def example_with(code: str) -> Example:
    """An example whose answer holds a program."""
    return make_example(answer=f"## Solution\n```rust\n{code.strip()}\n```\n")
