"""Show the batches: the funnel, strategies with their stages and costs, why candidates fell."""

from curator.generate.funnel import FILTERS
from curator.generate.yields import YieldCount
from curator.report.blocks import Cell, Content, Section, Table, Text
from curator.report.data.batches import Batches, BatchRecord
from curator.report.language import say, words
from curator.report.language.numbers import NONE, count, number, percent, short

SHOWN = 15


def batches_section(batches: Batches) -> Section:
    """Write the section; it says so where no batch was made or judged."""
    title = say("Production des candidats", "Making of candidates")
    if not batches.batches:
        nothing = say(
            "Aucun lot de candidats n'a été produit : curator augment.",
            "No batch of candidates has been made: curator augment.",
        )
        return Section("lots", title, [Text(nothing, "empty")])
    content: list[Content] = [_batches(batches)]
    if batches.total:
        content += [_funnel(batches), _strategies(batches)]
        if batches.stages.rows():
            content.append(_stages(batches))
        if any(tally.tokens for tally in batches.strategies.values()):
            content.append(_tokens(batches))
    if batches.reasons:
        content.append(_reasons(batches))
    return Section("lots", title, content)


def _batches(batches: Batches) -> Table:
    columns = [(say("Lot", "Batch"), False), (say("Modèle", "Model"), False)]
    columns += [(say("Fin", "End"), False), (say("Candidats", "Candidates"), True)]
    columns += [(say("Retenus", "Accepted"), True), (say("Part", "Share"), True)]
    caption = say("Lots de candidats", "Batches of candidates")
    rows = [_batch(one) for one in batches.batches]
    if len(rows) > 1:
        share = percent(batches.accepted / batches.total) if batches.total else NONE
        rows.append(["Total", "", "", number(batches.total), number(batches.accepted), share])
        strong = frozenset({len(rows) - 1})
        return Table(caption, columns, rows, "", strong)
    return Table(caption, columns, rows)


def _batch(one: BatchRecord) -> list[str | Cell]:
    name = Cell(one.name, code=True)
    model = say("sans modèle", "without a model")
    if one.model:
        model = f"{one.model['name']} ({short(one.model['sha256'])})"
    if not one.complete:
        return [name, model, words.batch_state(one.state), NONE, NONE, NONE]
    end = words.end(one.stopped or NONE)
    if one.total is None:
        waiting = say(f"{end} ; pas encore filtré", f"{end}; not filtered yet")
        return [name, model, waiting, NONE, NONE, NONE]
    share = percent((one.accepted or 0) / one.total) if one.total else NONE
    return [name, model, end, number(one.total), number(one.accepted), share]


def _funnel(batches: Batches) -> Table:
    first = say("candidats", "candidates")
    rows: list[list[str | Cell]] = [[first, "", "", Cell(number(batches.total), bar=1.0)]]
    for name, (seen, kept) in batches.funnel.items():
        left = Cell(number(kept), bar=kept / batches.total)
        rows.append([words.filter_name(name), number(seen), number(seen - kept), left])
    columns = [(say("Filtre", "Filter"), False), (say("Entrés", "In"), True)]
    columns += [(say("Écartés", "Dropped"), True), (say("Restants", "Left"), True)]
    note = say(
        "Rien ne se perd : entrés = écartés + restants, à chaque étape.",
        "Nothing is lost: in = dropped + left, at every step.",
    )
    caption = say("Entonnoir des filtres, tous lots réunis", "Funnel of filters, all batches")
    return Table(caption, columns, rows, note)


def _strategies(batches: Batches) -> Table:
    rows: list[list[str | Cell]] = []
    for name, tally in batches.strategies.items():
        share = tally.accepted / tally.tried if tally.tried else 0.0
        price = number(tally.per_accepted) if tally.accepted and tally.tokens else NONE
        rows.append(
            [
                words.strategy(name),
                number(tally.tried),
                number(tally.accepted),
                Cell(percent(share), bar=share),
                price,
            ]
        )
    columns = [(say("Stratégie", "Strategy"), False), (say("Candidats", "Candidates"), True)]
    columns += [(say("Retenus", "Accepted"), True), (say("Rendement", "Yield"), True)]
    columns.append((say("Tokens par retenu", "Tokens an accepted one"), True))
    return Table(say("Rendement par stratégie", "Yield of each strategy"), columns, rows)


