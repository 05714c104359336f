"""Words by which French says that a compiler refuses code, and what takes that back.

The patterns match text in the plain form of `refusal.plain`: lower case, no accents, inline code
as " x ". They are parts of speech for the grammar there, not rules by themselves.
"""

import re

from curator.french.verdicts import BAD, CODE, COMPILER, COMPILING, COMPLAINING, MESSAGE


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


# How people type: no apostrophes, and what sounds the same.
TYPED = (
    (re.compile(r"\bj(?=(?:ai|obtiens|arrive|comprends?|essa[iy]e)\b)"), "j'"),
    (re.compile(r"\bc(?=est\b)"), "c'"),
    (re.compile(r"\b([ld])(?=erreur\b)"), r"\1'"),
    (re.compile(r"\bsa(?= (?:ne )?(?:compile|marche|fonctionne|plante|passe|veut)\b)"), "ca"),
    (re.compile(r"\b(?:pk|pq|pourkoi|pkoi)\b"), "pourquoi"),
    (re.compile(r"\bj(?=me\b)"), "je "),
    (re.compile(r"\bprog\b"), "programme"),
    (re.compile(r"(?<=\berreur )(?=rustc\b)|(?<=\berreurs )(?=rustc\b)"), "de "),
    (re.compile(r"\bpb\b"), "probleme"),
    (re.compile(r"\bkoi\b"), "quoi"),
    (
        re.compile(
            r"\b(?:un )?(?:gros |petit )?(?:probleme|soucis?|pepin)"
            r"(?= (?:de (?:compil|borrow|lifetime|typage|durees? de vie)|d'emprunt))"
        ),
        "une erreur",
    ),
    (re.compile(r"(?<!je )(?<!je ne )\bveux(?= pas (?:se )?compil)"), "veut"),
    (
        re.compile(
            r"\b(?:complie|compille|compils?|buil[dt](?:e|ent|s)?)(?= (?:\w+ )?(?:pas?|plus)\b)"
        ),
        "compile",
    ),
    (re.compile(r"(?<=\bcompile )(?:guere|jamais|pa)\b|(?<=\bcompilera )jamais\b"), "pas"),
    (re.compile(r"(?<=\w )(?:po|pô|p)(?=\W*$)"), "pas"),
    (re.compile(r"\b(?:la compil|le build)\b"), "la compilation"),
    (re.compile(r"\bbuilder\b"), "compiler"),
    (
        re.compile(
            r"\b(?:(?:does not|doesn't|won't|will not|cannot|can't) compile|fails to compile)\b"
        ),
        "ne compile pas",
    ),
    (
        re.compile(r"\b(?:compile|compiler|compilation|compile[- ]time) error\b"),
        "erreur de compilation",
    ),
    (
        re.compile(
            r"\b(?:(?:construire|produire|generer|obtenir|fabriquer) (?:l'|un |le "
            r"|d')(?:executable|binaire)"
            r"|faire (?:passer|accepter|valider|avaler) (?=(?:ce|cette|mon|ma|le) (?:code"
            r"|programme|ligne|fonction)))"
        ),
        "compiler ",
    ),
    # What is said of hope: "ne vous attendez pas à ce que cela compile".
    (
        re.compile(
            r"(?:\bne )?(?:\b(?:vous |te |t'|nous |y ))?\b(?:(?:attend\w*|esper\w*|compt\w*"
            r"|croy\w*|cherche\w*) pas (?:a ce |sur le fait |voir )?(?:que |qu'|a )"
            r"|(?:aucune|nulle|pas la moindre|peu de) chances? (?:que |qu'))"
            r"(?:(?:cela|ca|ceci|il|elle|(?:ce|cet|cette|le|la) \w+) )?(?:se )?compil\w*"
        ),
        "ca ne compile pas",
    ),
    (
        re.compile(r"\b(?:le compil|le compilateure?s?|le compileur|le compiler)\b"),
        "le compilateur",
    ),
    (re.compile(r"\b(?:erreure|erruer|ereur|errreur|erreurre)(s?)\b"), r"erreur\1"),
)

