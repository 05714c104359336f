"""Tell which side a clause takes for code: words of refusal and of consent, and what negates them.

One vocabulary for verbs, nouns and adjectives, in the plain form of `refusal.plain`. A word that is
negated counts for the other side: "n'accepte pas" refuses, "aucune objection" consents.
"""

import re
from enum import Enum

from curator.french.refusal_words import CODE, COMPILER, COMPILING, MESSAGE


class Stance(Enum):
    """The side that a clause takes."""

    AGAINST = "against"
    FOR = "for"
    NONE = "none"


# Stems of what a compiler does to code that it does not take.
_REFUSING = (
    r"refus\w*|rejet\w*|proscri\w*|prohib\w*|interdi\w*|bann(?:i|ir|it)\w*|censur\w*|veto|recal\w*"
    r"|retoqu\w*|repouss\w*|renvoye\w*|renvoie|recus\w*|desavou\w*|desapprouv\w*|condamn\w*"
    r"|sanction\w*|puni[tr]?|dementi\w*|irrecevable\w*|inaccept\w*|incompil\w*|illeg\w*|illicit\w*"
    r"|invalid\w*|incorrect\w*|erron\w*|fauti[fv]\w*|faux|fausse|impossib\w*|interromp\w*"
    r"|arret(?!ee?s? d)\w*|stop(?:pe\w*)?|halte|bloqu\w*|empech\w*|echou\w*|echec|plant(?:e|er|era|ent)"
    r"|foir\w*|capot\w*|casse(?:r|ra)?|explos\w*|capitul\w*|abandonn\w*|achopp\w*|tourne court"
    r"|but(?:e|era|er) (?:sur|contre)|tousse\w*|etrangl\w*|etouff\w*|coinc\w*|tiqu\w*"
    r"|rechign\w*|boud\w*|vomi\w*|avort\w*|cloue\w* au|ferme\w* la porte|barre la (?:route|voie)"
    r"|jette l'eponge|leve les bras|mal forme\w*|mal type\w*|inadmissible\w*|intraitable"
    r"|(?:aucun|(?:pas|jamais|point) d(?:e |')|nul) ?(?:executable|binaire)s?|c'est non|^\W*non(?=\W*$)|niet"
    r"|viol(?:e|ent|er|ant)|enfrein\w*|transgress\w*|contrevien\w*|bafou\w*|(?:pas|hors de) question|contraires? aux?|(?:n'ira|n'iront|ne va|ne vont) pas (?:plus|bien|tres) loin"
    r"|naufrag\w*|decide autrement|au defi|formel\w*|categorique\w*|sans (?:appel|pitie|merci)|au nez|se moqu\w*|rirait?|se gauss\w*|fiasco|deconfiture|cuisant\w*|en vain|peine perdue|dans le mur|patin\w*|cal(?:e|er|era) (?:sur|net|a)"
    r"|(?:pas|point|plus) de compilation|aucune compilation|^\W*fin de (?:la )?compilation|patatras|helas"
    r"|malheureusement|dommage|manque de (?:bol|chance)|pas de (?:bol|chance)|zut|mince|flute|oups|boum"
    r"|paf|vlan|bam|aie|ouille|perdu|loupe|recalee?s?|opposer un refus|degringol\w*"
    r"|(?:aucune|nulle|pas la moindre) chance"
    r"|intransigeant\w*|inflexible|enferme|hors[- ]la[- ]loi|verboten|ko\b|rat(?:e|er|era)s?"
)
_COMPLAINING = (
    r"plain(?:t|dr\w*)|plainte|protest\w*|ral(?:e|er|era)|hurl\w*|(?:en)?gueul\w*|cri(?:e|er|era)"
    r"|grogn\w*|gromm\w*|grond\w*|rouspet\w*|insurg\w*|indign\w*|offusqu\w*|emport(?:e|er|era)"
    r"|enerv\w*|agac\w*|fach\w*|furieu\w*|colere|mecontent\w*|contest\w*|reproch\w*|s'?oppos\w*"
    r"|objecte\w*|objection\w*|rebiff\w*|cabr\w*|regimb\w*|sevi[rt]\w*|sur les doigts|gifl\w*"
    r"|mord(?:re|ra)?|sonnette|carton rouge|montr\w+ les dents|la (?:tete|moue|grimace|gueule)"
    r"|brailler?|couin\w*|bronch\w*|sourcill\w*|sursaut\w*|bondi\w*|fulmin\w*|tanc\w*|sermonn\w*"
    r"|rappel\w* a l'ordre|epingl\w*|denonc\w*|tirer? l'oreille|redire|grief\w*|reclam\w*|conspu\w*"
    r"|braqu\w*|heriss\w*|crisp\w*|renacl\w*|s'emballe|balai\w*|chasse|blame\w*|deplor\w*|deplai\w*"
    r"|coupe (?:court|net)|(?:met|mettra|mettre|donn\w+|pose) (?:le hola|un terme|fin|son veto|un coup d'arret)"
    r"|siffl\w*|fusill\w*|flingu\w*|tacl\w*|(?:balader|promener|paitre|bouler|les roses)|barrage"
    r"|les hauts cris|vocifer\w*|pest(?:e|er|era)|temp(?:ete|eter)|maugre\w*|ronchonn\w*|bougonn\w*"
    r"|rugi\w*|aboie|trepign\w*|voi[rt] rouge|ses gonds|(?:au|en) rouge|fin de non-recevoir|ecarte(?:r|ra)?"
    r"|evinc\w*|exclu[ts]?|recrach\w*|vilipend\w*|ronge son frein|s'alarm\w*|s'effarouch\w*|deplait"
    r"|du doigt|a l'ordre|dans les cordes|jet(?:er|te|tera)|drame|degage\w*|hic\b|pepin|couac"
    r"|(?:a|en) horreur|tolle|(?:la )?porte au nez|supercherie|s'en (?:aper\w+|rend compte|offusqu\w*|emeut|avise)"
    r"|ne s'y trompe|n'est pas dupe|leve(?:r|ra)? les (?:yeux|bras) au ciel|malheureux|scandale|scandalis\w*|egosill\w*"
    r"|s'agite|veh[ei]ment\w*|outr(?:e|ee)|courrouc\w*|ire|foudres?|debout(?:e|er)|econdui[tr]\w*|retorque\w*|riposte\w*"
    r"|contredi[tr]\w*|dement\b|s'enflamm\w*|monte au creneau|fait (?:obstacle|barrage|opposition)|obstacle|entrave\w*"
    r"|refoul\w*|repousse\w*|elimine d'office|disqualifi\w*|invalide\w*|retorqu\w*|debusque|remball\w*|rembarr\w*"
    r"|insult\w*|catastroph\w*|alert\w*|pointe du doigt"
)
# One error, and not errors in general.
_ERRORS = (
    rf"{MESSAGE}|error|(?:une|cette|deux|trois|quelques|encore|belle|seule|qu'une) (?:belle |jolie )?"
    rf"(?:erreurs?|faute(?! de\b| d'))|^\W*erreurs?|(?<!les )(?<!des )(?<!aux )(?<!vos )(?<!ces )(?<!ses )(?<!nos )(?:erreur|faute)s?(?= {COMPILING})|(?<!par )defaut(?! de\b| d')"
)
_CONSENT = (
    r"(?:re)?compil(?:er|e|ent|era|eront|ee?s?|able|ables)|pass(?:e|ent|era|er|eront|ait)"
    r"|march(?:e|era|er|ent|eront)|fonctionn(?:e|era|er|ent)|accept(?:e|era|er|ee?s?|ent|able)"
    r"|valid(?:e|era|er|ee?s?)|autoris(?:e|era|er|ee?s?|ent)|perme(?:t|ttra|ttre|ttent)|permis\w*"
    r"|toler(?:e|era|er|ee?s?)|adme(?:t|ttra|ttre)|admis\w*|laiss(?:e|era|er|ee?s?|eront)"
    r"|(?:le|la|l'|les|en) ?(?:prend(?:ra)?|veut|voudra)|veu(?:t|lent)|voudra"
    r"|aim(?:e|era|er)|appreci\w+|aval(?:e|era|er|ee?s?)|diger\w+|gob(?:e|era|er)|content\w*"
    r"|satisf\w+|heureux|ravi|convainc\w*|convaincu\w*|d'accord|feu vert|aval\b|benediction"
    r"|correcte?s?|legale?s?|licites?|valides?|valables?|possibles?|aboutit|abouti\w*|reussi\w*"
    r"|convien\w+|pla(?:it|ira|ire)|s'en accommode\w*|franchi\w*|agree(?:r|ra)?|raison de|recevables?|acceptables?|admissibles?|convenables?|du gout|conformes?|viables?|digestes?"
    r"|voulu|pris|gobe|aime|apprecie|digere|compris|va (?:\w+ )?(?:au bout|a son terme|jusqu'au bout)|supporte(?:ra)?|entend(?:ra)? (?:de cette|raison)"
    r"|partage(?:ra)? (?:cet|pas|votre)|cede(?:ra)?|(?:de )?cet avis|l'entend"
)
_WORD = re.compile(
    rf"(?<![\w])(?:(?P<against>{_REFUSING}|{_COMPLAINING}|{_ERRORS})|(?P<consent>{_CONSENT}))(?!\w)"
)
_NEGATED = re.compile(
    r"\b(?:(?:pas|plus|jamais|guere|point|aucune?|cess\w+|arret\w+ (?=de )|rien|incapable|impossible|inutile"
    r"|refus\w*|empech\w*|interdi\w*|moyen)\b(?: (?!pourquoi|qu|comment|et\b|mais|car\b|compilateur|rustc)[\w']+){0,3}?"
    r"|(?:sans|nul(?:le)?|ni|moindre|absence|loin|fini\w*|disparai\w*|moins|zero|non|exempte?)\b"
    r"(?: (?:la|le|les|aucun\w*|une?|de|d'|l'|plus))*)[ '-]*$"
)
_NEGATED_AFTER = re.compile(
    r"(?:-t-\w+)? (?:(?!est\b|sont\b|et\b|car\b)\w+ ){0,2}?(?:pas|(?<!pas )plus(?! (?:avant|loin))|jamais|guere|point|rien"
    r"|aucune?|nullement)\b|\W+(?:disparai\w*|s'(?:envole|evanouit|efface))"
)
_ALREADY = re.compile(r"\b(?:refus\w*|impossible|incapable|empech\w*|interdi\w*|rien)\b")
_UNLESS = re.compile(r"\bn[e' ].* que\b|\bque pour\b")