def _stages(batches: Batches) -> Table:
    rows: list[list[str | Cell]] = []
    for strategy, stage, tally in batches.stages.rows():
        reason, times = tally.most_frequent()
        said = f"{_reason(stage, reason)} ({number(times)})" if times else NONE
        share = tally.kept / tally.reached if tally.reached else 0.0
        rows.append(
            [
                words.strategy(strategy),
                words.stage(stage),
                number(tally.reached),
                number(tally.kept),
                Cell(percent(share), bar=share),
                number(tally.tokens) if tally.tokens else NONE,
                said,
            ]
        )
    columns = [(say("Stratégie", "Strategy"), False), (say("Étape", "Stage"), False)]
    columns += [(say("Atteinte par", "Reached by"), True), (say("Gardés", "Kept"), True)]
    columns += [(say("Part", "Share"), True), ("Tokens", True)]
    columns.append((say("Motif le plus fréquent", "Most frequent reason"), False))
    note = say(
        "Une étape qui échoue arrête un candidat, sauf si le texte des faits peut la remplacer.",
        "A stage that fails ends a candidate, unless the text of the facts can stand in for it.",
    )
    caption = say(
        "Étapes des stratégies qui en ont plusieurs", "Stages of strategies that have several"
    )
    return Table(caption, columns, rows, note, minor=frozenset({4, 5, 6}))


def _reason(stage: str, code: str) -> str:
    return words.reason(code) if stage == FILTERS else words.stage_reason(code)


def _tokens(batches: Batches) -> Table:
    names = [name for name, tally in batches.strategies.items() if tally.tokens]
    found = sorted({topic for name in names for topic in batches.topics[name]})
    rows: list[list[str | Cell]] = [
        [words.axis("topic", topic), *(_cost(batches.topics[name].get(topic)) for name in names)]
        for topic in found
    ]
    rows.append([say("Tous", "All"), *(_cost(batches.strategies[name]) for name in names)])
    columns = [(say("Thème", "Topic"), False), *((words.strategy(name), True) for name in names)]
    note = say(
        "Tous les tokens que le modèle a écrits ; entre parenthèses où rien n'a été retenu.",
        "All tokens that the model wrote; in brackets where nothing was accepted.",
    )
    strong = frozenset({len(rows) - 1})
    caption = say("Tokens par candidat retenu, par thème", "Tokens an accepted candidate, by topic")
    return Table(caption, columns, rows, note, strong)


def _cost(tally: YieldCount | None) -> str:
    if tally is None or not tally.tokens:
        return NONE
    price = tally.per_accepted
    return f"({number(tally.tokens)})" if price is None else number(price)


def _reasons(batches: Batches) -> Table:
    fallen = sum(batches.reasons.values())
    shown = list(batches.reasons.items())[:SHOWN]
    rows: list[list[str | Cell]] = [
        [
            words.reason(code),
            words.filter_name(code.partition(".")[0]),
            number(n),
            Cell(percent(n / fallen), bar=n / fallen),
        ]
        for code, n in shown
    ]
    rest = len(batches.reasons) - len(shown)
    more = "autre motif plus rare|autres motifs plus rares", "rarer reason"
    note = f"{count(rest, *more)}." if rest else ""
    columns = [(say("Motif décisif", "Decisive reason"), False), (say("Filtre", "Filter"), False)]
    columns += [(say("Candidats", "Candidates"), True), (say("Part", "Share"), True)]
    return Table(say("Motifs de rejet", "Reasons for rejection"), columns, rows, note)