# Words for code, the compiler and its errors.
NOUN = (
    r"(?:(?:bout|morceau) de code|code(?! (?:postal|d'|de (?:retour|sortie)|secret))"
    r"|programme|exemple|extrait|fonction"
    r"|version|definition|ecriture|ligne|listing|encart"
    r"|boucle|signature|instruction|expression|variante|tentative|essai|implementation|declaration"
    r"|affectation|syntaxe|bloc|fragment|passage|snippet|structure|closure|fermeture)s?"
)
THIS = (
    rf"(?:\b(?:ce|cet|cette|ces|une? tel(?:le)?|[mtsn]on|[mts]a|notre|votre) (?:\w+ )?{NOUN}\b"
    r"|\bcel(?:ui|le)(?:-ci|-la)?\b|\bce(?:ci|la)\b|\bca\b|\bci-(?:dessous|apres|dessus)\b"
    r"|\bsuivante?s?\b|\bqui suit\b|\bprecedente?\b)"
)
# Code that is before the reader's eyes, by its article.
HERE = (
    rf"(?:{THIS}|\b(?:le|la|les|voici une?) (?:(?:deuxieme|seconde|derniere|meme"
    rf"|troisieme) )?{NOUN}\b|\bl'(?:exemple|extrait|encart|instruction"
    rf"|implementation)\b)"
)
ERROR = (
    rf"(?:(?:message d')?\berreurs?\b(?! (?:de\b|d'|du\b|a\b|par\b|lisible|claire|personnalise|\d))"
    rf"|\berreurs? {COMPILING}|\berror\b)"
)
COMPILER_ERROR = re.compile(rf"(?:erreurs? {COMPILING}|error\b)")
CAUSES = (
    r"\b(?:(?:provoque|produi[tr]|donne|cause|genere|leve|declenche|entraine|engendre|contient"
    r"|comporte|vau(?=[td]))(?:r|e|t|dra|nt|ra|ront)?|(?:mene(?:r|ra)?|conduit|conduire"
    r"|aboutit) a|se solde par)\b"
)
GETS = (
    r"(?:\b(?:on|nous|vous) (?:n')?obt(?:ient|iendr\w+)|\b(?:obt(?:iens|enons|enez|iendr\w+)"
    r"|j'ai|ai-je"
    r"|aur(?:ai|a|ons|ez)|recevons|recevez|verrez|(?:tombe|bloque|bute|coince) sur"
    r"|se heurte a|(?:me|te|nous|vous|se) (?:prends?|tape|mange|ramasse|retrouve(?:ns|z)? avec"
    r"|chope|bouffe|prenons|prenez)|droit a|ecope de|recois|on recoit|on recevra))\b"
)
FAULTY = r"(?:casse|fauti[fv]|incorrect|errone|invalide|faux|fausse)e?s?\b"
REFUSES = r"(?:refuse|rejette)(?:ra|-t-il)?\b|va (?:le |la )?(?:refuser|rejeter)\b"

DOING = r"(?:ceci|ca|cela|ce qui suit|la chose suivante)"

