"""Which language a short text is in, by words that its languages have and others have not.

A statistical detector guesses below some 80 characters; a short question has three or four words
that decide ("mon", "ne … pas", "why", "pero"). The tables below hold such words: function words
first, then the few verbs and nouns that learners of Rust ask with. A word may stand in several
tables: it then counts for each of these languages, so that it decides nothing between them.

`evidence` counts; `judge` says French, another language, or that the words do not tell. Words are
looked up as they are written and, in tables, also without accents: "probleme" is French too.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

_WORDS: Mapping[str, str] = {
    "fr": """
        le la les un une des du de au aux ce cet cette ces mon ma mes ton ta tes son sa ses
        notre nos votre vos leur leurs je tu il elle on nous vous ils elles me te se moi toi lui
        eux y en qui que quoi dont où lequel laquelle lesquels quel quelle quels quelles cela ça
        ceci celui celle ceux rien personne tout tous toute toutes chaque plusieurs aucun aucune
        autre autres même mêmes quelque quelques
        est es suis sommes êtes sont était étaient être été a ai as avons avez ont avait avoir
        fait fais font faire faut peut peux peuvent pouvez pouvoir dois doit devez doivent veut
        veux voulez vouloir dit dire sert servent marche marchent va vais vont sais sait savoir
        comprends comprend comprendre mets met mettre vois voir
        ne pas plus moins jamais non ni dans sur sous avec sans pour par vers chez entre contre
        depuis pendant avant après devant derrière à hors selon et ou mais donc car puis quand
        comme si parce lorsque puisque alors ainsi comment pourquoi combien ici là bien mal très
        trop peu assez aussi encore déjà toujours souvent vraiment maintenant seulement
        merci bonjour salut svp stp aide aidez besoin
        pk pq pkoi pourkoi koi keske kesako cest jai jsuis chui jcomprend jcomprends ya ca bjr slt
        bcp pb qd dun dune
        utiliser corriger corrige expliquer explique expliquez donne donnez donner écrire afficher
        lire ajouter trouver trouve créer compter trier convertir renvoyer renvoie retourner
        modifier supprimer enlever parcourir éviter comparer tester choisir demande refuse échoue
        plante bloque
        erreur erreurs fonction fonctions boucle boucles chaîne chaînes fichier fichiers tableau
        vecteur problème exercice exo durée durées vie valeur valeurs emprunt emprunts emprunter
        propriétaire pointeur champ clé clés indice nombre nombres numéro mot mots ligne lignes
        texte différence exemple liste fermeture énumération énoncé deux trois premier première
        dernier dernière petit petite grand grande suivant suivante donné donnée
        écris écrivez crée créez implémente implémentez implémenter calcule calculez calculer
        compte comptez trouvez utilise utilisez montre montrez montrer
    """,
    "en": """
        the a an of and or not is are was were be been am do does did done has have had i my me
        you your he she it its we our us they them their this that these those there here
        what which who whose why how when with without to on at by about after before between
        but so than then too very can cannot could should would will must may might if
        please help need want get getting got give fix explain make makes write show using used
        only always never still now just because any all no nothing something wrong works work
        working fails keeps keep says rejects put understand mean means instead inside example
        exercise function beginner implement create add find given each two three first last
        number numbers list lines words files fields values largest smallest reverse count handle
        following sum
        pls plz thx wtf idk im cant dont doesnt isnt wont whats
    """,
    "es": """
        el la los las un una unos unas de del al a y e o u que qué quién cuál cuáles cuándo cómo
        dónde cuánto por para con sin sobre entre desde hasta hacia según en es son está están
        estoy soy eres somos ser estar era fue hay he ha han tengo tiene tienen tener hago hace
        hacer hacen puedo puede pueden poder debo debe deben quiero quiere quieren decir dice
        sirve sirven funciona funcionan funcionar sé saber entiendo entender necesito necesita uso
        usar utilizar leer escribir crear ordenar convertir mostrar imprimir explicar explica
        explícame dame corrige corregir ayuda ayúdame mi mis tu tus su sus me te se nos le les lo
        yo él ella nosotros ustedes ellos esto este esta estos estas eso ese esa cada otro otra
        mismo misma algo nada nadie todo todos toda todas mucho muy más menos mejor peor bien mal
        ya no sí si también tampoco pero sino porque pues aunque cuando como donde mientras
        entonces después antes ahora siempre nunca aquí ahí allí solo sólo vez veces favor porfa
        gracias hola buenas código archivo función funciones bucle cadena cadenas puntero
        ejercicio ejercicios valor valores hilo hilos línea errores problema vida tiempo dueño
        préstamo significa peligroso vacío diferencia mensaje compilador compila acepta sale
        crea escribe implementa implementar haz nombre cuenta convierte lee devuelve dado lista
        número números palabra palabras líneas dos tres primer primero último mayor menor estructura
    """,
    "pt": """
        o a os as um uma uns umas de do da dos das em no na nos nas ao aos à às e ou que quê quem
        qual quais quando como onde quanto por pelo pela para pra com sem sobre entre desde até
        é são está estão estou sou somos ser estar era foi há tenho tem têm ter faço faz fazer
        fazem posso pode podem poder devo deve devem quero quer querem querer dizer diz serve
        servem funciona funcionam sei saber entendo entender preciso precisa usar utilizar ler
        escrever criar ordenar converter mostrar imprimir explicar explica explique corrija
        corrigir ajuda ajude meu minha meus minhas teu seu sua seus suas me te se lhe eu ele ela
        nós vocês você vc pq eles elas isto este esta isso esse essa aquele cada outro outra mesmo
        mesma algo nada ninguém tudo todos toda todas muito muita mais menos melhor pior bem mal
        já não sim também mas porque pois embora enquanto então depois antes agora sempre nunca
        aqui aí ali só vez vezes favor obrigado olá oi código arquivo ficheiro função funções laço
        ponteiro exercício valor valores linha linhas erro erros problema vida tempo dono
        empréstimo significa perigoso vazio diferença mensagem compilador compila aceita aparece
        vetor crie escreva implemente implementar faça conte converta leia devolva retorne dado
        lista número números palavra palavras dois três primeiro último maior menor estrutura
    """,
    "it": """
        il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai da dal
        dalla nel nella con su sul sulla per tra fra e ed o che chi cosa quale quali quando come
        dove quanto perché è sono sei siamo essere era ho hai ha abbiamo hanno avere faccio fa
        fare posso può puoi devo deve voglio vuole dire dice serve funziona capisco capire mio mia
        miei tuo suo sua mi ti si ci vi io lui lei noi voi loro questo questa questi quello quella
        ogni altro altra stesso niente nulla tutto tutti molto più meno meglio bene male già non
        sì anche ma però se mentre allora dopo prima ora sempre mai qui lì solo volta grazie ciao
        ne codice funzione ciclo stringa puntatore esercizio valore errore problema vita tempo
        differenza aiuto compila
    """,
    "de": """
        der die das den dem des ein eine einen einem einer und oder aber nicht kein keine ist sind
        war sein haben habe hat ich du er sie es wir ihr mein meine dein mir mich dich uns wer was
        wie wo wann warum wieso welche welcher welches mit ohne für von vom zu zum zur bei nach
        aus auf im an am um über unter vor zwischen durch wenn weil dass ob als auch nur noch
        schon immer nie hier dort jetzt dann sehr mehr kann können muss müssen soll will wird
        werden geht macht machen bitte danke hilfe fehler funktion schleife datei zeile wert
        übung beispiel verstehe bedeutet heißt funktioniert unterschied
    """,
}
# Words of Rust itself, whatever language stands around them.
_RUST_WORDS = """
    as async await break const continue crate dyn else enum extern false fn for if impl in let
    loop match mod move mut pub ref return self static struct super trait true type unsafe use
    where while box rc arc vec string str option some none result ok err clone copy drop debug
    display default from into map filter main get
