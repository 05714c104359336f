"""Score recorded answers to a project's prompts: python score_answers.py FILE [PROJECT]."""

import sys

import curator

project = curator.load_project(*sys.argv[2:3])
result = curator.evaluate(project, responses=sys.argv[1])
for summary in result.summaries():
    known = {name: mean for name, mean in summary.overall.metrics.items() if mean is not None}
    means = ", ".join(f"{name} {mean:.2f}" for name, mean in known.items())
    print(f"{summary.arm}, {summary.overall.prompts} prompts: {means}")
