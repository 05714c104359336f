"""Make a program of an answer and tests that its author never saw, which only they can pass.

The tests stand in a module beside the answer's items and are called by a main of ours, which prints
a mark at its end. The mark and the module's name follow from a digest of both texts: an answer can
neither name nor print them, leave the process early with success, nor bring a main, a module or an
`assert_eq!` of its own in the place of ours. What a test harness prints is not asked for at all.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from curator.evaluation.solving.items import renamed_main
from curator.rust.source import analyse
from curator.rust.syntax import text_of, tree_of

_MACRO = re.compile(
    r"(?<![\w:$])((?:debug_)?assert(?:_eq|_ne)?|panic|unreachable|todo|unimplemented|matches|vec"
    r"|format|e?println|e?print|write|writeln)(?=\s*!\s*[(\[{])"
)
_TEST = re.compile(r"#\s*\[\s*test\s*\]")
_PANICS = re.compile(r'#\s*\[\s*should_panic(?:\s*\(\s*expected\s*=\s*("(?:[^"\\]|\\.)*")\s*\))?')
_HARNESS = """
#[allow(warnings)]
mod hidden_{mark} {{
    use super::*;
{tests}
    fn returns_{mark}<T: ::std::process::Termination>(test: fn() -> T) {{
        let code = ::std::process::Termination::report(test());
        ::std::assert!(code == ::std::process::ExitCode::SUCCESS);
    }}
    fn panics_{mark}<T>(test: fn() -> T, expected: &str) {{
        let said = match ::std::panic::catch_unwind(|| {{ test(); }}) {{
            ::std::result::Result::Ok(()) => ::std::panic!("it did not panic"),
            ::std::result::Result::Err(said) => said,
        }};
        let text = said
            .downcast_ref::<&str>()
            .map(|text| ::std::string::ToString::to_string(*text))
            .or_else(|| said.downcast_ref::<::std::string::String>().cloned())
            .unwrap_or_default();
        ::std::assert!(text.contains(expected));
    }}
    pub(super) fn all_{mark}() {{
{calls}
    }}
}}
fn main() {{
    hidden_{mark}::all_{mark}();
    ::std::println!("\\n{mark}");
}}
"""


class Examined(NamedTuple):
    """A program, and what is the last line of its output if all tests passed."""

    program: str
    mark: str


def examined(code: str, tests: str) -> Examined:
    """Put tests beside the items of a text."""
    mark = hashlib.sha256(f"{code}\x00{tests}".encode("utf-8", "surrogatepass")).hexdigest()[:24]
    harness = _HARNESS.format(mark=mark, tests=_plain(tests), calls="\n".join(_calls(tests, mark)))
    return Examined(renamed_main(code, f"main_{mark}") + harness, mark)


def _plain(tests: str) -> str:
    """Take the attributes of tests away, and name the standard library's macros in full."""
    bare = analyse(tests).bare
    pieces, at = [], 0
    for found in _MACRO.finditer(bare):
        pieces.append(f"{tests[at : found.start()]}::std::")
        at = found.start()
    named = "".join([*pieces, tests[at:]])
    return re.sub(r"#\s*\[\s*(?:test|ignore|should_panic)\b[^\]]*\]", "", named)


def _calls(tests: str, mark: str) -> Iterator[str]:
    above = ""
    for node in tree_of(tests).children:
        if node.type == "attribute_item":
            above += text_of(node)
            continue
        if node.type == "function_item" and _TEST.search(above):
            name = text_of(node.child_by_field_name("name"))
            panics = _PANICS.search(above)
            expected = (panics[1] or '""') if panics else ""
            yield f"panics_{mark}({name}, {expected});" if panics else f"returns_{mark}({name});"
        if not node.type.endswith("comment"):
            above = ""


def test_count(tests: str) -> int:
    """Count the tests that are called."""
    return len(list(_calls(tests, "")))
