"""Asked of each machine, and sent there with its code: the toolkit itself may be missing there."""

from typing import Any


def probe(rust: Any) -> dict[str, str]:
    """What `facts` finds on the machine, or its "fault"; `rust` are settings as a JSON object."""
    try:
        from curator.cluster.facts import told
    except ImportError as error:
        return {"fault": f"no toolkit of the same version ({error}); pip install it there"}
    return told(rust)
