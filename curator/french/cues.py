"""Recognise what French prose says of code: that it does not compile, or what it prints.

The patterns match text that `curator.text.fold.fold` brought to lower case without accents, but
for STATED, which keeps the case and accents of the output that it captures.
"""

import re

# A comment above a line of code that the compiler is to refuse.
WRONG_COMMENT = re.compile(
    r"^\W*(?:(?:ceci |cela |cette ligne |ce code )?ne compile(?:ra)? pas|erreur de compilation"
    r"|erreur ?(?:\[?e\d{4}\]?|:|!|$)|error\[e\d{4}\]|refuse par (?:le compilateur|rustc))"
)
# The sentence before a block that the compiler is to refuse.
WRONG_TEXT = re.compile(
    r"ne compile(?:ra|nt|ront)? pas|(?:est|sont|sera|seront) (?:refusee?s?|rejetee?s?)"
    r"|(?:le compilateur|rustc) (?:la |le |les )?(?:refuse|rejette)|version (?:fautive|incorrecte)"
)
# The end of a line that announces the output shown below it: "Il affiche :".
SAYS_OUTPUT = re.compile(r"\b(?:affiche|affichera|sortie|resultat|produit|ecrit)\b[^.\n]*:?\s*$")
# A comment that states a line of output: "affiche : 3".
STATED = re.compile(r"^affiche(?:ra)?\s*:\s*(.+)$", re.IGNORECASE)
