"""Conclusions and advice: each rule is a condition on recorded numbers, and says which they were.

A rule takes the report and gives nothing, or what follows from it. Whether one arm is better than
another is the comparison's word alone; no rule looks at two means and judges.
"""

from collections.abc import Callable, Iterator

from curator.report import words
from curator.report.blocks import Item
from curator.report.data.evaluation import Pair, Side
from curator.report.french import count, listed, mark, number, percent
from curator.report.gather import Report
from curator.report.sections import values
from curator.taxonomy import Topic
from training.evaluation.compare import ALL, Difference

GOOD_RUST, GOOD_FRENCH = 0.8, 0.9  # shares of blocks, of answers or units of prose
WEAK = 2.5  # half of a score's scale
OVERFIT = 1.05  # validation loss at the end, by the best one
CUT = 0.05  # share of answers
COMMON = 0.25  # share of the rejected candidates
Rule = Callable[[Report], Iterator[Item]]

_CURES = {
    "structure": "garder generate.grammar: true, qui impose les sections, ou un modèle plus grand",
    "length": "ajuster les bornes du filtre length, ou sampling.max_tokens",
    "french": "un modèle qui écrit mieux le français, et la stratégie repair",
    "rust": "la stratégie repair, qui rend au modèle le message de rustc, et mutate",
    "duplicates": "d'autres graines, et des stratégies plus variées",
    "near_duplicates": "des stratégies plus variées : evolve, from_docs",
    "semantic_duplicates": "des stratégies plus variées : evolve, from_docs",
    "leakage": "ne pas donner au modèle de textes proches des questions d'évaluation",
}


def pairs_of(report: Report, kind: str) -> list[tuple[Pair, Difference]]:
    """The compared pairs of a kind with the difference of their score, under the main profile."""
    found = report.evaluation
    pairs = [p for p in found.of(found.profile) if p.kind == kind] if found else []
    made = [(p, p.comparison.find("composite")) for p in pairs if p.comparison]
    return [(p, d) for p, d in made if d]


def main_pair(report: Report) -> tuple[Pair, Difference] | None:
    """The comparison that the fine-tuning stands on: without RAG where there is one."""
    found = pairs_of(report, "tuning")
    names = {s.name for s in report.evaluation.sides if s.arm.rag} if report.evaluation else set()
    plain = [(p, d) for p, d in found if p.after not in names]
    return (plain or found)[-1] if found else None


def subject(report: Report) -> Side | None:
    """The arm that conclusions are about: the last one without RAG, which is trained if any is."""
    found = report.evaluation
    sides = [s for s in found.scored(found.profile) if s.arm.rag is None] if found else []
    return sides[-1] if sides else None


def is_stale(report: Report, pair: Pair) -> bool:
    """Whether one of two arms is not what it would be today."""
    sides = report.evaluation.sides if report.evaluation else ()
    return any(s.stale for s in sides if s.name in (pair.before, pair.after))


def _share(report: Report, *names: str) -> tuple[str, str, float] | None:
    """Arm, metric and mean of the first of these metrics that the subject has."""
    side, found = subject(report), report.evaluation
    if side is None or found is None:
        return None
    means = side.summaries[found.profile].overall.metrics
    known = [(n, v) for n in names if (v := means.get(n)) is not None]
    return (side.name, *known[0]) if known else None


def enough_examples(report: Report) -> Iterator[Item]:
    """The set has as many examples as the gate asks for."""
    total, limit = report.dataset.covered.total, report.dataset.gate.total
    if limit is not None and total >= limit:
        because = f"au moins {number(limit)} exemples demandés ; il y en a {number(total)}"
        yield Item("Jeu de données", f"{count(total, 'exemple')}, la taille demandée.", because)


def verified_set(report: Report) -> Iterator[Item]:
    """Every example's recorded verdict says that its Rust does what the text says."""
    if report.dataset.covered.total and report.dataset.verified["rust"] == 1:
        because = "part des exemples que le filtre rustc a acceptés = 100\u202f%"
        yield Item("Vérification par rustc", "Tous les exemples sont conformes.", because)


def finished(report: Report) -> Iterator[Item]:
    """The newest run came to its end."""
    run = report.training.run if report.training else None
    if run and run.ended in ("done", "early_stopping"):
        text = f"{run.name} est allé à son terme ({words.ENDS[run.ended]})."
        because = f"fin enregistrée après {number(run.iterations)} itérations"
        yield Item("Entraînement", text, because)


