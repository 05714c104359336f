"""Show the results: the arms, before and after, compilation, categories."""

from collections.abc import Iterator, Sequence

from curator.base import charts
from curator.evaluation.records import Profile
from curator.filters.registry import reason_fr
from curator.french import words
from curator.french.notices import french
from curator.french.numbers import NONE, count, listed, mark, number, percent, short
from curator.report.blocks import Cell, Content, Figure, Fold, Section, Table, Text
from curator.report.data.evaluation import Evaluation, Pair, Side
from curator.report.sections import values
from curator.report.sections.bench import bench_section
from curator.report.sections.pairs import METHOD, Headings, by_category, pair_content
from curator.report.sections.standing import standing_content

# The rows of the seed document's first table, under either profile.
_FIRST = ("composite", "language", "solved", "ideas", "french", "code")
_RUST = {"seed": "compilation", "default": "rust"}


def evaluation_section(evaluation: Evaluation | None, *others: Section) -> Section:
    """Write the section, with what follows it in the same chapter."""
    title = "Résultats d'évaluation"
    if evaluation is None:
        nothing = "Rien n'a encore été évalué : curator evaluate."
        return Section("evaluation", title, [Text(nothing, "empty")], others)
    unscored = Section("notes", "Notes", [Text("Aucune réponse n'est encore notée.", "empty")])
    main = evaluation.profile
    parts = list(_profile(evaluation, main)) if evaluation.scored(main) else [unscored]
    other: Profile = "seed" if main == "default" else "default"
    if evaluation.benches:
        parts.append(bench_section(evaluation.benches))
    if evaluation.scored(other):
        parts.append(_other_profile(evaluation, other))
    standing = list(standing_content(evaluation, main))
    content = [*standing, Fold("Bras évalués", [_arms(evaluation), *_warnings(evaluation)])]
    return Section("evaluation", title, content, [*parts, *others])


def _other_profile(evaluation: Evaluation, profile: Profile) -> Section:
    """Show the same answers by the other metrics, in one folded section."""
    sides = evaluation.scored(profile)
    pairs = evaluation.of(profile, "tuning", "arms")
    compared = [c for p in pairs for c in pair_content(p, _FIRST)]
    content = [*compared, _means(sides, profile), *_compilation(sides, profile)]
    title = f"Les mêmes réponses selon le {words.PROFILES[profile]}"
    return Section("autre-profil", title, [*content, _scores(sides, profile)], folded=True)


def _arms(evaluation: Evaluation) -> Table:
    columns: Headings = [("Bras", False), ("Modèle", False), ("Empreinte", False)]
    columns += [("Adaptateur", False), ("RAG", False), ("Réponses", True), ("État", False)]
    rows = [_arm(s) for s in evaluation.sides]
    note = "Un bras est un modèle interrogé d'une certaine façon ; empreinte : début du SHA-256."
    return Table("Bras évalués", columns, rows, note)


def _arm(side: Side) -> list[str | Cell]:
    arm = side.arm
    rag = f"{arm.rag.k} passages, {number(arm.rag.budget_tokens)} tokens" if arm.rag else "non"
    answers = f"{number(len(side.responses))}/{number(side.expected)}"
    return [
        Cell(arm.name, code=True),
        values.model(arm.model),
        Cell(short(arm.model.sha256), code=arm.model.sha256 is not None),
        Cell(short(arm.model.adapter_sha256), code=arm.model.adapter_sha256 is not None),
        rag,
        answers,
        _arm_state(side),
    ]


def _arm_state(side: Side) -> Cell:
    if side.stale:
        return Cell(f"périmé : {french.say(side.stale)}", tone="worse")
    if not side.scored:
        if side.arm.model.kind == "recorded":
            return Cell("pas encore noté : curator evaluate --responses")
        return Cell("en cours : curator evaluate continue" if side.expected else "sans note")
    return Cell("enregistré ailleurs" if side.arm.model.kind == "recorded" else "à jour")


def _warnings(evaluation: Evaluation) -> Iterator[Content]:
    stale = [s for s in evaluation.sides if s.stale]
    if stale:
        names = listed([s.name for s in stale])
        yield Text(
            f"Résultats périmés : {names}. Leurs entrées ont changé ; les chiffres décrivent "
            "ce qui était évalué alors. curator evaluate --again les refait.",
            "warning",
        )
    for one, other, why in evaluation.twins:
        yield Text(f"Les bras {one} et {other} sont les mêmes : {french.say(why)}.", "warning")
    if evaluation.leaked:
        dropped = count(len(evaluation.leaked), "question écartée", "questions écartées")
        yield Text(
            f"{dropped} de tous les chiffres, pour figurer dans un jeu d'entraînement : "
            f"{', '.join(evaluation.leaked)}.",
            "warning",
        )
    served = listed([s.name for s in evaluation.sides if s.arm.model.kind == "served"])
    if served:
        yield Text(
            f"Modèle servi, poids non vus : {served}. Le nom est celui que le serveur lui donne ; "
            "rien ne prouvera plus tard qu'il s'agit du même modèle.",
            "note",
        )
    cut = {s.name: s.cut for s in evaluation.sides if s.cut}
    if cut:
        dropped = ", ".join(f"{name} {number(n)}" for name, n in cut.items())
        yield Text(f"Réponses coupées à la longueur maximale : {dropped}.", "note")


