"""Tell two sets, batches or arms apart: what came, what went, what changed, figures side by side.

sets    two sets of examples         arms   two arms of an evaluation
find    what two names stand for     page   the page of a difference, with browse's machinery
"""