def learned(report: Report) -> Iterator[Item]:
    """The best validation loss is below that of the untrained model."""
    found = report.training
    best = found.run.best_loss if found else None
    if found and found.first_loss is not None and best is not None and best < found.first_loss:
        text = f"La perte de validation passe de {number(found.first_loss, 3)} à {number(best, 3)}."
        because = "meilleure perte de validation < perte avant entraînement ; ce n'est pas un score"
        yield Item("Apprentissage", text, because)


def better(report: Report) -> Iterator[Item]:
    """A comparison's own word for the score is amélioration."""
    for kind, head in (("tuning", "Fine-tuning"), ("rag", "RAG")):
        for pair, found in pairs_of(report, kind):
            if found.word == "amélioration":
                old = " (résultat périmé)" if is_stale(report, pair) else ""
                text = f"Amélioration de {pair.before} à {pair.after} : {values.delta(found)}{old}."
                yield Item(head, text, f"intervalle {values.span(found)}, qui exclut 0")


def rust_good(report: Report) -> Iterator[Item]:
    """Blocks of the answers that do as they should: GOOD_RUST or more."""
    found = _share(report, "rust", "compilation")
    if found and found[2] >= GOOD_RUST:
        text = f"{percent(found[2])} du code des réponses de {found[0]} est conforme."
        yield Item("Code vérifié", text, f"seuil {percent(GOOD_RUST)} ; {values.label(found[1])}")


def french_good(report: Report) -> Iterator[Item]:
    """French in GOOD_FRENCH or more."""
    found = _share(report, "french", "language")
    if found and found[2] >= GOOD_FRENCH:
        text = f"{percent(found[2])} pour {found[0]}."
        yield Item("Langue française", text, f"seuil {percent(GOOD_FRENCH)}")


def people_agree(report: Report) -> Iterator[Item]:
    """Krippendorff's alpha of decisions reaches the gate's."""
    limit = report.dataset.gate.agreement
    for one in report.people.agreement:
        if one.question != "decision" or one.alpha is None or limit is None:
            continue
        if one.alpha >= limit:
            text = f"Les relecteurs s'accordent sur {count(one.units, 'exemple')}."
            because = f"alpha {number(one.alpha, 2)} ; seuil {number(limit, 2)}"
            yield Item("Relecture", text, because)


def too_few(report: Report) -> Iterator[Item]:
    """The set has fewer examples than the gate asks for."""
    total, limit = report.dataset.covered.total, report.dataset.gate.total
    if limit is not None and total < limit:
        because = f"au moins {number(limit)} demandés par pipelines/retrain.yaml"
        yield Item("Jeu de données trop petit", f"{count(total, 'exemple')}.", because)


def gaps(report: Report) -> Iterator[Item]:
    """Cells below their target."""
    cells = [c for c, n in report.dataset.covered.deficits.items() if n]
    if cells:
        text = f"Il manque {count(report.dataset.covered.missing, 'exemple')}."
        yield Item("Couverture inégale", text, f"{count(len(cells), 'case')} sous la cible, sur 45")


def interrupted(report: Report) -> Iterator[Item]:
    """The newest run has not ended, or its process died on the way."""
    found = report.training
    if found and found.run.ended is None:
        text = f"{found.run.name} s'est arrêté à l'itération {number(found.run.iterations)}."
        because = f"{number(found.run.planned)} itérations prévues, aucune fin enregistrée"
        yield Item("Entraînement interrompu", text, because)
    elif found and found.run.deaths:
        deaths = [e for e in found.events if e.kind == "died"]
        text = f"{count(len(deaths), 'arrêt')}, le premier à l'itération {deaths[0].iteration}."
        yield Item("Entraînement accidenté", text, words.event(deaths[0].detail))


def overfits(report: Report) -> Iterator[Item]:
    """The last validation loss is above OVERFIT times the best one."""
    found = report.training
    best = found.run.best_loss if found else None
    if found and best and found.last_loss and found.last_loss > OVERFIT * best:
        text = f"Perte de validation finale {number(found.last_loss, 3)}, contre {number(best, 3)}."
        because = f"rapport {number(found.last_loss / best, 2)} ; seuil {number(OVERFIT, 2)}"
        yield Item("Surapprentissage", text, because)


def undecided(report: Report) -> Iterator[Item]:
    """A comparison of scores is undecided."""
    for kind, head in (("tuning", "Effet du fine-tuning"), ("rag", "Effet du RAG")):
        for pair, found in pairs_of(report, kind):
            if found.word == "indécis":
                text = (
                    f"Aucun effet démontré de {pair.before} à {pair.after} ({values.said(found)})."
                )
                because = f"delta {values.delta(found)}, intervalle {values.span(found)}"
                yield Item(head, text, because)


