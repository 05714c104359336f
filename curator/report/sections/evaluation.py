"""Show the results: the arms, before and after, compilation, categories."""

from collections.abc import Iterator, Mapping, Sequence

from curator.base import charts
from curator.evaluation.records import Profile, Response
from curator.report.blocks import Cell, Content, Figure, Fold, Section, Table, Text
from curator.report.data.evaluation import Evaluation, Pair, Side, trained
from curator.report.data.training import Run
from curator.report.language import say, tell, words
from curator.report.language.numbers import NONE, count, listed, mark, number, percent, short
from curator.report.sections import values
from curator.report.sections.bench import bench_section
from curator.report.sections.pairs import Headings, by_category, method, pair_content
from curator.report.sections.standing import standing_content

# The rows of the seed document's first table, under either profile.
_FIRST = ("composite", "language", "solved", "ideas", "french", "code")
_RUST = {"seed": "compilation", "default": "rust"}


def evaluation_section(
    evaluation: Evaluation | None, *others: Section, runs: Sequence[Run] = ()
) -> Section:
    """Write the section, with what follows it in the same chapter; `runs` say what arms are."""
    title = say("Résultats d'évaluation", "Results of the evaluation")
    if evaluation is None:
        nothing = say(
            "Rien n'a encore été évalué : curator evaluate.",
            "Nothing has been evaluated yet: curator evaluate.",
        )
        return Section("evaluation", title, [Text(nothing, "empty")], others)
    waiting = Text(say("Aucune réponse n'est encore notée.", "No answer is scored yet."), "empty")
    unscored = Section("notes", say("Notes", "Scores"), [waiting])
    main = evaluation.profile
    parts = list(_profile(evaluation, main)) if evaluation.scored(main) else [unscored]
    other: Profile = "seed" if main == "default" else "default"
    if evaluation.benches:
        order = [side.name for side in evaluation.sides]
        parts.append(bench_section(evaluation.benches, order))
    if evaluation.scored(other):
        parts.append(_other_profile(evaluation, other))
    standing = list(standing_content(evaluation, main))
    arms = [_arms(evaluation, runs), *_warnings(evaluation)]
    about = say("Bras évalués", "Evaluated arms")
    if scored := evaluation.scored(main):
        about = say("Bras évalués, sens des métriques", "Evaluated arms, what metrics measure")
        arms.append(_meanings(scored, main))
    content = [*standing, Fold(about, arms)]
    return Section("evaluation", title, content, [*parts, *others])


def _other_profile(evaluation: Evaluation, profile: Profile) -> Section:
    """Show the same answers by the other metrics, in one folded section."""
    sides = evaluation.scored(profile)
    pairs = evaluation.of(profile, "tuning", "arms")
    compared = [c for p in pairs for c in pair_content(p, _FIRST)]
    content = [
        _meanings(sides, profile),
        *compared,
        _means(sides, profile),
        *_compilation(sides, profile),
    ]
    title = say("Les mêmes réponses selon le {}", "The same answers by the {}")
    title = title.format(words.profile(profile))
    return Section("autre-profil", title, [*content, _scores(sides, profile)], folded=True)


def _arms(evaluation: Evaluation, runs: Sequence[Run]) -> Table:
    known = {run.name: run for run in runs}
    adapted = any(s.arm.model.adapter_sha256 for s in evaluation.sides)
    columns: Headings = [(say("Bras", "Arm"), False), (say("Ce que c'est", "What it is"), False)]
    columns += [(say("Modèle", "Model"), False), (say("Empreinte", "Digest"), False)]
    columns += [(say("Adaptateur", "Adapter"), False)] if adapted else []
    columns += [("RAG", False), (say("Réponses", "Answers"), True), (say("État", "State"), False)]
    rows = [_arm(s, known, adapted) for s in evaluation.sides]
    note = say(
        "Un bras est un modèle interrogé d'une certaine façon ; empreinte : début du SHA-256.",
        "An arm is a model that is asked in a certain way; digest: the beginning of its SHA-256.",
    )
    return Table(say("Bras évalués", "Evaluated arms"), columns, rows, note)


