"""Try the programs that a model wrote: one that compiles, runs and prints is a source of facts."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from curator.french.learner import elide
from curator.generate.mutate.base import Edit, apply
from curator.generate.mutate.proof import compile_texts, without_comments
from curator.generate.mutate.reduce import linted
from curator.generate.mutate.running import kind_of, run_texts, succeeds
from curator.generate.mutate.syntax import Source, inside, text
from curator.generate.naming import naming_fault, own_names
from curator.rust.compiler import Compilation, Compiler
from curator.rust.document import Options
from curator.text.fold import fold

FENCE = "```"
# Crates, what somebody types, files, the clock: a lesson's program needs none of them.
_OUTSIDE = re.compile(
    r"\b(?:rand|tokio|futures|serde|serde_json|anyhow|thiserror|File|SystemTime)::"
    r"|\bstdin\(|\bInstant::now"
)
# A place in a text where French has a space, and not within what `{}` stands for.
_UNSPACED = re.compile(r"(?<=[^\W\d_])(?=:(?: |$))(?![^{]*\})|(?<=[a-zà-ÿ}])(?=[!?](?: |$))")
_DATA = re.compile(r"[\[({=]")  # what `{:?}` prints says things as often as they are there
_NOTHING = re.compile(r"\bNone\b|\bErr\(.*\)|\[\]|\(\)|\"\"")
SHORT_WORD = 3
COPIED = 0.4  # share of names and texts that a program has from the one that it was written after
_NAMES = ("identifier", "type_identifier", "field_identifier", "shorthand_field_identifier")


@dataclass(frozen=True)
class Trial:
    """A program that a model wrote; `reason` says why it is of no use, "" where it is of some."""

    code: str
    reason: str = ""
    detail: str = ""

    def refused(self, reason: str, detail: str = "") -> "Trial":
        """Return this trial with the reason that ends it."""
        return replace(self, reason=reason, detail=detail)


def read_program(written: str, finished: bool, shown: str) -> Trial:
    """Read the program in what a model wrote after an opened fence; `shown` is what it had seen.

    Comments go, since nobody has checked them, names lose their accents, and printed texts get the
    spaces that French has before ":", "!" and "?".
    """
    body = re.split(rf"^{FENCE}", written, maxsplit=1, flags=re.MULTILINE)[0]
    code = spaced_texts(plain_names(without_comments(body.strip("\n")))).strip("\n") + "\n"
    if not finished and FENCE not in written:
        return Trial(code).refused("truncated")
    if kept_names(code, shown) > COPIED:
        return Trial(code).refused("copied")
    if needed := _OUTSIDE.search(code):
        return Trial(code).refused("needs_more", needed[0])
    fault, which = naming_fault(code)
    return Trial(code, fault, which)


def kept_names(code: str, shown: str) -> float:
    """Return the share of a program's own names and texts that are those of another."""
    own, other = set(own_names(code)), set(own_names(shown))
    return len(own & other) / len(own) if own else 0.0


def plain_names(code: str) -> str:
    """Return a program whose names have no accents; rustc says whether that holds together."""
    nodes = [n for n in Source(code).walk(*_NAMES) if not text(n).isascii()]
    return apply(code, [Edit(n.start_byte, n.end_byte, _ascii(text(n))) for n in nodes])


def spaced_texts(code: str) -> str:
    """Return a program whose printed and asserted texts have French spaces and elisions.

    "Total: 3" gets a space, "le eau" becomes "l'eau".
    """
    source = Source(code)
    nodes = [n for n in source.walk("string_content") if inside(n, "macro_invocation")]
    edits = [Edit(n.start_byte, n.end_byte, elide(_UNSPACED.sub(" ", text(n)))) for n in nodes]
    return apply(code, edits)


def prints_nothing(printed: str) -> bool:
    """Tell whether all that a program prints is that there is nothing, as in "None None"."""
    return not _NOTHING.sub("", printed).strip()


def repeats_words(printed: str) -> bool:
    """Tell whether a printed line says two words twice, as in "3 kg de noix kg de noix"."""
    for line in printed.splitlines():
        if _DATA.search(line):
            continue
        words = re.findall(r"\w+", line.lower())
        pairs = [pair for pair in pairwise(words) if max(map(len, pair)) > SHORT_WORD]
        if len(set(pairs)) < len(pairs):
            return True
    return False


def _ascii(name: str) -> str:
    plain = fold(name)
    return (
        "".join(p.upper() if c.isupper() else p for c, p in zip(name, plain, strict=False))
        if len(plain) == len(name)
        else name
    )


def try_programs(
    trials: Sequence[Trial], edition: str, compiler: Compiler, options: Options
) -> list[Trial]:
    """Compile and run programs together, and say of each what is wrong with it.

    One that rustc warns of, that prints nothing or that tests nothing is refused. Where the options
    have no runner, programs are compiled only.
    """
    tried = list(trials)

    def judge(faults: Callable[[list[str]], Iterable[tuple[str, str]]]) -> None:
        left = [n for n, trial in enumerate(tried) if not trial.reason]
        for number, fault in zip(left, faults([tried[n].code for n in left]), strict=True):
            tried[number] = tried[number].refused(*fault)

    def compiled(reason: str, texts: list[str]) -> Iterator[tuple[str, str]]:
        for outcome in compile_texts([(one, edition) for one in texts], compiler, options):
            yield ("", "") if outcome.ok else (reason, _first_error(outcome))

    judge(lambda codes: compiled("does_not_compile", codes))
    judge(lambda codes: compiled("warning", [linted(code, imports=True) for code in codes]))
    judge(lambda codes: ((fault, "") for fault in _run(codes, edition, options)))
    return tried


def _first_error(outcome: Compilation) -> str:
    if outcome.problem or not outcome.errors:
        return outcome.problem
    first = outcome.errors[0]
    return f"{first.code} {first.message}".strip()


def _run(codes: Sequence[str], edition: str, options: Options) -> list[str]:
    """Return what is wrong with each program when it runs; "" for nothing."""
    faults = ["" if kind_of(code) else "nothing_to_run" for code in codes]
    if options.runner is None:
        return faults
    tried = [n for n, fault in enumerate(faults) if not fault]
    runs = run_texts([(codes[n], edition) for n in tried], options)
    for number, run in zip(tried, runs, strict=True):
        if not succeeds(run, codes[number]):
            faults[number] = "no_output" if run.ended == "ok" else "does_not_run"
        elif kind_of(codes[number]) == "bin" and prints_nothing(run.stdout):
            faults[number] = "no_output"
        elif repeats_words(run.stdout):
            faults[number] = "repeated_words"
    return faults
