"""`curator import`, `check`, `filter`, `stats`: what there is, and its faults. See cli."""

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from curator.base.engine_names import EngineName
from curator.base.plural import plural
from curator.cli.options import (
    Address,
    AsJson,
    AugmentPath,
    Where,
    augment_recipe,
    engine_of,
    project,
)
from curator.cli.terminal import document, say, show

app = typer.Typer()
Given = Annotated[
    list[Path], typer.Argument(help="Markdown or JSONL files, or folders of such files.")
]


class Edition(StrEnum):
    """The editions of Rust."""

    E2015 = "2015"
    E2018 = "2018"
    E2021 = "2021"
    E2024 = "2024"


@app.command(name="import")
def import_file(
    file: Annotated[
        Path, typer.Argument(help="JSONL or JSON of chats, ShareGPT, Alpaca, or pairs.")
    ],
    category: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    topic: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    difficulty: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    author: Annotated[str | None, typer.Option(help="Who wrote them, unless they say.")] = None,
    licence: Annotated[str | None, typer.Option(help="Under which licence.")] = None,
    authored: Annotated[
        bool, typer.Option("--authored", help="Written for this project: into raw/authored.")
    ] = False,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help="OLD=NEW: what a label of the file is called here; repeatable."),
    ] = None,
    recipe: AugmentPath = None,
    as_json: AsJson = False,
) -> None:
    """Import an existing set into raw/, with labels and provenance.

    Prints what is wrong, what only looks different, and what was done about it. Examples that the
    filters reject do not count: they lie in rejected/, and `curator review push` sends those that
    a person can repair to annotators.
    """
    from curator.cli.views.base import progress as progress_bar
    from curator.cli.views.intake import import_lines, import_table
    from curator.dataset.intake import import_records
    from curator.dataset.labelling import Labels, label_records, parse_mapping
    from curator.filters.base import raise_nothing_survived
    from curator.records.chat import read_chats
    from curator.records.example import Origin

    here = project()
    chosen = augment_recipe(here, recipe)
    labels = Labels(category, topic, difficulty, author, licence)
    origin = Origin.AUTHORED if authored else Origin.IMPORTED
    renamed = parse_mapping(mapping or [])
    labelled = label_records(read_chats(file), labels, origin, file, renamed)
    with progress_bar(as_json) as progress:
        result = import_records(here, file.stem, labelled, chosen, progress)
    if as_json:
        document(result.document(here))
    else:
        if (found := import_table(result)).row_count:
            show(found)
        for line in import_lines(result, str(file), here):
            say(line)
    if result.rejected and not (result.added or result.present):
        hint = "repair them, and import them again"
        raise_nothing_survived(result.outcome, str(file), hint, "example")


@app.command(name="renew-ids")
def renew(
    files: Annotated[
        list[Path] | None, typer.Argument(help="JSONL of examples [default: all that count].")
    ] = None,
    author: Annotated[str | None, typer.Option(help="Who edited them [default: as it is].")] = None,
    as_json: AsJson = False,
) -> None:
    """Give examples that were edited by hand their new ids.

    The old id stays as a parent. Candidates are not edited by hand but corrected in review.
    """
    from curator.dataset.renew import renew_ids

    here = project()
    renewed = renew_ids(here, files or (), author)
    if as_json:
        lines = [{**r._asdict(), "file": here.relative(r.file)} for r in renewed]
        document({"renewed": lines})
        return
    for one in renewed:
        say(f"{here.relative(one.file)}:{one.line}: {one.old} is now {one.new}")
    say(f"{plural(len(renewed), 'id')} renewed." if renewed else "Every id is that of its text.")