def _arm(side: Side, runs: Mapping[str, Run], adapted: bool) -> list[str | Cell]:
    arm = side.arm
    rag = say("non", "no")
    if arm.rag:
        rag = f"{count(arm.rag.k, 'passage', 'passage')}, {number(arm.rag.budget_tokens)} tokens"
    answers = f"{number(len(side.responses))}/{number(side.expected)}"
    digests = [arm.model.sha256, *([arm.model.adapter_sha256] if adapted else [])]
    return [
        Cell(arm.name, code=True),
        _made(side, runs),
        values.model(arm.model),
        *(Cell(short(one), code=one is not None) for one in digests),
        rag,
        answers,
        _arm_state(side),
    ]


def _made(side: Side, runs: Mapping[str, Run]) -> str:
    """Say what an arm's weights come from, as far as that is known here."""
    if not trained(side.arm):
        return say("sans entraînement d'ici", "not trained here")
    run = runs.get(side.arm.model.run or "")
    if run is None:
        return say("entraîné ; ses lignes ne sont plus là", "trained; its rows are not here")
    pairs = run.objective == "dpo"
    kind = ("paire", "pair") if pairs else ("ligne", "row")
    parts = [count(run.rows, *kind), count(run.iterations, "itération", "iteration")]
    rate = f"{run.rate:g}"
    parts.append(say(f"taux {rate.replace('.', ',')}", f"rate {rate}"))
    if run.after:
        parts.append(f"{say('à la suite de', 'going on from')} {run.after}")
    return ", ".join(parts)


def _arm_state(side: Side) -> Cell:
    if side.stale:
        return Cell(f"{say('périmé :', 'outdated:')} {tell(side.stale)}", tone="worse")
    recorded = side.arm.model.kind == "recorded"
    if side.scored:
        fresh = say("à jour", "up to date")
        return Cell(say("enregistré ailleurs", "recorded elsewhere") if recorded else fresh)
    if recorded:
        how = "curator evaluate --responses"
        return Cell(say(f"pas encore noté : {how}", f"not scored yet: {how}"))
    if not side.expected:
        return Cell(say("sans note", "without a score"))
    return Cell(say("en cours : curator evaluate continue", "unfinished: curator evaluate goes on"))


def _warnings(evaluation: Evaluation) -> Iterator[Content]:
    stale = [s for s in evaluation.sides if s.stale]
    if stale:
        names = listed([s.name for s in stale])
        text = say(
            f"Résultats périmés : {names}. Leurs entrées ont changé ; les chiffres décrivent "
            "ce qui était évalué alors. curator evaluate --again les refait.",
            f"Outdated results: {names}. Their inputs have changed; the numbers describe what was "
            "evaluated then. curator evaluate --again makes them anew.",
        )
        yield Text(text, "warning")
    for one, other, why in evaluation.twins:
        text = say("Les bras {} et {} sont les mêmes : {}.", "The arms {} and {} are one: {}.")
        yield Text(text.format(one, other, tell(why)), "warning")
    if evaluation.leaked:
        yield Text(f"{_leaked(evaluation)} {', '.join(evaluation.leaked)}.", "warning")
    served = listed([s.name for s in evaluation.sides if s.arm.model.kind == "served"])
    if served:
        text = say(
            f"Modèle servi, poids non vus : {served}. Le nom est celui que le serveur lui donne ; "
            "rien ne prouvera plus tard qu'il s'agit du même modèle.",
            f"Served model, weights not seen: {served}. Its name is what the server calls it; "
            "nothing will prove later that it is the same model.",
        )
        yield Text(text, "note")
    cut = {s.name: s.cut for s in evaluation.sides if s.cut}
    if cut:
        dropped = ", ".join(f"{name} {number(n)}" for name, n in cut.items())
        text = say("Réponses coupées à la longueur maximale :", "Answers cut at their full length:")
        yield Text(f"{text} {dropped}.", "note")


def _leaked(evaluation: Evaluation) -> str:
    dropped = count(
        len(evaluation.leaked), "question écartée|questions écartées", "prompt is|prompts are"
    )
    return say(
        f"{dropped} de tous les chiffres, pour figurer dans un jeu d'entraînement :",
        f"{dropped} left out of every number, for being in a training set:",
    )


