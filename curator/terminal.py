"""What commands print: lines and tables for people, one JSON document for programs."""

import json
import sys
from typing import Any


def say(line: str = "") -> None:
    """One line on standard output."""
    print(line)


def show(*renderables: Any) -> None:
    """rich's tables and the like on standard output, 120 columns wide where it is no terminal."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 120, soft_wrap=False)
    for one in renderables:
        console.print(one)


def document(content: Any) -> None:
    """One JSON document on standard output."""
    json.dump(content, sys.stdout, ensure_ascii=False, indent=1)  # bit by bit: it may be long
    print()
