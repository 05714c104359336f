"""Replace code by other code, and write a new form of what stands there."""

import re
from collections.abc import Iterator

from curator.french.changes import Change
from curator.rust.pieces import each_and_all, found, is_elided, lines, put
from curator.rust.source import analyse


def replaced(change: Change, code: str) -> Iterator[str]:
    """Yield the code with one piece replaced by another: each time that it stands there, or all."""
    old, new = change.code, change.new
    if is_elided(new):
        return
    if old == "?" and new.startswith("."):
        pieces = [(m.start(), m.end()) for m in re.finditer(r"(?<=[\w)\]])\?", analyse(code).bare)]
    else:
        pieces = found(old, code) or found(old.rstrip(";"), code)
    if old.endswith(";") and not new.endswith(";") and found(old, code):
        new += ";"
    yield from each_and_all(code, pieces, new)


def written(change: Change, code: str) -> Iterator[str]:
    """Write a piece in place of the one that it is a new form of, where that is seen."""
    text = change.code.strip()
    if is_elided(text):
        return
    if text.startswith("pub") and (pieces := found(re.sub(r"^pub(?:\([^)]*\))? ", "", text), code)):
        yield from each_and_all(code, pieces, text)
        return
    named = re.match(r"(?:pub )?(?:struct|enum|trait|union) \w+", text)
    if named:
        for start, end in found(named.group(), code):
            generics = re.match(r"\s*<[^>]*>", code[end:])
            yield put(code, (start, end + (generics.end() if generics else 0)), text.rstrip("{ "))
        return
    loop = re.match(r"for (.+?) in \S", text)
    if loop:
        for m in re.finditer(rf"\bfor\s+{re.escape(loop[1])}\s+in\s+[^{{]*", analyse(code).bare):
            yield put(code, (m.start(), m.end()), text.rstrip("{ ") + " ")
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
        yield put(code, (m.start(), end), text.rstrip(";") + (";" if whole else ""))


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
            yield put(code, (m.start(), m.end()), new)


def _retyped(text: str, name: str, code: str) -> Iterator[str]:
    """Write the type of a field or parameter, or the bound of a type parameter, anew."""
    bare = analyse(code).bare
    if name[0].isupper() and len(name) <= 2:
        for m in re.finditer(rf"<([^<>]*\b){name}(?:\s*:\s*([^,<>]*))?(?=[,>])", bare):
            at = m.start() + 1 + len(m.group(1))
            yield put(code, (at, m.end()), text)
            if m.group(2):
                yield put(code, (at, m.end()), f"{text} + {m.group(2)}")
        return
    for m in re.finditer(rf"(?:\bpub(?:\([^)]*\))? )?\b{name}\s*:\s*(?!:)", bare):
        depth, end = 0, m.end()
        while end < len(bare) and (depth or bare[end] not in ",)};=\n"):
            depth += (bare[end] in "<([") - (bare[end] in ">)]" and bare[end - 1] != "-")
            end += 1
        if not re.search(r"[\w\"]\s*$", bare[max(0, m.start() - 1) : m.start()].strip() or " "):
            yield put(code, (m.start(), end), text)


def _wrapped(text: str, code: str) -> Iterator[str]:
    """Write a statement's new form, if it has the whole statement of one line inside."""
    wanted = "".join(text.split())
    for number, row in enumerate(lines(code)):
        statement = re.sub(r"//.*", "", row).strip().rstrip(";")
        if (
            len(statement) > 5
            and statement not in text
            and "".join(statement.split()) not in wanted
        ):
            continue
        if len(statement) > 5 and re.search(r"\w.*\W.*\w", statement):
            rows = lines(code)
            indent = row[: len(row) - len(row.lstrip())]
            rows[number] = (
                indent + text + (";" if row.rstrip().endswith(";") and text[-1] != ";" else "")
            )
            yield "\n".join(rows)


_VISIBLE = r"(?:pub(?:\([^)]*\))?\s+)?"


def became(change: Change, code: str) -> Iterator[str]:
    """Yield the code with an item of another visibility, a variable `mut`, a type with a trait."""
    name, new = re.escape(change.code.removesuffix("()")), change.new
    bare = analyse(code).bare
    kinds = r"(?:const\s+|async\s+|unsafe\s+)*(?:fn|struct|enum|mod|const|static|trait|type)\s+"
    if re.fullmatch(r"pub(?:\([\w ]+\))?", new):
        for m in re.finditer(rf"\b{_VISIBLE}(?={kinds}{name}\b)", bare):
            yield put(code, (m.start(), m.end()), f"{new} ")
    elif new == "mut":
        for m in re.finditer(rf"\blet\s+(?={name}\b)", bare):
            yield put(code, (m.end(), m.end()), "mut ")
    elif re.fullmatch(r"[A-Z]\w+", new):
        derived = "Clone, Copy" if new == "Copy" and "Clone" not in code else new
        for m in re.finditer(rf"^{_VISIBLE}(?:struct|enum)\s+{name}\b", bare, re.MULTILINE):
            yield put(code, (m.start(), m.start()), f"#[derive({derived})]\n")