# The compiler does not do something else than it should, or asks for what is not there.
_STUBBORN = re.compile(
    rf"{COMPILER},?(?: (?:lui|quant a lui))?,? (?:ne |n')(?!(?:a|ont) )(?:\w+ |l'|se |s'|en |y ){{0,2}}?"
    r"(?!(?:me|te|nous|vous|lui|leur|se)\b|exig|impos|demand|reclam|oblig|sa(?:it|ura)|peu[tx]|pourra|dedui|devin|connai|voi[rst]|gener|calcul|insere|lit|regarde|verifi"
    r"|execut|optimis|suppose|fait|copie|dispos|dit|trouve|signal|emet|affich|garanti|prouv|analys"
    rf"|{_REFUSING}|{_COMPLAINING})\w+ (?:\w+ )?(?:pas|jamais|guere|point|nullement)\b(?! (?:d'|une? )erreur)"
    r"|\b(?:la compilation|le build|la construction) (?:ne |n')\w+ (?:pas|jamais|guere|point)\b"
    rf"|{COMPILER},? (?:lui,? )?non\W*$|{COMPILER} (?:lui )?ne (?:veut|voudra) rien"
    r"|\b(?:aucune?|nul|jamais|personne) .*\bne (?:laisse|accept|compil|veut|voudra|valide|passe)\w*"
    rf"|{COMPILER} (?:\w+ )?(?:exig|attend|reclam|demand)\w* .*\b(?:n'avons|n'ai|n'a|ne l'a|recoit|trouve"
    r"|manque|lui (?:donne|sert|fourni|propose|passe)\w*)\b"
)


