"""Remove what prose names: a keyword, a call, an attribute, a bound, a wrapper, an item."""

import re
from collections.abc import Iterator

from curator.french.changes import Change
from curator.rust.pieces import (
    closing,
    cut,
    each_and_all,
    found,
    line_of,
    lines,
    put,
    without_lines,
)
from curator.rust.source import analyse

KEYWORDS = ("mut", "move", "pub", "ref", "async", "unsafe", "dyn", "impl", "const", "static")
_WRAPPERS = frozenset(("Box", "Rc", "Arc", "RefCell", "Cell", "Mutex"))


def removed(change: Change, code: str) -> Iterator[str]:
    """Yield the code without what is named, in every way to read that."""
    text = change.code.strip().rstrip(",")
    if re.fullmatch(r"'\w+", text):
        yield from _without_lifetime(text, code)
    elif text in KEYWORDS or text in ("&", "&mut", "*", "?", ".await", "await"):
        yield from _without_word(text, code)
    elif text.startswith(("#[", "#![", "derive(")):
        yield from _without_attribute(text, code)
    elif re.match(r"(?:unsafe )?impl\b", text):
        yield from _without_items(text, code)
    elif text in _WRAPPERS:
        yield from _unwrapped(text, code)
    elif re.fullmatch(r"\w+::\w+(?:\(.*\))?", text):
        yield from _without_path_call(text.split("(")[0], code)
    elif re.fullmatch(r"\w+ ?:(?!:) ?.+", text) and not text.endswith(";"):
        yield from _without_bound(text, code)
    elif re.fullmatch(r"\.?\w+(?:::<.*>)?(?:\(.*\))?", text):
        yield from _without_call(text, code)
    else:
        yield from without_text(text, code)


def _without_word(word: str, code: str) -> Iterator[str]:
    bare = analyse(code).bare
    patterns = {
        "&": r"(?<!&)&(?!&)(?:'\w+ )?(?:mut )?\s*",
        "&mut": r"&mut\s+",
        "*": r"(?<![\w)\]])\*(?=[\w(*])",
        "?": r"(?<=[\w)\]])\?(?!\s*Sized)",
        "await": r"\.\s*await\b",
        ".await": r"\.\s*await\b",
        "pub": r"\bpub(?:\([^)]*\))?\s+",
    }
    pattern = patterns.get(word, rf"\b{word}\b\s*")
    pieces = [(m.start(), m.end()) for m in re.finditer(pattern, bare)]
    yield from each_and_all(code, pieces, "")


def _without_lifetime(name: str, code: str) -> Iterator[str]:
    """Take a lifetime away everywhere, in one item, or from one reference."""
    yield _no_lifetime(name, code)
    for m in re.finditer(rf"(?<=&){re.escape(name)}(?!\w)\s*", code):
        yield put(code, (m.start(), m.end()), "")
    for item in analyse(code).items:
        start = code.find(item.text)
        if start >= 0 and name in item.text:
            yield put(code, (start, start + len(item.text)), _no_lifetime(name, item.text))


def _no_lifetime(name: str, code: str) -> str:
    quoted = re.escape(name) + r"(?!\w)"
    for pattern, new in (
        (rf"\s*\+\s*{quoted}(?=\s*[,>+{{)=;]|\s*$)", ""),
        (rf"{quoted}\s*\+\s*", ""),
        (rf"(?<=&){quoted}\s*", ""),
        (rf"<{quoted}(?:\s*:[^,>]*)?>", ""),
        (rf"<{quoted}(?:\s*:[^,>]*)?,\s*", "<"),
        (rf",\s*{quoted}(?=\s*[,>])", ""),
        (rf":\s*{quoted}(?=\s*[,>{{])", ""),
    ):
        code = re.sub(pattern, new, code, flags=re.MULTILINE)
    return code


def _without_attribute(text: str, code: str) -> Iterator[str]:
    text = f"#[{text}]" if text.startswith("derive(") else text
    for start, end in found(text, code):
        row = line_of(code, start)
        whole = "".join(lines(code)[row].split()) == "".join(text.split())
        yield without_lines(code, row, row) if whole else put(code, (start, end), "")
    derived = re.fullmatch(r"#\[derive\((\w+)\)\]", text)
    if derived and not found(text, code):
        yield from _underived(derived.group(1), code)


