"""Claims about errors, held against the real compiler: shown ones, named ones, over any block."""

import pytest

from curator.rust.block_state import block_states
from curator.rust.claimed import read_lesson
from curator.rust.compiler import Compilation, Diagnostic, Rustc
from curator.rust.document import BlockResult, Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.fake import FakeCompiler
from curator.rust.shown import ShownError, is_given, shown_errors

OK = "```rust\nlet x = 1;\n```\n"
MOVED = '```rust{}\nlet s = String::new();\nlet t = s;\nprintln!("{{s}}");\n```\n'
SHOWN = "```text\nerror[E0382]: borrow of moved value: `s`\n```\n"
LIFETIME = "```text\nerror: lifetime may not live long enough\n```\n"
ESCAPES = "```rust{}\nfn f<'a, 'b>(a: &'a str, b: &'b str) -> &'a str {{ b }}\n```\n"
WRONG = '```rust,ignore\nlet x: i32 = "a";\n```\n```text\nerror[E0308]: mismatched types\n```\n'


REFUSED = ("wrong_claim", "should_not_compile")  # as the claim's text is read, or as a claim


def check(rustc: Rustc, question: str, answer: str = OK, debug: bool = False) -> list[BlockResult]:
    document = Document((Text("question", question), Text("answer", answer)), debug)
    [results] = check_documents([document], rustc, Options())
    return results


FALSE = {
    "a code": OK + SHOWN,
    "no code": OK + LIFETIME,
    "a macro": OK + "```\nerror: cannot find macro `pritnln` in this scope\n```\n",
    "a place": OK + "```\nerror: quelque chose\n --> src/main.rs:2:5\n```\n",
    "in the prose": OK + "J'ai `error[E0382]: borrow of moved value`.\n",
    "in the prose, no code": OK + "rustc dit `error: lifetime may not live long enough`.\n",
    "above the code": "rustc répond :\n\n" + SHOWN + "\nVoici le code :\n\n" + OK,
    "named": "J'obtiens E0382 :\n\n" + OK,
    "ignored": OK.replace("rust", "rust,ignore") + SHOWN,
    "the second of two": OK + "```console\nerror[E0382]: x\n\nerror[E0502]: y\n```\n",
}


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("case", FALSE)
def test_an_error_over_code_that_compiles_is_refused(rustc: Rustc, case: str, debug: bool) -> None:
    found, answer = check(rustc, FALSE[case], debug=debug)
    assert found.reason in REFUSED
    assert answer.reason == ""


TRUE = {
    "a code": MOVED.format(",compile_fail") + SHOWN,
    "no code": ESCAPES.format(",compile_fail") + LIFETIME,
    "an ignored block": WRONG,
    "an ignored block without a code": ESCAPES.format(",ignore") + LIFETIME,
    "other wording": MOVED.format(",compile_fail") + SHOWN.replace("borrow of", "use of"),
    "a warning": OK + "```text\nwarning: unused variable: `x`\n --> src/main.rs:2:5\n```\n",
    "cargo's end": OK + "```text\nerror: could not compile `a` due to 1 previous error\n```",
    "a program's": '```rust\neprintln!("error: {}", 1);\n```\n```text\nerror: 1\n```\n',
    "a program's text": '```rust\neprintln!("error: expected a number");\n```\n'
    "```text\nerror: expected a number\n```\n",
    "its own Error": OK + "```text\nError: ParseIntError { kind: InvalidDigit }\n```\n",
}  # fmt: skip


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("case", TRUE)
def test_an_error_that_is_given_passes(rustc: Rustc, case: str, debug: bool) -> None:
    assert [r.reason for r in check(rustc, TRUE[case], debug=debug)] == ["", ""]


def test_a_claim_under_an_ignored_block_is_not_anothers(rustc: Rustc) -> None:
    ignored, sound, _ = check(rustc, WRONG + "\nLa bonne version :\n\n" + OK)
    assert (ignored.reason, sound.reason) == ("", "")


def test_an_ignored_block_that_cannot_show_it_refuses_nothing_and_says_so(rustc: Rustc) -> None:
    found, _ = check(rustc, WRONG.replace('"a"', "inconnu(1)"))
    assert found.reason == ""
    assert "cannot show" in found.message


def test_an_ignored_block_fails_by_a_false_claim_alone(rustc: Rustc) -> None:
    alone, _ = check(rustc, '```rust,ignore\nlet x: i32 = "a";\n```\n')
    false, _ = check(
        rustc, WRONG.replace("E0308", "E0502").replace("mismatched types", "cannot borrow")
    )
    assert (alone.reason, false.reason) == ("", "wrong_claim")
    assert "E0308" in false.message


def test_an_uncoded_message_must_be_the_blocks(rustc: Rustc) -> None:
    other = LIFETIME.replace(
        "lifetime may not live long enough", "cannot find macro `x` in this scope"
    )
    found, _ = check(rustc, ESCAPES.format(",compile_fail") + other)
    assert found.reason == "wrong_claim"
    assert "lifetime may not live long enough" in found.message


def test_the_block_above_is_meant_not_a_later_one(rustc: Rustc) -> None:
    first, second, _ = check(rustc, OK + SHOWN + "\nPuis :\n\n" + MOVED.format(",compile_fail"))
    assert (first.reason in REFUSED, second.reason) == (True, "")


