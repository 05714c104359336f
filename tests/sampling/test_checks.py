"""Checks derived from rows: they pass the reference, refuse what is broken, cannot be forged."""

from pathlib import Path

import pytest

from curator.evaluation.solving.run import Machine
from curator.filters.leakage import LeakageSettings
from curator.records.samples import SampledTask
from curator.sampling.derive import Derived, Underivable, derive
from curator.sampling.judge import judge
from curator.sampling.prove import Proved, prove
from curator.sampling.tasks import read_rows
from tests.sampling.making import (
    CALLED,
    EXERCISE,
    MAIN,
    MENDED,
    POTS,
    POTS_TESTS,
    PRIX,
    SALLE,
    SALLE_MAIN,
    answered,
    build,
    examples,
    said,
)

GIVEN = MENDED.split("```rust\n")[1].split("```")[0]  # the learner's own program
ALONE = f"Pourquoi ?\n\n```rust\n{MAIN.replace('prix(270)', '270.into()')}\n```"
DERIVED = """#[derive(Default)]
struct Tas(Vec<u8>);
fn main() { assert_eq!(Tas::default().0.len(), 0); }"""


def proved(root: Path, machine: Machine, *rows: tuple[str, str, str]) -> Proved:
    build(root, examples(rows))
    return prove(read_rows(root, root / "curated", [LeakageSettings()]).asked, machine)


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory, machine: Machine) -> dict[str, SampledTask]:
    root = tmp_path_factory.mktemp("set")
    build(root, examples())
    found = prove(read_rows(root, root / "curated", [LeakageSettings()]).asked, machine)
    assert not found.left_out
    names = ("mended", "called", "tests")
    return dict(zip(names, found.tasks, strict=True))


@pytest.mark.slow
def test_each_kind_is_derived_from_the_row_alone(tasks: dict[str, SampledTask]) -> None:
    mended, called, tests = tasks["mended"], tasks["called"], tasks["tests"]
    assert mended.check == {"kind": "prints", "keeps": ("fn prix",), "output": "500 centimes\n"}
    assert mended.uses == ("payer", "prix")
    assert not mended.main
    assert called.check["output"] == "2\n"
    assert called.check["keeps"] == ("fn inscrire", "struct Salle")
    assert called.main == SALLE_MAIN
    assert tests.check["kind"] == "tests"
    assert tests.check["keeps"] == ("fn assoiffes",)
    assert "assert_eq!(assoiffes(&[]), 0)" in tests.check["tests"]


