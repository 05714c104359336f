"""Judge examples: one small file per filter, run in the order that a recipe gives.

A filter judges examples and never changes one. `registry` makes the filters of a recipe, `run`
passes examples through them and loses none.
"""
