"""Sort the reasons for which answers solve nothing, so that they can be counted."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

ReasonKind = Literal["absent", "compile", "unsaid", "false", "output", "lacks", "fails"]

# How each kind of reason begins, as run.py words them; the first that fits counts.
_BEGINNINGS: tuple[tuple[str, ReasonKind], ...] = (
    ("no fence has ", "absent"),
    ("does not compile", "compile"),
    ("rustc stopped", "compile"),
    ("does not say ", "unsaid"),
    ("says ", "false"),
    ("it prints ", "output"),
    ("no program is run", "fails"),
    ("no ", "lacks"),
)
_CODE = re.compile(r"does not compile: (E\d{4})")


def kind_of_reason(why: str) -> ReasonKind:
    """Sort a reason of an Outcome: what its words begin with tells.

    "absent": none of the code that was asked for; "compile": rustc refuses it; "unsaid" and
    "false": it lacks a claim, or makes a wrong one; "output": it prints something else; "lacks":
    its code does without what was asked for; "fails": a test fails, it panics or does not end.
    """
    return next((kind for begin, kind in _BEGINNINGS if why.startswith(begin)), "fails")


def count_codes(reasons: Iterable[str]) -> Counter[str]:
    """Count the error codes of rustc in reasons; "" is one without a code, as of syntax."""
    refused = [why for why in reasons if kind_of_reason(why) == "compile"]
    return Counter(found[1] if (found := _CODE.match(why)) else "" for why in refused)
