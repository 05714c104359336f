"""Where the toolkit keeps what it can make or get again."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return the toolkit's folder in the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "rustsensei-curator"