"""
_RUST = frozenset(_RUST_WORDS.split())
UNKNOWN = "und"  # the code of a language that is not said
# Letters that a word which is in no table may give its language away by; others are not French.
_LETTERS: Mapping[str, str] = {
    "è": "fr it",
    "ê": "fr pt",
    "â": "fr pt",
    "ô": "fr pt",
    "ç": "fr pt",
    "é": "fr es pt it",
    "à": "fr pt it",
    "ù": "fr it",
    **dict.fromkeys("ëïîûœæÿ", "fr"),
    **dict.fromkeys("áíóú", "es pt"),
    **dict.fromkeys("ñ¿¡", "es"),
    **dict.fromkeys("ãõ", "pt"),
    **dict.fromkeys("ìò", "it"),
    **dict.fromkeys("äöß", "de"),
    "ü": "de es",
}
_FRENCH_ELISION = re.compile(r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quelqu)['’](?=\w)")
_ITALIAN_ELISION = re.compile(r"(?:[cdlmst]|un|dell|all|nell|dall|sull|quest)['’](?=\w)")
_ENGLISH_ELISION = re.compile(r"\w(?:n['’]t|['’](?:re|ve|ll|m|s|d))$")
_TOKEN = re.compile(r"[^\W\d_]+")
_CODE = re.compile(r"[_<>()\[\]{}&#=|\\/@$*+\d]|::|\w\.\w|[a-zà-ÿ][A-Z]")
_AROUND = ".,;:!?…()[]«»“”\"'\u2018\u2019"


def _folded(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@cache
def _index() -> Mapping[str, frozenset[str]]:
    """Map each word, with and without its accents, to its languages."""
    forms: dict[str, set[str]] = {}
    for language, words in _WORDS.items():
        for word in words.split():
            for form in (word, _folded(word)):
                forms.setdefault(form, set()).add(language)
    return {w: frozenset(langs) for w, langs in forms.items() if w not in _RUST}


def _languages(token: str) -> frozenset[str]:
    """Return the languages that a word in lower case is evidence for; none for most words."""
    if (known := _index().get(token)) is not None or token in _RUST:
        return known or frozenset()
    letters = [frozenset(_LETTERS.get(c, UNKNOWN).split()) for c in token if c > "z"]
    return frozenset.intersection(*letters) if letters else frozenset()


def _elided(word: str) -> frozenset[str]:
    """Return the languages that join words with an apostrophe as this one does."""
    if _ENGLISH_ELISION.search(word):
        return frozenset({"en"})
    pairs = (("fr", _FRENCH_ELISION), ("it", _ITALIAN_ELISION))
    return frozenset(language for language, pattern in pairs if pattern.match(word))


def _speaking(text: str) -> Mapping[str, frozenset[str]]:
    """Find the distinct words of a text that are evidence for languages; code is none."""
    words: dict[str, frozenset[str]] = {}
    for chunk in unicodedata.normalize("NFC", text).split():
        if chunk[0] in "¿¡":
            words[chunk[0]] = frozenset({"es"})
        word = chunk.strip(_AROUND)
        if _CODE.search(word):
            continue
        word = word.lower()
        words[word] = _elided(word)
        words |= {token: _languages(token) for token in _TOKEN.findall(word)}
    return {word: languages for word, languages in words.items() if languages}


def evidence(text: str) -> Mapping[str, int]:
    """Count the distinct words of a text that are evidence for each language."""
    counts: dict[str, int] = {}
    for languages in _speaking(text).values():
        for language in languages:
            counts[language] = counts.get(language, 0) + 1
    return counts


def spoken_language(text: str) -> str | None:
    """Return the language that most words of a text are evidence for, such as "fr" or "en".

    None where no word is evidence, or as many for French as for another language.
    """
    foreign = dict(evidence(text))
    french = foreign.pop("fr", 0)
    other = max(foreign, key=lambda language: foreign[language], default=None)
    if other is None or french > foreign[other]:
        return "fr" if french else None
    return other if foreign[other] > french else None


def plainly_french(text: str) -> bool:
    """Tell whether a text has three words that only French has, and three for each foreign one."""
    speaking = _speaking(text).values()
    french = sum(languages == {"fr"} for languages in speaking)
    foreign = sum("fr" not in languages for languages in speaking)
    return french >= 3 and french >= 3 * foreign
