"""Make the changes of code that prose speaks of: remove, replace, add, move, write.

Every function returns all ways to read what is asked; prose rarely says which `&` it means. What
cannot be made mechanically has none. Comments and literals are never the place of a change.
"""

import re
from collections.abc import Iterator

from curator.french.changes import Change
from curator.rust.source import analyse

MOST = 12  # ways to make one change; with more, prose does not say what it means
Piece = tuple[int, int]  # from, to: offsets in the code

_KEYWORDS = frozenset("mut move pub ref async unsafe dyn impl const static box".split())
_WRAPPERS = frozenset(("Box", "Rc", "Arc", "RefCell", "Cell", "Mutex"))
# Names whose import a change would want, if it brings them.
_IMPORTS = {
    "Rc": "std::rc::Rc", "Arc": "std::sync::Arc", "Cell": "std::cell::Cell",
    "RefCell": "std::cell::RefCell", "Mutex": "std::sync::Mutex", "RwLock": "std::sync::RwLock",
    "HashMap": "std::collections::HashMap", "HashSet": "std::collections::HashSet",
    "BTreeMap": "std::collections::BTreeMap", "VecDeque": "std::collections::VecDeque",
    "Cow": "std::borrow::Cow", "Debug": "std::fmt::Debug", "Display": "std::fmt::Display",
}  # fmt: skip


def edits(change: Change, code: str) -> list[str]:
    """Return the code after a change, in every way that it can be made; [] where there is none."""
    made = {
        "remove": _removed,
        "replace": _replaced,
        "add": _added,
        "move": _moved,
        "write": _written,
    }[change.kind](change, code)
    sound = not analyse(code).broken
    different = [
        text
        for text in dict.fromkeys(made)
        if text != code and not (sound and analyse(text).broken)
    ]
    return [_imported(text, code) for text in different] if len(different) <= MOST else []


def _imported(text: str, before: str) -> str:
    """Import the well-known names that a change brought."""
    bare, known = analyse(text).bare, analyse(before).bare
    for name, path in _IMPORTS.items():
        used = rf"\b{name}\b"
        if re.search(used, bare) and not re.search(used, known):
            text = f"use {path};\n{text}"
    return text


def _tokens(text: str) -> list[str]:
    return re.findall(r"'\w+|\w+|\"(?:[^\"\\]|\\.)*\"|[^\s\w]", text)


def found(text: str, code: str) -> list[Piece]:
    """List where a piece of code stands in another, whatever the white space between tokens."""
    tokens = _tokens(text)
    if not tokens or "…" in text or "..." in text.replace("..=", ""):
        return []
    pattern = r"\s*".join(map(re.escape, tokens))
    before = r"(?<![\w'])" if re.match(r"[\w']", tokens[0]) else ""
    after = r"(?!\w)" if re.search(r"\w$", tokens[-1]) else ""
    if tokens[-1] in ("&", "|", "=") or tokens[0] == "&":
        before, after = before or r"(?<!&)", after or r"(?!&)"
    before = r"(?<!:)" if tokens[0] == ":" and tokens[1:2] != [":"] else before
    bare = analyse(code).bare
    matches = re.finditer(before + pattern + after, code)
    return [(m.start(), m.end()) for m in matches if not bare[m.start()].isspace()]


def _put(code: str, piece: Piece, new: str) -> str:
    return code[: piece[0]] + new + code[piece[1] :]


def _cut(code: str, piece: Piece) -> str:
    """Remove a piece with the white space before it."""
    return code[: piece[0]].rstrip(" ") + code[piece[1] :]


def _each_and_all(code: str, pieces: list[Piece], new: str) -> Iterator[str]:
    """Replace each piece by itself, then all together."""
    for piece in pieces if len(pieces) < MOST else []:
        yield _put(code, piece, new)
    if len(pieces) > 1:
        text = code
        for piece in reversed(pieces):
            text = _put(text, piece, new)
        yield text


