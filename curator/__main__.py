"""`python -m curator`: the same as the command `curator`."""

from curator.cli import main

main()
