"""Make crates of a block: attempts, in order, none of which changes the author's code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from curator.rust.hoist import lift
from curator.rust.redefine import in_scopes, side_by_side
from curator.rust.source import Source, analyse


class Composition(StrEnum):
    """How a block was made into a crate."""

    AS_IS = "as_is"
    IN_MAIN = "in_main"
    AFTER_ANSWER = "after_answer"
    AFTER_QUESTION = "after_question"
    NONE = "none"


@dataclass(frozen=True)
class Attempt:
    """One way to compile a block: a source text, and the line at which the block begins in it.

    `first` is the number of lines before the author's code; `imports` are the paths added.
    """

    how: Composition
    text: str
    first: int = 0
    imports: tuple[str, ...] = ()


def _wrapped(
    how: Composition, above: Sequence[str], code: str, serves: Sequence[Source]
) -> Attempt:
    """Put `code` in a function after `above`, each piece in a scope of its own inside the last.

    Inner scopes may define again what outer ones define: an answer that shows `struct Compte`
    twice, the second time mended, compiles. The function returns an error, or is async, where one
    of `serves` asks for it.
    """
    result = any(s.asks for s in serves)
    keyword = "async fn block" if any(s.awaits and not s.only_items for s in serves) else "fn main"
    returns = " -> Result<(), Box<dyn std::error::Error>>" if result else ""
    root, (*above, code) = lift((*above, code))
    # A semicolon before each scope ends an expression that a piece may end with.
    head = f"{keyword}(){returns} {{\n" + "".join(f"{piece}\n;{{\n" for piece in above)
    # A main of the block's own is inside another function here, so it is called.
    inner = "\n;let _ = main();" if above and analyse(code).has_main else ""
    tail = inner + "\n" + "}" * len(above) + (";Ok(())" if result else "") + "\n}"
    return Attempt(how, root + head + code + tail, head.count("\n"))


def as_is(code: str) -> Attempt:
    """Take the block as it stands."""
    return Attempt(Composition.AS_IS, code)


def _plain_main(code: str) -> Attempt:
    root, [inner] = lift([code])
    # Where a statement stands beside a main of the block's own, that is called.
    call = "\n;let _ = main();" if analyse(code).has_main else ""
    return Attempt(Composition.IN_MAIN, f"{root}fn main() {{\n{inner}{call}\n}}", 1)


def as_it_stands(code: str) -> Attempt:
    """Take a block that is to fail as rustdoc does: nothing may be added that could repair it.

    A program and items are crates; statements stand in a `fn main` that returns nothing, unless
    the last line says what it returns, as `Ok::<(), Error>(())` does.
    """
    source = analyse(code)
    items = source.only_items and not source.calls_macro
    whole = source.has_main and not source.has_statements
    if items or whole or not source.balanced:
        return as_is(code)
    if not code.rstrip().endswith("(())"):
        return _plain_main(code)
    root, [inner] = lift([code])
    head = f"{root}fn main() {{ fn block() -> Result<(), impl std::fmt::Debug> {{\n"
    return Attempt(Composition.IN_MAIN, f"{head}{inner}\n}} block().unwrap() }}", 1)


def in_main(code: str) -> list[Attempt]:
    """Put the block in `fn main`; returns nothing where that could not help.

    Where it uses `?`, main may return any error; where it awaits, the function is async.
    """
    source = analyse(code)
    if source.only_items or (source.has_main and not source.has_statements):
        return []
    plain = _plain_main(code)
    if source.has_main or not (source.asks or source.awaits):
        return [plain]
    return [plain, _wrapped(Composition.IN_MAIN, (), code, [source])]


def after(
    how: Composition, earlier: Sequence[str], code: str, mended: bool = True
) -> list[Attempt]:
    """Put the block after earlier pieces: side by side as items, else scope within scope.

    What it defines again stands for the same in the pieces (curator.rust.redefine). Without
    `mended`, the function around it does not serve a `?` or an `.await` of the block.
    """
    if not earlier:
        return []
    scopes = in_scopes(earlier, code)
    serves = [analyse(piece) for piece in ([*scopes, code] if mended else scopes)]
    nested = _wrapped(how, scopes, code, serves)
    beside = side_by_side(earlier, code)
    if not all(analyse(piece).only_items for piece in (*beside, code)):
        return [nested]
    root, (*pieces, last) = lift((*beside, code))
    head = "".join(f"{piece}\n" for piece in pieces)
    return [Attempt(how, root + head + last, head.count("\n")), nested]


def with_imports(attempt: Attempt, paths: Sequence[str]) -> Attempt:
    """Put `use` lines above everything in an attempt, but those that it has."""
    added = tuple(dict.fromkeys((*attempt.imports, *paths)))
    new = [p for p in added if p not in attempt.imports]
    root, [text] = lift([attempt.text])
    head = f"{root}\n" * bool(root) + "".join(f"use {path};\n" for path in new)
    first = attempt.first + head.count("\n")
    return replace(attempt, text=head + text, first=first, imports=added)


def sound_part(code: str, error_lines: Iterable[int]) -> str:
    """Keep the top-level items of a block that hold no error, for later blocks to build on."""
    wrong = set(error_lines)
    kept = [
        item.text
        for item in analyse(code).items
        if item.name != "main" and not any(item.first <= line <= item.last for line in wrong)
    ]
    return "\n".join(kept)