def _lines(code: str) -> list[str]:
    return code.split("\n")


def _line_of(code: str, at: int) -> int:
    return code.count("\n", 0, at)


def _without_lines(code: str, first: int, last: int) -> str:
    rows = _lines(code)
    return "\n".join(rows[:first] + rows[last + 1 :])


# Removing.


def _removed(change: Change, code: str) -> Iterator[str]:
    text = change.code.strip().rstrip(",")
    if re.fullmatch(r"'\w+", text):
        yield from _without_lifetime(text, code)
    elif text in _KEYWORDS or text in ("&", "&mut", "*", "?", ".await", "await"):
        yield from _without_word(text, code)
    elif text.startswith(("#[", "#![")) or text.startswith("derive("):
        yield from _without_attribute(text, code)
    elif re.match(r"(?:unsafe )?impl\b", text):
        yield from _without_items(text, code)
    elif text in _WRAPPERS:
        yield from _unwrapped(text, code)
    elif re.fullmatch(r"\w+(?:: ?\w+)?: ?.+", text) and not text.endswith(";"):
        yield from _without_bound(text, code)
    elif re.fullmatch(r"\.?\w+(?:::<.*>)?(?:\(.*\))?", text):
        yield from _without_call(text, code)
    else:
        yield from _without_text(text, code)


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
    yield from _each_and_all(code, pieces, "")


def _without_lifetime(name: str, code: str) -> Iterator[str]:
    """Take a lifetime away everywhere, in one item, or from one reference."""
    yield _no_lifetime(name, code)
    for m in re.finditer(rf"(?<=&){re.escape(name)}(?!\w)\s*", code):
        yield _put(code, (m.start(), m.end()), "")
    for item in analyse(code).items:
        start = code.find(item.text)
        if start >= 0 and name in item.text:
            yield _put(code, (start, start + len(item.text)), _no_lifetime(name, item.text))


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
        row = _line_of(code, start)
        whole = "".join(_lines(code)[row].split()) == "".join(text.split())
        yield _without_lines(code, row, row) if whole else _put(code, (start, end), "")
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
        yield _put(code, piece, new)
    text = code
    for piece, new in reversed(pieces):
        text = _put(text, piece, new)
    yield text


def _without_items(header: str, code: str) -> Iterator[str]:
    """Remove the impls whose header has these words, generics aside."""
    wanted = re.sub(r"<[^<>]*>", "", header.rstrip("{ ")).split()
    for item in analyse(code).items:
        head = re.sub(r"<[^<>]*>", "", item.text.split("{")[0]).split()
        at = head.index("impl") if "impl" in head else -1
        if at >= 0 and head[at : at + len(wanted)] == wanted:
            yield _without_lines(code, item.first - 1, item.last - 1)


def _closing(text: str, at: int, marks: str) -> int:
    """Return the place after the bracket that closes the one at `at`; -1 if none does."""
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] == marks[0]) - (text[i] == marks[1] and text[i - 1] != "-")
        if depth == 0:
            return i + 1
    return -1


def _unwrapped(name: str, code: str) -> Iterator[str]:
    """Take a wrapper away everywhere: `Box<T>` becomes `T`, and `Box::new(x)` becomes `x`."""
    text = code
    for opening, marks in ((rf"\b{name}\s*<", "<>"), (rf"\b{name}::(?:new|from)\(", "()")):
        while m := re.search(opening, analyse(text).bare):
            end = _closing(analyse(text).bare, m.end() - 1, marks)
            if end < 0:
                return
            text = text[: m.start()] + text[m.end() : end - 1] + text[end:]
    yield text


def _without_bound(text: str, code: str) -> Iterator[str]:
    """Take a bound or a type annotation away: `T: Debug`, `x: i32`."""
    name, bound = (part.strip() for part in text.split(":", 1))
    pieces = found(text, code)
    yield from _each_and_all(code, pieces, name)
    if not pieces:
        for text in (f"+ {bound}", f"{bound} +"):
            yield from (_cut(code, piece) for piece in found(text, code))


