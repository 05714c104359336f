"""Prompts that leaked into a training set, by the measure of the filter that keeps them out."""

from pathlib import Path

from curator.base import store
from curator.base.english import english
from curator.evaluation.leaks import leaked
from curator.evaluation.prompts import EvalPrompt
from curator.filters.leakage import LeakageFilter, LeakageSettings
from curator.french.notices import french
from curator.french.typography import as_asked, typeset_markdown
from tests.conftest import make_example

REFERENCE = (
    "Une référence emprunte la valeur sans la prendre, et le vérificateur d'emprunts refuse "
    "qu'elle survive à la variable dont elle lit le contenu."
)
PROMPTS = [
    EvalPrompt(id="a", category="basics", prompt="Comment inverser une chaîne de caractères ?"),
    EvalPrompt(id="b", category="basics", prompt="Que fait le trait Drop ?", reference=REFERENCE),
    EvalPrompt(id="c", category="basics", prompt="Comment trier un vecteur de nombres flottants ?"),
    EvalPrompt(id="recorded", category="basics"),  # its text is not known
]
ROWS = [
    ("Qu'est-ce qu'une énumération ?", "Un type dont chaque valeur est une variante."),
    ("Bonjour ! Comment inverser une chaîne de caractères ? Merci.", "Avec `rev`."),
    ("Et les emprunts ?", REFERENCE.replace("valeur", "donnée")),
    ("Comment inverser une chaine de caracteres", "Autrement."),
]


def test_each_leaked_prompt_is_named_with_its_first_row() -> None:
    assert {name: english.say(why) for name, why in leaked(PROMPTS, ROWS).items()} == {
        "a": "row 2: question: prompt a, whole",
        # 25 words make 18 8-grams; the one that was changed, the fifth, is in five of them.
        "b": "row 3: answer: reference b, 72% of its 8-grams",
    }
    said = {name: french.say(why) for name, why in leaked(PROMPTS, ROWS).items()}
    assert said["a"] == "ligne 2 : dans sa question, la question d'évaluation a, mot pour mot"
    assert said["b"].startswith("ligne 3 : dans sa réponse, la référence de b, 72")
    assert leaked(PROMPTS, ROWS[:1]) == {}
    assert leaked([], ROWS) == {}


def test_all_prompts_of_one_row_are_found() -> None:
    both = " ".join(p.prompt for p in PROMPTS)
    assert list(leaked(PROMPTS, [(both, "")])) == ["a", "b", "c"]


def test_a_row_leaks_as_its_record_does(tmp_path: Path) -> None:
    """Rows are printed French, and their questions have no labels."""
    code = 'let noms = vec![nom];\nprintln!("{nom}");'
    asked = f"Qu'est-ce qui ne va pas ?\n\n```rust,compile_fail,E0382\n{code}\n```"
    prompt = EvalPrompt(id="p", category="basics", prompt=asked, reference=REFERENCE)
    row = (as_asked(f"{asked}\n\nMerci d'avance !"), typeset_markdown(REFERENCE))
    assert row[0] != asked and row[1] != REFERENCE
    assert leaked([prompt], [row])["p"] == leaked([prompt], [(f"{asked}\n\nMerci !", "")])["p"]
    assert list(leaked([prompt], [("", row[1])])) == ["p"]
    assert list(leaked([prompt], [(row[0].replace("```rust\n", "```rust,ignore\n"), "")])) == ["p"]


def test_it_finds_what_the_filter_rejects(tmp_path: Path) -> None:
    path = tmp_path / "prompts.jsonl"
    store.write_atomic(path, PROMPTS)
    examples = [make_example(question=q, answer=a) for q, a in ROWS]
    verdicts = LeakageFilter(LeakageSettings(prompts=str(path))).judge(examples)
    rejected = [not v.passed for v in verdicts]
    assert rejected == [bool(leaked(PROMPTS, [row])) for row in ROWS] == [False, True, True, True]