@app.command()
def check(
    files: Given,
    edition: Annotated[Edition, typer.Option(help="For blocks that name none.")] = Edition.E2021,
    run_programs: Annotated[
        bool, typer.Option("--run", help="Run programs and tests too, in the sandbox.")
    ] = False,
    unsandboxed: Annotated[
        bool, typer.Option("--unsandboxed", help="Compile without a sandbox; never for --run.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compile the Rust blocks of Markdown or JSONL files.

    Exits 1 if one does not do what it says of itself.
    """
    from curator.cli.views.data import checked_table
    from curator.rust import check as checking
    from curator.rust.cache import Cache
    from curator.rust.compiler import Rustc
    from curator.rust.crates import crates_for
    from curator.rust.document import Options
    from curator.rust.runner import Runner
    from curator.rust.sandbox import Unsandboxed, find_sandbox
    from curator.rust.toolchain import find_toolchain

    if unsandboxed and run_programs:
        raise typer.BadParameter("--run needs the sandbox")
    files = checking.files_of(files)
    sandbox = Unsandboxed() if unsandboxed else find_sandbox()
    options = Options(
        edition=edition.value,
        cache=Cache(),
        runner=Runner(sandbox=sandbox) if run_programs else None,
        externs=crates_for(find_toolchain(), checking.texts_of(files)),
        refuse_outside=unsandboxed,
    )
    checked = checking.check_files(files, Rustc(sandbox=sandbox), options)
    totals = checking.totals(checked)
    if as_json:
        document({"blocks": [c.document() for c in checked], "totals": totals})
    elif not checked:
        where = str(files[0]) if len(files) == 1 else f"these {len(files)} files"
        say(f"There is no Rust block in {where}: nothing was compiled.")
    else:
        show(checked_table(checked))
        say(f"As expected: {totals['passed']} of {plural(totals['blocks'], 'block')}.")
    if totals["failed"]:
        raise typer.Exit(1)


@app.command(name="filter")
def filter_examples(
    file: Annotated[Path, typer.Argument(help="JSONL of examples, or a folder of such files.")],
    recipe: AugmentPath = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for accepted.jsonl and rejected.jsonl.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Let rejected examples meet the other filters too.")
    ] = False,
    engine: Where = EngineName.LOCAL,
    address: Address = None,
    as_json: AsJson = False,
) -> None:
    """Judge examples; verdicts only, unless --out is given."""
    from curator.cli.views import base as console
    from curator.cli.views.data import funnel_table, reasons_table
    from curator.dataset import filter as filtering
    from curator.filters.base import raise_nothing_survived
    from curator.generate.recipe import override
    from curator.records.files import read_examples

    here = project()
    chosen = override(augment_recipe(here, recipe), {"judge": "all" if every else None})
    file = file.resolve()
    elsewhere = [
        p
        for p in [*here.trusted_files(), *here.pending_files(chosen.output)]
        if p != file and file not in p.parents and p.parent != file.parent
    ]
    with engine_of(engine, address) as where, console.progress(as_json) as progress:
        known = read_examples(*elsewhere)
        stream = partial(where.stream, progress=progress)
        tally = filtering.filter_by(stream, here, file, chosen, known, out)
    if as_json:
        document(tally.document())
    else:
        show(funnel_table(tally, "examples"))
        if tally.dropped:
            show(reasons_table(tally))
        say(f"{tally.kept} of {plural(tally.total, 'example')} passed every filter.")
    if not tally.kept:
        hint = f"{'' if every else '--all shows every fault, '}--out DIR keeps the verdicts"
        raise_nothing_survived(tally, here.relative(file), hint, "example")


@app.command()
def stats(recipe: AugmentPath = None, as_json: AsJson = False) -> None:
    """Show what the set covers, what is missing, the balance.

    Counted are authored and imported examples.
    """
    from curator.cli.views.data import balance_line, coverage_table
    from curator.records.coverage import coverage
    from curator.records.files import read_examples
    from curator.records.rejections import Refused
    from curator.review.decisions.state import count_still_counted

    here = project()
    chosen = augment_recipe(here, recipe)
    refused = Refused.of(here)
    trusted = read_examples(*here.trusted_files())
    covered = coverage(refused.without(trusted), chosen.targets)
    pending = read_examples(*here.pending_files(chosen.output))
    waiting = count_still_counted(here, pending)
    if as_json:
        more = {"waiting_for_review": waiting, "refused": refused.met}
        document({**covered.document(), **more})
        return
    show(coverage_table(covered))
    say(balance_line(covered))
    if refused.met:
        say(f"Not counted: {refused.told()}; left_out in curated/manifest.json names them.")
    say(f"Candidates that passed the filters and may still enter: {waiting}.")
