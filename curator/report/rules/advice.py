"""Draw the recommendations: what to do next, by the recorded numbers."""

from collections.abc import Iterator

from curator.evaluation.compare import LEAST, Difference
from curator.generate.funnel import FILTERS, StageRow
from curator.report.blocks import Item
from curator.report.data.training import Training
from curator.report.gather import Report
from curator.report.language import say, words
from curator.report.language.numbers import count, listed, mark, number, percent
from curator.report.rules.effects import Effect, bench_told, effects, named
from curator.report.rules.limits import arms_cut, overfits
from curator.report.rules.shared import (
    COMMON,
    CUT,
    WEAK,
    Rule,
    all_weak,
    bound,
    is_stale,
    lowest,
    pairs_of,
)
from curator.report.sections import values

_KINDS = ("tuning", "arms", "rag")
_MOST_NAMED = 3  # losses that a line of advice names


def keep_old(report: Report) -> Iterator[Item]:
    """Advise to keep the old model where a tuned arm has lost something for certain."""
    for effect in effects(report, "tuning"):
        if effect.harmful:
            before, after = effect.pair.before, effect.pair.after
            text = say(
                f"Ne pas remplacer {before} par {after}.", f"Do not replace {before} with {after}."
            )
            head = say("Garder le modèle actuel", "Keep the current model")
            yield Item(head, text, _losses(effect))


def _losses(effect: Effect) -> str:
    """Name the outside tasks that were lost, and the first metrics."""
    losses = [bench_told(bench) for bench in effect.benches if bench.worse]
    losses += [f"{named(d, effect.pair.profile)} {values.span(d)}" for d in effect.lost]
    return say(" ; ", "; ").join(losses[:_MOST_NAMED])


def use_rag(report: Report) -> Iterator[Item]:
    """Advise to keep RAG where its comparison is better."""
    for pair, difference in pairs_of(report, "rag"):
        if difference.word == "better" and not is_stale(report, pair):
            interval = f"{say('intervalle', 'interval')} {values.span(difference)}"
            text = say(
                f"Servir {pair.after} plutôt que {pair.before}.",
                f"Serve {pair.after} rather than {pair.before}.",
            )
            because = f"{values.delta(difference)}, {interval}"
            yield Item(say("Garder le RAG", "Keep RAG"), text, because)


def leave_rag(report: Report) -> Iterator[Item]:
    """Advise against RAG where something is lost with it, and the score does not rise."""
    for effect in effects(report, "rag"):
        scored = effect.find("composite")
        if effect.harmful and scored and scored.word != "better":
            before, after = effect.pair.before, effect.pair.after
            text = say(
                f"Servir {before} plutôt que {after}.", f"Serve {before} rather than {after}."
            )
            yield Item(say("Se passer du RAG", "Do without RAG"), text, _losses(effect))


def build_set(report: Report) -> Iterator[Item]:
    """Advise to build where there is no set, or it is not the project's any more."""
    data = report.dataset
    if data.covered.total and (not data.built or data.newer or data.gone):
        because = say("le projet a changé depuis", "the project has changed since")
        if not data.built:
            because = say("curated/manifest.json absent", "there is no curated/manifest.json")
        text = say("curator build, puis curator gate.", "curator build, then curator gate.")
        yield Item(say("Construire le jeu", "Build the set"), text, because)


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
    wanted = count(max(limit, total + data.covered.missing), "exemple", "example")
    text = say(f"Écrire {wanted}", f"Write {wanted}")
    if total:
        text = say(f"Étendre le jeu à {wanted}", f"Extend the set to {wanted}")
    if first:
        names = listed([f"{words.axis('topic', t)} (+{lacking[t]})" for t in first])
        text = say(f"{text}, d'abord {names}", f"{text}, first {names}")
    lacks = count(data.covered.missing, "manquant", "missing|missing")
    because = f"{count(total, 'exemple', 'example')}, {lacks}"
    how = say("curator import, puis curator augment", "curator import, then curator augment")
    if total:
        how = "curator augment"
    yield Item(say("Produire", "Produce"), f"{text}{say(' : ', ': ')}{how}.", because)


def strengthen(report: Report) -> Iterator[Item]:
    """Advise more examples on the weakest category, where that is weak and others are not."""
    weakest = lowest(report)
    if not weakest or weakest[1] >= WEAK or all_weak(report):
        return
    counts = report.dataset.covered.axes["topic"]
    known = weakest[0] in counts
    there, how = "", say("à écrire dans raw/authored", "to write in raw/authored")
    if known:
        examples = count(counts[weakest[0]], "exemple", "example")
        there = say(f" ; {examples} au jeu", f"; {examples} in the set")
        how = say(
            "targets.topics de pipelines/augment.yaml", "targets.topics of pipelines/augment.yaml"
        )
    name = words.group(weakest[0])
    text = say(f"Ajouter des exemples : {name} ({how})", f"Add examples: {name} ({how})")
    score, few = f"score {mark(weakest[1])}", max(0, LEAST - weakest[3])
    if few:
        more = count(
            few,
            "question de plus le confirme|questions de plus le confirment",
            "more prompt confirms it|more prompts confirm it",
        )
        asked = count(weakest[3], "question", "prompt")
        text = f"{text}, {say('si', 'if')} {more}"
        score = say(f"{score} sur {asked} seulement", f"{score} on {asked} only")
    yield Item(say("Renforcer", "Strengthen"), f"{text}.", f"{score}{there}")