def worse(report: Report) -> Iterator[Item]:
    """A metric of a comparison has the word régression."""
    found = report.evaluation
    for pair in found.of(found.profile) if found else ():
        fallen = [
            d
            for d in (pair.comparison.differences if pair.comparison else ())
            if d.group == ALL and d.word == "régression"
        ]
        if fallen:
            names = listed([values.label(d.metric) for d in fallen])
            because = " ; ".join(f"{values.label(d.metric)} {values.span(d)}" for d in fallen)
            yield Item(f"Régression de {pair.before} à {pair.after}", f"{names}.", because)


def refused(report: Report) -> Iterator[Item]:
    """Two arms cannot be compared."""
    found = report.evaluation
    for pair in found.of(found.profile) if found else ():
        if pair.refused:
            text = f"{pair.before} et {pair.after} : aucun écart n'est mesuré."
            yield Item("Comparaison refusée", text, words.refusal(pair.refused))


def outdated(report: Report) -> Iterator[Item]:
    """Results whose inputs have changed since."""
    data, found = report.dataset, report.evaluation
    for side in (s for s in (found.sides if found else ()) if s.stale):
        yield Item("Résultat périmé", f"Bras {side.name}.", words.stale(side.stale or ""))
    if report.training and report.training.run.dataset_changed:
        name = report.training.run.name
        because = "empreintes de train.jsonl ou valid.jsonl différentes"
        yield Item("Entraînement périmé", f"Le jeu a changé depuis {name}.", because)
    if data.newer or data.gone:
        because = f"{number(data.newer)} exemples en plus, {number(data.gone)} en moins"
        yield Item("Jeu périmé", "curated/ ne reflète plus le projet.", because)


def leaks(report: Report) -> Iterator[Item]:
    """Prompts that the model learned from."""
    found = report.evaluation
    if found and found.leaked:
        name, why = next(iter(found.leaked.items()))
        text = f"{count(len(found.leaked), 'question')} écartées : {', '.join(found.leaked)}."
        yield Item("Fuite d'évaluation", text, f"{name} : {why}")


def weakest(report: Report) -> Iterator[Item]:
    """The category with the lowest score, if that is below WEAK."""
    found = lowest(report)
    if found and found[1] < WEAK:
        arm, place = found[2], f"sur {count(found[3], 'question')}"
        text = f"Score le plus bas de {arm} : {mark(found[1])}, {place}."
        yield Item(words.group(found[0]).capitalize(), text, f"seuil {mark(WEAK)}")


def lowest(report: Report) -> tuple[str, float, str, int] | None:
    """Category, score, arm, prompts of the subject's weakest category."""
    side, found = subject(report), report.evaluation
    if side is None or found is None:
        return None
    groups = side.summaries[found.profile].category
    known = [(v, n, g) for n, g in groups.items() if (v := g.metrics.get("composite")) is not None]
    if not known:
        return None
    value, name, group = min(known, key=lambda k: (k[0], k[1]))
    return name, value, side.name, group.prompts


def rust_low(report: Report) -> Iterator[Item]:
    """Blocks of the answers that do as they should: fewer than GOOD_RUST."""
    found = _share(report, "rust", "compilation")
    if found and found[2] < GOOD_RUST:
        text = f"{percent(found[2])} seulement pour {found[0]}."
        yield Item("Code souvent fautif", text, f"seuil {percent(GOOD_RUST)}")


def french_low(report: Report) -> Iterator[Item]:
    """French in fewer than GOOD_FRENCH."""
    found = _share(report, "french", "language")
    if found and found[2] < GOOD_FRENCH:
        text = f"{percent(found[2])} seulement pour {found[0]}."
        yield Item("Français insuffisant", text, f"seuil {percent(GOOD_FRENCH)}")


def cut_answers(report: Report) -> Iterator[Item]:
    """More than the share CUT of an arm's answers were cut."""
    for side in report.evaluation.sides if report.evaluation else ():
        share = side.cut / len(side.responses) if side.responses else 0.0
        if share > CUT:
            text = f"{percent(share)} des réponses de {side.name}."
            yield Item("Réponses coupées", text, f"seuil {percent(CUT)}")


