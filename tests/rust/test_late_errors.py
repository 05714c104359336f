"""Whatever rustc refuses in a full build is refused: late lints, and constants that need types."""

import pytest

from curator.rust.batch import compile_units
from curator.rust.compiler import Compilation, Rustc
from curator.rust.document import Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.unit import Unit

# A body, the items beside it, and what rustc says of them in a build.
LATE = [
    ("let a = [1, 2, 3]; let x = a[7]; println!(\"{x}\");", "", "unconditional_panic"),
    ("let x: u8 = 255 + 1; println!(\"{x}\");", "", "arithmetic_overflow"),
    ("let d = 0; println!(\"{}\", 10 / d);", "", "unconditional_panic"),
    ("let b = 200u8; println!(\"{}\", b + 100);", "", "arithmetic_overflow"),
    ("pile::<0>()", "fn pile<const N: usize>() { const { assert!(N > 0) } }", "E0080"),
    ("S::P", "struct S;\nimpl S { const P: () = panic!(\"non\"); }", "E0080"),
    (
        "montre::<u8>()",
        "trait T { const P: u8; }\nstruct A<X>(X);\nimpl<X> T for A<X> { const P: u8 = panic!(); }"
        "\nfn montre<X>() { println!(\"{}\", A::<X>::P) }",
        "E0080",
    ),
    ("let x = -128_i8; println!(\"{}\", -x);", "", "arithmetic_overflow"),
    ("let x = 1_u32 << 40; println!(\"{x}\");", "", "arithmetic_overflow"),
]  # fmt: skip
USED_BY_NOBODY = "fn pile<const N: usize>() { const { assert!(N > 0) } }\nfn f() { pile::<0>() }"
ASSEMBLED = 'use std::arch::asm;\nfn main() {{ unsafe {{ asm!("{}") }} }}'


def program(body: str, items: str) -> str:
    return f"{items}\nfn main() {{ {body} }}"


def codes(outcome: Compilation) -> list[str]:
    return sorted(outcome.codes)


@pytest.mark.parametrize("fill", ["fn f() {}", "fn g() -> u8 { 'a' }", "fn h() { inconnu() }"])
def test_late_errors_are_found_whatever_shares_the_crate(fill: str) -> None:
    texts = [program(body, items) for body, items, _ in LATE]
    units = [Unit(text, "2021") for text in (*texts, fill, USED_BY_NOBODY)]
    batched = compile_units(units, Rustc(), workers=lambda: 1)
    assert [codes(o) for o in batched[: len(LATE)]] == [[code] for *_, code in LATE]
    assert batched[-1].ok, "what nobody uses is not evaluated, as in a build"


@pytest.mark.slow
def test_late_errors_are_those_of_single_runs() -> None:
    units = [Unit(program(body, items), "2021") for body, items, _ in LATE]
    units += [Unit(f"{items}\nfn utilise() {{ {body} }}", "2021") for body, items, _ in LATE]
    rustc = Rustc()
    batched, alone = compile_units(units, rustc), compile_units(units, rustc, batched=False)
    assert [(o.ok, [(e.code, e.line) for e in o.errors]) for o in batched] == [
        (o.ok, [(e.code, e.line) for e in o.errors]) for o in alone
    ]


def test_what_is_in_asm_is_judged_by_an_assembler() -> None:
    texts = [ASSEMBLED.format(word) for word in ("nop", "pas_une_instruction", "nop")]
    outcomes = compile_units([Unit(text, "2021") for text in texts], Rustc(), workers=lambda: 1)
    assert [outcome.ok for outcome in outcomes] == [True, False, True]
    assert "pas_une_instruction" in outcomes[1].errors[0].message


def test_a_block_that_is_said_to_fail_late_does() -> None:
    shown = 'Ce code ne compile pas :\n\n```rust\nlet a = [1, 2];\nprintln!("{}", a[5]);\n```'
    [[result]] = check_documents([Document((Text("answer", shown),))], Rustc(), Options())
    assert (result.passed, result.code) == (True, "unconditional_panic")