# Predicates that say by themselves that code is refused.
REFUSED = _any(
    r"\bcompile(?:nt|ra|ront)?(?:-t-\w+)? (?:\w+ ){0,2}?(?:pas|(?<!pas )plus|point)\b"
    r"(?! (?:a pas|que|plus|aussi|moins)\b)",
    r"\b(?:version|code|essai) qui ne (?:marche|fonctionne) pas\b",
    r"\bne (?:peu(?:t|vent)|pourra|saurai(?:t|ent)) (?:\w+ )?(?:se |etre )?compil\w+\b"
    r"(?! (?:qu|l[ae]s?\b|des?\b))",
    r"\bcompilation .*(?:echou|s'arrete|impossible)|\b(?:echouer|casse) la compilation",
    rf"{GETS} (?:\w+ ){{0,3}}(?:(?:une|des|cette|ce|l'|la|le|un) ?)?(?:{ERROR}|{CODE})",
    r"\b(?:aucune? .* |rien )ne compile\b|\bcompil\w+ .*(?:sans succes|en vain)",
    rf"{COMPILER} (?:detecte|trouve|voit) (?:l'|une |cette )\s?(?:erreur|faute) (?:dans|sur|ici"
    r"|a la|des la)\b",
    rf"^\W*(?:c'est|ceci est) (?:\w+ )?{BAD}(?: en rust)?\W*$",
    r"\bpas du (?:vrai )?rust\b",
    r"^\W*(?:ceci|cela) (?:est|serait|sera) (?:\w+ )?une erreur\W*$",
    rf"^\W*ecrire (?:ceci|cela|ca) est (?:une erreur|{BAD})\W*$",
    rf"{COMPILER}(?: \w+(?:'\w+)?){{0,4}} (?:{REFUSES})"
    rf"|{COMPILER}(?: \w+){{0,3}} (?:{COMPLAINING}|(?:nous|vous|[ml]'|me) ?(?:en )?(?:arret"
    rf"|interdi|empech|bloqu)\w+)",
    rf"{COMPILER} (?:n'accepte(?:ra)? pas|n'aime pas|n(?:e|'en) veut|n'est pas (?:content"
    rf"|d'accord|satisfait|"
    r"de cet avis))",
    rf"{COMPILER} (?:interdit|empeche|n'(?:autorise|admet) pas|ne (?:permet|tolere) pas)"
    r" (?:\w+ ){0,2}?(?:ceci|cela|ce|cet|cette|d'ecrire)\b",
    rf"(?:\bune? |\bde |^\W*){NOUN} {FAULTY}|(?<!les )(?<!des )\b{NOUN} {FAULTY}\W*$"
    rf"|\bcontre-exemple\b",
    r"\b(?:ca|cela|ceci|code) (?:ne )?(?:marche|fonctionne|passe)(?:ra)? pas\b(?! (?:comme"
    r"|les? tests?)\b)",
    rf"\bne (?:peut|pouvez|peux|pouvons) (?:\w+ )?pas (?:ecrire|faire {DOING})",
    rf"\b(?:pas possible|impossible)\b.* (?:d'ecrire|de faire {DOING})",
)
# Predicates that refuse code only where the sentence has it as subject.
REFUSED_IF_CODE = _any(
    rf"(?<!\bil )\b(?:est|sont|sera|seront)(?:-\w+)? (?:\w+ ){{0,2}}{BAD}(?! (?:\w+ )?par\b)"
    rf"|\bil (?:est|sera) (?:\w+ ){{0,2}}{BAD}(?! (?:(?:\w+ )?par|de|a|en)\b| d')",
    rf"(?<!fonction )(?<!methode ){CAUSES} (?:(?:alors|donc|bien|aussi|ainsi|encore) )?"
    rf"(?:(?:une|des|cette|deux|trois|plusieurs) |l')(?:seule |meme |belle )?{ERROR}"
    rf"|{CAUSES} .*{CODE}",
    r"\berreur (?:avec|sur|dans) (?:ce|cet|cette|le|la|mon|ma)\b",
    r"\btentative .*\bechoue",
)
# Questions and orders about code that is refused.
CANNOT = r"\bpourquoi .*(?:\b(?:peux|puis|peut|pouvons|pouvez)\b.*\bpas\b|pas le droit)"
I_CANNOT = r"\bpourquoi (?:est-ce que )?(?:je|ne puis-je|n'ai-je)\b.*\bpas\b"
ASKS = _any(
    r"\bpourquoi (?:est-ce que )?(?:j'ai|ai-je|a-t-on|y a-t-il|j'obtiens) ?(?:cette|une|l')?\s?"
    rf"(?:erreur\b|{CODE})|\bpourquoi (?:cette |l')?(?:erreur )?{CODE}",
    rf"\bpourquoi (?:cette|l') ?erreur(?: {COMPILING}| ici| dans| sur| avec|\W*$)",
    r"\bqu'est-ce qui (?:\w+ )?(?:cloche|ne va pas|va pas|empeche)|\bou est l'erreur",
    r"\b(?:quel est|ou est|c'est quoi) le probleme (?:avec|dans|de) (?:ce|mon|cette|ma)\b",
    rf"\bquelle (?:est l')?erreur\b.*(?:{COMPILER}|\b(?:code|programme)\b)",
    rf"(?<!voici )\bcomment (?:corriger|reparer) (?:ce|cet|cette|mon|le) (?:{NOUN}|probleme)",
    r"(?<!voici )\bcomment (?:faire compiler|faire pour que .*compile)",
    r"\bcomment .*(?:resoudre|regler|debarrasser|supprimer) (?:de )?(?:cette|l') ?erreur",
    rf"\b(?:d'ou|a quoi|que (?:veut|signifie)) .*erreur (?:{COMPILING}|{CODE})",
    r"\bcomprends pas (?:\w+ )?(?:l'|cette )erreur|\best-ce normal .* compile pas\b",
    r"\b(?:aider|aide-moi|aidez-moi) a (?:corriger|reparer|(?:faire )?compiler)\b",
    rf"\b(?:peux-tu|pou(?:vez|rriez)-vous|pourrais-tu) (?:corriger|reparer) {THIS}",
    r"\bque .*(?:changer|modifier|corriger|ajouter)\b.* compile\b",
)
ORDERS = _any(
    r"^\W*(?:exercice[ \d]*\W+)?(?:corrige|repare)z?\b ?(?:$|[:,.!]"
    rf"|(?:ce|cet|cette|ces|le|la|les|l'|mon) ?(?:{NOUN}|erreurs?)\b)",
    r"\b(?:trouve|cherche|explique|devine)[rz]? pourquoi "
    r".*(?:compile(?:nt)? pas|(?<!pas )(?:refuse|rejette|rejete)e?s?)\b",
    r"\b(?:faites|fais) compiler|\b(?:trouve|repere|cherche"
    r"|identifie)z? (?:et corrigez? )?(?:l'erreur|la faute)",
    r"\b(?:modifiez?|fai(?:s|tes) en sorte) .*qu.*(?:compil|accept)|\brend(?:s"
    r"|ez) .*(?:acceptable|valide|correct)\b|\brend(?:s|ez) .*\bcompilable",
    r"^\W*a corriger\W*$|\bcorrigez?-l(?:a|es?)\b|\ba (?:toi|vous) de l(?:a|es?) corriger",
)
HOW = _any(r" en \w+ant\b", r"\b(?:calcul|moyenne|resultat|affich\w*|fautes?)\b")

