"""The engines by name; apart, so that the command line need not load them."""

from enum import StrEnum


class EngineName(StrEnum):
    """Where filters and models run."""

    LOCAL = "local"
    RAY = "ray"