def _profile(evaluation: Evaluation, profile: Profile) -> Iterator[Section]:
    """Write the seed document's tables under the main profile."""
    sides = evaluation.scored(profile)
    yield Section("avant-apres", "Avant et après fine-tuning", _tuning(evaluation, profile))
    if others := evaluation.of(profile, "arms"):
        yield Section("entre-bras", "Comparaison des autres bras", _compared(others, profile))
    means = [_means(sides, profile)]
    yield Section("metriques", "Avec vérification de compilation", means, folded=True)
    details = _compilation(sides, profile)
    yield Section("compilation", "Détails compilation", details, folded=True)
    categories = list(_categories(evaluation, sides, profile))
    yield Section("score", "Score par catégorie", categories, folded=True)


def _tuning(evaluation: Evaluation, profile: Profile) -> list[Content]:
    """Show what training brought, or why that is not known."""
    pairs = evaluation.of(profile, "tuning")
    if pairs:
        return _compared(pairs, profile)
    nothing = "Aucun bras évalué ne vient d'un entraînement connu ici : rien à dire de son effet."
    if sum(s.arm.rag is None for s in evaluation.scored(profile)) == 1:
        nothing = "Un seul bras sans RAG est évalué : il n'y a rien à comparer."
    return [Text(nothing, "empty")]


def _compared(pairs: Sequence[Pair], profile: Profile) -> list[Content]:
    note = Text(f"Métriques du {words.PROFILES[profile]}. {METHOD}", "note")
    first, *rest = [c for p in pairs for c in pair_content(p, _FIRST)]
    return [first, Fold("Méthode, écarts en image, autres paires", [note, *rest])]


def _means(sides: Sequence[Side], profile: Profile) -> Table:
    """Show each metric of each arm."""
    names = dict.fromkeys(n for s in sides for n in s.summaries[profile].overall.metrics)
    first = [n for n in (*_FIRST, "length", _RUST[profile]) if n in names]
    order = [*first, *(n for n in names if n not in first)]
    rows: list[list[str | Cell]] = []
    for name in order:
        cells = [values.value(name, s.summaries[profile].overall.metrics.get(name)) for s in sides]
        rows.append([values.label(name), *cells, words.MEANINGS.get(name, "")])
    columns: Headings = [("Métrique", False), *((s.name, True) for s in sides)]
    counts = ", ".join(f"{s.name} {count(s.summaries[profile].prompts, 'question')}" for s in sides)
    note = f"Moyennes : {counts}. {NONE} : sans objet."
    columns.append(("Ce qui est mesuré", False))
    return Table("Tous les bras, toutes les métriques", columns, rows, note)


def _compilation(sides: Sequence[Side], profile: Profile) -> list[Content]:
    counts = [s.summaries[profile].compilation for s in sides]
    shares = [percent(c.compiled / c.blocks) if c.blocks else NONE for c in counts]
    rows: list[list[str | Cell]] = [
        ["Réponses avec code", *(f"{number(c.with_code)}/{number(c.answers)}" for c in counts)],
        ["Blocs de code totaux", *(number(c.blocks) for c in counts)],
        ["Conformes", *(number(c.compiled) for c in counts)],
        ["Échecs", *(number(c.failed) for c in counts)],
        ["Part des blocs conformes", *shares],
    ]
    columns: Headings = [("Métrique", False), *((s.name, True) for s in sides)]
    content: list[Content] = [Table("Blocs Rust des réponses", columns, rows)]
    reasons = dict.fromkeys(r for c in counts for r in c.reasons)
    if reasons:
        failed: list[list[str | Cell]] = [
            [reason_fr(r), *(number(c.reasons.get(r, 0)) for c in counts)] for r in reasons
        ]
        headings: Headings = [("Motif", False), *((s.name, True) for s in sides)]
        content.append(Table("Motifs d'échec des blocs", headings, failed))
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
        ("Catégorie", False),
        ("Questions", True),
        *((s.name, True) for s in sides),
    ]
    return Table("Score moyen par catégorie", columns, rows)


def _dots(sides: Sequence[Side], profile: Profile) -> Figure:
    dots, description = [], []
    for name in _names(sides, profile):
        means = {s.name: m for s in sides if (m := _score(s, profile, name)) is not None}
        dots += [charts.Dot(words.group(name), arm, mean) for arm, mean in means.items()]
        each = ", ".join(f"{arm} {mark(mean)}" for arm, mean in means.items())
        description.append(f"{words.group(name)} : {each}")
    chart = charts.dot_chart(dots, "score sur 5", 5)
    return Figure(chart, "Score par catégorie et par bras", " ; ".join(description))
