"""More predicates with which French says that code is refused, built from the words.

They complete `refusal_words`: what the compiler says and does, what people get from it, how a
compilation breaks, and what stands below code that it is said of.
"""

import re

from curator.french.refusal_words import ERROR, FAULTY, GETS, NOUN
from curator.french.verdicts import (
    BAD,
    CODE,
    COMPILER,
    COMPILING,
    COMPLAINING,
    MESSAGE,
    TECHNICAL,
)


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


NOT = r"(?:pas|plus|guere|point)\b"
TO = r"(?:(?:me|te|nous|vous) |[mt]')"
# One error, named or shown; "des erreurs" are often those of any program.
ONE_ERROR = rf"(?:(?:(?:une|cette|deux|un|ce|le) |l')(?:\w+ )?{ERROR}|{CODE}|{MESSAGE})"
SAYS = (
    r"(?!\w+ait\b)(?:signal|affich|renvo|donn|sort|crach|emet|repond|indiqu|annonc|rapport"
    r"|remont|balanc|lev"
    r"|dit\b|dis\b|dira|jett|produi|gener|retourn|montr|fait|soul|relev|declench|vomi)\w*"
)
TELLS = (
    r"(?!\w+ait\b)(?:inform|averti|di(?:t|s|ra)|indiqu|signal|annonc|expliqu"
    r"|fai[ts]? (?:\w+ )?(?:savoir|remarquer"
    r"|comprendre)"
    r"|rappel|repond|reproch|objecte)\w*"
)
VALID = (
    r"(?:valide|valable|correct|accepte|permis|autorise|legal|compilable|admis|possible|tolere"
    r"|licite|conforme|bon)e?s?\b"
)
SO = (
    r"(?:(?:et|mais|or|la|ici|oui|non|helas|bref|resultat|evidemment|malheureusement|forcement"
    r"|bien sur|sans surprise|en effet|d'ailleurs|du coup|e[ht] bien|cette fois|aussitot|dommage"
    r"|perdu|rate|pourtant|cependant|toutefois|bien entendu|par consequent|donc|ensuite|alors"
    r"|sauf que|seulement|comme prevu|comme attendu|manque de chance|pas de chance)\b\W*)*"
)
RULES = (
    r"regles? (?:d'(?:emprunt|ownership|alias\w*|or)|de (?:propriete|possession|visibilite|typage"
    r"|durees?|rust|mutabilite|l'orphelin|coherence)|du (?:langage|compilateur|borrow))"
)

