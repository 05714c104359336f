"""Tell what a Rust text could reach beyond itself: other texts of its crate, files, the machine.

Read from the text with comments and literals blanked out, so that nothing hides in them. These
rules may be wrong in one direction only: a text that is harmless and compiled alone costs time, one
that is harmful and shares a crate costs the verdicts of others.
"""

import re

NAME = re.compile(r"[A-Za-z_]\w*")
USE = re.compile(r"\buse\s+([^;]*);")
_TYPE_NAME = re.compile(r"\b(?:struct|enum|union|trait)\s+([A-Za-z_]\w*)")
_MODULE_NAME = re.compile(r"\bmod\s+([A-Za-z_]\w*)\s*\{")
_IMPL = re.compile(r"\bimpl\b\s*(<[^{;]*?>\s*)?([^{;]*?)\bfor\s+([^{;]*?)\s*(?:\bwhere\b|\{|$)")
_GLOB = re.compile(r"\buse\s+(?:::)?(\w+)[^;]*\*")
# What these names mean without a `use`, some other place of a text may have changed.
_KNOWN = {
    "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
    "f32", "f64", "bool", "char", "str", "String", "Vec", "Box", "Option", "Result", "Clone",
    "Copy", "Send", "Sync", "Sized", "Drop", "Fn", "FnMut", "FnOnce", "Eq", "PartialEq",
    "Ord", "PartialOrd", "Default", "Iterator", "IntoIterator", "DoubleEndedIterator",
    "ExactSizeIterator", "Extend", "FromIterator", "AsRef", "AsMut", "From", "Into",
    "TryFrom", "TryInto", "ToOwned", "ToString", "Debug", "Hash",
}  # fmt: skip

# Names that read files or the environment, however they are called.
_READERS = r"\b(?:include|include_str|include_bytes|option_env)\b"
_ASSEMBLERS = r"\b(?:asm|global_asm|naked_asm)\b"
_SEVERE = r"\b(?:deny|forbid)\b[^\]]*\b(?:warnings|unused|unused_mut)\b"
_OF_MODULES = "allow|warn|deny|forbid|expect|doc"  # inner attributes that mean the same in a module
# What only means the same at the root of a crate, or could touch another text of the same crate;
# before each pattern what every match of it holds, which is looked for first.
_ALONE = tuple(
    (needed, re.compile(pattern))
    for needed, pattern in (
        ('"', '"'),  # not closed: rustc gives up a whole crate for one such file
        ("/*", r"/\*"),
        ("!", rf"#\s*!\s*\[(?!\s*(?:{_OF_MODULES})\b)"),
        # Asked of what a crate offers.
        ("missing_docs", r"\b(?:deny|forbid)\b[^\]]*\bmissing_docs\b"),
        ("extern", r"\bextern\s+crate\b"),
        ("mod", r"\bmod\s+(?:[\w#$]+\s*;|(?:std|core|alloc)\b)"),
        ("path", r"#\s*!?\s*\[[^\]]*\bpath\s*="),
        ("no_mangle", r"\bno_mangle\b"),
        ("export_name", r"\bexport_name\b"),
        ("global_allocator", r"\bglobal_allocator\b"),
        ("panic_handler", r"\bpanic_handler\b"),
        ("link", r"\[[^\]]*\blink\b"),
        ("lang", r"\[[^\]]*\blang\b"),
        ("include", _READERS),
        ("_env", _READERS),
        ("global_asm", r"\bglobal_asm\b"),
        # Shared crates give one warning to all their texts; a text must not forbid it.
        ("deny", _SEVERE),
        ("forbid", _SEVERE),
        ("crate", r"\$\s*crate\b(?!\s*::)"),
        ("super", r"\bsuper\s*::\s*(?:\{[^;]*)?\bsuper\b"),
        ("r#", r"\br#"),
        ("long_", r"\blong_running_const_eval\b"),  # a constant that never ends may allow itself
        ("main", r"\bfn\s+main\s*(?:<|\(\s*\w|\(\s*\)\s*where)"),
        ("main", r"\b(?:async|unsafe|const|extern)\s+fn\s+main\b"),
    )
)
_CRATE_PATH = re.compile(r"\bcrate\b(?!\s*(?:\)|::))|(?<!pub\()(?<!pub \()\bcrate\s*\)")
_OUTSIDE = re.compile(
    rf"{_READERS}|{_ASSEMBLERS}|(?<!::)\benv\b(?!\s*::)|\benv\s*!|\benv\s+as\b|\bpath\s*="
    r"|#\s*!?\s*\[\s*link\b|\bmod\s+[\w#]+\s*;|\bextern\s+crate\b|#\s*!\s*\[\s*(?P<inner>\w+)"
)
_FILE = re.compile(rf"{_READERS}|{_ASSEMBLERS}|\bpath\s*=|\bmod\s+[\w#$]+\s*;|\blink\b")
_INNER_ALLOWED = set(_OF_MODULES.split("|"))
# Characters that rustc may take for white space or nothing, and a pattern for something else.
_UNSEEN = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\xa0\\xad\\u2000-\\u206f\\ufeff\\ufff0-\\uffff]"
)


def reaches_outside(bare: str) -> str:
    """Return the first construct by which a text reaches out of itself; "" if there is none."""
    if _UNSEEN.search(bare):
        return "an invisible character"
    for construct in _OUTSIDE.finditer(bare):
        inner = construct.group("inner")
        if inner is None or inner not in _INNER_ALLOWED:
            return " ".join(construct.group().split())
    return ""


def reads_files(bare: str) -> bool:
    """Tell whether compiling a text may read a file: one that it names, or a library."""
    return (_FILE.search(bare) or _UNSEEN.search(bare)) is not None


def touches_others(bare: str) -> bool:
    """Tell whether a text depends on being a crate's root, or could change another text in it."""
    if any(needed in bare and pattern.search(bare) for needed, pattern in _ALONE):
        return True
    if _UNSEEN.search(bare) or ("crate" in bare and _CRATE_PATH.search(bare)):
        return True
    return "impl" in bare and not _only_own_impls(bare)


def _only_own_impls(bare: str) -> bool:
    """Tell whether each impl is of a trait or for a type that can only be one of the text's own.

    An impl for another type, sound or not, could leave rustc a choice in another text.
    """
    types = set(_TYPE_NAME.findall(bare))
    modules = {"self", "crate", *_MODULE_NAME.findall(bare)}
    paths = [path for path in USE.findall(bare) if _first_name(path) not in modules]
    used = {name for path in paths for name in NAME.findall(path)}
    if any(first not in types | {"super", "self"} for first in _GLOB.findall(bare)):
        used |= types
    own = types - _KNOWN - used
    return all(
        {_head(of), _head(on)} & (own - set(NAME.findall(over)))
        for over, of, on in _IMPL.findall(bare)
        if of
    )


def _first_name(path: str) -> str:
    first = NAME.search(path)
    return first.group() if first else ""


def _head(path: str) -> str:
    """Return a plain name, without reference and parameters: "&A<B>" -> "A"; "" for a path."""
    plain = re.match(r"[&\s]*(?:'\w+\s+)?(?:(?:mut|dyn)\s+)?([\w:]+)", path)
    return plain.group(1) if plain and ":" not in plain.group(1) else ""
