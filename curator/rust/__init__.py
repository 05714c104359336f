"""Compile the Rust blocks of a text and tell whether each does what a reader expects of it.

From the machine upwards:
toolchain, docs        find rustc, and Rust's documentation
process, seccomp, sandbox   run a foreign program under limits, with nothing in reach
compiler               compile crates into errors (the seam; `fake` stands in for it in tests)
source, syntax, isolation   see what can be seen in a text without compiling it
unit, batch, cache     compile many texts in few runs, and none of them twice
crates, runner         link external crates; build and execute programs
From the text downwards:
document, expect       what goes in and comes out; what a block should do
compose, block_state   how a block becomes a crate; what was tried of it so far
judge, outcome, claims why a block passes or not: by rustc, by its run, by what the prose says
engine, check          all blocks of all documents; `curator check`
"""