def stance(clause: str) -> Stance:
    """Tell the side that a clause in plain form takes, its words of refusal before the others."""
    if _STUBBORN.search(clause):
        return Stance.AGAINST
    found = Stance.NONE
    for word in _WORD.finditer(clause):
        negated = _NEGATED.search(clause[max(0, word.start() - 40) : word.start()])
        after = _NEGATED_AFTER.match(clause[word.end() : word.end() + 40])
        against = (word["against"] is not None) is not bool(negated or after)
        if negated and _ALREADY.search(negated[0]) and word["consent"]:
            against = True
        if against:
            return Stance.AGAINST
        if word["consent"] and re.fullmatch(r"(?:re)?\w+er|plaire|raison de", word[0]):
            continue
        found = Stance.FOR
    return found


_STRONG = re.compile(
    rf"{COMPILER}(?<!(?<!compilateur )\brust)(?<!\bcargo)|\bcargo (?:build|check|run|ne|n'|refuse(?! de (?!c|faire|constr|prod|gener))|s'|vous|me)\b|{CODE}|{MESSAGE}|\b(?:re)?compil(?:ation|er|ant|ez|ons)\b"
    rf"|erreurs? (?:{COMPILING}|de (?:typage|visibilite)|de syntaxe(?! dans (?:le|la|un)))"
    r"|type[- ]checker|verification des emprunts|\ble build\b|\brust,? non\b|\bregles? (?:de rust|d'emprunt|de propriete|d'ownership|de visibilite|du borrow)|la construction (?:echoue|s'arrete|s'interrompt|plante)\b(?! (?:si|quand))|(?:chance|question|moyen) .*\bcompil|\bincompil|(?:aucun|(?:pas|jamais|point) d(?:e |')|nul) ?(?:executable|binaire)s?\b|\bce que rust\b"
)
# What speaks of refusals without telling of one.
_NEUTRAL = re.compile(
    r"\b(?:calculs?|resultats? (?:est|sont)|enonce|reponse|total|somme|moyenne|logique|comptes?|bogues?|bugs?)\b"
    r"|\b(?:(?:sai[ts]|sav(?:oir|ent)|voit) (?:\w+ )?qu\w*|dedui\w*|garanti\w*|assure (?:que|la|le|l')|suppose|verifie|indique\w* au"
    r"|(?:dire|dit|disent) au|prouve\w*|transform\w*|converti\w*|protege\w*|avec le message"
    r"|satisfaire|apais\w*|rassur\w*|explique\b|cf|chapitre|est un code|le code d'erreur|types? d'erreurs?|\be\d+ : voir"
    r"|p(?:eut|ourra) (?:\w+ )?refuser (?!ce)|doi(?:t|vent) refuser|chaque|souvent|parfois|rarement|generalement|en general|la plupart)\b"
)


