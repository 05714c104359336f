"""Show the batches: the funnel, strategies with their stages and costs, why candidates fell."""

from curator.filters.registry import filter_fr, reason_fr
from curator.french import words
from curator.french.numbers import NONE, count, number, percent, short
from curator.generate.funnel import FILTERS
from curator.generate.strategies.registry import strategy_fr
from curator.generate.yields import YieldCount
from curator.report.blocks import Cell, Content, Section, Table, Text
from curator.report.data.batches import Batches, BatchRecord

SHOWN = 15


def batches_section(batches: Batches) -> Section:
    """Write the section; it says so where no batch was made or judged."""
    title = "Production des candidats"
    if not batches.batches:
        nothing = "Aucun lot de candidats n'a été produit : curator augment."
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
    columns = [("Lot", False), ("Modèle", False), ("Fin", False)]
    columns += [("Candidats", True), ("Retenus", True), ("Part", True)]
    rows = [_batch(one) for one in batches.batches]
    if len(rows) > 1:
        share = percent(batches.accepted / batches.total) if batches.total else NONE
        rows.append(["Total", "", "", number(batches.total), number(batches.accepted), share])
        strong = frozenset({len(rows) - 1})
        return Table("Lots de candidats", columns, rows, "", strong)
    return Table("Lots de candidats", columns, rows)


def _batch(one: BatchRecord) -> list[str | Cell]:
    name = Cell(one.name, code=True)
    model = f"{one.model['name']} ({short(one.model['sha256'])})" if one.model else "sans modèle"
    if not one.complete:
        return [name, model, words.BATCH_STATES[one.state], NONE, NONE, NONE]
    end = words.ENDS.get(one.stopped or "", one.stopped or NONE)
    if one.total is None:
        return [name, model, f"{end} ; pas encore filtré", NONE, NONE, NONE]
    share = percent((one.accepted or 0) / one.total) if one.total else NONE
    return [name, model, end, number(one.total), number(one.accepted), share]


def _funnel(batches: Batches) -> Table:
    rows: list[list[str | Cell]] = [["candidats", "", "", Cell(number(batches.total), bar=1.0)]]
    for name, (seen, kept) in batches.funnel.items():
        left = Cell(number(kept), bar=kept / batches.total)
        rows.append([filter_fr(name), number(seen), number(seen - kept), left])
    columns = [("Filtre", False), ("Entrés", True), ("Écartés", True), ("Restants", True)]
    note = "Rien ne se perd : entrés = écartés + restants, à chaque étape."
    return Table("Entonnoir des filtres, tous lots réunis", columns, rows, note)


def _strategies(batches: Batches) -> Table:
    rows: list[list[str | Cell]] = []
    for name, tally in batches.strategies.items():
        share = tally.accepted / tally.tried if tally.tried else 0.0
        price = number(tally.per_accepted) if tally.accepted and tally.tokens else NONE
        rows.append(
            [
                strategy_fr(name),
                number(tally.tried),
                number(tally.accepted),
                Cell(percent(share), bar=share),
                price,
            ]
        )
    columns = [("Stratégie", False), ("Candidats", True), ("Retenus", True), ("Rendement", True)]
    columns.append(("Tokens par retenu", True))
    return Table("Rendement par stratégie", columns, rows)


def _stages(batches: Batches) -> Table:
    rows: list[list[str | Cell]] = []
    for strategy, stage, tally in batches.stages.rows():
        reason, times = tally.most_frequent()
        said = f"{_reason_fr(stage, reason)} ({number(times)})" if times else NONE
        share = tally.kept / tally.reached if tally.reached else 0.0
        rows.append(
            [
                strategy_fr(strategy),
                words.STAGES.get(stage, stage),
                number(tally.reached),
                number(tally.kept),
                Cell(percent(share), bar=share),
                number(tally.tokens) if tally.tokens else NONE,
                said,
            ]
        )
    columns = [("Stratégie", False), ("Étape", False), ("Atteinte par", True), ("Gardés", True)]
    columns += [("Part", True), ("Tokens", True), ("Motif le plus fréquent", False)]
    note = "Une étape qui échoue arrête un candidat, sauf si le texte des faits peut la remplacer."
    caption = "Étapes des stratégies qui en ont plusieurs"
    return Table(caption, columns, rows, note, minor=frozenset({4, 5, 6}))


def _reason_fr(stage: str, code: str) -> str:
    return reason_fr(code) if stage == FILTERS else words.STAGE_REASONS.get(code, code)


def _tokens(batches: Batches) -> Table:
    names = [name for name, tally in batches.strategies.items() if tally.tokens]
    found = sorted({topic for name in names for topic in batches.topics[name]})
    rows: list[list[str | Cell]] = [
        [words.axis("topic", topic), *(_cost(batches.topics[name].get(topic)) for name in names)]
        for topic in found
    ]
    rows.append(["Tous", *(_cost(batches.strategies[name]) for name in names)])
    columns = [("Thème", False), *((strategy_fr(name), True) for name in names)]
    note = "Tous les tokens que le modèle a écrits ; entre parenthèses où rien n'a été retenu."
    strong = frozenset({len(rows) - 1})
    return Table("Tokens par candidat retenu, par thème", columns, rows, note, strong)


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
            reason_fr(code),
            filter_fr(code.partition(".")[0]),
            number(n),
            Cell(percent(n / fallen), bar=n / fallen),
        ]
        for code, n in shown
    ]
    rest = len(batches.reasons) - len(shown)
    note = f"{count(rest, 'autre motif', 'autres motifs')} plus rares." if rest else ""
    columns = [("Motif décisif", False), ("Filtre", False), ("Candidats", True), ("Part", True)]
    return Table("Motifs de rejet", columns, rows, note)