def _underived(name: str, code: str) -> Iterator[str]:
    """Take a trait out of the lists of derives, each or all."""
    pieces = []
    for m in re.finditer(r"#\[derive\(([^)]*)\)\]", code):
        names = [n.strip() for n in m.group(1).split(",")]
        if name in names:
            rest = ", ".join(n for n in names if n != name)
            pieces.append(((m.start(), m.end()), f"#[derive({rest})]" if rest else ""))
    for piece, new in pieces:
        yield put(code, piece, new)
    text = code
    for piece, new in reversed(pieces):
        text = put(text, piece, new)
    yield text


def _without_items(header: str, code: str) -> Iterator[str]:
    """Remove the impls whose header has these words, generics aside."""
    wanted = re.sub(r"<[^<>]*>", "", header.rstrip("{ ")).split()
    for item in analyse(code).items:
        head = re.sub(r"<[^<>]*>", "", item.text.split("{")[0]).split()
        at = head.index("impl") if "impl" in head else -1
        if at >= 0 and head[at : at + len(wanted)] == wanted:
            yield without_lines(code, item.first - 1, item.last - 1)


def _unwrapped(name: str, code: str) -> Iterator[str]:
    """Take a wrapper away everywhere: `Box<T>` becomes `T`, and `Box::new(x)` becomes `x`."""
    text = code
    for opening, marks in ((rf"\b{name}\s*<", "<>"), (rf"\b{name}::(?:new|from)\(", "()")):
        while m := re.search(opening, analyse(text).bare):
            end = closing(analyse(text).bare, m.end() - 1, marks)
            if end < 0:
                return
            text = text[: m.start()] + text[m.end() : end - 1] + text[end:]
    yield text


def _without_bound(text: str, code: str) -> Iterator[str]:
    """Take a bound or a type annotation away: `T: Debug`, `x: i32`."""
    name, bound = (part.strip() for part in text.split(":", 1))
    pieces = found(text, code)
    yield from each_and_all(code, pieces, name)
    if not pieces:
        for text in (f"+ {bound}", f"{bound} +"):
            yield from (cut(code, piece) for piece in found(text, code))


def _without_path_call(path: str, code: str) -> Iterator[str]:
    """Leave what a function is given in its place: `Rc::clone(&a)` becomes `a`."""
    bare = analyse(code).bare
    for m in re.finditer(rf"(?<![\w:]){re.escape(path)}\s*\(", bare):
        end = closing(bare, m.end() - 1, "()")
        if end > 0:
            inner = code[m.end() : end - 1].strip()
            yield put(code, (m.start(), end), re.sub(r"^&(?:mut )?", "", inner))


def _without_call(text: str, code: str) -> Iterator[str]:
    """Remove a method call, a call that is a statement, a trait from the derives, or a bound."""
    name = re.match(r"\.?(\w+)", text)
    word = name.group(1) if name else ""
    bare = analyse(code).bare
    pieces = []
    for m in re.finditer(rf"\.\s*{word}\s*(?:::<[^(;]*>\s*)?\(", bare):
        end = closing(bare, m.end() - 1, "()")
        pieces += [(m.start(), end)] if end > 0 else []
    yield from each_and_all(code, pieces, "")
    if pieces or text.startswith("."):
        return
    if "(" in text:
        yield from without_text(text, code)
    elif word[:1].isupper():
        yield from _without_items(f"impl {word} for", code)
        yield from _underived(word, code) if re.search(rf"derive\([^)]*\b{word}\b", code) else ()
        for bound in (f"{word} +", f"+ {word}", f": {word}"):
            yield from (cut(code, piece) for piece in found(bound, code))


def without_text(text: str, code: str) -> Iterator[str]:
    """Remove a piece of code as it stands; a statement with its line."""
    pieces = found(text, code) or found(text.rstrip(";,"), code)
    for start, end in pieces:
        first, last = line_of(code, start), line_of(code, end)
        rows = "\n".join(lines(code)[first : last + 1])
        shown = "".join(re.sub(r"//.*", "", rows).split()).rstrip(";,")
        if shown == "".join(text.split()).rstrip(";,"):
            yield without_lines(code, first, last)
        elif re.match(r"[:+'<,]|->|where\b|impl\b|as\b", text):
            yield cut(code, (start, end))
