"""Write docs/candidates-examples.md: ten candidates of a batch, with what each stage said.

    PYTHONPATH=. python docs/candidates_examples.py

Good are the first five, in the order of the sheet, that both readers accepted; bad are those that a
reader rejected, and then the first that the stages refused, each for another reason.
"""

import json
from pathlib import Path
from typing import Any

from curator.base import store
from curator.records.example import Example

DOCS = Path(__file__).parent
BATCH = "from-program-s20261129-f4ed88a3"
READINGS = DOCS / "readings" / "candidates-seed-20261129.jsonl"
EACH = 5
HEAD = f"""# Ten candidates of the local model

Written by `docs/candidates_examples.py` from the batch `{BATCH}` of
Qwen2.5-Coder-1.5B-Instruct and its [two blind readings](readings/{READINGS.name}),
both by AIs. Nothing is chosen by hand: the first five in the order of the sheet that both readers
accepted, those that a reader rejected, and the first that the stages refused, each for another
reason. No person has reviewed them."""


def candidates() -> dict[str, Example]:
    """Return the candidates of the batch by their ids, with their verdicts."""
    folder = DOCS.parent / "raw" / "generated" / BATCH
    files = (folder / "accepted.jsonl", folder / "rejected.jsonl")
    return {e.id: e for file in files for e in store.read(file, Example)}


def read_twice() -> list[tuple[str, list[dict[str, Any]]]]:
    """Return what was read of the batch, in the order of the sheet, and what was said of it."""
    rows = [json.loads(line) for line in READINGS.read_text("utf-8").splitlines()]
    return [(row["example"], row["readings"]) for row in rows if row["kind"] == "accepted"]


def stages(example: Example) -> str:
    """Return a list of what each stage said of a candidate."""
    lines = []
    for stage in example.provenance.stages or ():
        said = "kept" if stage.kept else f"refused: `{stage.reason}`"
        detail = f" ({stage.detail})" if stage.detail else ""
        share = "" if stage.agreement is None else f", samples agree {stage.agreement:.2f}"
        lines.append(f"- {stage.name}: {said}{detail}; {stage.tokens} tokens{share}")
    return "\n".join(lines)


def shown(example: Example, said: list[dict[str, Any]], title: str) -> str:
    """Return a candidate as a section: stages, readings, question and answer."""
    labels = f"{example.topic}, {example.difficulty}, {example.category}"
    readings = "\n".join(f"- {one['decision']}: {one['reason']}" for one in said)
    texts = [text for text in (example.question, example.answer) if text.strip()]
    quoted = "\n>\n".join("\n".join(f"> {line}".rstrip() for line in t.splitlines()) for t in texts)
    parts = [f"### {title}: {example.id} ({labels})", stages(example), readings, quoted]
    return "\n\n".join(part for part in parts if part)


def main() -> None:
    """Write the page."""
    known, readings = candidates(), read_twice()
    good = [r for r in readings if {s["decision"] for s in r[1]} == {"accept"}][:EACH]
    bad = [r for r in readings if any(s["decision"] == "reject" for s in r[1])][: EACH - 2]
    refused: dict[str, Example] = {}
    for example in known.values():
        last = (example.provenance.stages or ())[-1]
        if not last.kept and last.name in ("program", "error"):
            refused.setdefault(last.reason, example)
    sections = [shown(known[i], said, "Accepted by both") for i, said in good]
    sections += [shown(known[i], said, "Rejected by a reader") for i, said in bad]
    left = list(refused.values())[: 2 * EACH - len(sections)]
    sections += [shown(example, [], "Refused by a stage") for example in left]
    page = "\n\n".join([HEAD, *sections]) + "\n"
    (DOCS / "candidates-examples.md").write_text(page, "utf-8")


if __name__ == "__main__":
    main()