REFUSED = _any(
    rf"{COMPILER} (?:\w+ ){{0,2}}?{TO}?{TELLS} (?:\w+ ){{0,2}}?(?:que|qu') ?.*(?:{TECHNICAL}"
    rf"|\b(?:ne|n')"
    rf" ?\w+ {NOT})",
    rf"{COMPILER} (?:il )?(?:ne |n')?(?:{TO})?(?:autorise|permet|admet|tolere|laisse|comprend"
    rf"|supporte)(?:ra)? {NOT} .*\b(?:ceci|cela|ca|ce|cet|cette|d'ecrire|(?:a|de) faire)\b",
    r"\b(?:code|programme|extrait|snippet|exemple|listing|declaration|signature|syntaxe)"
    r"(?: (?:suivante?|ci-\w+|qui suit))? (?:est|sont) (?:\w+ment )?"
    rf"(?:{FAULTY}|mal type)(?! (?:si|quand|lors))",
    rf"{COMPILER} (?:{TO})parle\w* d.*(?:{TECHNICAL})",
    r"\b(?:montr|illustr|present|debouch|result|se tradui|donn\w+ lieu|occasionn|suscit|amen"
    r"|condui|abouti|se termin|se sold|fini)\w* (?:\w+ ){0,2}?"
    rf"(?:(?:une|cette|deux) |l')erreurs? {COMPILING}",
    r"^\W*(?:une? |autre )?exemples? d(?:e |')(?:emprunt|code|programme|affectation|declaration"
    r"|signature|usage|utilisation|syntaxe|reference|deplacement|motif|implementation)s?"
    rf" {BAD}\W*$",
    rf"\b(?:a|lors de) la compilation\b.* (?:{GETS}|(?:ca|cela) (?:donne|affiche|dit))\W*$",
    rf"^\W*{SO}(?:ce|c'|ca|cela|ceci) ?(?:n'|ne )?(?:est|sera) (?:\w+ )?{NOT} (?:\w+ )?{VALID}"
    r"(?: (?:en|par|dans|pour) (?:le )?\w+)?\W*$",
    r"\bpas (?:du )?(?:code )?rust valide\b",
    rf"\bd'ou (?:l'|une |cette |mon )erreur(?:\W*$| ici| ci-dess| suivante| {COMPILING}| {CODE})",
    r"\b(?:est|serait) (?:\w+ )?(?:interdit|illegal|impossible|defendu) (?:en rust )?d'ecrire"
    r" ?(?:$|(?:ceci|cela|ca|ce|une?) ?(?:$|qui suit))",
    rf"\b(?:le|ce) message\b.* (?:indique|dit|explique|precise|signale|nous"
    rf"|vous)\b.*(?:{TECHNICAL})",
    rf"\b{NOUN} (?:\w+ment ){FAULTY}",
    rf"\b(?:ca|cela|il|elle) (?:ne )?{TO}(?:{SAYS}|met|marque|ecrit|dit) .*{ONE_ERROR}",
    rf"\bque (?:le )?{COMPILER} (?:va|ne manquera pas de|saura) (?:\w+ )?(?:relever|detecter"
    r"|signaler|refuser|rejeter|pointer)",
    rf"\bqui suit (?:ne )?(?:\w+ )?(?:passe|marche|fonctionne)(?:ra)? {NOT}",
    r"\bse fai[ts]? (?:refuser|rejeter|jeter|recaler|bouler|refouler)\b",
)
REFUSED_IF_CODE = _any(
    r"\b(?:est|sont|sera|seront) (?:\w+ ){0,2}pas (?:\w+ )?(?:valide|valable|correct|accepte|permis"
    r"|autorise|legal|compilable|admis|tolere|licite)e?s?\b",
    rf"\bcode (?:suivant|ci-\w+|qui suit|precedent) (?:ne )?(?:marche|fonctionne"
    rf"|passe)(?:ra)? {NOT}"
    r"(?! (?:comme|les? tests?)\b)",
    r"\b(?:affectation|ecriture|appel|conversion|declaration|emprunt|code|instruction|ligne)"
    r"(?: suivante?| ci-\w+| qui suit)? (?:est|sera) (?:\w+ )?impossible\W*$",
    rf"\b(?:viol|enfrein|transgress|contrevien|bafou)\w* .*(?:{RULES}|regle)",
    rf"\brespecte\w* {NOT} .*{RULES}",
    r"\bse cach\w+ (?:une|des|deux|l'|trois|quelques) ?erreurs?\b(?! d)",
    r"\brien ne va plus\b|\bvouee?s? a l'echec",
)

# What is planned, what explains why code compiles, and what code below lacks.
PLANS = re.compile(r"\W*(?:todo|fixme|a faire)\b")
EXPLAINS = re.compile(
    r"^\W*parce que\b"
    r"|\bpourquoi (?:est-ce que )?(?:\w+ ){1,3}compile(?:nt)? (?!pas|plus|point)"
)
LACKS = re.compile(r"\bpour qu.* compil.*\bil (?:faudrait|aurait fallu|manque)")
# Questions and orders.
ASKS = _any(
    rf"\bce qui (?:\w+ )?(?:gene|cloche|bloque|empeche|fache|derange|deplait|chagrine"
    rf"|heurte)\w*\b.*(?:{COMPILER}|compil)",
    rf"^\W*ou (?:le )?{COMPILER} ",
    rf"\baide\w* .*\berreurs? (?:{COMPILING}|{CODE})",
    r"\bquel(?:le)? (?:message d')?erreur (?:obt|affich|donne|rustc|provoqu|va)",
    rf"\bexpliqu\w* (?:le refus|le rejet|la colere|la plainte|le message) (?:de rustc"
    rf"|du {COMPILER})",
    r"\bce qui (?:\w+ )?manque pour qu.*compil",
    r"\bil (?:\w+ )?manque\b.*pour qu.*\bcompil",
    r"\bque (?:faut-il|dois-je|doit-on|devez-vous|faudrait-il|faut il) (?:y )?(?:corriger"
    r"|reparer)\b",
    r"\bou (?:est|se (?:trouve|cache|situe)|sont)(?: |-\w+ )(?:mon |l'|la |les )(?:erreur"
    r"|faute)s?\W*$",
    r"\bou me suis-je trompe|\bqu'ai-je (?:fait de )?mal|\bj'ai fait (?:de mal|de travers)\b",
    r"\bquelles? (?:est|sont) (?:l'|mon |les )erreurs?\W*$|\bd'ou vient (?:cette|l'"
    r"|mon) ?erreur\W*$",
    rf"\bquel(?:le)?(?: est le)? (?:message|code d'erreur|erreur)\b.*{COMPILER}",
    rf"\bqu(?:'|e )(?:est-ce que )?.*\b(?:reproche|n'aime pas)\b.*{COMPILER}"
    rf"|{COMPILER} (?:\w+ )?reproche-t",
    r"\bquelle regle .*(?:enfrein|viol|transgress|respecte)",
    rf"\bquoi (?:cette|l') ?erreur (?:{CODE}|{COMPILING})",
    rf"\bpourquoi .*{COMPILER} (?:il )?(?:me |nous |vous )?(?:{COMPLAINING})(?! (?:pas|plus))",
    r"(?<!voici )\bcomment (?:\w+ ){0,2}rendre .*\bcompilable",
    rf"\b(?:expliqu|comment|interpret|decri)\w*[rz] (?:l'|cette |la cause de l'|a quoi est due l')"
    rf"erreur\b.*(?:compil|{COMPILER}|{CODE})",
    r"\b(?:voyez-vous|vois-tu|qui voit|(?:saurez-vous|sauras-tu|saurez vous) (?:\w+ )?(?:trouver"
    r"|reperer)|avez-vous (?:vu|repere|trouve)) (?:l'|une |ou est l')erreur",
)