# "Sans" that takes nothing from the code.
IDIOM = (
    r"(?:appel|surprise|doute|pitie|menagement|hesit\w*|attendre|detour|merci|equivoque|ambiguite"
    r"|conteste|succes|exception|scrupule|cesse|fin|raison|delai|grande|aucun doute|vergogne"
    r"|bronch\w*"
    r"|sourcill\w*|plus|appel|gants|tarder|discut\w*|remission|etat d'ame|complexe)"
)
WITHOUT = re.compile(rf"(?:^\W*|[,:;(] ?|\b(?:et|mais|que|car|or) )sans (?!{IDIOM}\b)")
# What takes a refusal back.
ACCEPTED = _any(
    r"(?<!jamais )(?<!pas )(?<!plus )(?<!not )"
    r"(?<!on )(?<!nous )(?<!je )(?<!le )(?<!etre )(?<!ne )(?<!n'y )\bcompile(?:nt|ra)?(?:-t-\w+)?\b"
    r"(?! (?:\w+ ){0,2}?(?:pas|plus|point)\b)",
    rf"\b(?:pas|plus|jamais|rien .*) (?:\w+ )?{BAD}",
    rf"\b(?:pas|plus|sans|aucune|moindre) (?:avoir )?(?:d')?\s?erreur|{CAUSES} (?:pas|plus"
    rf"|aucune)\b",
    r"\bjamais\b(?! compil).* ne\b|\bl'accepte\b(?! pas)"
    r"|(?<!pas )(?<!point )(?<!jamais )\blaisse passer\b",
    rf"\bni {BAD}|\b(?:ne|n') ?(?:s'y |se |s'|y |nous )?"
    r"(?:ral|oppos|protest|plai|grogn|hurl|cri|signal|interdi|arret)\w* (?:\w+ )?(?:pas|plus"
    r"|rien)\b",
    r"\b(?:celui|celle)-ci (?:oui|si|passe|marche)\b|\bil n'en est rien|(?<!ne )\bconvien(?:t"
    r"|dra)\b|\bqui marche\b",
)
CORRECTED = _any(
    r"\bcorrig\w*|(?<!avant )(?<!avant la )\bcorrection|\bsolution\b|\brepar\w+|\bremede"
    r"|\bevit\w+|\bcontourn\w+"
    r"|\bregle (?:le|l')",
    r"\bresou\w+|\bresolu\w*|\bl'ai reglee?\b|\bpour que\b|\bpour qu'|\bil (?:suffit|faut)\b"
    r"|\bprefere\w*"
    r"|(?<!voyez )(?<!ou )\bplutot\b",
    r"\bau lieu\b|\ba la place\b|\bdispar\w+|\bconsiste\b|\bcontenter\b|\bvoici comment\b",
    r"\bbonne (?:ecriture|version|facon)|\bessa(?:ie|yez) (?:ceci|cela|ca|plutot)\b"
    r"|\bpermet de\b|\bd'ou\b(?! (?:(?:l'|une |cette |mon )(?:erreur|echec)|e\d|vient|(?:le"
    r"|un) (?:refus|rejet|message)|la protestation|son refus))",
    r"\bl[ea] voici\b(?! ?:)|\bvoici pourquoi\b|\bc'est pourquoi (?:on|nous|il) (?!n[e'])"
    r"|\baussi \w+-(?:t-)?(?:on|il|nous)\b",
    r"\b(?:donc|alors) (?:on|nous|je|j')\b(?! ?(?:obt|rec|voi|a\b|au|tomb|se))|\b(?:^\W*"
    r"|[,:;(] ?)(?:on|nous)"
    r" (?!obt|rec|voi|a\b|au|tomb)\w+ donc\b",
)
BELIEVED = _any(
    r"\b(?:croi\w+|pens(?:e|es|ez|ons|er|ait|erait)|(?<!rustc )(?<!compilateur )crain\w+)\b",
    r"\b(?:tu|vous|on|certains|beaucoup|ils|elles|mieux vaut) (?:me |m'|nous )?(?:dis|dites|dit"
    r"|disent"
    r"|affirm\w+|pretend\w*|soutien\w+|ont? (?:dit|ecrit|affirme|pretendu)) que?\b|\bparait(?:-il"
    r"| qu)|\bmieux vaut\b|\bvaut mieux\b",
    r"\ba tort\b|\bidees? recues?\b|\bon (?:lit|entend|raconte)\b",
    r"\ben sorte qu|\b(?:aucune|pas de|nulle) raison|\bgrace (?:a|aux?)\b",
    r"\bon (?:dit|imagine)\b|\bpretend\w*|\bc'est (?:faux|inexact)\b|\bne l'est pas\b",
    r"\bs'attend\w*|\b(?:faux|vrai|exact|inexact) (?:de|que)\b|\bpeut (?:provoquer|causer"
    r"|produire)",
    r"\bcomment (?:traiter|gerer|propager|ecrire|tester|verifier|savoir)\b|\bpas necessaire\b"
    r"|\bil se peut\b",
)
RUNNING = _any(
    r"\bcompile,? mais (?:\w+ )?(?:provoque|produit|donne|echoue|plante|bloque)\b",
    r"\ba l'execution\b|(?:^\W*|[,:;] ?)(?:l'|(?:la|une|son|cette) )?execution\b(?! (?:de"
    r"|du) (?:rustc|cargo))|\bruntime\b|\bpani(?:que|c)\w*|\b(?:on|vous) lance le binaire\b"
    r"|\berreurs? de logique\b|\btests?\b.* echoue"
    r"|\bau lancement\b",
)
# A change that is only thought of: the code that is shown goes without it.
TAKEN_AWAY = _any(
    r"\bsous (?:windows|linux|mac|macos)\b|\bque se passe\b.*\becri",
    r"(?<!decide )\bautrement\b|\ben cas d(?:e |')|\bdans le cas contraire\b|, ou (?:le|la"
    r"|ce) .*(?:compile pas|refus)"
    r"|\bmanquante?\b.* et\b",
    r"^\W*(?!essayez|vous|compilez|ecrivez|lancez|tentez|faites|executez|tapez)\w+ez .*(?: et"
    r"|,) (?:vous|rustc|le (?:code|compilateur))\b",
    r"\banciens? (?:borrow|verificateur|rustc|compilateur)\b",
    r"\bs'il (?:manque|y a)\b|\b(?:avec|en|sous) l'edition\b",
    r"^\W*(?:chang|permut|echang|deplac|mett|intervert)\w+ .* et\b",
    r"\bcommentee?s?\b|\ben commentaires?\b|\best ici commente\b",
    r"\b(?:retir|enlev|supprim|remplac|omet|decomment|effac|gomm|biff)\w*|\bot(?:e[rz]?|ons"
    r"|ant)\b|\bsi .*\boubli|\b(?:moindre|tout"
    r"|chaque) (?:oubli|faux pas|ecart)\b"
    r"|\b(?:on|l'on|vous|tu|nous|si|quand|en) (?:l'|les? |la )?oubli(?:e[rz]?|ons|iez|ait|ant)\b"
    r"|(?:^\W*|\bd')oublier\b",
    r"\bsinon\b|\b(?:sans|faute de) quoi\b|\bcompile(?:nt|ra)? (?:\w+ )?que\b",
    r"\b(?:compile(?:nt|ra)? (?:pas|plus)|compiler|refusee?s?|refuse\w*|rejet\w*|erreur|echou\w*"
    r"|impossible)"
    rf" (?:[\w']+ ){{0,3}}sans (?!{IDIOM})"
    r"|\b(?:compile(?:nt|ra)? pas|refusee?s?|rejetee?s?|erreur) (?:sans|en (?:c|java|python)"
    r"|(?:sous|sur) (?:windows|mac\w*|linux|nightly|stable|beta|les? (?:ancien|vieu"
    r"|version)\w*))\b",
    r"\ben version (?:stable|beta)\b",
    r"\bsi (?:l'on|on|vous|tu|nous) (?:obt|av|a\b|as\b|rencontr|voy)",
    r"\bn'(?:etait|avait) pas\b|\bavant l'edition|\bdepuis (?:rust|l'edition)\b",
    r"\b(?:ancienne?s?|vieilles?) versions?\b",
)
ADDED = _any(
    r"\bajout\w+",
    r"\b(?:erreurs?|refusee?s?|rejetee?s?|compile(?:nt|ra)? pas)\b[^,:]* (?:si|quand|lorsqu\w*)\b",
)
IF = _any(
    r"\bsi (?:l'on|on|nous|vous|tu) |^\W*(?:si|s'il) (?!bien\b)|\b(?:quand|lorsqu\w*)\b",
    r"\ben (?!compil|execut|lanc|essay|tent)\w+ant\b|\binvers\w+|\bet non\b|^\W*avec (?!ce\b"
    r"|(?:un|une) tel"
    r"|cette\b)",
    r"\bessaye[rz]? (?:avec|(?:de |d')(?!compil|execut|lanc))",
)
TRIED = _any(
    r"\b(?:si|quand|lorsqu\w*|en)\b[' ]?(?:(?:l'on|on|nous|vous|tu|je|j') ?)?"
    r"(?!\w+(?:ions|iez|ai[st]|aient) d[e'](?! ?(?:compil|l[ae]|execut)))(?:essa[iy]|tent|compil"
    r"|execut|lanc)\w*",
    r"\b(?:essay|tent)ons\b|\bsi (?:on|vous|nous|l'on) ecri\w+|\bdepuis que j'ai\b",
)
DONE = _any(TRIED.pattern, r"^\W*[a-z]+(?:er|ir|re)\b")
WOULD = _any(
    r"\b(?!appar|compar|traits?\b|vrais?\b|frais|distrait|extrait|portrait|retrait|abstrait"
    r"|devr|pourr|saur)\w+(?:rai[st]|raient|rions|riez)\b"
)
# A question about other code: "si l'on retire", but not "si l'on compile".
ASKS_IF = _any(
    r"\b(?:si|quand|lorsque|des que) (?:l'on|on|je|j'|vous|tu|nous)\b(?! ?(?:le |la |l'|y )?"
    r"(?:compil|recompil|execut|essa[iy]|tent|fai\w* (?:tourner|compiler)"
    r"|lanc\w* (?:ce|le programme|cargo|la compilation)\b))",
    r"\blorsqu(?:'on|e l'on)\b(?! (?:compil|execut))",
)
USED = _any(
    r"\b(?:refus|rejet|interdis|protest|echou|plaign|ral|hurl|bloqu|signal|oppos|empech)ai(?:t"
    r"|ent)\b"
)
PAST = _any(
    r"\b(?:compil|refus|rejet|donn|dis|affich|plaign|protest|montr|signal|indiqu|repond|av)ait\b",
    r"\bobtenai\w+|(?<!c')\betai\w+|\b(?:de depart|d'origine|initiale?)\b"
    r"|\brappel\w*\b(?! a l'ordre)",
)

