"""Compile the Rust blocks of Markdown files: python check_markdown.py [FILE.md ...]."""

import sys
from pathlib import Path

import curator

for name in sys.argv[1:] or [str(Path(__file__).with_name("sample.md"))]:
    for result in curator.check(Path(name).read_text("utf-8")):
        state = "ok" if result.passed else f"{result.reason}: {result.short()}"
        print(f"{name}:{result.block.line} ({result.expectation}): {state}")
