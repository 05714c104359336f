"""What people look for in a set about Rust, and find: fields as they are sent, known hits."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from curator.french.typography import typeset_markdown
from curator.review.argilla import fields
from curator.review.cards.card import Neighbours, ReviewItem, cards
from curator.review.cards.display import fence, harmless, inline_code
from tests.conftest import make_example
from tests.review.server.conftest import Driver

pytestmark = pytest.mark.slow

FIELDS = (fields.QUESTION, fields.ANSWER, fields.FINDINGS)
DATASET = {
    "fields": dict.fromkeys(FIELDS, "text"), "questions": {}, "metadata": {}, "vectors": {},
}  # fmt: skip


def rust(code: str) -> str:
    return f"\n\n```rust\n{code}\n```\n\n"


# By letter: question and answer, before they are made harmless.
TEXTS = {
    "a": (
        "Que renvoie une fonction qui peut échouer ?",
        "Elle renvoie `Result<T, E>`." + rust("fn lire() -> Result<String, io::Error> {\n"
        "    let texte = std::fs::read_to_string(\"a.txt\")?;\n    Ok(texte)\n}"),
    ),
    "b": (
        "Comment convertir une cause en mon erreur ?",
        "On écrit une conversion." + rust("impl From<Cause> for MonErreur {\n"
        "    fn from(cause: Cause) -> Self { MonErreur(cause) }\n}"),
    ),
    "c": (
        "L'emprunt mutable exclut-il les autres ?",
        "Oui : tant que `&mut texte` vit, rien d'autre ne lit. C'est peut-être strict, l'a-t-on "
        "dit."
        + rust("fn ajoute(texte: &mut String) { texte.push_str(\"!\"); }"),
    ),
    "d": (
        "À quoi sert `'a` dans une signature ?",
        "La durée de vie lie le résultat aux arguments." + rust(
        "fn plus_long<'a>(x: &'a str, y: &'a str) -> &'a str {\n"
        "    if x.len() >= y.len() { x } else { y }\n}"),
    ),
    "e": (
        "Pourquoi E0382 ?",
        "La valeur a été déplacée : l'erreur E0382 le dit." + rust(
        "let a = String::from(\"x\");\nlet b = a;\nprintln!(\"{a}\");"),
    ),
    "f": (
        "Comment compter jusqu'à dix, dix compris ?",
        "Avec `1..=10`. Un nombre pair vérifie `n % 2 == 0`." + rust(
        "for n in 1..=10 {\n    if n % 2 == 0 && n != 4 { somme += n; }\n}"),
    ),
    "g": (
        "Qu'est-ce qu'une fermeture ?",
        "Une fonction sans nom, qui capture. Les génériques n'y changent rien." + rust(
        "let double = |x: i32| x * 2;\nlet tri = v.iter().map(|&x| x).collect::<Vec<_>>();"),
    ),
    "h": (
        "Un vecteur de vecteurs ?",
        "Le type `Vec<Vec<i32>>` convient, ou `Option<Box<Noeud>>` pour une liste." + rust(
        "#[derive(Debug, Clone)]\nstruct Noeud { suivant: Option<Box<Noeud>> }"),
    ),
    "i": (
        "Que coûte un trait en dynamique ?",
        "Un `Box<dyn Forme>` passe par une table. *Statique* ou dynamique, c'est à choisir et/ou à "
        "mesurer." + rust("fn aire(formes: &[Box<dyn Forme>]) -> f64 { 0.0 }"),
    ),
    "j": (
        "Le motif `match` doit-il tout couvrir ?",
        "Oui, sinon E0004." + rust("match n {\n    0 => \"zéro\",\n    1 | 2 => \"peu\",\n"
        "    _ => \"beaucoup\",\n}"),
    ),
    "k": (
        "La valeur 62 déborde-t-elle ?",
        "Non, 62 tient dans un octet. `'static` n'a rien à voir, 'a' non plus." + rust(
        "const N: u8 = 62;\nstatic NOM: &'static str = \"n\";\nlet c = 'a';\nlet m = 1 << 3;"),
    ),
    "l": (
        "Une chaîne possédée coûte-t-elle cher ?",
        "Un cœur d'été : « garçon » déjà reçu, naïf Noël. J'ai lu a->b dans un vieux texte en C."
        + rust("impl<T: Display + Clone> Affiche for T {}\nlet y = *x + 1;\nlet z = !y;"),
    ),
}  # fmt: skip

QUERIES = [
    # generics
    ('"Result<T, E>"', "a"),
    ("Result<T, E>", "a"),
    ("Result<String", "a"),
    ('"Result<String, io::Error>"', "a"),
    ('"impl From<Cause> for MonErreur"', "b"),
    ("From<Cause>", "b"),
    ("Vec<Vec<i32>>", "h"),
    ("Vec<i32>", "h"),
    ("Vec<", "gh"),
    ("Vec<_>", "g"),
    ("Option<Box<Noeud>>", "h"),
    ("Box<dyn", "i"),
    ('"Box<dyn Forme>"', "i"),
    ("Box<Noeud>", "h"),
    ("Vec<String>", ""),
    ("collect::<Vec<_>>", "g"),
    ('"impl<T: Display + Clone>"', "l"),
    ("Resu*", "ad"),
    # lifetimes and references
    ("'a", "d"),
    ("&'a", "d"),
    ('"&\'a str"', "d"),
    ("plus_long<'a>", "d"),
    ("'static", "k"),
    ('"&\'static str"', "k"),
    ("'b", ""),
    ("&mut", "c"),
    ('"&mut String"', "c"),
    ('"&mut texte"', "c"),
    ("&str", ""),
    # operators
    ("->", "abdil"),
    ('"-> Self"', "b"),
    ("-> Self", "b"),
    ("=>", "j"),
    ('"_ =>"', "j"),
    ("1..=10", "f"),
    ('"..="', "f"),
    ('"n % 2 == 0"', "f"),
    ("&&", "f"),
    ("!=", "f"),
    ("==", "f"),
    (">=", "d"),
    ("+=", "f"),
    ("somme +=", "f"),
    ('"1 << 3"', "k"),
    ('"|x: i32|"', "g"),
    ('"1 | 2"', "j"),
    ('"x * 2"', "g"),
    ('"*x + 1"', "l"),
    ('"!y"', "l"),
    ("#[derive", "h"),
    ('"&[Box<dyn Forme>]"', "i"),
    ('")?;"', "a"),
    # names and paths
    ("String::from", "e"),
    ("std::fs::read_to_string", "a"),
    ("read_to_string", "a"),
    ("io::Error", "a"),
    ("println!", "e"),
    ("push_str", "c"),
    # accents and French
    ("duree de vie", "d"),
    ('"durée de vie"', "d"),
    ("DÉPLACÉE", "e"),
    ("generiques", "g"),
    ("échouer", "a"),
    ("garcon naif noel", "l"),
    ("l'emprunt", "c"),
    ("l’emprunt", "c"),
    ("peut-être", "c"),
    ("et/ou", "i"),
    ("Statique", "i"),
    ("Pourquoi ?", "e"),
    # codes and numbers
    ("E0382", "e"),
    ("e0004", "j"),
    ("E0382 | E0004", "ej"),
    ("E00*", "j"),
    ("62", "k"),
    ("u8", "k"),
    ("60", ""),  # of the entity that "<" is written as
    # negation, alone and with others
    ("-fn", "efghjkl"),
    ("fn -&mut", "abdi"),
    ("-(fn | let)", "fhj"),
    ('-"Box<dyn Forme>" Box', "h"),
    ("durée -E0382", "d"),
    ("E0382 -E0382", ""),
    # phrases
    ('"rien d\'autre ne lit"', "c"),
    ('"lie le résultat"', "d"),
    ('"résultat le lie"', ""),
    ('"résultat arguments"~2', "d"),
    ('"une liste"', "h"),
    ('"fn from(cause: Cause) -> Self"', "b"),
    # the machine's panel is looked through when it is asked
    ("rustc", ""),
    ("conforme", ""),
]


def as_sent(letter: str) -> dict[str, str]:
    """The fields of a card, as a push sends them."""
    example = make_example(*TEXTS[letter])
    (card,) = cards([ReviewItem(example)], Neighbours.of([make_example()], "words"))
    return dict(card.fields)


def as_markdown(letter: str) -> dict[str, str]:
    """As versions before this sent them: Markdown without HTML."""
    question, answer = (harmless(typeset_markdown(text)) for text in TEXTS[letter])
    return {fields.QUESTION: question, fields.ANSWER: answer}


def as_html(letter: str) -> dict[str, str]:
    """HTML in which nearly every word of a program is an element of its own."""
    shown = []
    for text in TEXTS[letter]:
        html = MarkdownIt("commonmark", {"html": False}).render(typeset_markdown(text))
        coloured = re.sub(r"(?<=[ (])(\w+)(?=[ (&,])", r"<span class='hljs-x'>\1</span>", html)
        diff = "<pre class='curator-diff'><span class='curator-sign'>-</span></pre>"
        folded = "<details><summary>Programme replié, rustc</summary></details>"
        shown.append(f'<div class="curator">{coloured}{diff}{folded}</div>')
    return dict(zip((fields.QUESTION, fields.ANSWER), shown, strict=True))


def panel() -> str:
    code = inline_code("expected `Result<T, E>`, found E0382 -> &'a str")
    return f"**Code** : conforme, rustc 1.95.0.\n\n| bloc | {code} |\n\n{fence('- fn', 'diff')}"


@pytest.fixture(scope="module", params=[as_sent, as_markdown, as_html])
def texts(
    request: pytest.FixtureRequest, server_python: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Driver]:
    engine = Driver(tmp_path_factory.mktemp("queries"), server_python)
    engine("make", users=["alice", "bob", "chloe"], datasets={"d": DATASET})
    shown = {letter: request.param(letter) | {fields.FINDINGS: panel()} for letter in TEXTS}
    records = [{"id": letter, "fields": given} for letter, given in shown.items()]
    engine("add", dataset="d", records=records)
    yield engine
    engine.close()


def found(engine: Driver, query: Any, **given: Any) -> str:
    return "".join(sorted(engine("search", dataset="d", query=query, **given)["ids"]))


@pytest.mark.slow
@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_queries(texts: Driver, query: str, expected: str) -> None:
    assert found(texts, query) == expected


@pytest.mark.slow
def test_there_are_enough_of_them() -> None:
    assert len(QUERIES) >= 60
    assert len({q for q, _ in QUERIES}) == len(QUERIES)


@pytest.mark.parametrize(
    ("query", "field", "expected"),
    [
        ("rustc", fields.FINDINGS, "abcdefghijkl"),
        ("Result<T, E>", fields.FINDINGS, "abcdefghijkl"),
        ("-fn", fields.FINDINGS, ""),
        ("Result<T, E>", fields.ANSWER, "a"),
        ("'a", fields.QUESTION, "d"),
        ("E0382", fields.QUESTION, "e"),
        ("E0382", fields.FINDINGS, "abcdefghijkl"),
    ],
)
def test_queries_in_one_field(texts: Driver, query: str, field: str, expected: str) -> None:
    assert found(texts, {"q": query, "field": field}) == expected


def test_each_user_has_an_order_of_what_negation_alone_finds(texts: Driver) -> None:
    orders = {}
    for user in ("alice", "bob", "chloe"):
        hits = texts("search", dataset="d", query="-fn", user=user)
        assert sorted(hits["ids"]) == list("efghjkl")
        assert sorted(hits["scores"], reverse=True) == hits["scores"]
        assert min(hits["scores"]) > 0
        orders[user] = tuple(hits["ids"])
    assert len(set(orders.values())) > 1


def test_words_rank_before_what_lacks_others(texts: Driver) -> None:
    hits = texts("search", dataset="d", query="fermeture | -fn")
    assert hits["ids"][0] == "g"