def unreviewed(report: Report) -> Iterator[Item]:
    """Candidates that nobody has reviewed."""
    found = report.people
    if found.candidates and not found.reviews:
        text = f"Personne n'a relu les {count(found.candidates, 'candidat')}."
        yield Item("Aucune relecture", text, "0 relecture enregistrée")


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
    lacking = {t: sum(n for c, n in data.covered.deficits.items() if c.topic is t) for t in Topic}
    first = sorted((t for t in Topic if lacking[t]), key=lambda t: -lacking[t])[:3]
    text = f"Étendre le jeu à {number(max(limit, total + data.covered.missing))} exemples"
    if first:
        names = [f"{words.axis('topic', t)} (+{lacking[t]})" for t in first]
        text = f"{text}, d'abord {listed(names)}"
    because = f"{number(total)} exemples, {number(data.covered.missing)} manquants"
    yield Item("Produire", f"{text} : curator augment.", because)


def strengthen(report: Report) -> Iterator[Item]:
    """The weakest category is weak: more examples on it."""
    found = lowest(report)
    if not found or found[1] >= WEAK:
        return
    counts = report.dataset.covered.axes["topic"]
    there = f" ; {count(counts[found[0]], 'exemple')} au jeu" if found[0] in counts else ""
    name = words.group(found[0])
    text = f"Ajouter des exemples : {name} (targets.topics de pipelines/augment.yaml)."
    yield Item("Renforcer", text, f"score {mark(found[1])}{there}")


def train_next(report: Report) -> Iterator[Item]:
    """Nothing is trained, or the run is broken off, outdated, or not yet exported."""
    found = report.training
    if found is None:
        yield Item(
            "Entraîner", "curator gate, puis curator train.", "aucun entraînement enregistré"
        )
    elif found.run.ended is None:
        text = "curator train reprend au dernier point de reprise."
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
    """An undecided comparison says how many prompts would decide it."""
    wanted = [
        (d.needed, d.n, p)
        for kind in ("tuning", "rag")
        for p, d in pairs_of(report, kind)
        if d.word == "indécis" and d.needed
    ]
    for needed, asked, pair in wanted:
        asking = f"Environ {count(needed, 'question')}"
        text = f"{asking} pour trancher entre {pair.before} et {pair.after}."
        because = f"{count(asked, 'question')} posées ; puissance 0,8 pour un écart de cette taille"
        yield Item("Poser plus de questions", text, because)


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
    share, cure = n / sum(reasons.values()), _CURES.get(code.partition(".")[0])
    if share >= COMMON and cure:
        because = f"{percent(share)} des rejets ; seuil {percent(COMMON)}"
        yield Item("Mieux produire", f"{words.reason(code).capitalize()} : {cure}.", because)


def keep_old(report: Report) -> Iterator[Item]:
    """A tuned arm has a metric with the word régression."""
    found = report.evaluation
    for pair in found.of(found.profile, "tuning") if found else ():
        fallen = pair.comparison and any(
            d.group == ALL and d.word == "régression" for d in pair.comparison.differences
        )
        if fallen:
            text = f"Ne pas remplacer {pair.before} par {pair.after}."
            yield Item("Garder le modèle actuel", text, "une métrique au moins en régression")


def use_rag(report: Report) -> Iterator[Item]:
    """RAG's own comparison says amélioration."""
    for pair, found in pairs_of(report, "rag"):
        if found.word == "amélioration" and not is_stale(report, pair):
            because = f"{values.delta(found)}, intervalle {values.span(found)}"
            yield Item("Garder le RAG", f"Servir {pair.after} plutôt que {pair.before}.", because)


def calm_training(report: Report) -> Iterator[Item]:
    """The run overfits, and nothing stops it."""
    found = report.training
    if found and list(overfits(report)) and not found.config.get("early_stopping"):
        text = "Activer early_stopping dans training/lora.yaml."
        yield Item("Arrêter plus tôt", text, "la validation remonte avant la fin")


def longer_answers(report: Report) -> Iterator[Item]:
    """Answers were cut: allow more tokens."""
    if list(cut_answers(report)):
        text = "Augmenter sampling.max_tokens dans pipelines/evaluate.yaml."
        yield Item("Laisser finir", text, f"plus de {percent(CUT)} de réponses coupées")


WORKS: tuple[Rule, ...] = (
    *(better, rust_good, french_good, enough_examples, verified_set, finished, learned),
    people_agree,
)
LIMITS: tuple[Rule, ...] = (
    *(refused, worse, undecided, outdated, too_few, gaps, interrupted, overfits, weakest),
    *(rust_low, french_low, cut_answers, leaks, unreviewed),
)
ADVICE: tuple[Rule, ...] = (
    *(keep_old, use_rag, build_set, extend, strengthen, train_next, calm_training),
    *(evaluate_next, more_prompts, longer_answers, review_next, common_reason),
)


def follow(report: Report, rules: tuple[Rule, ...]) -> list[Item]:
    """What follows from the report by these rules, in their order."""
    return [item for rule in rules for item in rule(report)]
