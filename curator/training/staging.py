"""Write folders that appear whole or not at all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from curator.base.disk import refused


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` to write in; it becomes `out` when the block ends well.

    What a killed run left is cleared first. Raises StoreError where the disk refuses.
    """
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        yield part
        part.rename(out)
    except OSError as error:
        raise refused(error, out) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