GOOD = [
    ("mended", said(f"{PRIX}\n\n{MAIN}")),
    ("mended", said(PRIX)),  # what is left alone is the learner's
    ("mended", said(f"{PRIX}\n\n{MAIN.replace('{} c', '{payer} c').replace(', payer', '')}")),
    ("called", said(SALLE)),
    ("called", said(f'{SALLE}\n\nfn main() {{\n    println!("autre chose");\n}}')),
    ("tests", said(POTS)),
    ("tests", said(f"{POTS}\n\n{POTS_TESTS}")),
]
LINE = 'fn main() {\n    println!("500 centimes");\n}'
TWO = 'fn main() {\n    println!("2");\n}'
ZERO = "fn prix(_grammes: u32) -> u32 {\n    0\n}"
CALL, SHOWS = "    let payer = prix(270);", 'println!("{} centimes", payer);'
CAUGHT = "std::panic::catch_unwind(|| prix(270))"
SAYS = '    println!("500 centimes");\n'
BAD = [
    # the lines alone, with and without what the learner wrote
    ("mended", said(LINE), "no fence has"),
    ("mended", said(f"{PRIX}\n\n{LINE}"), "its main no longer uses payer, prix"),
    ("mended", said(f"{PRIX}\n\n{LINE.replace('    p', '    // payer prix' + chr(10) + '    p')}"),
     "no longer uses"),
    ("mended", said(f"{PRIX}\n\n{LINE.replace('500', 'payer prix 500')}"), "it prints"),
    ("mended", said(f"{PRIX.replace('20', '10')}\n\n{MAIN}"), "it prints"),
    ("mended", said(GIVEN), "does not compile"),
    ("mended", "Aucune idée.", "no fence has"),
    # leaving early, with the lines printed
    ("mended", said("fn prix(_grammes: u32) -> u32 {\n"
                    '    println!("500 centimes");\n    std::process::exit(0)\n}\n' + MAIN),
     "it leaves early, by exit"),
    ("mended", said("macro_rules! println { ($($t:tt)*) => { "
                    'std::io::Write::write_all(&mut std::io::stdout(), b"500 centimes\\n")'
                    f".unwrap() }} }}\n{PRIX}\n\n{MAIN}"), "it has its own println"),
    # the lines are printed, and what the learner's main uses is there all the same
    ("mended", said(f"{ZERO}\n\n{MAIN.replace(CALL, SAYS + '    if true { return; }' + CALL)}"),
     "leaves early, by return"),
    ("mended", said(f"{ZERO}\n\n{MAIN.replace(SHOWS, 'let _ = payer;' + SAYS)}"),
     "a line as it is printed: 500 centimes"),
    ("mended", said(f"{ZERO}\n\n{MAIN.replace(', payer', ', payer + 500')}"),
     "its main has what is to be computed: 500"),
    ("mended", said('extern "C" {\n    #[link_name = "exit"]\n    fn bye(code: i32) -> !;\n}\n'
                    f"fn prix(_g: u32) -> u32 {{\n{SAYS}    unsafe {{ bye(0) }}\n}}\n\n{MAIN}"),
     "it leaves early, by extern, link_name"),
    ("mended", said(f"fn prix(_g: u32) -> u32 {{\n{SAYS}    panic!()\n}}\n\n"
                    f"{MAIN.replace('prix(270)', CAUGHT).replace(SHOWS, 'let _ = payer;')}"),
     "it leaves early, by catch_unwind"),
    ("called", said('macro_rules! vec { ($($t:tt)*) => { Vec::from(["", ""]) } }\n'
                    f"{SALLE.replace('self.noms.push(patient);', '')}"), "it has its own vec"),
    # another main where the reference's has to run
    ("called", said(TWO), "no fence has"),
    ("called", said(f"{SALLE.replace('.push(patient)', '.clear()')}\n\n{TWO}"), ""),
    ("called", said('struct Salle;\nfn inscrire() {}\nprintln!("2");'), "no fence has"),
    ("called", said(f"{SALLE}\nmacro_rules! principal (() => (fn main() {{ println!(\"2\"); }}));"
                    "\nprincipal!();"), ""),
    # an answer that fits no test, or ends before them
    ("tests", said("fn assoiffes(_pots: &[u32]) -> usize {\n    2\n}"), "it panics"),
    ("tests", said("fn assoiffes(_pots: &[u32]) -> usize {\n    std::process::exit(0)\n}"),
     "it ends before its tests do"),
    ("tests", said("fn autre() {}"), "no fence has fn assoiffes"),
    ("tests", said("#[derive(Debug)]\nstruct N;\nimpl PartialEq<usize> for N {\n"
                   "    fn eq(&self, _: &usize) -> bool {\n        true\n    }\n}\n"
                   "fn assoiffes(_pots: &[u32]) -> N {\n    N\n}"),
     "it says itself what is equal: impl PartialEq for N"),
]  # fmt: skip


def test_right_answers_pass(tasks: dict[str, SampledTask], machine: Machine) -> None:
    outcomes = judge([(tasks[name], text) for name, text in GOOD], machine)
    assert [one.why for one in outcomes] == [""] * len(GOOD)


def test_broken_and_hostile_answers_fail(tasks: dict[str, SampledTask], machine: Machine) -> None:
    outcomes = judge([(tasks[name], text) for name, text, _ in BAD], machine)
    for (_, text, why), outcome in zip(BAD, outcomes, strict=True):
        assert not outcome.solved, text
        assert why in outcome.why


