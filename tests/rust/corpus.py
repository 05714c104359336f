"""Rust texts for tests and benchmarks: the authored blocks, and faulty variants of them.

Everything follows from a seed; no text is written twice.
"""

import random
import re
from collections.abc import Iterator

from curator.rust.source import analyse
from curator.text.markdown import blocks
from tests.conftest import first_49

_WORD = re.compile(r"[A-Za-z_]\w*")
# Statements and fragments as answers show them; about half compile.
_PLAIN = (
    'let x = {n};\nprintln!("{{x}}");',
    "let mut v: Vec<u32> = Vec::new();\nv.push({n});\nassert_eq!(v.len(), 1);",
    "let m: HashMap<u32, u32> = HashMap::new();\nassert!(m.is_empty() || {n} > 0);",
    "let y: u8 = {n} % 256;\nlet z: &str = y;",
    'let s = String::from("{n}");\nlet t = s;\nprintln!("{{s}} {{t}}");',
    'match valeur_{n} {{\n    Some(x) => println!("{{x}}"),\n    None => {{}}\n}}',
    "fn f_{n}(a: &str, b: &str) -> &str {{\n    a\n}}",
    "fn f_{n}() -> u32 {{ ... }}",
    "fn f_{n}() -> u32 {{ {n} }}",
)

# What could upset a crate that it shares.
_ODD = (
    "impl std::fmt::Display for Vec<u{n}> {{}}",
    "use crate::u0::*;\nfn f_{n}() {{}}",
    "fn f_{n}() {{ let x = 1;",
    "struct S{n};\nimpl PartialEq<S{n}> for i32 {{ fn eq(&self, _: &S{n}) -> bool {{ true }} }}",
    "fn g_{n}() -> bool {{\n    5 == \"5\".parse().unwrap()\n}}",
    "fn main() -> u8 {{ {n} }}",
    "mod std {{}}\nfn f_{n}() {{}}",
    "macro_rules! m_{n} {{ () => {{ 1 }} }}\nfn f() -> i32 {{ m_{n}!() }}",
    "const A_{n}: [u8; 2] = [1, 2];\nconst B: u8 = A_{n}[5];",
    "#[test]\nfn t_{n}() -> u8 {{ 1 }}",
    "mod a_{n} {{ pub fn f() {{}} }}\nmod b {{ use super::a_{n}::f; pub fn g() {{ f() }} }}",
    "use std::io::nothing_{n};\nfn f() -> u8 {{ 'a' }}",
    "trait T {{}}\nstruct A;\nimpl T for A {{}}\nimpl T for A {{}}\nfn f() -> u8 {{ 'a' }}",
    "struct A {{ a: A }}\nfn f() -> u8 {{ 'a' }}",
    "fn f() -> impl Sized {{ f() }}\nfn g() -> u8 {{ 'a' }}",
    "type X = Y;\ntype Y = X;\nfn f() -> u8 {{ 'a' }}",
    "fn f() {{ let s = String::new(); drop(s); drop(s); }}\nfn g() -> u8 {{ 'a' }}",
    "#[derive(Debug, Inconnu)]\nstruct A;\nfn f() -> u8 {{ 'a' }}",
    "fn f() {{ inconnue!(); }}\nfn g() -> u8 {{ 'a' }}",
    "fn f() {{ let x: i32 = 1_u8; loop {{ break 3; }} }}\nenum E {{ A = 1, B = 1 }}",
    "mod a {{ pub fn f_{n}() {{}} }}\nfn g() {{ crate::a::f_{n}() }}",
    "mod a {{ fn f_{n}() {{}} }}\nfn g() {{ crate::a::f_{n}() }}",
    "fn f() {{ crate::rien_{n}() }}\nfn g() -> u8 {{ 'a' }}",
    "use crate::S;\nstruct S;\nimpl crate::S {{ pub(crate) fn s() -> crate::S {{ S }} }}",
    "fn f() {{ let x: u8 = 256 + {n}; }}",
    "fn f() {{ let x: u8 = 256; let s = String::new(); drop(s); drop(s); }}",
    "pub trait T {{ type X; }}\nstruct P{n};\nimpl T for u8 {{ type X = P{n}; }}",
    "thread_local! {{ let x = {n}; }}\nfn f() -> u8 {{ 'a' }}",
    "fn f() {{ let s = \"{n}; }}\nfn g() -> u8 {{ 'a' }}",
    "trait T {{ fn t(&self) {{}} }}\nimpl<X> T for Vec<X> where Vec<Vec<X>>: T {{}}\n"
    "fn f() {{ vec![{n}].t() }}\nfn g() -> u8 {{ 'a' }}",
    "fn f() -> impl Fn() {{ let s = String::new(); drop(s); move || drop(s) }}\nfn g() {{ f()() }}",
)  # fmt: skip


def authored(failing: bool = True) -> list[str]:
    """The Rust blocks of the authored examples, with or without those that should fail."""
    examples = first_49()
    texts = (t for e in examples for t in (e.question, e.answer))
    return [
        b.code
        for t in texts
        for b in blocks(t)
        if b.is_rust and (failing or not b.has("compile_fail"))
    ]


def _renamed(code: str, mark: int) -> str:
    """`code` with its own functions renamed, so that it is another text and does the same."""
    names = {i.name for i in analyse(code).items if f"fn {i.name}" in i.text} - {"", "main"}
    return _WORD.sub(lambda w: f"{w.group()}_{mark}" if w.group() in names else w.group(), code)


def _broken(code: str, draw: random.Random) -> str:
    """`code` with one fault that a learner or a model makes."""
    lines = code.rstrip("\n").split("\n")
    at = draw.randrange(len(lines))
    fault = draw.randrange(5)
    if fault == 0:
        del lines[at]
    elif fault == 1:
        lines[at] = lines[at].replace("mut ", "", 1).replace("&", "", 1)
    elif fault == 2:
        words = _WORD.findall(lines[at])
        if words:
            lines[at] = lines[at].replace(draw.choice(words), "inconnu", 1)
    elif fault == 3:
        lines[at] = lines[at].replace(";", "", 1).replace(")", "", 1)
    else:
        lines.insert(at, 'let fausse: u8 = "non";')
    return "\n".join(lines)


def sound(count: int, seed: int = 1) -> Iterator[str]:
    """`count` distinct texts that compile."""
    good = [c for c in authored(failing=False) if "todo!" not in c]
    draw = random.Random(seed)
    for mark in range(count):
        yield f"// {mark}\n" + draw.choice(good)


def mixed(count: int, seed: int = 1) -> Iterator[str]:
    """`count` distinct texts of which about half fail, each in its way."""
    pool = authored()
    draw = random.Random(seed)
    for mark in range(count):
        kind = draw.randrange(20)
        if kind < 9:
            code = _renamed(draw.choice(pool), mark)
        elif kind < 16:
            code = _broken(_renamed(draw.choice(pool), mark), draw)
        else:
            code = draw.choice(_PLAIN).format(n=mark)
        yield f"// {mark}\n{code}"


def odd(count: int, seed: int = 1) -> Iterator[str]:
    """As `mixed`, with one text in three that could upset a crate that it shares."""
    draw = random.Random(seed)
    for mark, code in enumerate(mixed(count, seed)):
        yield draw.choice(_ODD).format(n=mark) if draw.randrange(3) == 0 else code