ORDERS = re.compile(
    r"^\W*pour (?:voir|obtenir|vous convaincre|constater|provoquer)\b.*\b(?:erreur"
    r"|refus).*, (?:compil|essay|lanc)ez\b"
    r"|\b(?:predi[st]|devin|anticip|debusqu|localis|denich|traqu|pist)(?:e[rz]?|ons|ez)"
    r" (?:\w+ )?(?:le message|l'erreur|la reponse|le refus|la reaction|ce que dira)"
    rf" (?:\w+ )?(?:du compilateur|de rustc|{COMPILING}|{CODE})(?!.*\b(?:donnera?it|aurait))"
    r"|^\W*(?:exo|exercice)\w*[ \d]*\W+(?:a )?(?:corrig|repar|debogu|debugg)er\b"
    r"|\ba (?:toi|vous) de (?:le |la |les |l')?(?:corriger|reparer|debugger|deboguer"
    r"|faire compiler)"
)
# An order to mend code does not say that it is mended.
PROPOSE = re.compile(
    r"^\W*(?:et |puis )?(?:propos|donn|sugger|indiqu|trouv|apport|expliqu|ecriv)e?[rz]?\b.*"
    r"\b(?:correction|solution|version correction)\b"
)
# What silences a clause: the program's own refusals, and tools that only advise.
MACHINE = _any(
    r"\b(?:parseu?r|antivirus|serveur|client|api|base de donnees|analyseur|lexer|tokenizer"
    r"|validat\w+"
    r"|service|formulaire|navigateur|utilisateurs?|shell|clippy|rustfmt|requete|connexion"
    r"|mot de passe|regex|cargo (?:test|fmt|clippy|doc|audit)|lint\w*|guichet|distributeur"
    r"|routeur|systeme de fichiers|noyau)\b"
)
ADVICE = _any(
    r"\b(?:warning|avertissement|clippy|inutilise|deconseille|deprecie|style)\w*\b|\b(?:pas"
    r"|jamais) (?:\w+ )?(?:utilise|lu)e?s?\b"
)
ACCEPTED = _any(
    r"\bne bronche (?:pas|plus)|\b(?:ne|n') ?(?!veut|voudra)\w+ (?:aucune objection|rien)\b",
)
REFUSED_THIS = re.compile(r"\b(?:refuse|rejete) (?:ceci|cela|ca|(?:ce|cet|cette|mon|ma) \w+)\W*$")
QUIET = re.compile(rf"{COMPILER} ne (?:(?!veut|voudra)\w+ rien|bronche pas)\b")
# A correction that comes later leaves the code as it is.
LATER = re.compile(
    r"(?:,|\b(?:puis|et|que|avant que)\b) ?(?:\w+ |l'|qu'){0,4}"
    r"(?:corrig|repar|regl|resoud|amelior)\w*r(?:ons|a|ez|ai|as|ont)\b[^.?!]*"
    r"|,? avant de (?:le |la |les )?(?:corriger|reparer)\b[^,.:]*"
)
EARLY = re.compile(r"\b((?:a|lors de|pendant|durant|des) la compilation) ?[,:]")
# What people add to a statement, so that it ends like a question.
TAG = re.compile(
    r"(?:,|\bet|\() ?(?:(?:une?|des|quelques?|d'autres) \w{0,9}? ?(?:idees?|pistes?|explications?"
    r"|solutions?|conseils?)|quelqu'un|help|svp|stp|au secours|a l'aide|une ame|qqn|vous (?:savez"
    r"|voyez)|tu (?:sais|vois)|normal|hein|non|n'est-ce pas)\b(?:(?!pourquoi|comment"
    r"|compil)[^,?])*\?+"
)

