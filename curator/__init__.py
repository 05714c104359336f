"""Grow a small, compiler-checked, human-reviewed dataset that teaches Rust in French."""

__version__ = "0.1.0"
