"""Recommandations: what to do next, by the recorded numbers."""

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
    """A tuned arm has a metric that is worse."""
    found = report.evaluation
    for pair in found.of(found.profile, "tuning") if found else ():
        fallen = pair.comparison and any(
            d.group == ALL and d.word == "worse" for d in pair.comparison.differences
        )
        if fallen:
            text = f"Ne pas remplacer {pair.before} par {pair.after}."
            yield Item("Garder le modèle actuel", text, "une métrique au moins en régression")


def use_rag(report: Report) -> Iterator[Item]:
    """RAG's own comparison says better."""
    for pair, found in pairs_of(report, "rag"):
        if found.word == "better" and not is_stale(report, pair):
            because = f"{values.delta(found)}, intervalle {values.span(found)}"
            yield Item("Garder le RAG", f"Servir {pair.after} plutôt que {pair.before}.", because)


def build_set(report: Report) -> Iterator[Item]:
    """There is no built set, or it is not the project's any more."""
    data = report.dataset
    if data.covered.total and (not data.built or data.newer or data.gone):
        because = "curated/manifest.json absent" if not data.built else "le projet a changé depuis"
        yield Item("Construire le jeu", "curator build, puis curator gate.", because)


def extend(report: Report) -> Iterator[Item]:
    """Examples are missing: which topics first."""
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
    """The weakest category is weak: more examples on it."""
    found = lowest(report)
    if not found or found[1] >= WEAK:
        return
    counts = report.dataset.covered.axes["topic"]
    known = found[0] in counts
    there = f" ; {count(counts[found[0]], 'exemple')} au jeu" if known else ""
    how = "targets.topics de pipelines/augment.yaml" if known else "à écrire dans raw/authored"
    text = f"Ajouter des exemples : {words.group(found[0])} ({how})"
    score, few = f"score {mark(found[1])}", max(0, LEAST - found[3])
    if few:
        more = count(few, "question de plus le confirme", "questions de plus le confirment")
        text = f"{text}, si {more}"
        score = f"{score} sur {count(found[3], 'question')} seulement"
    yield Item("Renforcer", f"{text}.", f"{score}{there}")


def train_next(report: Report) -> Iterator[Item]:
    """Nothing is trained, or the run is broken off, outdated, or not yet exported."""
    found = report.training
    if found is None:
        yield Item(
            "Entraîner", "curator gate, puis curator train.", "aucun entraînement enregistré"
        )
    elif found.run.ended is None:
        text = f"curator train --name {found.run.name} reprend au dernier point de reprise."
        kept = (
            "grad_checkpoint actif"
            if found.config.get("grad_checkpoint")
            else "mettre grad_checkpoint: true"
        )
        yield Item("Reprendre l'entraînement", text, f"{found.run.name} inachevé ; {kept}")
    elif found.run.dataset_changed:
        yield Item("Réentraîner", "curator train, sur le jeu actuel.", "empreintes différentes")
    elif not found.exports:
        yield Item(
            "Exporter", "curator fuse, puis curator export.", "aucun GGUF de cet entraînement"
        )


def calm_training(report: Report) -> Iterator[Item]:
    """The run overfits, and nothing stops it."""
    found = report.training
    if found and list(overfits(report)) and not found.config.get("early_stopping"):
        text = "Activer early_stopping dans training/lora.yaml."
        yield Item("Arrêter plus tôt", text, "la validation remonte avant la fin")


def evaluate_next(report: Report) -> Iterator[Item]:
    """Nothing is evaluated, or what is evaluated is outdated or one-sided."""
    found = report.evaluation
    if found is None:
        yield Item("Évaluer", "curator evaluate.", "aucun bras enregistré")
    elif any(s.stale for s in found.sides):
        names = listed([s.name for s in found.sides if s.stale])
        yield Item("Réévaluer", "curator evaluate --again.", f"périmés : {names}")
    elif any(p.refused for p in found.pairs):
        text = "Évaluer deux modèles différents sur les mêmes questions et réglages."
        yield Item("Refaire la comparaison", text, "comparaison refusée")


def more_prompts(report: Report) -> Iterator[Item]:
    """An undecided comparison says how many prompts would decide it, or might at the earliest."""
    pairs = [one for kind in _KINDS for one in pairs_of(report, kind)]
    for pair, found in pairs:
        arms = f"{pair.before} et {pair.after}"
        asked = count(found.n, "question posée", "questions posées")
        if found.short:
            text = f"Au moins {number(found.least)} questions aux bras {arms}."
            yield Item("Poser plus de questions", text, f"{asked} : trop peu pour conclure")
        elif found.word == "undecided" and found.needed:
            text = f"Environ {count(found.needed, 'question')} pour trancher entre {arms}."
            because = f"{asked} ; puissance 0,8 pour un écart de cette taille"
            yield Item("Poser plus de questions", text, because)


def longer_answers(report: Report) -> Iterator[Item]:
    """Answers were cut: allow more tokens."""
    if list(cut_answers(report)):
        text = "Augmenter sampling.max_tokens dans pipelines/evaluate.yaml."
        yield Item("Laisser finir", text, f"plus de {percent(CUT)} de réponses coupées")


def review_next(report: Report) -> Iterator[Item]:
    """Candidates wait for people, or people disagree."""
    counts = report.people.standings
    if counts.get("pending"):
        text = f"{count(counts['pending'], 'candidat')} à relire : curator review push, puis pull."
        yield Item("Relire", text, f"{number(counts['pending'])} en attente")
    if counts.get("disputed"):
        text = "curator review push envoie les désaccords à un tiers."
        yield Item("Arbitrer", text, f"{number(counts['disputed'])} en désaccord")


def common_reason(report: Report) -> Iterator[Item]:
    """One reason makes up the share COMMON or more of all rejections."""
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
