"""Recognise what French prose says that code prints (what it says of rustc: refusal).

The patterns match text that `curator.text.fold.fold` brought to lower case without accents, but
for STATED, which keeps the case and accents of the output that it captures.
"""

import re

# The end of a line that announces the output shown below it: "Il affiche :".
SAYS_OUTPUT = re.compile(r"\b(?:affiche|affichera|sortie|resultat|produit|ecrit)\b[^.\n]*:?\s*$")
# A comment that states a line of output: "affiche : 3".
STATED = re.compile(r"^affiche(?:ra)?\s*:\s*(.+)$", re.IGNORECASE)
