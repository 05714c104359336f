"""Ideas count where a sentence, or code of the answer's own, says them."""

from curator.evaluation.ideas import count, sentences
from curator.evaluation.relevance import relevance, terms
from curator.evaluation.solving.groups import Group

IDEAS = (
    Group(any=("tranche", "&[T]"), place="prose"),
    Group(any=("emprunt*",), place="prose"),
    Group(any=(".iter()",), place="code"),
)
ASKED = "Pourquoi ma fonction prend-elle le vecteur ? On me dit que c'est un emprunt manqué."


def said(answer: str, *blocks: str) -> list[bool]:
    return count(IDEAS, ASKED, answer, blocks)


def test_a_sentence_says_an_idea() -> None:
    told = "Prenez une tranche en paramètre : elle emprunte le vecteur sans le prendre."
    assert said(told) == [True, True, False]
    assert said(told, "for x in v.iter() {}") == [True, True, True]


def test_words_alone_say_nothing() -> None:
    assert said("tranche, emprunt, durée de vie") == [False] * 3
    assert said("- tranche\n- emprunt\n- itérateur") == [False] * 3
    listed = ", ".join(["tranche", "emprunt", "slice", "borrow"] * 4)
    assert said(f"C'est {listed} qui est la solution.") == [False] * 3
    assert said("## La tranche est un emprunt de votre vecteur\n") == [False] * 3  # a heading


def test_a_series_of_sentences_says_nothing() -> None:
    series = "\n".join(f"La notion de {x} est importante ici." for x in ("tranche", "pile", "tas"))
    assert said(series) == [False] * 3
    assert said("La notion de tranche est importante ici.")[0]  # by itself it says something


def test_a_sentence_has_room_for_few_ideas() -> None:
    assert said("Par la tranche, qui emprunte.") == [True, False, False]


def test_what_is_copied_says_nothing() -> None:
    assert said(ASKED) == [False] * 3
    assert said(f"{ASKED} Il faut donc un emprunt, pas un vecteur entier.")[1]


def test_code_counts_on_lines_of_its_own_and_without_its_comments() -> None:
    asked = "Et ceci ?\n```rust\nlet a = v.iter();\n```"
    assert not count(IDEAS, asked, "", ["let a = v.iter();"])[2]
    assert not count(IDEAS, asked, "", ["// v.iter()\nlet b = 2;"])[2]
    assert not count(IDEAS, asked, "", ['let b = ".iter()";'])[2]
    assert count(IDEAS, asked, "", ["let b = v.iter().rev();"])[2]


def test_short_answers_and_inline_code_make_sentences() -> None:
    text = "Non. Écrivez `a. b; c!` dans la fonction, puis compilez. C'est tout ici, vraiment."
    found = [one.text for one in sentences(text)]
    assert found == [
        "non. ecrivez `a. b; c!` dans la fonction, puis compilez.",
        "c'est tout ici, vraiment.",
    ]


def test_an_answer_takes_up_what_the_question_is_about() -> None:
    asked = "Mon gardien de phare range les lampes :\n```rust\nfn allumer(phare: u8) {}\n```"
    assert {"phare", "lampe", "allum"} <= terms(asked)
    assert relevance(asked, "Dans `allumer`, le phare garde sa lampe.") == 1
    assert relevance(asked, "Le compilateur vérifie les emprunts et les durées de vie.") == 0
    long = "Le phare est ici. " + "Rien de tout cela ne compte vraiment pour vous. " * 20
    assert relevance(asked, long) < 0.5