# Below code: what is said of it without a word that points.
BEHIND = _any(
    rf"^\W*{SO}(?:le )?{COMPILER} (?:ne |n')\w+ pas (?:ce|cet|cette)\b",
    rf"^\W*{SO}(?:il|elle|c'|ce|rien) ?(?:ne |n')?(?:compil|passe|est)\w*",
    rf"^\W*(?:le message|{SO}(?:la|cette) compilation|le resultat"
    rf"|{SO}la (?:\w+ )?ligne(?: \d+)?)\b",
)
EXPLAINED = re.compile(
    r"^\W*(?:l'|cette |notre )erreur (?:[\w']+ ){0,2}?(?:est|vient|provient|indique|signifie"
    r"|dit|nous)\b"
    rf".*(?:{TECHNICAL})"
)
# Two negations that only stress: "ne manque pas de le signaler".
SURELY = re.compile(
    r"\b(?:ne |n')(?:manqu|hesit|tard|priv|se priv|s'est pas prive|peu)\w* (?:(?:pas|guere) (?:a"
    r"|de|d')|que|qu')(?= |\b)"
)
# A label on code, and one that an explanation follows below code.
LABEL = re.compile(
    r"^\W*(?:[^:,(]*\b(?:verdict|resultat|statut|bilan|diagnostic|conclusion|reponse|essai"
    r"|tentative|version|jet|code|programme|exemple|extrait|encore|toujours)\b[^:,(]{0,20}[:,(] ?)?"
    r"(?:toujours |encore |de nouveau )?(?:non[- ](?:compilable|valide|autorise|conforme)|faux"
    r"|fauti[fv]|incorrect|rejete|recale|retoque"
    r"|incompilable|interdit|illegal|mauvais|impossible|non|ko|nope|refuse|invalide|errone"
    r"|pas (?:bon|bien"
    r"|permis|valide|autorise|possible|accepte|compilable))e?s?\W*$"
)
LABEL_BELOW = re.compile(
    r"^\W*(?:echec|refus|rejet|erreur|rate|perdu|recale|refuse)\b ?[:!,.](?= \w)"
)
# A change that the code below shows as made: "si je retire le bras, comme ci-dessous".
SHOWN = re.compile(
    r"\b(?:voici|voila|voyez|voyons|regard\w+) ce (?:qui|que|qu'il) (?:\w+ )?(?:arrive|se passe"
    r"|se produit|advient|donne|obtient)"
    r"|\bcomme (?:ici|ci-\w+|dans (?:ce|cet|cette|la suite|l'ex\w+|le code)|le montre|le fait"
    r"|on le (?:fait|voit)"
    r"|suit)\b"
)
# What puts a message on the code below, though it is quoted alone.
AT_CODE = re.compile(
    rf"\bavec\W*$|{COMPILER}.*:\W*$|\b(?:vois|comprends?|sais|pige) pas (?:du tout )?pourquoi\b"
)
# A short sentence that only leads on to the code.
INVITES = re.compile(
    r"^\W*(?!pourquoi)(?:\w+ ){0,2}?(?:verifi|voye|voi[rst]|regard|jug|observ|admir|lisez|preuve"
    r"|exemple|illustr|demonstr|demo\b|attention|pratique|ci-dessous)[\w-]*(?: [\w'-]+){0,4}\W*$"
    r"|^\W*(?:trouv|cherch|repar|corrig|reper)\w*-l(?:e|a|es)\b[^,:]{0,30}$"
    r"|^\W*(?:en (?:situation|contexte|code|images?|action|clair|vrai|direct)|concretement"
    r"|a l'oeuvre|ici|comme (?:ceci|ici)"
    r"|tel quel|par l'exemple|(?:le )?code(?: complet)?|extrait|listing)\W*$"
)
# Below code, words that point on to other code; the error that follows is this code's.
ONWARD = _any(
    r"(?<!erreur )(?<!erreurs )(?<!message )(?<!sortie )(?<!celle )(?<!facon )(?<!raison )"
    r"(?<!resultat )(?<!d'erreur )(?<!chose )\b(?:prochaine?s?|suivante?s?)\b",
    r"\b(?:nous|on|vous) (?:verrons|verra|verrez)\b(?! (?:(?:que\b|une?|l'|cette|\w+ d') ?erreur"
    r"|e\d))"
    r"|(?<!aller )\bplus (?:loin|tard|bas)\b|\bci-(?:dessous|apres)\b|\bqui suit\b|^\W*essayons\b"
    r"|\b(?:cette fois|maintenant|a present|desormais)\b.*:\W*$",
)