def train_next(report: Report) -> Iterator[Item]:
    """Advise the next step of training: begin, resume, repeat, or export."""
    training = report.training
    if training is None:
        text = say("curator gate, puis curator retrain.", "curator gate, then curator retrain.")
        because = say("aucun entraînement enregistré", "no training on record")
        if report.gate_ready:
            text = "curator retrain."
            met = say("curator gate est satisfait", "curator gate is met")
            because = f"{because}{say(' ; ', '; ')}{met}"
        yield Item(say("Entraîner", "Train"), text, because)
    elif training.run.ended is None:
        yield _resume(training)
    elif training.run.dataset_changed:
        text = say("curator train, sur le jeu actuel.", "curator train, on the current set.")
        because = say("empreintes différentes", "the digests are others")
        yield Item(say("Réentraîner", "Train again"), text, because)
    elif not training.exports:
        text = say("curator fuse, puis curator export.", "curator fuse, then curator export.")
        because = say("aucun GGUF de cet entraînement", "no GGUF of this training")
        yield Item(say("Exporter", "Export"), text, because)


def _resume(training: Training) -> Item:
    name = training.run.name
    text = say(
        f"curator train --name {name} reprend au dernier point de reprise.",
        f"curator train --name {name} resumes at the last checkpoint.",
    )
    kept = say("mettre grad_checkpoint: true", "set grad_checkpoint: true")
    if training.config.get("grad_checkpoint"):
        kept = say("grad_checkpoint actif", "grad_checkpoint is on")
    because = say(f"{name} inachevé ; {kept}", f"{name} is unfinished; {kept}")
    return Item(say("Reprendre l'entraînement", "Resume the training"), text, because)


def calm_training(report: Report) -> Iterator[Item]:
    """Advise early stopping where the run overfits and nothing stops it."""
    training = report.training
    if training and list(overfits(report)) and not training.config.get("early_stopping"):
        text = say(
            "Activer early_stopping dans training/lora.yaml.",
            "Set early_stopping in training/lora.yaml.",
        )
        because = say("la validation remonte avant la fin", "validation rises before the end")
        yield Item(say("Arrêter plus tôt", "Stop earlier"), text, because)


def evaluate_next(report: Report) -> Iterator[Item]:
    """Advise to evaluate where nothing is, or where it is outdated or one-sided."""
    evaluation = report.evaluation
    if evaluation is None:
        because = say("aucun bras enregistré", "no arm on record")
        yield Item(say("Évaluer", "Evaluate"), "curator evaluate.", because)
    elif any(s.stale for s in evaluation.sides):
        names = listed([s.name for s in evaluation.sides if s.stale])
        because = say(f"à refaire : {names}", f"outdated: {names}")
        yield Item(say("Réévaluer", "Evaluate again"), "curator evaluate --again.", because)
    elif any(p.refused for p in evaluation.pairs):
        text = say(
            "Évaluer deux modèles différents sur les mêmes questions et réglages.",
            "Evaluate two different models on the same prompts and settings.",
        )
        because = say("comparaison refusée", "comparison refused")
        yield Item(say("Refaire la comparaison", "Compare again"), text, because)


def more_prompts(report: Report) -> Iterator[Item]:
    """Advise how many prompts would decide an undecided comparison, or might at the earliest."""
    lost = [one.pair for one in effects(report) if one.harmful]
    pairs = [one for kind in _KINDS for one in pairs_of(report, kind)]
    for pair, difference in pairs:
        if pair in lost:
            continue  # whatever more prompts say of the score, it is not to be used
        arms = f"{pair.before} {say('et', 'and')} {pair.after}"
        asked = count(difference.n, "question posée|questions posées", "prompt asked|prompts asked")
        head = say("Poser plus de questions", "Ask more prompts")
        if difference.short:
            least = count(difference.least, "question", "prompt")
            text = say(f"Au moins {least} aux bras {arms}.", f"At least {least} of {arms}.")
            because = say(f"{asked} : trop peu pour conclure", f"{asked}: too few to conclude")
            yield Item(head, text, because)
        elif difference.needed and _would_decide(difference):
            needed = count(difference.needed, "question", "prompt")
            text = say(
                f"Environ {needed} pour trancher entre {arms}.",
                f"About {needed} to decide between {arms}.",
            )
            because = say(
                f"{asked} ; puissance 0,8 pour un écart de cette taille",
                f"{asked}; power 0.8 for a difference of this size",
            )
            yield Item(head, text, because)


