"""The time that goes into records."""

import os
from datetime import UTC, datetime


def now() -> datetime:
    """Return the present time in UTC, to the second; SOURCE_DATE_EPOCH fixes it."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(fixed), UTC) if fixed else datetime.now(UTC)
    return moment.replace(microsecond=0)