def _without_call(text: str, code: str) -> Iterator[str]:
    """Remove a method call, a call that is a statement, a trait from the derives, or a bound."""
    name = re.match(r"\.?(\w+)", text)
    word = name.group(1) if name else ""
    bare = analyse(code).bare
    pieces = []
    for m in re.finditer(rf"\.\s*{word}\s*(?:::<[^(;]*>\s*)?\(", bare):
        end = _closing(bare, m.end() - 1, "()")
        pieces += [(m.start(), end)] if end > 0 else []
    yield from _each_and_all(code, pieces, "")
    if pieces or text.startswith("."):
        return
    if "(" in text:
        yield from _without_text(text, code)
    elif word[:1].isupper():
        yield from _without_items(f"impl {word} for", code)
        yield from _underived(word, code) if re.search(rf"derive\([^)]*\b{word}\b", code) else ()
        for bound in (f"{word} +", f"+ {word}", f": {word}"):
            yield from (_cut(code, piece) for piece in found(bound, code))


def _without_text(text: str, code: str) -> Iterator[str]:
    """Remove a piece of code as it stands; a statement with its line."""
    pieces = found(text, code) or found(text.rstrip(";"), code)
    for start, end in pieces:
        first, last = _line_of(code, start), _line_of(code, end)
        rows = "\n".join(_lines(code)[first : last + 1])
        whole = "".join(re.sub(r"//.*", "", rows).split()).rstrip(";") == "".join(
            text.split()
        ).rstrip(";")
        if whole:
            yield _without_lines(code, first, last)
        elif re.match(r"[:+'<,]|->|where\b|impl\b|as\b", text):
            yield _cut(code, (start, end))


# Replacing and writing.


def _replaced(change: Change, code: str) -> Iterator[str]:
    old, new = change.code, change.new
    if "…" in new or "..." in new.replace("..=", ""):
        return
    if old == "?" and new.startswith("."):
        pieces = [(m.start(), m.end()) for m in re.finditer(r"(?<=[\w)\]])\?", analyse(code).bare)]
    else:
        pieces = found(old, code) or found(old.rstrip(";"), code)
    if old.endswith(";") and not new.endswith(";") and found(old, code):
        new += ";"
    yield from _each_and_all(code, pieces, new)


def _written(change: Change, code: str) -> Iterator[str]:
    """Write a piece in place of the one that it is a new form of, where that is seen."""
    text = change.code.strip()
    if "…" in text or "..." in text.replace("..=", ""):
        return
    if text.startswith("pub") and (pieces := found(re.sub(r"^pub(?:\([^)]*\))? ", "", text), code)):
        yield from _each_and_all(code, pieces, text)
        return
    named = re.match(r"(?:pub )?(?:struct|enum|trait|union) \w+", text)
    if named:
        for start, end in found(named.group(), code):
            generics = re.match(r"\s*<[^>]*>", code[end:])
            yield _put(code, (start, end + (generics.end() if generics else 0)), text.rstrip("{ "))
        return
    let = re.match(r"let (?:mut )?(\w+)", text)
    function = re.match(r"(?:pub )?(?:async |unsafe )*fn (\w+)", text)
    typed = re.fullmatch(r"(?:pub )?(\w+): ?[^:].*", text)
    if let:
        yield from _rewritten_let(text, let.group(1), code)
    elif function and "(" in text:
        yield from _rewritten_header(text, function.group(1), code)
    elif typed:
        yield from _retyped(text, typed.group(1), code)
    else:
        yield from _wrapped(text, code)


