"""The French sentence of every notice, for the report; the codes are those of base/english.py."""

import re

from typing_extensions import override

from curator.base.notice import Language
from curator.french import numbers
from curator.french.words import METRICS

SENTENCES = {
    "free_text": "{text}",
    # Why two arms are not compared.
    "same_arm": "c'est un seul et même bras : mêmes modèle, adaptateur, questions et réglages",
    "same_answers": "toutes les réponses de l'un sont, mot pour mot, celles de l'autre",
    "no_prompt_left": "toutes les questions sont écartées",
    "asked_differently": ("ils n'ont pas été interrogés ou jugés de la même façon : {differences}"),
    "prompts_differ": "questions {before} / {after}",
    "profile_differs": "profil {before:profile} / {after:profile}",
    "criteria_differ": "poids ou critères différents",
    "compiler_differs": "jugés par {before} / {after}",
    "sampling_differs": "{setting:sampling} {before} / {after}",
    "answered_once": "questions sans réponse d'un côté : {prompts}, dont {example}",
    # Why an arm is not evaluated, or its results are outdated.
    "not_evaluated": "{error}",
    "never_begun": "il n'a jamais commencé",
    "not_repeatable": "il ne peut plus être refait : {error}",
    "responses_gone": "le fichier de ses réponses a disparu : {path}",
    "inputs_changed": "a changé depuis l'évaluation : {inputs}",
    "input_changed_from": "{input} ({before}, maintenant {after})",
    "input_settings_changed": "{input} ({settings})",
    "setting_changed": "{setting} {before}, maintenant {after}",
    "input_model": "le modèle",
    "input_adapter": "l'adaptateur",
    "input_prompts": "les questions",
    "input_texts": "les consignes autour des questions",
    "input_documentation": "la documentation",
    "input_retrieval": "la recherche documentaire",
    "input_sampling": "l'échantillonnage",
    "input_samples": "le nombre de réponses par question",
    "input_seed": "la graine",
    "input_runtime": "ce qui l'exécute",
    "input_kind": "le genre de modèle",
    "input_responses": "le fichier de ses réponses",
    # How a prompt leaked into a training set.
    "leaked_whole": "ligne {row} : dans sa {place:place}, {text:text} {prompt}, mot pour mot",
    "leaked_ngrams": (
        "ligne {row} : dans sa {place:place}, {text:text} {prompt}, "
        "{share:.0%} de ses {length}-grammes"
    ),
    "leaked_likeness": "ligne {row} : {text:text} {prompt}, similarité {similarity:.2f}",
    # Why a model is promoted, or not.
    "unmeasured": "{metric:metric} : sans mesure",
    "difference": (
        "{metric:metric} {before:.3f} → {after:.3f} ({delta:+.3f}, intervalle {low:+.3f} à "
        "{high:+.3f}, {prompts:question|questions})"
    ),
    "too_few_prompts": "{difference} : rien à conclure de si peu, il en faut {least}",
    "no_certain_gain": "{difference} : aucun gain certain",
    "no_certain_gain_yet": (
        "{difference} : aucun gain certain ; "
        "{needed:question|questions} {needed:?montrerait|montreraient} un gain de cette taille"
    ),
    "gain_below_margin": "{difference} : un gain inférieur à {margin}",
    "gain": "{difference} : un gain d'au moins {margin}",
    "gain_of_form": "{share:.0%} du gain du score sont de la forme",
    "not_above_floor": "pas mieux pour certain que {floor}, des réponses qui ne valent rien",
    "constant_answer": "ses réponses à des questions différentes se ressemblent à {share:.0%}",
    "bench_worse": (
        "{bench} : pass@1 {before:.3f} -> {after:.3f} (intervalle {low:+.3f} à {high:+.3f}) : "
        "régression"
    ),
    "guarded_loss": "{difference} : régression d'une métrique gardée",
    "too_few_duels": (
        "des personnes ont choisi sur {prompts:question|questions}, il en faut {least}"
    ),
    "duels_lost": (
        "des personnes préfèrent l'ancien : le nouveau gagne {share:.0%} des duels, intervalle "
        "{low:.0%} à {high:.0%}, sur {prompts:question|questions}"
    ),
    "duels_held": (
        "des personnes lui donnent {share:.0%} des duels, intervalle {low:.0%} à {high:.0%}, sur "
        "{prompts:question|questions}"
    ),
    # What happened to a training.
    "killed": "tué par {signal}",
    "killed_saying": "tué par {signal} : {words}",
    "silent": "sans signe de vie pendant {seconds:.0f} s",
    "exited": "code de sortie {status} : {words}",
    "said_nothing": "sans un mot",
    "resumed": "depuis le dernier point de reprise sain",
    "checkpointing": "grad_checkpoint activé",
    "in_parts": "chaque lot de {batch} lignes est calculé en {parts} parties, même gradient",
    "rows_left_out": ("{rows:ligne|lignes} de plus de {limit} tokens {rows:?écartée|écartées}"),
    "resized": "{iterations:itération|itérations} au lieu de {before}",
    "stopping": "à la fin de cette itération, qui est gardée",
    # What the files of a training are.
    "lora_weights": "Poids LoRA",
    "merged_model": "Modèle fusionné (safetensors)",
    "trainable_model": "Modèle à entraîner (safetensors, float32)",
    "quantised_model": "Modèle final quantifié (GGUF, {quantisation})",
    "quantised_base": "Modèle de base, quantifié de même (GGUF, {quantisation})",
}
NAMES = {
    "metric": METRICS,
    "place": {"question": "question", "answer": "réponse"},
    "text": {"prompt": "la question d'évaluation", "reference": "la référence de"},
    "profile": {"seed": "du document de départ", "default": "par défaut"},
    "sampling": {"temperature": "température"},
}
_FORMAT = re.compile(r"(?P<sign>\+?)\.(?P<digits>\d)(?P<kind>[f%])")


class French(Language):
    """Sentences with French numbers, in which 0 and 1 take the singular."""

    nothing = "inconnu"

    @override
    def is_one(self, many: int) -> bool:
        return many < 2

    @override
    def number(self, value: float, spec: str) -> str:
        known = _FORMAT.fullmatch(spec)
        if known is None:
            return numbers.number(value) if isinstance(value, int) else _shortest(value)
        digits = int(known["digits"])
        if known["kind"] == "%":
            return numbers.percent(value, digits)
        return (numbers.signed if known["sign"] else numbers.number)(value, digits)


def _shortest(value: float) -> str:
    return f"{value:g}".replace(".", ",").replace("-", numbers.MINUS)


french = French(SENTENCES, NAMES)
