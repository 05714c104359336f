"""Draw the recommendations: what to do next, by the recorded numbers."""

from collections.abc import Iterator

from curator.evaluation.compare import ALL, LEAST
from curator.filters.registry import cure_fr, reason_fr
from curator.french import words
from curator.french.numbers import count, listed, mark, number, percent
from curator.report.blocks import Item
from curator.report.gather import Report
from curator.report.rules.limits import cut_answers, overfits
from curator.report.rules.shared import COMMON, CUT, WEAK, Rule, is_stale, lowest, pairs_of
from curator.report.sections import values

_KINDS = ("tuning", "arms", "rag")


def keep_old(report: Report) -> Iterator[Item]:
    """Advise to keep the old model where a tuned arm has a metric that is worse."""
    evaluation = report.evaluation
    for pair in evaluation.of(evaluation.profile, "tuning") if evaluation else ():
        fallen = pair.comparison and any(
            d.group == ALL and d.word == "worse" for d in pair.comparison.differences
        )
        if fallen:
            text = f"Ne pas remplacer {pair.before} par {pair.after}."
            yield Item("Garder le modèle actuel", text, "une métrique au moins en régression")


def use_rag(report: Report) -> Iterator[Item]:
    """Advise to keep RAG where its comparison is better."""
    for pair, difference in pairs_of(report, "rag"):
        if difference.word == "better" and not is_stale(report, pair):
            because = f"{values.delta(difference)}, intervalle {values.span(difference)}"
            yield Item("Garder le RAG", f"Servir {pair.after} plutôt que {pair.before}.", because)


def build_set(report: Report) -> Iterator[Item]:
    """Advise to build where there is no set, or it is not the project's any more."""
    data = report.dataset
    if data.covered.total and (not data.built or data.newer or data.gone):
        because = "curated/manifest.json absent" if not data.built else "le projet a changé depuis"
        yield Item("Construire le jeu", "curator build, puis curator gate.", because)


def extend(report: Report) -> Iterator[Item]:
    """Advise which topics to extend first, where examples are missing."""
    data = report.dataset
    total, limit = data.covered.total, data.gate.total or 0
    if not data.covered.missing and total >= limit:
        return
    lacking = dict.fromkeys(data.covered.topics, 0)
    for cell, missing in data.covered.deficits.items():
        lacking[cell.topic] += missing
    first = sorted((t for t, n in lacking.items() if n), key=lambda t: -lacking[t])[:3]
    wanted = number(max(limit, total + data.covered.missing))
    text = f"Étendre le jeu à {wanted} exemples" if total else f"Écrire {wanted} exemples"
    if first:
        names = [f"{words.axis('topic', t)} (+{lacking[t]})" for t in first]
        text = f"{text}, d'abord {listed(names)}"
    because = f"{count(total, 'exemple')}, {count(data.covered.missing, 'manquant')}"
    how = "curator augment" if total else "curator import, puis curator augment"
    yield Item("Produire", f"{text} : {how}.", because)


def strengthen(report: Report) -> Iterator[Item]:
    """Advise more examples on the weakest category, where that is weak."""
    weakest = lowest(report)
    if not weakest or weakest[1] >= WEAK:
        return
    counts = report.dataset.covered.axes["topic"]
    known = weakest[0] in counts
    there = f" ; {count(counts[weakest[0]], 'exemple')} au jeu" if known else ""
    how = "targets.topics de pipelines/augment.yaml" if known else "à écrire dans raw/authored"
    text = f"Ajouter des exemples : {words.group(weakest[0])} ({how})"
    score, few = f"score {mark(weakest[1])}", max(0, LEAST - weakest[3])
    if few:
        more = count(few, "question de plus le confirme", "questions de plus le confirment")
        text = f"{text}, si {more}"
        score = f"{score} sur {count(weakest[3], 'question')} seulement"
    yield Item("Renforcer", f"{text}.", f"{score}{there}")