def _profile(evaluation: Evaluation, profile: Profile) -> Iterator[Section]:
    """Write the seed document's tables under the main profile."""
    sides = evaluation.scored(profile)
    title = say("Avant et après fine-tuning", "Before and after fine-tuning")
    yield Section("avant-apres", title, _tuning(evaluation, profile))
    if others := evaluation.of(profile, "arms"):
        title = say("Comparaison des autres bras", "Comparison of the other arms")
        yield Section("entre-bras", title, _compared(others, profile))
    title = say("Avec vérification de compilation", "With the check by compilation")
    yield Section("metriques", title, [_means(sides, profile)], folded=True)
    title = say("Détails compilation", "Details of compilation")
    yield Section("compilation", title, _compilation(sides, profile), folded=True)
    title = say("Score par catégorie", "Score by category")
    yield Section("score", title, list(_categories(evaluation, sides, profile)), folded=True)


def _tuning(evaluation: Evaluation, profile: Profile) -> list[Content]:
    """Show what training brought, or why that is not known."""
    pairs = evaluation.of(profile, "tuning")
    if pairs:
        return _compared(pairs, profile)
    nothing = say(
        "Aucun bras évalué ne vient d'un entraînement connu ici : rien à dire de son effet.",
        "No evaluated arm comes from a training known here: its effect is not known.",
    )
    if sum(s.arm.rag is None for s in evaluation.scored(profile)) == 1:
        nothing = say(
            "Un seul bras sans RAG est évalué : il n'y a rien à comparer.",
            "Only one arm without RAG is evaluated: there is nothing to compare.",
        )
    return [Text(nothing, "empty")]


def _compared(pairs: Sequence[Pair], profile: Profile) -> list[Content]:
    text = say("Métriques du {}. {}", "Metrics of the {}. {}")
    note = Text(text.format(words.profile(profile), method()), "note")
    first, *rest = [c for p in pairs for c in pair_content(p, _FIRST)]
    title = say("Méthode, écarts en image, autres paires", "Method, differences drawn, other pairs")
    return [first, Fold(title, [note, *rest])]


def _means(sides: Sequence[Side], profile: Profile) -> Table:
    """Show each metric of each arm, and how long its answers are."""
    rows: list[list[str | Cell]] = []
    for name in _measured(sides, profile):
        cells = [values.value(name, s.summaries[profile].overall.metrics.get(name)) for s in sides]
        rows.append([words.metric(name, profile), *cells])
    rows += [_lengths(sides, profile), _cut(sides, profile)]
    columns: Headings = [_metric_heading(), *((s.name, True) for s in sides)]
    asked = {s.name: s.summaries[profile].prompts for s in sides}
    counts = ", ".join(f"{name} {count(n, 'question', 'prompt')}" for name, n in asked.items())
    note = say(
        f"Moyennes : {counts}. {NONE} : sans objet.", f"Means: {counts}. {NONE}: does not apply."
    )
    caption = say("Tous les bras, toutes les métriques", "All arms, all metrics")
    return Table(caption, columns, rows, note)


def _measured(sides: Sequence[Side], profile: Profile) -> list[str]:
    """Order the metrics that some arm has: the seed document's first."""
    names = dict.fromkeys(n for s in sides for n in s.summaries[profile].overall.metrics)
    first = [n for n in (*_FIRST, "length", _RUST[profile]) if n in names]
    return [*first, *(n for n in names if n not in first)]


def _meanings(sides: Sequence[Side], profile: Profile) -> Table:
    """Say what each metric measures."""
    rows: list[list[str | Cell]] = [
        [words.metric(name, profile), words.meaning(name, profile)]
        for name in _measured(sides, profile)
    ]
    columns: Headings = [_metric_heading(), (say("Ce qui est mesuré", "What is measured"), False)]
    name = words.profile(profile)
    return Table(say(f"Métriques du {name}", f"Metrics of the {name}"), columns, rows)


def _counted(side: Side, profile: Profile) -> list[Response]:
    """Return the answers that the means are over."""
    known = {(s.prompt_id, s.sample) for s in side.scored[profile].scores}
    left_out = side.summaries[profile].left_out
    answers = [r for r in side.responses if r.prompt_id not in left_out]
    return [r for r in answers if (r.prompt_id, r.sample) in known]