def _rewritten_let(text: str, name: str, code: str) -> Iterator[str]:
    bare = analyse(code).bare
    for m in re.finditer(rf"\blet (?:mut )?{name}\b([^=;]*=[^;]*;)?", bare):
        whole = "=" in text
        end = m.end() if whole else m.start() + len(re.match(r"let (?:mut )?\w+", m.group())[0])  # type: ignore[index]
        yield _put(code, (m.start(), end), text.rstrip(";") + (";" if whole else ""))


def _rewritten_header(text: str, name: str, code: str) -> Iterator[str]:
    """Write a function's signature anew, with its body; `where` clauses go with the old one."""
    bare = analyse(code).bare
    complete = "->" in text or text.rstrip().endswith(")")
    for m in re.finditer(
        rf"(?:\bpub(?:\([^)]*\))? )?(?:\basync |\bunsafe )*\bfn {name}\b[^{{;]*", bare
    ):
        head = bare[m.start() : m.end()]
        kept = head[head.index("->") :] if "->" in head and "->" not in text else ""
        if complete:
            new = text.rstrip("{; ") + (f" {kept.strip()}" if kept else "") + " "
            yield _put(code, (m.start(), m.end()), new)


def _retyped(text: str, name: str, code: str) -> Iterator[str]:
    """Write the type of a field or parameter, or the bound of a type parameter, anew."""
    bare = analyse(code).bare
    if name[0].isupper() and len(name) <= 2:
        for m in re.finditer(rf"<([^<>]*\b){name}(?:\s*:\s*([^,<>]*))?(?=[,>])", bare):
            at = m.start() + 1 + len(m.group(1))
            yield _put(code, (at, m.end()), text)
            if m.group(2):
                yield _put(code, (at, m.end()), f"{text} + {m.group(2)}")
        return
    for m in re.finditer(rf"(?:\bpub(?:\([^)]*\))? )?\b{name}\s*:\s*(?!:)", bare):
        depth, end = 0, m.end()
        while end < len(bare) and (depth or bare[end] not in ",)};=\n"):
            depth += (bare[end] in "<([") - (bare[end] in ">)]" and bare[end - 1] != "-")
            end += 1
        if not re.search(r"[\w\"]\s*$", bare[max(0, m.start() - 1) : m.start()].strip() or " "):
            yield _put(code, (m.start(), end), text)


def _wrapped(text: str, code: str) -> Iterator[str]:
    """Write a statement's new form, if it has the whole statement of one line inside."""
    wanted = "".join(text.split())
    for number, row in enumerate(_lines(code)):
        statement = re.sub(r"//.*", "", row).strip().rstrip(";")
        if (
            len(statement) > 5
            and statement not in text
            and "".join(statement.split()) not in wanted
        ):
            continue
        if len(statement) > 5 and re.search(r"\w.*\W.*\w", statement):
            rows = _lines(code)
            indent = row[: len(row) - len(row.lstrip())]
            rows[number] = (
                indent + text + (";" if row.rstrip().endswith(";") and text[-1] != ";" else "")
            )
            yield "\n".join(rows)


# Adding and moving.


def _added(change: Change, code: str) -> Iterator[str]:
    text = change.code.strip()
    if "…" in text or "..." in text.replace("..=", ""):
        return
    if text.startswith(("use ", "#!")) and not change.place:
        yield f"{text}\n{code}"
    elif text.startswith("#[") or (change.where == "above"):
        yield from _above(text, change.place, code)
    elif text.startswith("."):
        yield from _called(text, change.place, code)
    elif _is_statement(text):
        yield from _inserted(text.rstrip(";") + ";", change, code)
    elif text in _KEYWORDS or text in ("&", "&mut", "*"):
        yield from _marked(text, change, code)


def _is_statement(text: str) -> bool:
    return text.endswith((";", ")")) or re.match(r"let\b", text) is not None