GONE = _any(r"\bdispar|\bvoici pourquoi\b")
HAS_REFUSED = _any(rf"{COMPILER} (?:\w+ )?(?:a|l'a|avait) (?:\w+ )?refuse\b")

# Subjects that are other code, and people who compile.
OTHER = _any(
    rf"\b(?:le|la|du|au) (?:{NOUN} )?(?:premiere?(?! (?:ligne|instruction|affectation))"
    rf"|ancienne?)\b|\bl'(?:autre|ancien|une?\b)",
    rf"{NOUN} (?:du debut|d'origine|original|initiale?|de la question|de depart)\b",
    r"\b(?:celui|celle) (?:du|de)\b|\bplus haut\b",
)
ABOVE = _any(r"\bci-dessus\b|\bprecedente?s?\b")
PEOPLE = _any(r"\b(?:on|nous|je|tu|vous) (?:ne )?(?:le |la )?compil\w+")

ASKED = _any(r"\b(?:pourquoi|comment|(?:la|le)?quel(?:le)?|qu'est-ce|ou est l|expliquer?)\b")
AHEAD = _any(
    r":\W*$|\bsuivante?s?\b|\bqui suit\b|\bci-(?:dessous|apres)\b|\bvoici\b|\bcel(?:ui|le)-ci\b"
)
CONCERNS = _any(THIS, ASKS.pattern, CANNOT, HERE, rf"\b(?:j'|je|m')|\bvoici\b|{GETS}")
LINE = rf"\b(?:la|cette) (?:premiere|deuxieme|seconde|troisieme|derniere) {NOUN}\b"
BEHIND = _any(
    rf"^\W*(?:le|la|l') ?{NOUN} ne\b",
    THIS,
    LINE,
    GETS,
    rf"{COMPILER} (?:va|nous|vous|me)\b",
    I_CANNOT,
    r"(?<!voila )\bpourquoi .*\b(?:compil|refus|rejet|erreur)",
    ASKS.pattern,
)

