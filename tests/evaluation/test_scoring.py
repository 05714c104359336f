"""Responses through the real verifier, and responses that mean harm."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from curator.base.errors import DataError
from curator.evaluation.judging import Judge, rust_judge
from curator.evaluation.prompts import EvalPrompt
from curator.evaluation.records import Profile, Response, Score, Scored, Source
from curator.evaluation.scoring import score
from curator.evaluation.solving.groups import Group
from curator.rust.cache import Cache
from curator.rust.compiler import Rustc
from curator.rust.document import Options
from curator.rust.fake import FakeCompiler
from curator.rust.process import Limits
from curator.rust.runner import RUNNING, Runner
from tests.evaluation.conftest import make_arm, refusing


@pytest.fixture(scope="module")
def judge() -> Judge:
    rustc = Rustc(limits=Limits(seconds=4))
    return Judge(rustc, Options(runner=Runner(running=replace(RUNNING, seconds=2))))


SOURCE = Source(address="book/ch01.html", title="", text="")


def scored_with(judge: Judge, prompt: str, texts: Sequence[str], profile: Profile) -> Scored:
    prompts = [make_prompt(prompt)]
    answers = [
        Response(prompt_id="a", sample=i, response=text, sources=(SOURCE,))
        for i, text in enumerate(texts)
    ]
    return score(make_arm(), prompts, answers, profile, judge)


def make_prompt(asked: str) -> EvalPrompt:
    """A prompt with the ideas "trait" and "emprunt"."""
    return EvalPrompt(
        id="a",
        category="basics",
        topic="traits",
        difficulty="debutant",
        split="test",
        prompt=asked or "?",
        expected_topics=("x",),
        ideas=(Group(any=("trait",)), Group(any=("emprunt*",))),
        reference="Un trait, un emprunt.",
        short_answers=("Un trait emprunte.", "Un emprunt de trait."),
    )


def one(judge: Judge, prompt: str, text: str, profile: Profile = "default") -> Score:
    return scored_with(judge, prompt, [text], profile).scores[0]


def rust(*codes: str) -> str:
    return "\n\n".join(f"```rust\n{code}\n```" for code in codes)


ASKED = f"Pourquoi E0382 ?\n{rust('struct Point(String);')}\n" + rust(
    "fn f() { let a = String::new(); let b = a; drop((a, b)); }"
)


@pytest.mark.slow
def test_the_prompt_is_context_in_our_profile_only(judge: Judge) -> None:
    text = rust("let p = Point(String::new());\ndrop(p);")
    assert one(judge, ASKED, text).metrics["rust"] == 1
    seed = one(judge, ASKED, text, "seed")
    assert (seed.metrics["compilation"], seed.blocks[0].code) == (0, "E0425")


@pytest.mark.slow
def test_a_program_is_run(judge: Judge) -> None:
    text = (
        rust('fn main() { panic!("non") }', 'fn main() { println!("2"); }') + "\n\n```text\n3\n```"
    )
    found = one(judge, "", text)
    assert found.metrics["rust"] == 0
    assert [b.reason for b in found.blocks] == ["run_panicked", "run_wrong_output"]
    assert one(judge, "", text, "seed").metrics["compilation"] == 1


def test_a_false_claim_about_the_prompt_is_the_answers(judge: Judge) -> None:
    fixed = rust("fn f() { let a = String::new(); let b = &a; drop((&a, b)); }")
    assert one(judge, ASKED, f"C'est E0382.\n\n{fixed}").metrics["rust"] == 1
    wrong = "Pourquoi ?\n" + rust("fn f() { let a = String::new(); let b = a; drop((a, b)); }")
    found = one(judge, wrong, f"C'est E0499.\n\n{fixed}")
    assert found.metrics["rust"] == 0
    assert (found.blocks[0].reason, found.blocks[0].line) == ("wrong_claim", 4)


def test_a_code_that_the_prompt_only_asks_about_is_no_claim(judge: Judge) -> None:
    assert one(judge, "Que veut dire E0382 ?", rust("fn f() {}")).metrics["rust"] == 1


def test_ignored_blocks_are_no_blocks_to_check(judge: Judge) -> None:
    found = one(judge, "", "```rust,ignore\nlet\n```")
    assert (found.metrics["rust"], found.metrics["code"], found.blocks) == (None, None, ())


def test_tests_are_left_out_by_the_seed_rule(judge: Judge) -> None:
    broken = rust("fn f() {}\n#[cfg(test)]\nmod tests { fn g() { h() } }")
    assert one(judge, "", broken, "seed").metrics["compilation"] == 1
    assert one(judge, "", broken).metrics["rust"] == 0


@pytest.mark.slow
def test_blocks_together_fare_as_they_do_alone(rustc: Rustc) -> None:
    codes = [
        "fn f() -> u8 { 1 }",
        "fn f() -> u8 { 2 }",
        'fn f() -> u8 { "x" }',
        'let x = 1;\nprintln!("{x}");',
        "let x = y;",
        "}",
        "fn main() { f() }",
        "struct S;\nimpl Default for S { fn default() -> S { S } }",
        "use std::collections::HashMap;\nlet m: HashMap<u8, u8> = HashMap::new();\ndrop(m);",
        "mod a { pub fn main() {} }\nlet x = 1;",  # its "fn main" keeps it from being wrapped
        "",
    ]
    together = Judge(rustc, Options()).alone(codes)
    alone = [Judge(rustc, Options(batched=False)).alone([code])[0] for code in codes]
    assert [c.ok for c in together] == [c.ok for c in alone]
    assert [c.ok for c in together] == [i not in (2, 4, 5, 6, 9) for i in range(len(codes))]


def test_what_is_known_is_not_asked_again(tmp_path: Path) -> None:
    compiler = FakeCompiler()
    for _ in range(2):
        judge = Judge(compiler, Options(cache=Cache(tmp_path / "rust.sqlite")))
        assert [c.ok for c in judge.alone(["fn f() {}", "fn g() {}", "fn f() {}"])] == [True] * 3
    assert sorted(compiler.sources) == ["fn f() {}", "fn g() {}"]


HOSTILE = {
    "never closed": "```rust\nfn f() {",
    "only fences": "```\n" * 3001,
    "null": "a\x00b\n```rust\nfn f() { \x00 }\n```\n\x00",
    "a file": rust('const X: &str = include_str!("/etc/passwd");'),
    "an environment": rust('const X: &str = env!("HOME");'),
    "not compiled": rust("#![cfg(any())]\nfn f() { g() }"),
    "for ever": rust("fn main() { loop {} }"),
    "a process": rust('fn main() { std::process::Command::new("/bin/sh").spawn().unwrap(); }'),
    "nested": rust("fn f() " + "{" * 3000 + "}" * 3000),
    "brackets": "[" * 40_000,
    "quotes": "> " * 20_000 + "```rust\nx\n```",
    "right to left": "\u202efn\u2066 ```\n" + rust("fn f() {} // \u202e"),
    "html": "<script>alert(1)</script>" * 1000,
    "backticks": "`" * 50_000,
    "paths": "x/" * 25_000,
    "numbers": "[1" + ",1" * 25_000,
    "names": "`" + "a" * 9999 + "` [99999999999999] " + "x/" * 9999 + ".html",
}


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["seed", "default"])
def test_hostile_answers_are_only_bad_answers(judge: Judge, profile: Profile) -> None:
    found = scored_with(judge, ASKED, list(HOSTILE.values()), profile)
    by_name = dict(zip(HOSTILE, found.scores, strict=True))
    share = {
        n: s.metrics["compilation" if profile == "seed" else "rust"] for n, s in by_name.items()
    }
    for name in ("never closed", "null", "a file", "an environment"):
        assert share[name] == 0, name
    if profile == "default":
        assert share["not compiled"] == share["for ever"] == share["a process"] == 0
        assert by_name["for ever"].blocks[0].reason == "run_timeout"
    assert Scored.model_validate_json(found.model_dump_json()) == found


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["seed", "default"])
def test_what_keeps_rustc_busy_is_stopped(profile: Profile) -> None:
    judge = Judge(Rustc(limits=Limits(seconds=2)), Options())
    text = rust("macro_rules! m { ($($t:tt)*) => { m!($($t)* $($t)*); } }\nm!(a a);")
    (block,) = one(judge, "", text, profile).blocks
    assert block.reason in ("compiler_limit", "does_not_compile")


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["seed", "default"])
@pytest.mark.parametrize("kind", ["prose", "code", "noise", "heading", "backticks"])
def test_a_megabyte_of_text_is_scored(judge: Judge, profile: Profile, kind: str) -> None:
    draw = random.Random(7)
    text = {
        "prose": "Voici la liste de mots, une phrase. " * 30_000,
        "code": rust("fn main() {}\n" * 80_000),
        "heading": "# " * 500_000 + "x",
        "backticks": "`" * 1_000_000 + "x`",
        "noise": " ".join(
            "".join(map(chr, draw.choices(range(33, 0xD800), k=5000))) for _ in range(200)
        ),
    }[kind]
    found = one(judge, "", text, profile)
    metric = "length" if profile == "seed" else "solved"
    assert found.metrics[metric] == ({"noise": 1.0}.get(kind, 0.0) if profile == "seed" else None)


def test_prompts_without_ideas_are_the_seed_profiles(judge: Judge) -> None:
    old = EvalPrompt(id="b", category="basics", expected_topics=("x",))
    answers = [Response(prompt_id=n, response="Rien.") for n in "ab"]
    found = score(make_arm(), [make_prompt("?"), old], answers, "default", judge)
    assert [s.prompt_id for s in found.scores] == ["a"]
    with pytest.raises(DataError, match="none of the prompts has ideas") as caught:
        score(make_arm(), [old], answers[1:], "default", judge)
    assert "--profile seed" in str(caught.value)
    assert len(score(make_arm(), [make_prompt("?"), old], answers, "seed", judge).scores) == 2


def test_scores_follow_the_prompts_and_name_what_made_them() -> None:
    prompts = [EvalPrompt(id=n, category=n, expected_topics=("x",)) for n in "ab"]
    answers = [("b", 1), ("a", 0), ("b", 0)]
    responses = [
        Response(prompt_id=n, sample=s, response=f"```\n{'bad' * s}\n```") for n, s in answers
    ]
    found = score(make_arm(), prompts, responses, "seed", refusing("bad"))
    assert [(s.prompt_id, s.sample) for s in found.scores] == [("a", 0), ("b", 0), ("b", 1)]
    assert [s.metrics["compilation"] for s in found.scores] == [1, 1, 0]
    assert (found.profile, found.rustc) == ("seed", "rustc 1.0.0 (fake)")
    assert found.scores[2].blocks[0].message == "no bad"


def test_a_stray_answer_or_none_is_refused() -> None:
    with pytest.raises(DataError, match="no such prompt") as caught:
        score(make_arm(), [], [Response(prompt_id="z", response="")], "seed", refusing("bad"))
    assert caught.value.where == "z"
    with pytest.raises(DataError, match="no answer"):
        score(make_arm(), [], [], "seed", refusing("bad"))


def test_the_real_judge_runs_programs_and_keeps_what_it_learned() -> None:
    judge = rust_judge(["no crate"])
    assert judge.options.runner
    assert judge.options.cache
    assert judge.version.startswith("rustc ")
