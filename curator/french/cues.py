"""Recognise what French prose says that code prints (what it says of rustc: refusal).

The patterns match text that `curator.text.fold.fold` brought to lower case without accents, but
for STATED, which keeps the case and accents of the output that it captures.
"""

import re

# The end of a line that announces the output shown below it: "Il affiche :".
SAYS_OUTPUT = re.compile(
    r"\b(?:affiche|affichera|affichage|sortie|resultat|produit|ecrit|ecrira|imprime|imprimera"
    r"|donne|donnera|obtient|obtiendra|obtenons|obtiens|voit|verra|verrez|montre|apparait|repond"
    r"|execution|executer|terminal|console|output|prints)\b"
    r"[^.\n]*:?\s*$"
)
# What makes such a line speak of something else than what the program prints each time.
SAYS_OTHER = re.compile(
    r"\b(?:cargo (?!run)|rustc|compilateur|compilation|clippy|miri|fichier|par exemple|possible"
    r"|peut|peuvent|pourrait|varie|autre|sans|avant|au lieu|si|ne|erreur|error)\b|\bn['\u2019]"
)
_PRINTS = (
    r"(?:(?:(?:le|ce) (?:programme|code)|cela|ceci|[cç]a|on|qui|il|elle|(?:la|cette) ligne) )?"
    r"(?:affiche(?:ra)?|imprime(?:ra)?|[ée]cri(?:t|ra)|donne(?:ra)?|vaut|prints?|displays?|outputs?"
    r"|(?:doit|va|devrait|should|will) (?:afficher|imprimer|[ée]crire|donner|print|output))"
)
_OUTPUT = (
    r"(?:(?:la|le|the) )?(?:sortie|r[ée]sultat|affichage|output|stdout|console|terminal)"
    r"(?: (?:attendue?|obtenue?|standard|affich[ée]e?|du programme|expected))?"
)
# A comment that states what is printed: "affiche : 3", "Sortie attendue : 3"; with nothing after
# the colon, the lines below it do.
STATED = re.compile(
    rf"^(?:{_PRINTS}|{_OUTPUT}|expected output|on obtient)\s*(?::|=+>?|-+>|→)\s*(.*)$",
    re.IGNORECASE | re.DOTALL,
)
# The same without a colon, where what follows may as well be prose: "affiche 3", "affiche le nom".
STATED_BY_VERB = re.compile(rf"^(?:{_PRINTS}|on obtient)\s+(.+)$", re.IGNORECASE)
# Verbs that only speak of a value, and those that speak of printing it.
RESULTS = re.compile(r"(?:donne|vaut)", re.IGNORECASE)
PRINTED = re.compile(r"(?:affiche|imprime|prints?\b)", re.IGNORECASE)
STATED_BY_ARROW = re.compile(r"^(?:=+>|-+>|→|⇒|⟶|>{2,})\s*(.+)$")
# How prose goes on after a verb or an arrow, if more than this word follows.
PROSE = re.compile(
    r"^(?:(?:le|la|les|un|une|des|du|de|ce|cet|cette|ces|son|sa|ses|leurs?|mon|ma|mes|nos|notre"
    r"|chaque|tout|toute|tous|toutes|aussi|encore|bien|ici|donc|car|si|sinon|alors|puis|toujours"
    r"|jamais|rien|plusieurs|ne|pas|il|elle|on|qui|que|quoi|ou|comme|avec|sans|pour|par|sur|dans|en"
    r"|au|aux|deux|trois|environ|plus|moins|the|an?|this|its|each|all|every)\s+\S"
    r"|[ldnscj]['\u2019]\w|(?:erreur|error|panique|panic|rien|nothing)\b)",
    re.IGNORECASE,
)
# A stated output that need not be the same each time.
VARIES = re.compile(
    r"par exemple|p\. ?ex\.|environ|selon|ordre|al[ée]atoire|vari|adresse|≈|~|possible|peut[- ]",
    re.I,
)
# Text in typographic quotes; what makes those, and spaces that do not break, plain ones.
QUOTED = "«[^»]*»|“[^”]*”|\u2018[^\u2019]*\u2019"
QUOTES = str.maketrans(
    {**dict.fromkeys("“”«»", '"'), **dict.fromkeys("\u2018\u2019", "'")}
    | dict.fromkeys("\u00a0\u202f\u2009", " ")
)
