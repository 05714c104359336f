"""The time that goes into records."""

import os
from datetime import UTC, datetime


def now() -> datetime:
    """The present time in UTC, to the second, or that of SOURCE_DATE_EPOCH where it is set."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(fixed), UTC) if fixed else datetime.now(UTC)
    return moment.replace(microsecond=0)