def _lengths(sides: Sequence[Side], profile: Profile) -> list[str | Cell]:
    tokens = ([r.tokens for r in _counted(s, profile) if r.tokens is not None] for s in sides)
    means = [number(sum(each) / len(each)) if each else NONE for each in tokens]
    return [say("Longueur moyenne (tokens)", "Mean length (tokens)"), *means]


def _cut(sides: Sequence[Side], profile: Profile) -> list[str | Cell]:
    counted = [_counted(s, profile) for s in sides]
    cut = [f"{number(sum(not r.finished for r in each))}/{number(len(each))}" for each in counted]
    return [say("Réponses coupées", "Answers cut short"), *cut]


def _metric_heading() -> tuple[str, bool]:
    return say("Métrique", "Metric"), False


def _compilation(sides: Sequence[Side], profile: Profile) -> list[Content]:
    counts = [s.summaries[profile].compilation for s in sides]
    shares = [percent(c.compiled / c.blocks) if c.blocks else NONE for c in counts]
    rows: list[list[str | Cell]] = [
        [
            say("Réponses avec code", "Answers with code"),
            *(f"{number(c.with_code)}/{number(c.answers)}" for c in counts),
        ],
        [say("Blocs de code totaux", "Code blocks, all"), *(number(c.blocks) for c in counts)],
        [say("Conformes", "Do as they say"), *(number(c.compiled) for c in counts)],
        [say("Échecs", "Fail"), *(number(c.failed) for c in counts)],
        [say("Part des blocs conformes", "Share that do as they say"), *shares],
    ]
    columns: Headings = [_metric_heading(), *((s.name, True) for s in sides)]
    caption = say("Blocs Rust des réponses", "Rust blocks of the answers")
    content: list[Content] = [Table(caption, columns, rows)]
    reasons = dict.fromkeys(r for c in counts for r in c.reasons)
    if reasons:
        failed: list[list[str | Cell]] = [
            [words.reason(r), *(number(c.reasons.get(r, 0)) for c in counts)] for r in reasons
        ]
        headings: Headings = [(say("Motif", "Reason"), False), *((s.name, True) for s in sides)]
        caption = say("Motifs d'échec des blocs", "Why blocks fail")
        content.append(Table(caption, headings, failed))
    return content


def _categories(
    evaluation: Evaluation, sides: Sequence[Side], profile: Profile
) -> Iterator[Content]:
    yield _scores(sides, profile)
    yield _dots(sides, profile)
    for pair in (p for p in evaluation.of(profile, "tuning", "arms") if p.comparison):
        yield by_category(pair)


def _names(sides: Sequence[Side], profile: Profile) -> list[str]:
    return sorted({c for s in sides for c in s.summaries[profile].category})


def _score(side: Side, profile: Profile, category: str) -> float | None:
    group = side.summaries[profile].category.get(category)
    return group.metrics.get("composite") if group else None


def _scores(sides: Sequence[Side], profile: Profile) -> Table:
    rows: list[list[str | Cell]] = []
    for name in _names(sides, profile):
        group = sides[0].summaries[profile].category.get(name)
        asked = number(group.prompts if group else 0)
        rows.append([words.group(name), asked, *(mark(_score(s, profile, name)) for s in sides)])
    columns: Headings = [
        (say("Catégorie", "Category"), False),
        (say("Questions", "Prompts"), True),
        *((s.name, True) for s in sides),
    ]
    return Table(say("Score moyen par catégorie", "Mean score by category"), columns, rows)


def _dots(sides: Sequence[Side], profile: Profile) -> Figure:
    dots, description = [], []
    for name in _names(sides, profile):
        means = {s.name: m for s in sides if (m := _score(s, profile, name)) is not None}
        dots += [charts.Dot(words.group(name), arm, mean) for arm, mean in means.items()]
        each = ", ".join(f"{arm} {mark(mean)}" for arm, mean in means.items())
        description.append(f"{words.group(name)}{say(' : ', ': ')}{each}")
    chart = charts.dot_chart(dots, say("score sur 5", "score out of 5"), 5)
    caption = say("Score par catégorie et par bras", "Score by category and arm")
    return Figure(chart, caption, say(" ; ", "; ").join(description))
