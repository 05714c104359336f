"""What French calls the compiler, its errors, and what it does to code that it takes or refuses.

One vocabulary for all that reads prose about compiling, as alternatives of a pattern: verbs, nouns
and adjectives without case and accents, as `refusal.plain` writes them.
"""

CODE = r"\be\d{4}\b"
MESSAGE = "rustcmessage"  # stands before each message with which rustc refuses code
COMPILER = (
    r"\b(?:(?<!notre )(?<!votre )(?<!un )compilateur|compilo|rustc|rust|cargo(?! (?:test|fmt"
    r"|clippy|doc|audit)\b| refuse d(?:e |')(?!compil|constr|prod|gener|aller))|borrow[ -]?checker"
    r"|verificateur(?: d'emprunts?)?)\b"
)
COMPILING = (
    r"(?:de compil\w*|(?:a|lors de|au moment de|pendant) la compilation|du (?:compilateur"
    r"|verificateur|borrow)"
    r"|de types?(?! x\b| \w+::| \w*err)"
    r"|d'emprunts?|de durees? de vie|de rustc|de (?:borrow|lifetimes?))"
)
# What the compiler's errors are about.
TECHNICAL = (
    r"\b(?:deplace|emprunt|im?mutable|immuable|mutable|muable|borrow|move|moved|mismatch|expected"
    r"|cannot|lifetime|incompatible|initialis|implement)\w*|\btypes? (?:attendu|incorrect"
    r"|different)"
    r"|\btypes? .*\battendue?s?\b|\bdurees? de vie|\bvit pas assez|\bhors de portee|\bprivee?s?\b"
    r"|\b(?:mut|copy|send|sync|trait|compil\w+)\b|\bexhausti|\bchamp inconnu|\bpas de (?:champ"
    r"|methode)|\bmethode inconnue|\bnon couvert"
)
BAD = r"(?:refuse|rejete|interdit|invalide|illegal|incorrect|fauti[fv]|errone)e?s?\b"
# What happens to code that the compiler does not take.
REFUSING = (
    r"declin\w*|dedaign\w*|blackboul\w*|repudi\w*|se derob\w*|reprouv\w*|contrecarr\w*|contrer?|"
    r"defend\w* d(?:e |')|echec et mat|botte en touche|sourde oreille|de marbre|fine bouche|"
    r"chipot\w*|pinaill\w*|ergot\w*|plantage|cinglant\w*|loup(?:e|er|era)|a l'eau|long feu|"
    r"chou blanc|s'ecroul\w*|s'effondr\w*|se fracass\w*|s'ecras\w*|derail\w*|derap\w*|"
    r"trebuch\w*|gripp\w*|s'enray\w*|pil(?:e|er|era)|forfait|les armes|son tablier|"
    r"(?:baiss|lev)\w* les bras|abdiqu\w*|renonc\w*|lache l'affaire|cass(?:ons|ez|ant)|"
    r"cal(?:e|era)|se heurt\w*|butent|gen(?:e|er|era)|derang\w*|rebut\w*|contrari\w*|"
    r"coup d'arret|ratage|bafouill\w*|en defaut|"
    r"^\W*fin de (?:la )?compilation|^\W*non(?=\W*$)|abandonn\w*|achopp\w*|arret(?!ee?s? d)\w*"
    r"|aucune compilation|(?:aucune|nulle|pas la moindre) chance"
    r"|(?:aucun|(?:pas|jamais|point) d(?:e |')|nul) ?(?:executable|binaire)s?|au defi|au nez"
    r"|avort\w*|bafou\w*|bann(?:i|ir|it)\w*|barre la (?:route|voie)|bloqu\w*|boud\w*"
    r"|but(?:e|era|er) (?:sur|contre)|cal(?:e|er|era) (?:sur|net|a)|capitul\w*|capot\w*"
    r"|casse(?:r|ra)?|categorique\w*|censur\w*|c'est non|cloue\w* au|coinc\w*|condamn\w*"
    r"|contraires? aux?|contrevien\w*|cuisant\w*|dans le mur|decide autrement|deconfiture"
    r"|degringol\w*|dementi\w*|desapprouv\w*|desavou\w*|echec|echou\w*|empech\w*|enferme"
    r"|enfrein\w*|en vain|erron\w*|etouff\w*|etrangl\w*|explos\w*|fausse|fauti[fv]\w*|faux"
    r"|ferme\w* la porte|fiasco|foir\w*|formel\w*|halte|hors[- ]la[- ]loi|illeg\w*|illicit\w*"
    r"|impossib\w*|inaccept\w*|inadmissible\w*|incompil\w*|incorrect\w*|inflexible|interdi\w*"
    r"|interromp\w*|intraitable|intransigeant\w*|invalid\w*|irrecevable\w*|jette l'eponge|ko\b"
    r"|leve les bras|mal forme\w*|mal type\w*|naufrag\w*|niet"
    r"|(?:n'ira|n'iront|ne va|ne vont) pas (?:plus|bien|tres) loin|opposer un refus"
    r"|(?:pas|hors de) question|(?:pas|point|plus) de compilation|patin\w*|peine perdue"
    r"|plant(?:e|er|era|ent)|prohib\w*|proscri\w*|puni[tr]?|rat(?:e|er|era)s?|recalee?s?"
    r"|recal\w*|rechign\w*|recus\w*|refus\w*|rejet\w*|renvoie|renvoye\w*|repouss\w*|retoqu\w*"
    r"|rirait?|sanction\w*|sans (?:appel|pitie|merci)|se gauss\w*|se moqu\w*|stop(?:pe\w*)?"
    r"|tiqu\w*|tourne court|tousse\w*|transgress\w*|verboten|veto|viol(?:e|ent|er|ant)|vomi\w*"
)
# How the compiler speaks of it, in writers' words.
COMPLAINING = (
    r"severe|emeu[tv]\w*|formalis\w*|"
    r"s'elev\w* contre|se recri\w*|se rebell\w*|se revolt\w*|rouscaill\w*|maronn\w*|murmur\w*|"
    r"tonn\w*|tonitru\w*|vituper\w*|invectiv\w*|beugl\w*|rugi\w*|aboy\w*|glapi\w*|piaill\w*|"
    r"gemi\w*|gein\w*|pleur\w*|se lament\w*|grinc\w*|les crocs|les griffes|une crise|de travers|"
    r"les sourcils|un sourcil|grimac\w*|le nez|se raidi\w*|se renfrogn\w*|penalis\w*|"
    r"verbalis\w*|reprimand\w*|morigen\w*|admonest\w*|gourmand\w*|houspill\w*|les oreilles|"
    r"les bretelles|un savon|les cloches|carton|(?:prend|pris) en (?:faute|flagrant delit)|"
    r"demasqu\w*|flair(?:e|er|era)|traqu\w*|horrifi\w*|atterr\w*|consternat\w*|enrag\w*|fume|"
    r"peste contre|desaccord|reprobation|remontranc\w*|"
    r"s'(?:y )?oppos\w*|dit (?:non|stop|halte)|aboie|(?:a|en) horreur|agac\w*|alert\w*|a l'ordre"
    r"|(?:au|en) rouge"
    r"|(?:balader|promener|paitre|bouler|les roses)|balai\w*|barrage|blame\w*|bondi\w*"
    r"|bougonn\w*|brailler?|braqu\w*|bronch\w*|cabr\w*|carton rouge|catastroph\w*|chasse|colere"
    r"|conspu\w*|contest\w*|contredi[tr]\w*|couac|couin\w*|coupe (?:court|net)|courrouc\w*"
    r"|cri(?:e|er|era)|crisp\w*|dans les cordes|debout(?:e|er)|debusque|degage\w*|dement\b"
    r"|denonc\w*|deplait|deplai\w*|deplor\w*|disqualifi\w*|drame|du doigt|ecarte(?:r|ra)?"
    r"|econdui[tr]\w*|egosill\w*|elimine d'office|emport(?:e|er|era)|enerv\w*|(?:en)?gueul\w*"
    r"|entrave\w*|epingl\w*|evinc\w*|exclu[ts]?|fach\w*|fait (?:obstacle|barrage|opposition)"
    r"|fin de non-recevoir|flingu\w*|foudres?|fulmin\w*|furieu\w*|fusill\w*|gifl\w*|grief\w*"
    r"|grogn\w*|gromm\w*|grond\w*|heriss\w*|hic\b|hurl\w*|indign\w*|insult\w*|insurg\w*"
    r"|invalide\w*|ire|jet(?:er|te|tera)|(?:la )?porte au nez|la (?:tete|moue|grimace|gueule)"
    r"|les hauts cris|leve(?:r|ra)? les (?:yeux|bras) au ciel|malheureux|maugre\w*|mecontent\w*"
    r"|(?:met|mettra|mettre|donn\w+|pose) (?:le hola|un terme|fin|son veto|un coup d'arret)"
    r"|monte au creneau|montr\w+ les dents|mord(?:re|ra)?|n'est pas dupe|ne s'y trompe"
    r"|objecte\w*|objection\w*|obstacle|offusqu\w*|outr(?:e|ee)|pepin|pest(?:e|er|era)"
    r"|plain(?:t|dr\w*)|plainte|pointe du doigt|protest\w*|ral(?:e|er|era)|rappel\w* a l'ordre"
    r"|rebiff\w*|reclam\w*|recrach\w*|redire|refoul\w*|regimb\w*|remball\w*|rembarr\w*|renacl\w*"
    r"|repousse\w*|reproch\w*|retorque\w*|retorqu\w*|riposte\w*|ronchonn\w*|ronge son frein"
    r"|rouspet\w*|rugi\w*|s'agite|s'alarm\w*|scandale|scandalis\w*|s'effarouch\w*|s'emballe"
    r"|s'en (?:aper\w+|rend compte|offusqu\w*|emeut|avise)|s'enflamm\w*|sermonn\w*|ses gonds"
    r"|sevi[rt]\w*|siffl\w*|sonnette|s'?oppos\w*|sourcill\w*|supercherie|sur les doigts"
    r"|sursaut\w*|tacl\w*|tanc\w*|temp(?:ete|eter)|tirer? l'oreille|tolle|trepign\w*"
    r"|veh[ei]ment\w*|vilipend\w*|vocifer\w*|voi[rt] rouge"
)
# What people say of bad luck.
MISHAPS = (
    r"aie|bam|boum|dommage|flute|helas|loupe|malheureusement|manque de (?:bol|chance)|mince"
    r"|ouille|oups|paf|pas de (?:bol|chance)|patatras|perdu|vlan|zut"
)
# What the compiler does to code that it takes.
CONSENTING = (
    r"approuv\w*|avalis\w*|enterin\w*|homologu\w*|ratifi\w*|souscri\w*|acquiesc\w*|consent\w*|"
    r"ingurgit\w*|encaiss\w*|caution(?:ne|ner|nera)|beni\w*|gout(?:e|er|era)|raffol\w*|"
    r"accueill\w*|les yeux|l'impasse|transig\w*|plaisant\w*|rigol\w*|pardonn\w*|l'eponge|filer|"
    r"plier|flechi\w*|le panneau|se laisse (?:faire|convaincre|berner)|"
    r"aboutit|abouti\w*|acceptables?|accept(?:e|era|er|ee?s?|ent|able)|adme(?:t|ttra|ttre)"
    r"|admissibles?|admis\w*|agree(?:r|ra)?|aime|aim(?:e|era|er)|apprecie|appreci\w+"
    r"|autoris(?:e|era|er|ee?s?|ent)|aval\b|aval(?:e|era|er|ee?s?)|benediction|cede(?:ra)?"
    r"|compris|conformes?|content\w*|convaincu\w*|convainc\w*|convenables?|convien\w+"
    r"|correcte?s?|d'accord|(?:de )?cet avis|digere|diger\w+|digestes?|du gout"
    r"|entend(?:ra)? (?:de cette|raison)|feu vert|fonctionn(?:e|era|er|ent)|franchi\w*|gobe"
    r"|gob(?:e|era|er)|heureux|laiss(?:e|era|er|ee?s?|eront)|legale?s?"
    r"|(?:le|la|l'|les|en) ?(?:prend(?:ra)?|veut|voudra)|l'entend|licites?"
    r"|march(?:e|era|er|ent|eront)|partage(?:ra)? (?:cet|pas|votre)"
    r"|pass(?:e|ent|era|er|eront|ait)|perme(?:t|ttra|ttre|ttent)|permis\w*|pla(?:it|ira|ire)"
    r"|possibles?|pris|raison de|ravi|recevables?"
    r"|(?:re)?compil(?:er|e|ent|era|eront|ee?s?|able|ables)|reussi\w*|satisf\w+"
    r"|s'en accommode\w*|supporte(?:ra)?|toler(?:e|era|er|ee?s?)|valables?"
    r"|valid(?:e|era|er|ee?s?)|valides?|va (?:\w+ )?(?:au bout|a son terme|jusqu'au bout)"
    r"|veu(?:t|lent)|viables?|voudra|voulu"
)
