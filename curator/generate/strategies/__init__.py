"""How candidates are made: one file a strategy, with its prompt beside it."""