@pytest.mark.parametrize(
    ("question", "reference", "reason", "detail"),
    [
        ("Qu'est-ce qu'un `Vec` ?", "Une liste.", "no_check", "neither tests nor a main"),
        ("Écrivez un tas.", answered(DERIVED), "unnamed", "Tas, Tas::default"),
        ("Écrivez un `Tas`.", answered(DERIVED), "unnamed", "Tas::default"),
        ("Écrivez `f`.", answered("async fn main() { f() }"), "no_check", "async"),
        (ALONE, answered(MAIN.replace("centimes", "euros")), "unforeseeable",
         '"{} euros"'),
        (ALONE, answered(f'{MAIN[:-1]}    println!("centimes");\n}}'), "unforeseeable",
         "prints more"),
        (MENDED, answered("fn main() {\n    let autre = 500;\n    println!(\"{} centimes\", autre);"
                          "\n}"), "weak", "nothing of the learner's main"),
        ("Que fait ce `main` ?", answered('fn main() { println!("oui"); }'), "no_check",
         "calls nothing that was asked for"),
    ],
)  # fmt: skip
def test_rows_without_a_check_say_why(
    question: str, reference: str, reason: str, detail: str
) -> None:
    found = derive(question, reference)
    assert isinstance(found, Underivable)
    assert found.reason == reason
    assert detail in found.detail


def test_what_a_trait_brings_need_not_be_named() -> None:
    code = "struct Suite;\nimpl Iterator for Suite {\n    type Item = u8;\n    fn next(&mut self) "
    code += "-> Option<u8> { None }\n}\nfn main() { assert!(Suite.next().is_none()); }"
    found = derive("Écrivez un itérateur `Suite` sans valeur.", answered(code))
    assert isinstance(found, Derived)
    assert found.keeps == ("struct Suite",)


@pytest.mark.slow
def test_a_check_that_is_not_proved_does_not_count(tmp_path: Path, machine: Machine) -> None:
    sound = MENDED.replace("grammes = grammes - 20;", "let grammes = grammes - 20;")
    wrong = POTS_TESTS.replace("0);", "7);")
    silent = SALLE_MAIN.replace('println!("{}", salle.noms.len());', "")
    rows = (
        (sound, answered(f"{PRIX}\n\n{MAIN}"), "debug"),
        (EXERCISE, answered(f"{POTS}\n\n{wrong}"), "exercises"),
        (CALLED, answered(f"{SALLE}\n\n{silent}"), "debug"),
    )
    found = proved(tmp_path, machine, *rows)
    assert not found.tasks
    reasons = [one.reason for one in found.left_out]
    assert reasons == ["question_passes", "reference_fails", "prints_nothing"]


def test_lines_that_nobody_could_foresee_are_not_asked_for(
    tmp_path: Path, machine: Machine
) -> None:
    prix = PRIX.replace(") * 2", ") * 2 + if cfg!(test) { 1 } else { 0 }")
    main = MAIN.replace("payer = prix(270)", "payer = texte(prix(270))")
    reference = answered(
        f'{prix}\n\nfn texte(n: u32) -> String {{ format!("environ {{n}}") }}\n{main}'
    )
    found = proved(tmp_path, machine, (MENDED, reference, "debug"))
    assert [(one.reason, one.detail) for one in found.left_out] == [
        ("unforeseeable", "it prints environ")
    ]


def test_a_reference_that_shows_more_is_asked_with_the_learners_main(
    tmp_path: Path, machine: Machine
) -> None:
    main = MAIN.replace("\n}", '\n    println!("et {} centimes", prix(90));\n}')
    found = proved(tmp_path, machine, (MENDED, answered(f"{PRIX}\n\n{main}"), "debug"))
    (one,) = found.tasks
    assert (one.main, one.check["output"]) == (MAIN, "500 centimes\n")


def test_a_reference_that_does_not_run_says_why(tmp_path: Path, machine: Machine) -> None:
    broken = PRIX.replace("20", "absent")
    panics = PRIX.replace("20", "2000")
    rows = ((MENDED, answered(f"{code}\n\n{MAIN}"), "debug") for code in (broken, panics))
    found = proved(tmp_path, machine, *rows)
    assert [(one.reason, one.detail[:30]) for one in found.left_out] == [
        ("reference_fails", "does not compile: E0425 cannot"),
        ("reference_fails", "its program ends with panicked"),
    ]
