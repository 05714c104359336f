"""Filters: one small file each, in the order that a recipe gives.

A filter judges examples and never changes one; `registry` makes filters of a recipe's settings,
`run` passes examples through them and loses none.
"""
