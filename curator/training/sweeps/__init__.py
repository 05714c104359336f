"""Sweeps: the same training under several settings, compared by validation loss."""
