"""Outputs that comments and fences state: true ones pass, false ones are refused, prose is none.

A third of tests/rust/outputs.jsonl, by a hash of its text, was kept aside until the rules stood.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from curator.rust.outcome import misprint
from curator.text.markdown import blocks

CASES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent / "outputs.jsonl").read_text("utf-8").splitlines()
]


def is_held_out(case: dict[str, Any]) -> bool:
    digest = hashlib.sha256(f"{case['code']}\0{case['below']}".encode()).hexdigest()
    return int(digest, 16) % 3 == 0


def judged(case: dict[str, Any]) -> tuple[str, str]:
    markdown = f"Texte.\n\n```rust\n{case['code']}\n```\n\n{case['below']}\n"
    return misprint(blocks(markdown)[0], markdown, case["stdout"])


def wrong(held_out: bool, verdicts: set[str]) -> list[dict[str, Any]]:
    """The cases that are judged otherwise than their verdict says."""
    chosen = [c for c in CASES if is_held_out(c) is held_out and c["verdict"] in verdicts]
    return [c for c in chosen if bool(judged(c)[0]) is not (c["verdict"] == "false")]


def test_the_set_is_large() -> None:
    verdicts = [c["verdict"] for c in CASES]
    assert min(verdicts.count("true"), verdicts.count("false")) >= 100
    assert verdicts.count("none") >= 60


@pytest.mark.parametrize("verdict", ["true", "false", "none"])
def test_what_the_rules_were_made_with(verdict: str) -> None:
    assert wrong(False, {verdict}) == []