# Below code: its error is named, as a heading or as what follows from it.
NAMES = _any(
    rf"^\W*(?:error\W*)?{CODE}\W?:|: {MESSAGE}|^\W*l'erreur {CODE}|\bd'ou (?:l'erreur )?{CODE}"
    rf"|{COMPILER} repond\b|en resulte .*{CODE}",
)
YOURS = _any(rf"\b(?:votre|ton|ta|le|la) (?:{NOUN})\b")

CONTRAST = r"\b(?:contrairement|a la difference|a l'oppose|a l'inverse) (?:a|au|aux|de|du|des|d')\b"
SUBORDINATE = (
    r"(?:comme|puisque|pour (?:comprendre|savoir)|quand|lorsqu\w*|la ou|(?:bien|alors|tandis|tant"
    r"|avant|depuis|maintenant) qu\w*)\b"
)
LEADING = re.compile(
    rf"^\W*(?:{CONTRAST}|{SUBORDINATE}|pour (?!compil)\w+(?:er|ir|re)\b)[^,]*,(?: (?:qui"
    rf"|que) [^,]*(?:,|$))?"
)
IF_CLAUSE = re.compile(r"^\W*(?:si|s'il) [^,]*,")
TRAILING = re.compile(rf"{CONTRAST} [^,;]*(?:cel(?:ui|le)-ci|\bce |\bcette |\bsuivant)")
ASIDE = re.compile(
    rf",? {CONTRAST} (?!cel(?:ui|le)-ci|ce |cette )[^,;:]*(?:, (?:qu[ei]?|qui)\b[^,;:]*)?"
    rf"|, (?:par exemple|en effet|en revanche|par contre|lui|elle|donc|bien sur),"
)
BUT = re.compile(r"\b(?:mais|alors que|tandis que)\b|(?:^|[,;]) ?(?:pourtant|cependant|or)\b")
CAUSE = re.compile(r"\b(?:car|parce qu\w*|puisque)\b.*?(?=[:?!]?\W*$)")