def train_next(report: Report) -> Iterator[Item]:
    """Advise the next step of training: begin, resume, repeat, or export."""
    training = report.training
    if training is None:
        yield Item(
            "Entraîner", "curator gate, puis curator train.", "aucun entraînement enregistré"
        )
    elif training.run.ended is None:
        text = f"curator train --name {training.run.name} reprend au dernier point de reprise."
        kept = (
            "grad_checkpoint actif"
            if training.config.get("grad_checkpoint")
            else "mettre grad_checkpoint: true"
        )
        yield Item("Reprendre l'entraînement", text, f"{training.run.name} inachevé ; {kept}")
    elif training.run.dataset_changed:
        yield Item("Réentraîner", "curator train, sur le jeu actuel.", "empreintes différentes")
    elif not training.exports:
        yield Item(
            "Exporter", "curator fuse, puis curator export.", "aucun GGUF de cet entraînement"
        )


def calm_training(report: Report) -> Iterator[Item]:
    """Advise early stopping where the run overfits and nothing stops it."""
    training = report.training
    if training and list(overfits(report)) and not training.config.get("early_stopping"):
        text = "Activer early_stopping dans training/lora.yaml."
        yield Item("Arrêter plus tôt", text, "la validation remonte avant la fin")


def evaluate_next(report: Report) -> Iterator[Item]:
    """Advise to evaluate where nothing is, or where it is outdated or one-sided."""
    evaluation = report.evaluation
    if evaluation is None:
        yield Item("Évaluer", "curator evaluate.", "aucun bras enregistré")
    elif any(s.stale for s in evaluation.sides):
        names = listed([s.name for s in evaluation.sides if s.stale])
        yield Item("Réévaluer", "curator evaluate --again.", f"périmés : {names}")
    elif any(p.refused for p in evaluation.pairs):
        text = "Évaluer deux modèles différents sur les mêmes questions et réglages."
        yield Item("Refaire la comparaison", text, "comparaison refusée")


def more_prompts(report: Report) -> Iterator[Item]:
    """Advise how many prompts would decide an undecided comparison, or might at the earliest."""
    pairs = [one for kind in _KINDS for one in pairs_of(report, kind)]
    for pair, difference in pairs:
        arms = f"{pair.before} et {pair.after}"
        asked = count(difference.n, "question posée", "questions posées")
        if difference.short:
            text = f"Au moins {number(difference.least)} questions aux bras {arms}."
            yield Item("Poser plus de questions", text, f"{asked} : trop peu pour conclure")
        elif difference.word == "undecided" and difference.needed and not difference.out_of_reach:
            text = f"Environ {count(difference.needed, 'question')} pour trancher entre {arms}."
            because = f"{asked} ; puissance 0,8 pour un écart de cette taille"
            yield Item("Poser plus de questions", text, because)


def longer_answers(report: Report) -> Iterator[Item]:
    """Advise more tokens where answers were cut."""
    if list(cut_answers(report)):
        text = "Augmenter sampling.max_tokens dans pipelines/evaluate.yaml."
        yield Item("Laisser finir", text, f"plus de {percent(CUT)} de réponses coupées")


def review_next(report: Report) -> Iterator[Item]:
    """Advise to review where candidates wait, or people disagree."""
    counts = report.people.standings
    if counts.get("pending"):
        text = f"{count(counts['pending'], 'candidat')} à relire : curator review push, puis pull."
        yield Item("Relire", text, f"{number(counts['pending'])} en attente")
    if counts.get("disputed"):
        text = "curator review push envoie les désaccords à un tiers."
        yield Item("Arbitrer", text, f"{number(counts['disputed'])} en désaccord")


def common_reason(report: Report) -> Iterator[Item]:
    """Advise a cure where one reason makes up the share COMMON or more of all rejections."""
    reasons = report.batches.reasons
    if not reasons:
        return
    code, n = next(iter(reasons.items()))
    share, cure = n / sum(reasons.values()), cure_fr(code.partition(".")[0])
    if share >= COMMON and cure:
        because = f"{percent(share)} des rejets ; seuil {percent(COMMON)}"
        yield Item("Mieux produire", f"{reason_fr(code).capitalize()} : {cure}.", because)


RULES: tuple[Rule, ...] = (
    *(keep_old, use_rag, build_set, extend, strengthen, train_next, calm_training),
    *(evaluate_next, more_prompts, longer_answers, review_next, common_reason),
)
