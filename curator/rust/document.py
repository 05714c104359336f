"""What goes into the engine and what comes out of it: documents, options, a result per block."""

from dataclasses import dataclass, field
from typing import Literal

from curator.rust.cache import Cache
from curator.rust.compiler import Extern
from curator.rust.compose import Composition
from curator.rust.expect import Expectation, ExpectedOutcome
from curator.rust.fence import fence_hint
from curator.rust.pointers import Pointer
from curator.rust.runner import Runner
from curator.text.markdown import Block

REASONS: dict[str, str] = {
    "does_not_compile": "rustc refuses a block that should compile",
    "should_not_compile": "rustc accepts a block that is said not to compile",
    "wrong_error_code": "rustc fails with other codes than are named for the block",
    "wrong_claim": "the text names an error code that rustc does not give for what it shows",
    "refuted_change": "the text says what a change would do, and rustc says otherwise",
    "pseudo_code": "the block leaves something out with an ellipsis",
    "free_names": "all that a block lacks are names, which nothing before it defines",
    "crate_unavailable": "the block needs a crate that is not in the configured set",
    "compiler_limit": "rustc ran into a limit of time, memory or output",
    "compiler_crash": "rustc itself crashed on the block",
    "rustc_too_old": "the installed rustc does not know the block's edition",
    "refused": "the block takes itself out of compilation, or, without a sandbox, reaches outside",
    "include_missing": "mdBook's directive names a file that is not in the checked folder",
    "run_panicked": "the program panics, and nothing says that it should",
    "run_did_not_panic": "the program is said to panic, and does not",
    "run_failed": "the program or one of its tests fails",
    "run_timeout": "the program does not end in its time",
    "run_output_limit": "the program prints more than it may",
    "run_needs_files": "the program reads files that are not there where it is run",
    "run_needs_input": "the program reads input, arguments or variables, and there are none",
    "run_needs_network": "the program reaches for the network, and there is none",
    "run_needs_programs": "the program starts another program, which it may not",
    "run_wrong_output": "the program prints something else than the text states",
}


PAGE = "text"


@dataclass(frozen=True)
class Text:
    """A piece of Markdown and its role: "question" or "answer" in a record, PAGE for a file."""

    role: str
    markdown: str


@dataclass(frozen=True)
class Document:
    """The texts that belong together, in reading order: a question, then its answer.

    `debug` says that the question shows code that fails.
    """

    texts: tuple[Text, ...]
    debug: bool = False


@dataclass(frozen=True)
class Options:
    """How blocks are judged.

    `edition` holds where a fence names none; `accept` are the compositions that are tried, and
    with `imports` also with the imports that rustc proposes; `externs` are the crates that may be
    named. Without `batched`, each text is compiled alone. With a `runner`, programs and tests are
    run too; with `refuse_outside`, blocks that reach outside their text are not even compiled.
    `cores` bounds the threads; None takes those of the machine.
    """

    edition: str = "2021"
    accept: frozenset[Composition] = frozenset(Composition)
    imports: bool = True
    externs: Extern = field(default_factory=Extern)
    batched: bool = True
    cache: Cache | None = None
    runner: Runner | None = None
    refuse_outside: bool = False
    cores: int | None = None


@dataclass(frozen=True)
class Trial:
    """What became of a sentence that says what a change of the code would do.

    `line` and `words` are the sentence's, `claim` is what it says: "compiles", "fails", "fails
    with E0382", "the same error". `verdict` is "holds", "refuted" or "untried", and then `why` says
    why. `change` is the edit as a small diff, `got` what rustc gives for it: "no error" or errors.
    """

    role: str
    line: int
    words: str
    claim: str
    verdict: Literal["holds", "refuted", "untried"]
    change: str = ""
    got: str = ""
    why: str = ""


@dataclass(frozen=True)
class BlockResult:
    """What became of one block.

    `reason` is "" or a key of REASONS; `code` is rustc's first error code and `codes` are all of
    them; `line` is that of the error within the text that the block is in, 0 if there is none;
    `imports` are the paths that were added, `names` those that are missing; `trials` are those of
    what the text says near the block about changes of the code. `pointers` are the lines at which
    rustc points; `stdout` is what the program printed, None where it was not run to its end.
    """

    role: str
    block: Block
    expected: ExpectedOutcome
    composition: Composition = Composition.NONE
    reason: str = ""
    code: str = ""
    codes: frozenset[str] = frozenset()
    message: str = ""
    line: int = 0
    imports: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    trials: tuple[Trial, ...] = ()
    pointers: tuple[Pointer, ...] = ()
    stdout: str | None = None

    @property
    def passed(self) -> bool:
        """Whether the block does what is expected of it."""
        return not self.reason

    @property
    def hint(self) -> str:
        """What is probably misspelt in the block's fence, in one line; "" where nothing is."""
        return fence_hint(self.block)

    @property
    def expectation(self) -> Expectation:
        """What the block should do."""
        return self.expected.expectation

    def short(self) -> str:
        """Tell the result in one line: "line 12: E0382 borrow of moved value: `x`"."""
        words = " ".join(w for w in (self.code, self.message) if w)
        return f"line {self.line or self.block.line}: {words or REASONS.get(self.reason, '')}"
