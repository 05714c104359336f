"""rust: every Rust block of question and answer does what a reader expects of it, by rustc."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from curator.filters.base import Filter, FilterSettings, Reason, Reasons, failing, passing
from curator.records.example import Example, Verdict
from curator.records.taxonomy import Category
from curator.rust.cache import Cache
from curator.rust.compiler import Compiler, Extern, Rustc
from curator.rust.compose import Composition
from curator.rust.crates import crates_for
from curator.rust.document import REASONS, BlockResult, Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.expect import Expectation
from curator.rust.process import Limits
from curator.rust.runner import RUNNING, Runner
from curator.rust.toolchain import find_toolchain
from curator.rust.unsandboxed import is_unsandboxed


class RustSettings(FilterSettings):
    """Every Rust block does what is expected of it; limits are for one compiler run.

    `seconds` bounds both wall and processor time, `memory_mb` the address space of rustc, and
    `run_seconds` the time of a program.
    `accept` are the compositions that count, `imports` says whether those may be added that rustc
    proposes without a choice, `crates` whether the external set may be named, `run` whether
    programs and tests are run. `let_through` are reasons that reviewers may judge:
    such an example passes with the fault in its detail, and needs a review like any other.
    """

    name: Literal["rust"] = "rust"
    edition: Literal["2015", "2018", "2021", "2024"] = "2021"
    seconds: int = Field(20, ge=1)
    memory_mb: int = Field(4096, ge=256)
    output_kb: int = Field(256, ge=16)
    require_block: bool = True
    accept: tuple[Literal["as_is", "in_main", "after_answer", "after_question"], ...] = (
        "as_is",
        "in_main",
        "after_answer",
        "after_question",
    )
    imports: bool = True
    crates: bool = True
    run: bool = False
    run_seconds: int = Field(10, ge=1)
    let_through: tuple[Literal["pseudo_code", "free_names"], ...] = ()


def rust_compiler(settings: RustSettings) -> Rustc:
    """Find the compiler, under a recipe's limits; raises CompilerError where there is none."""
    memory, output = settings.memory_mb << 20, settings.output_kb << 10
    return Rustc(limits=Limits(settings.seconds, memory, output))


def document_of(example: Example) -> Document:
    """Return an example as the engine reads it."""
    texts = (Text("question", example.question), Text("answer", example.answer))
    return Document(texts, debug=example.category is Category.DEBUG)


_FRENCH = {
    "does_not_compile": "un bloc qui devrait compiler est refusé par rustc",
    "should_not_compile": "un bloc annoncé fautif compile",
    "wrong_error_code": "rustc donne un autre code d'erreur que celui annoncé",
    "wrong_claim": "le texte annonce un code d'erreur que rustc ne donne pas",
    "refuted_change": "le texte annonce l'effet d'un changement du code, et rustc dit autre chose",
    "pseudo_code": "le bloc est du pseudo-code",
    "free_names": "il ne manque au bloc que des noms, que rien ne définit avant lui",
    "crate_unavailable": "une crate n'est pas disponible ici",
    "compiler_limit": "rustc a atteint une limite de temps ou de mémoire",
    "compiler_crash": "rustc a planté sur ce bloc",
    "rustc_too_old": "ce rustc ne connaît pas l'édition du bloc",
    "refused": "le bloc échappe à la compilation",
    "include_missing": "une directive de mdBook nomme un fichier qui n'est pas là",
    "run_panicked": "le programme panique sans que rien ne l'annonce",
    "run_did_not_panic": "la panique annoncée n'a pas lieu",
    "run_failed": "le programme ou un test échoue",
    "run_timeout": "le programme ne finit pas à temps",
    "run_output_limit": "le programme affiche plus que permis",
    "run_needs_files": "le programme lit des fichiers absents de l'endroit où il s'exécute",
    "run_needs_input": "le programme attend une saisie, des arguments ou des variables",
    "run_needs_network": "le programme a besoin du réseau, absent là où il s'exécute",
    "run_needs_programs": "le programme en lance un autre, ce qui lui est interdit",
    "run_wrong_output": "le programme affiche autre chose qu'annoncé",
}


