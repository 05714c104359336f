"""Judge examples by the default filters: python filter_examples.py [FILE.jsonl]."""

import sys
from pathlib import Path

import curator

path = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("sample.jsonl")
outcome = curator.filter(curator.read_examples(path))
for example in outcome.rejected:
    verdict = next(v for v in example.verdicts if not v.passed)
    print(f"{example.id} {example.cell}: {verdict.filter}.{verdict.reason}: {verdict.detail}")
print(f"{outcome.kept} of {outcome.total} accepted; rejected: {outcome.reasons()}")