# A rule, and no single refusal.
_GENERIC = re.compile(
    r"\brefus\w* (?:en revanche |par contre |aussi )?(?:(?:d'|de )(?!(?:le |la |l')?(?:aller|compil|contin|poursui|produi|gener|avanc))|certain|les |des |deux |tou[ts])"
    r"|\bp(?:eut|ourra) (?:\w+ )?refuser\b"
)


# What the compiler forbids or prevents in general.
_RULE = re.compile(
    r"\b(?:interdi\w*|empech\w*|prohib\w*|proscri\w*|evit\w*) (?:aussi |donc |ainsi )?(?:les|des|deux|tou[ts]e?s?|certain\w*"
    r"|chaque|plusieurs|l'(?:usage|emploi|acces)|(?:de |d')(?!(?:le |la |l')?(?:aller|compil|contin|poursui|ecri|faire)))\b"
)


def tells_consent(clause: str) -> bool:
    """Tell whether a clause says that the compiler takes code."""
    return bool(re.search(COMPILER, clause)) and stance(clause) is Stance.FOR


_MENTIONED = re.compile(
    r"\bvoir (?!apparai|surgi|tomb|arriv|s'affich)|\battention a|(?:pour|(?<!illustration )(?<!demonstration )(?<!exemple )de|sur|a) l'erreur|\b(?:pas|plus) d"
    r"|code d'erreur|\badieu\b|n'est plus\b|souvenir|\bfini\w*|termine|disparu|resolu|regle[er]?\b|\bciao\b"
)


def _named(clause: str, sentence: str) -> bool:
    """Tell whether a clause gives an error code as what happens: "et là, E0382"."""
    return re.search(CODE, clause) is not None and not _MENTIONED.search(sentence)


def tells_refusal(clause: str, sentence: str) -> bool:
    """Tell whether a clause says in any words that the compiler does not take code."""
    general = _RULE.search(clause) and not re.search(r"\b(?:cet?|cette|ceci|cela|ca)\b", clause)
    if _NEUTRAL.search(clause) or general or not _STRONG.search(sentence):
        return False
    if _GENERIC.search(clause) and not sentence.rstrip().endswith(":"):
        return False
    side = stance(clause)
    return side is Stance.AGAINST or (side is Stance.NONE and _named(clause, sentence))