def _above(text: str, place: str, code: str) -> Iterator[str]:
    """Put an attribute above the item that is named, or above each type."""
    name = re.sub(r"^(?:struct|enum|fn|impl|trait)\s+", "", place)
    kinds = r"(?:pub(?:\([^)]*\))? )?(?:struct|enum|fn|impl|trait|union)\b"
    bare = analyse(code).bare
    wanted = rf"^[ \t]*{kinds}.*\b{re.escape(name)}\b" if name else r"^(?:pub )?(?:struct|enum)\b"
    for m in re.finditer(wanted, bare, re.MULTILINE):
        yield _put(code, (m.start(), m.start()), f"{text}\n")


def _called(text: str, place: str, code: str) -> Iterator[str]:
    """Add a method call to what is named: each time that it stands there, or all times."""
    pieces = [(end, end) for _, end in found(place, code)] if place else []
    calls = [p for p in pieces if not re.match(r"\s*[:(]", code[p[0] :])]
    yield from _each_and_all(code, calls, text)


def _marked(word: str, change: Change, code: str) -> Iterator[str]:
    """Put a keyword before what is named; without a name, where the language wants it."""
    bare = analyse(code).bare
    space = "" if word in ("&", "*") else " "
    if change.place:
        pieces = [(start, start) for start, _ in found(change.place, code)]
    elif word == "move":
        pieces = [(m.start(), m.start()) for m in re.finditer(r"(?<![|\w)])\|[^|\n]*\|", bare)]
    elif word == "mut":
        pieces = [(m.end(), m.end()) for m in re.finditer(r"\blet (?!mut\b)(?=\w)", bare)]
    else:
        pieces = []
    yield from _each_and_all(code, pieces, word + space)


def _inserted(statement: str, change: Change, code: str) -> Iterator[str]:
    rows = _lines(code)
    if change.where == "end":
        yield from _at_end(statement, change.place, code)
    elif change.where in ("before", "after"):
        for start, end in found(change.place, code):
            row = _line_of(code, start if change.where == "before" else end)
            at = row if change.where == "before" else row + 1
            yield "\n".join([*rows[:at], _indented(statement, rows[row]), *rows[at:]])
    elif change.where in ("here", ""):
        yield from _anywhere(statement, code)


def _indented(statement: str, beside: str) -> str:
    return beside[: len(beside) - len(beside.lstrip())] + statement


def _at_end(statement: str, place: str, code: str) -> Iterator[str]:
    """Put a statement at the end of a function's body, or of what has no function around it."""
    bare = analyse(code).bare
    name = re.sub(r"^fn |\(.*", "", place) or "main"
    heads = list(re.finditer(rf"\bfn\s+{re.escape(name)}\b[^{{;]*\{{", bare))
    for m in heads:
        end = _closing(bare, m.end() - 1, "{}") - 1
        if end > 0:
            open_ = bare[m.end() : end].rstrip()
            mark = ";" if open_ and open_[-1] not in ";}{" else ""
            at = m.end() + len(open_)
            after = code[at:end].rstrip()  # comments, that stay where they are
            last = code[:at].split("\n")[-1]
            indent = last[: len(last) - len(last.lstrip())] if open_ else "    "
            yield f"{code[:at]}{mark}{after}\n{indent}{statement}\n{code[end:]}"
    if not heads and name == "main":
        yield f"{code.rstrip()}\n{statement}\n"


def _anywhere(statement: str, code: str) -> Iterator[str]:
    """Put a statement after each line that ends one; more than a few places are too many."""
    rows = _lines(code)
    ends = [i for i, row in enumerate(analyse(code).bare.split("\n")) if row.rstrip().endswith(";")]
    for at in ends:
        if rows[at][:1].isspace() or not analyse(code).only_items:
            yield "\n".join([*rows[: at + 1], _indented(statement, rows[at]), *rows[at + 1 :]])


def _moved(change: Change, code: str) -> Iterator[str]:
    """Move a statement that stands there; one that does not is added."""
    text = change.code.strip()
    if not _is_statement(text):
        return
    without = list(_without_text(text, code))
    for base in without or [code]:
        yield from _inserted(text.rstrip(";") + ";", change, base)
