"""The parts of the annotators' guide that follow from data: what ratings mean, and the glossary."""

import re

from curator.french.glossary import guide_table
from curator.french.typography import typeset_markdown
from curator.review.decisions.rubric import Criterion, rubric

_PART = re.compile(r"(<!-- (glossaire|notes) -->\n).*?(<!-- fin -->)", re.DOTALL)


def _criterion(criterion: Criterion) -> str:
    weight = f"{criterion.weight:.0%}".replace("%", " %")
    share = weight if criterion.weight else f"{weight}, hors moyenne"
    levels = " ; ".join(f"{level} : {said}" for level, said in sorted(criterion.levels.items()))
    return f"- **{criterion.label}** ({share}). {levels}."


def ratings() -> str:
    """List the criteria of the rubric, each with its weight and what its ratings mean."""
    return "\n".join(map(_criterion, rubric().criteria.values()))


def renewed(guide: str) -> str:
    """Return the text of a guide with these parts as they are now, printed as French is.

    A part stands between `<!-- notes -->` or `<!-- glossaire -->` and `<!-- fin -->`.
    """
    parts = {"notes": ratings(), "glossaire": guide_table()}
    filled = _PART.sub(lambda found: f"{found[1]}\n{parts[found[2]]}\n\n{found[3]}", guide)
    return typeset_markdown(filled)