def _would_decide(difference: Difference) -> bool:
    """Tell whether more prompts would decide what is undecided."""
    reachable = not difference.out_of_reach and not values.is_unconfirmed(difference)
    return difference.word == "undecided" and reachable


def longer_answers(report: Report) -> Iterator[Item]:
    """Advise more tokens where answers were cut; a training that cuts them is another fault."""
    endless = [one for one in effects(report, "tuning") if one.cut > CUT >= one.cut_before]
    left = [one for one in effects(report, "rag") if one.harmful]  # leave_rag says it
    names = {one.pair.after for one in (*endless, *left)}
    for effect in endless:
        text = say(
            f"{effect.pair.after} ne sait plus s'arrêter : revoir l'entraînement (moins "
            "d'itérations, un taux plus bas), non sampling.max_tokens.",
            f"{effect.pair.after} does not end its texts any more: change the training (fewer "
            "iterations, a lower rate), not sampling.max_tokens.",
        )
        shares = percent(effect.cut), percent(effect.cut_before)
        because = say(
            f"{shares[0]} de réponses coupées, {shares[1]} pour {effect.pair.before}",
            f"{shares[0]} of answers cut, {shares[1]} of {effect.pair.before}",
        )
        yield Item(say("Réponses sans fin", "Answers without an end"), text, because)
    if any(name not in names for name, _ in arms_cut(report)):
        text = say(
            "Augmenter sampling.max_tokens dans pipelines/evaluate.yaml.",
            "Raise sampling.max_tokens in pipelines/evaluate.yaml.",
        )
        part = percent(CUT)
        because = say(f"plus de {part} de réponses coupées", f"more than {part} of answers cut")
        yield Item(say("Laisser finir", "Let answers end"), text, because)


def review_next(report: Report) -> Iterator[Item]:
    """Advise to review where candidates wait, or people disagree."""
    counts = report.people.standings
    if counts.get("pending"):
        waiting = count(counts["pending"], "candidat", "candidate")
        text = say(
            f"{waiting} à relire : curator review push, puis pull.",
            f"{waiting} to review: curator review push, then pull.",
        )
        because = f"{number(counts['pending'])} {say('en attente', 'waiting')}"
        yield Item(say("Relire", "Review"), text, because)
    if counts.get("disputed"):
        text = say(
            "curator review push envoie les désaccords à un tiers.",
            "curator review push sends disputes to a third person.",
        )
        because = f"{number(counts['disputed'])} {say('en désaccord', 'disputed')}"
        yield Item(say("Arbitrer", "Settle"), text, because)


def common_reason(report: Report) -> Iterator[Item]:
    """Advise a cure where one reason makes up the share COMMON or more of all rejections."""
    reasons = report.batches.reasons
    if not reasons:
        return
    code, n = next(iter(reasons.items()))
    if (stage := _worst_stage(report)) and code.startswith("structure."):
        lost = sum(one.counts.reached - one.counts.kept for one in _stages(report))
        if 2 * lost >= n:  # a text that a stage ended is empty, and so has no structure
            yield _mend_stage(stage)
            return
    share, cure = n / sum(reasons.values()), words.cure(code.partition(".")[0])
    if share >= COMMON and cure:
        of_all = say(f"{percent(share)} des rejets ; ", f"{percent(share)} of rejections; ")
        text = f"{words.reason(code).capitalize()}{say(' : ', ': ')}{cure}."
        because = f"{of_all}{bound(percent(COMMON))}"
        yield Item(say("Mieux produire", "Produce better"), text, because)


def _stages(report: Report) -> list[StageRow]:
    """List the stages before the filters."""
    return [one for one in report.batches.stages.rows() if one.stage != FILTERS]


def _worst_stage(report: Report) -> StageRow | None:
    lossy = [one for one in _stages(report) if one.counts.reached > one.counts.kept]
    return max(lossy, key=lambda one: one.counts.reached - one.counts.kept, default=None)


def _mend_stage(row: StageRow) -> Item:
    """Advise by the stage of a strategy that lost most candidates."""
    code, times = row.counts.most_frequent()
    stage, why = words.stage(row.stage), words.stage_reason(code)
    strategy, lost = words.strategy(row.strategy), row.counts.reached - row.counts.kept
    text = say(
        f"Stratégie « {strategy} », étape « {stage} » : un modèle plus grand pour ces textes, ou "
        "la stratégie mutate, qui s'en passe.",
        f'Strategy "{strategy}", stage "{stage}": a larger model for these texts, or the strategy '
        "mutate, which needs none.",
    )
    reached = number(row.counts.reached)
    because = say(
        f"{number(lost)} sur {reached} s'arrêtent là, le plus souvent : {why} ({number(times)})",
        f"{number(lost)} of {reached} end there, most often: {why} ({number(times)})",
    )
    return Item(say("Mieux produire", "Produce better"), text, because)


RULES: tuple[Rule, ...] = (
    *(keep_old, use_rag, leave_rag, build_set, extend, strengthen, train_next, calm_training),
    *(evaluate_next, more_prompts, longer_answers, review_next, common_reason),
)
