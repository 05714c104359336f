"""Tell whether an answer solves its question: what a prompt asks of it, and what came of it.

groups    words to look for in an answer, and where
kinds     what a prompt has to be checked by: hidden tests, an output, a claim
items     the items of a Rust text, by name
programs  from an answer and its question to the programs that it may mean
hidden    a program with tests that its author never saw
run       compile and run them in the sandbox: solved or not, and why
"""