def test_the_lines_that_an_error_quotes_tell_its_block(rustc: Rustc) -> None:
    quoting = SHOWN.replace(
        "\n```\n", '\n --> src/main.rs:3:15\n  |\n3 | println!("{s}");\n  |\n```\n'
    )
    found = check(rustc, MOVED.format(",compile_fail") + "\nUn module :\n\n" + OK + quoting)
    assert [r.reason for r in found] == ["", "", ""]
    found = check(rustc, MOVED.format(",compile_fail") + "\nUn module :\n\n" + OK + SHOWN)
    assert [r.reason in REFUSED for r in found] == [False, True, False]


def test_an_answer_may_quote_the_questions_error(rustc: Rustc) -> None:
    question = MOVED.format(",compile_fail")
    below = check(rustc, question, OK + "\n## Explication\n\nLe message :\n\n" + SHOWN)
    said = check(rustc, question, OK + "\nVotre version donnait :\n\n" + SHOWN)
    claimed = check(rustc, question, OK + "\nrustc répond :\n\n" + SHOWN)
    assert [r.reason for r in below] == [r.reason for r in said] == ["", ""]
    assert [r.reason in REFUSED for r in claimed] == [False, True]


NOTHING_FAILS = [
    ("C'est l'erreur E0382.", True),
    ("La valeur est déplacée, d'où E0382.", True),
    ("rustc refuse ce programme avec `E0382`.", True),
    ("Sans `clone`, on aurait E0382.", False),
    ("E0382 signale un déplacement.", False),
    ("- le code E0499 apparaît quand deux emprunts exclusifs se chevauchent ;", False),
    ("Devant E0382, cherchez le déplacement.", False),
]


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize(("sentence", "refused"), NOTHING_FAILS)
def test_an_answer_that_names_an_error_with_nothing_failing(
    rustc: Rustc, sentence: str, refused: bool, debug: bool
) -> None:
    question, answer = check(rustc, "Que se passe-t-il ?\n\n" + OK, f"{OK}\n{sentence}\n", debug)
    assert (question.reason in REFUSED) + (answer.reason in REFUSED) == refused
    assert {question.reason, answer.reason} <= {"", *REFUSED}


def test_a_name_is_no_claim_where_the_code_may_be_elsewhere(rustc: Rustc) -> None:
    plain = "```text\nfn main() { let s = String::new(); drop(s); drop(s); }\n```\n"
    assert [r.reason for r in check(rustc, "Q ?", f"{plain}\nC'est l'erreur E0382.\n\n{OK}")] == [
        ""
    ]


def test_multi_turn_claims_stay_with_their_text() -> None:
    texts = (Text("question", OK), Text("answer", OK), Text("question", SHOWN), Text("answer", OK))
    document = Document(texts)
    assert not read_lesson(document, block_states(document, Options())).shown


def test_nothing_more_is_compiled_without_a_claim() -> None:
    asked = []
    for markdown in (OK, OK + OK.replace("rust", "rust,ignore") + "Il reste E à dire.\n"):
        compiler = FakeCompiler(lambda source: Compilation(True))
        check_documents([Document((Text("answer", markdown),))], compiler, Options())
        asked.append(compiler.sources)
    assert asked[0] == asked[1]


def test_shown_errors_are_read_with_what_they_quote() -> None:
    text = (
        "```console\n$ cargo build\nwarning: unused\n --> a.rs:1:1\n"
        "error[E0308]: mismatched types\n"
        '  --> src/main.rs:2:18\n   |\n 2 |     let x: i32 = "a";\n   |                  ^^^\n'
        "\x1b[1merror\x1b[0m: cannot find macro `p` in this scope\n"
        "error: aborting due to 2 previous errors\nerror: could not compile `a`\n```\n"
    )
    first, second = shown_errors(text, prose=False)
    assert (first.line, first.code, first.quoted) == (5, "E0308", ('let x: i32 = "a";',))
    assert (second.line, second.code, second.message) == (
        10, "", "cannot find macro `p` in this scope",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "message", "given"),
    [
        ("E0382", "use of moved value: `v`", True),
        ("E0382", "", True),
        ("E0382", "borrow of moved value: …", True),
        ("E0382", "emprunt d'une valeur déplacée", True),
        ("E0382", "voir plus haut", True),
        ("E0502", "borrow of moved value: `s`", False),
        ("", "expected one of `;` or `}`, found `x`", True),
        ("", "lifetime may not live long enough", False),
    ],
)
def test_the_words_of_versions_differ(code: str, message: str, given: bool) -> None:
    errors = [
        Diagnostic("E0382", "borrow of moved value: `s`"),
        Diagnostic("", "expected `;`, found `x`"),
    ]
    assert is_given(ShownError(1, code, message), errors) is given


def test_a_debug_question_may_quote_the_message_alone(rustc: Rustc) -> None:
    said = "rustc me dit « use of moved value: `s` ». Pourquoi ?\n\n"
    span = "J'ai `lifetime may not live long enough` :\n\n"
    for text in (said, span):
        assert check(rustc, text + OK, debug=True)[0].reason == "wrong_claim"
        assert check(rustc, text + OK, debug=False)[0].reason == ""
        assert check(rustc, text + MOVED.format(""), debug=True)[0].reason == ""
        assert check(rustc, text + MOVED.format("") + "\nou\n\n" + OK, debug=True)[1].reason == ""
    for other in ("Pourquoi n'ai-je pas « use of moved value » ?\n\n", "Il y a « un texte ».\n\n"):
        assert check(rustc, other + OK, debug=True)[0].reason == ""


def test_the_refused_block_is_told_with_its_line(rustc: Rustc) -> None:
    found, _ = check(rustc, OK + "J'ai `error[E0382]: borrow of moved value`.\n", debug=True)
    assert found.message == "the text says E0382 (line 4), rustc gives no error"
