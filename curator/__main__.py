"""`python -m curator`: the same as the command `curator`."""

from curator.cli.app import main

main()
