"""The compile engine: fenced blocks in, one result per block out.

toolchain   which rustc there is
sandbox     how a foreign program is run with nothing in reach
compiler    one source text -> errors (the seam; `fake` is its stand-in for tests)
engine      blocks -> expectation, composition, result
"""