def _tried(results: Sequence[BlockResult]) -> str:
    """Tell how many claims about changes were tried, where there are any."""
    verdicts = Counter(trial.verdict for r in results for trial in r.trials)
    words = {"holds": "hold", "refuted": "refuted", "untried": "not tried"}
    said = [f"{count} {words[verdict]}" for verdict, count in verdicts.most_common()]
    return f", claims about changes: {', '.join(said)}" if said else ""


class RustFilter(Filter[RustSettings]):
    """Reject an example with a block that does not do as it says, or with nothing to check."""

    name = "rust"
    settings_type = RustSettings
    by_default = True
    label_fr = "rustc"
    cure_fr = "la stratégie repair, qui rend au modèle le message de rustc, et mutate"
    reasons: ClassVar[Reasons] = {
        "no_rust_block": Reason(
            "the answer shows no Rust code", "la réponse ne montre aucun code Rust"
        ),
        "no_checked_block": Reason(
            "every Rust block of the answer is marked ignore",
            "tous les blocs Rust sont exclus de la vérification",
        ),
        **{code: Reason(said, _FRENCH[code]) for code, said in REASONS.items()},
    }

    def __init__(
        self, settings: RustSettings, compiler: Compiler | None = None, cores: int | None = None
    ):
        super().__init__(settings)
        self._given = compiler
        self._cores = cores  # None: all of the machine

    @cached_property
    def compiler(self) -> Compiler:
        """The compiler; found when it is first needed, so that a recipe can be read without one."""
        return self._given or rust_compiler(self.settings)

    @override
    def check_ready(self) -> None:
        """Raise CompilerError where there is no rustc, or no sandbox that it runs in."""
        if isinstance(self.compiler, Rustc):
            self.compiler.prove()

    @override
    def for_worker(self) -> "RustFilter":
        """Return one that finds the worker's compiler, and takes one core instead of all."""
        return RustFilter(self.settings, cores=1)

    def options(self, examples: Sequence[Example]) -> Options:
        """Return the recipe's settings for the engine; answers of the real compiler are cached."""
        settings = self.settings
        options = Options(
            edition=settings.edition,
            accept=frozenset(Composition(name) for name in settings.accept),
            imports=settings.imports,
            runner=Runner(running=replace(RUNNING, seconds=settings.run_seconds))
            if settings.run
            else None,
            cores=self._cores,
            refuse_outside=is_unsandboxed(),
        )
        if self._given:
            return options  # a fake compiler has no cache, and no crates
        texts = [text for e in examples for text in (e.question, e.answer)]
        externs = crates_for(find_toolchain(), texts) if settings.crates else Extern()
        return replace(options, cache=Cache(), externs=externs)

    @override
    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        """Return one verdict each; the score is the share of checked blocks that do as they say."""
        documents = [document_of(e) for e in examples]
        results = check_documents(documents, self.compiler, self.options(examples))
        return [self._judge(blocks) for blocks in results]

    def _judge(self, results: Sequence[BlockResult]) -> Verdict:
        checked = [r for r in results if r.expectation is not Expectation.IGNORED]
        if self.settings.require_block and not any(r.role == "answer" for r in checked):
            ignored = any(r.role == "answer" for r in results)
            reason = "no_checked_block" if ignored else "no_rust_block"
            return failing(self.name, reason, self.reasons[reason].en, 0.0)
        broken = [r for r in results if not r.passed]  # an ignored block by a false claim about it
        judged = len(checked) + sum(r not in checked for r in broken)
        score = round(1 - len(broken) / judged, 4) if judged else 1.0
        faults = "; ".join(f"{r.role}, {r.reason}, {r.short()}" for r in broken)
        decisive = [r for r in broken if r.reason not in self.settings.let_through]
        if decisive:
            return failing(self.name, decisive[0].reason, faults, score)
        ways = ", ".join(sorted({str(r.composition) for r in checked}))
        detail = f"{len(checked)} blocks ({ways}), {self.compiler.version}{_tried(results)}"
        return passing(self.name, score, f"{detail}; {faults}" if faults else detail)
