"""Compare a program's behaviour with what the text claims."""

import re
from collections.abc import Sequence

from curator.french import cues
from curator.rust.block_state import BlockState, externs_of
from curator.rust.building import Building
from curator.rust.document import Options
from curator.rust.expect import STUB, Expectation
from curator.rust.needs import lacking
from curator.rust.output import false_statement, is_unsteady, shows
from curator.rust.run_programs import Program, run_cached
from curator.rust.runner import Run, Runner
from curator.rust.source import analyse
from curator.rust.unit import Unit
from curator.text.fold import fold
from curator.text.markdown import Block, blocks, lines_of

# What cargo or rustc say, and not the program; a panic is shown beside the output.
_MESSAGE = re.compile(r"error\[|^(?:error|warning)\b.*:|panicked at", re.MULTILINE)
# A heading above other prose, or an item of a list, begins what a reader is to try, for example.
_HEADING = re.compile(r"^\s*#{1,6}\s", re.MULTILINE)
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s", re.MULTILINE)
_OUTPUT_FENCES = {
    "text", "txt", "plaintext", "plain", "console", "output", "stdout", "sortie", "terminal",
}  # fmt: skip
_COMMAND = re.compile(r"^\s*[$>%] (?!cargo run\b|cargo r\b|\./|target/)", re.MULTILINE)


def runnable(state: BlockState) -> str:
    """Tell how to run a block that compiles: "bin", "test", or "" where there is nothing to run."""
    if not state.settled or not state.settled[1].ok:
        return ""
    return way_to_run(state, state.settled[0].text)


def way_to_run(state: BlockState, text: str) -> str:
    """Tell how to run a block in the form of a text, should that compile; as `runnable` does."""
    source = analyse(text)
    compiles = state.expected.expectation is Expectation.COMPILES
    if not compiles or state.block.has("no_run") or STUB.search(source.bare):
        return ""
    own = analyse(state.block.code)
    if own.has_tests or (source.has_tests and not own.has_main and own.only_items):
        return "test"
    return "bin" if source.has_main else ""


def run_blocks(
    states: Sequence[BlockState], runner: Runner, options: Options, begun: Building | None = None
) -> dict[int, Run]:
    """Run those blocks that can be run, on as many cores as allowed; runs by the state's `id`."""
    wanted: dict[int, Program] = {}
    for state in states:
        kind = runnable(state)
        if kind and state.settled:
            text = state.settled[0].text
            unit = Unit(text, state.edition, externs_of(text, options.externs))
            wanted[id(state)] = (unit, kind)
    runs = run_cached(list(wanted.values()), runner, options.cache, options.cores, begun)
    return dict(zip(wanted, runs, strict=True))


def stated_output(markdown: str, block: Block) -> str | None:
    """Return the output that a text shows below a block, if it says that it is one.

    That is a `text` fence right after the block, or one after a line such as "Il affiche :",
    where it may as well name no language.
    """
    every = blocks(markdown)
    if block.index + 1 >= len(every):
        return None
    following = every[block.index + 1]
    rows = lines_of(markdown)[block.line - 1 : following.line - 2]
    closing = next((i for i, row in enumerate(rows) if re.match(r"\s*[`~]{3,}\s*$", row)), None)
    between = "\n".join(rows[closing + 1 :]).strip() if closing is not None else ""
    # The last of at most two paragraphs says what the fence shows.
    words = fold(between.rsplit("\n\n", 1)[-1])
    said = between.count("\n\n") < 2 and cues.SAYS_OUTPUT.search(words) is not None
    before = between.removesuffix(between.rsplit("\n\n", 1)[-1])
    other = _HEADING.search(before) or _ITEM.search(between)
    said = said and not cues.SAYS_OTHER.search(words) and not other
    named = following.language in _OUTPUT_FENCES
    plain = (named or (said and not following.language)) and bool(following.code.strip())
    plain = plain and not _MESSAGE.search(following.code) and not _COMMAND.search(following.code)
    return following.code if plain and (not between or said) else None


def fault(state: BlockState, run: Run) -> tuple[str, str]:
    """Say why a run is not what its text says: a reason code and a clause; both "" if it is."""
    reason, message = _fault(state, run)
    needed, told = lacking(state.block.code, run) if reason else ("", "")
    return (needed, told) if needed else (reason, message)


def _fault(state: BlockState, run: Run) -> tuple[str, str]:
    if state.block.has("should_panic"):
        return ("", "") if run.ended == "panicked" else ("run_did_not_panic", run.ended)
    if run.ended == "panicked":
        lines = run.stderr.strip().splitlines()
        return "run_panicked", next((x for x in lines if "panicked at" not in x), "panic")
    if run.ended == "failed":
        return "run_failed", f"tests: {', '.join(run.failed)}" if run.failed else f"exit {run.code}"
    if run.ended in ("time", "output"):
        return ("run_timeout" if run.ended == "time" else "run_output_limit"), run.ended
    if run.ended == "not_built":
        return "run_failed", f"not linked: {run.stderr.strip()[:200]}"
    if runnable(state) == "test":  # what a harness prints is not the program's
        return "", ""
    return misprint(state.block, state.markdown, run.stdout)


def misprint(block: Block, markdown: str, stdout: str) -> tuple[str, str]:
    """Say which output that a text states of a block is not what it prints; both "" if none."""
    shown = stated_output(markdown, block)
    steady = not is_unsteady(block.code, stdout)
    if shown is not None and steady and not shows(shown, stdout, block.code):
        return "run_wrong_output", f"{_short(shown)} is shown, it prints {_short(stdout)}"
    wrong = false_statement(block.code, stdout)
    if not wrong:
        return "", ""
    line = block.line + wrong.stated.line - 1
    printed = stdout if wrong.printed is None else wrong.printed
    told = f"line {line}: {_short(wrong.stated.text)} is stated, it prints {_short(printed)}"
    return "run_wrong_output", told


def _short(text: str) -> str:
    return repr(text.strip()[:200])
