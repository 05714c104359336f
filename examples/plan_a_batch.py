"""Plan the next batch of a project, without a model: python plan_a_batch.py [PROJECT [RECIPE]]."""

import sys

import curator

project = curator.load_project(*sys.argv[1:2])
plan = curator.plan(project, *sys.argv[2:3])
print(f"{plan.before.total} examples, {plan.before.missing} missing to the targets")
for part in plan.forecast.by_strategy():
    print(f"{part.strategy}: {part.candidates} candidates, {part.expected:.0f} likely to pass")
