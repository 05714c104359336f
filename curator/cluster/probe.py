"""Ask a machine for its versions; sent with its code, since the toolkit may be missing there."""

from typing import Any


def probe(rust: Any) -> dict[str, str]:
    """Return the machine's `facts`, or its "fault"; `rust` are settings as a JSON object."""
    try:
        from curator.cluster.facts import facts_or_fault
    except ImportError as error:
        return {"fault": f"no toolkit of the same version ({error}); pip install it there"}
    return facts_or_fault(rust)
