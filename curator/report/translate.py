"""What evaluation and training say in English, in French; other words stand as they are."""

import re
from collections.abc import Sequence

_REFUSALS = (
    (
        "they are one arm",
        "c'est un seul et même bras : mêmes modèle, adaptateur, questions et réglages",
    ),
    ("every answer of one", "toutes les réponses de l'un sont, mot pour mot, celles de l'autre"),
    ("they were not asked", "ils n'ont pas été interrogés ou jugés de la même façon"),
    ("every prompt is left out", "toutes les questions sont écartées"),
)
# What two arms were asked or judged by, where it differs: curator/evaluation/comparable.py.
_DETAILS = (
    (
        r"(\d+) prompts? (?:is|are) answered in one only, such as ([^,\s]+)",
        r"questions sans réponse d'un côté : \1, dont \2",
    ),
    (r"\bprompts (?=\w+ / )", "questions "),
    (r"\bprofile default / seed", "profil par défaut / du document de départ"),
    (r"\bprofile seed / default", "profil du document de départ / par défaut"),
    (r"\bjudged by ", "jugés par "),
    (r"\btemperature ", "température "),
    (r"\bNone\b", "inconnu"),
    (r"(?<= )(\d+)\.(\d+)(?= / |,|$)", r"\1,\2"),
)
_LEAKS = (
    (r"^row (\d+): ", r"ligne \1 : "),
    (r"\bquestion: ", "dans sa question, "),
    (r"\banswer: ", "dans sa réponse, "),
    (r"\bprompt ", "la question d'évaluation "),
    (r"\breference ", "la référence de "),
    (r", whole$", ", mot pour mot"),
    (r"(\d+)% of its (\d+)-grams$", "\\1\u202f% de ses \\2-grammes"),
    (r"similarity (\d)\.(\d+)$", r"similarité \1,\2"),
)
_STALE = (
    ("it cannot be made again", "il ne peut plus être refait"),
    ("the file of its responses is gone", "le fichier de ses réponses a disparu"),
    ("it was never begun", "il n'a jamais commencé"),
    ("changed since", "a changé depuis"),
    ("the words around the prompts", "les consignes autour des questions"),
    ("the file of its responses", "le fichier de ses réponses"),
    ("the kind of model", "le genre de modèle"),
    ("the documentation", "la documentation"),
    ("the sampling", "l'échantillonnage"),
    ("what runs it", "ce qui l'exécute"),
    ("the adapter", "l'adaptateur"),
    ("the prompts", "les questions"),
    ("the model", "le modèle"),
    ("the seed", "la graine"),
    ("retrieval", "la recherche documentaire"),
    ("samples", "le nombre de réponses par question"),
    (", now ", ", maintenant "),
)


_EVENTS = (
    ("from the newest sound checkpoint", "depuis le dernier point de reprise sain"),
    ("gradient checkpointing is on", "grad_checkpoint activé"),
    ("no sign of life for", "sans signe de vie pendant"),
    ("killed by", "tué par"),
    ("rows of more than", "lignes de plus de"),
    ("are left out", "écartées"),
    ("each batch of", "chaque lot de"),
    ("rows is computed in", "lignes est calculé en"),
    ("parts, for the same gradient", "parties, pour le même gradient"),
)


def event(detail: str) -> str:
    """What an event of a training says, in French; a worker's own words stand as they are."""
    for said, french in _EVENTS:
        detail = detail.replace(said, french)
    return detail


def refusal(text: str) -> str:
    """Why two arms are not compared, in French; `text` is the error's own clause."""
    why = text.partition("no comparison: ")[2] or text
    for start, said in _REFUSALS:
        if why.startswith(start):
            _, _, what = why.partition(": ")
            return f"{said} : {_put(what, _DETAILS)}" if start == "they were not asked" else said
    return why


def leak(text: str) -> str:
    """How a prompt leaked into a training set, in French."""
    return _put(text, _LEAKS)


def _put(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    for said, french in pairs:
        text = re.sub(said, french, text)
    return text


def stale(text: str) -> str:
    """What changed since an arm was evaluated, in French."""
    for said, french in _STALE:
        text = text.replace(said, french)
    return text.replace(": ", "\u202f: ").replace("depuis\u202f: ", "depuis l'évaluation : ")
