"""rapport.md: the seed document's sections and tables, from recorded numbers."""

import re
from itertools import pairwise

import pytest

from curator.report.gather import Report
from curator.report.markdown import escaped

SEED = [
    "## Résumé",
    "## Dataset",
    "### Distribution par catégorie",
    "### Distribution par difficulté",
    "### Thèmes couverts",
    "## Entraînement LoRA",
    "### Configuration",
    "### Progression de l’entraînement",
    "### Statistiques d’entraînement",
    "### Artefacts générés",
    "## Résultats d’évaluation",
    "### Avant et après fine-tuning",
    "### Avec vérification de compilation",
    "### Détails compilation",
    "### Score par catégorie",
    "## Comparaison RAG",
    "## Conclusions",
    "### Ce qui fonctionne",
    "### Limitations",
    "### Recommandations",
]


def plain(text: str) -> str:
    """`text` with ordinary spaces."""
    return re.sub("[\u202f\u00a0]", " ", text)


def test_the_sections_of_the_seed_document_in_its_order(markdown: str) -> None:
    places = [markdown.index(f"\n{heading}\n") for heading in SEED]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "row",
    [
        "| Modèle de base | base.gguf |",
        "| Modèle dont part l’entraînement | Qwen/Qwen2.5-Coder-1.5B-Instruct |",
        "| Quantification | Q4_K_M |",
        "| Méthode | LoRA de rang 8 (mlx-lm 0.28.3) |",
        "| Taille du jeu de données | 49 exemples |",
        "| débogage | 19 | 39 % |",
        "| concept | 18 | 37 % |",
        "| exercice | 12 | 24 % |",
        "| débutant | 23 | 47 % |",
        "| intermédiaire | 20 | 41 % |",
        "| avancé | 6 | 12 % |",
        "| 0 | \u2013 | 1,572 | Début (modèle non entraîné) |",
        "| 60 | 0,740 | \u2013 | Interruption (tué par SIGKILL) |",
        "| 100 | 0,657 | 0,757 | Meilleure validation, Fin |",
        "| Paramètres entraînés | 5,3 M (0,34 %) |",
        "| Paramètres totaux | 1 544 M |",
        "| Mémoire max | 5,7 Go |",
        "| `models/run-002-q4_k_m.gguf` | 940 Mo | `222222222222` | "
        "Modèle final quantifié (GGUF, Q4_K_M) |",
        "| structure | 120 | 20 | 100 |",
        "| rustc | 66 | 19 | 47 |",
        "| décision | 0,57 | 12 |",
    ],
)
def test_rows_that_are_known(markdown: str, row: str) -> None:
    assert row in plain(markdown)


def test_tables_are_whole(markdown: str) -> None:
    lines = markdown.split("\n")
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) > 100
    for before, line in pairwise(lines):
        if line.startswith("|") and before.startswith("|"):
            counts = [len(re.findall(r"(?<!\\)\|", one)) for one in (before, line)]
            assert counts[0] == counts[1]


def test_the_comparison_is_the_evaluator_s(report: Report, markdown: str) -> None:
    assert report.evaluation
    pair = report.evaluation.of("default", "tuning")[0]
    assert pair.comparison
    found = pair.comparison.find("composite")
    assert found and found.word == "better"
    shown = f"{found.before:.2f}/5 | {found.after:.2f}/5 | +{found.delta:.2f}".replace(".", ",")
    assert f"| Score | {found.n} | {shown}" in plain(markdown)
    words = [
        d.word for p in report.evaluation.pairs if p.comparison for d in p.comparison.differences
    ]
    assert {"better", "undecided"} <= set(words)


def test_every_conclusion_says_what_led_to_it(markdown: str) -> None:
    body = markdown[markdown.index("### Ce qui fonctionne") : markdown.index("## Traçabilité")]
    items = re.findall(r"^\d+\. .*$", body, re.MULTILINE)
    assert len(items) > 10
    assert all(re.search(r" — \*[^*]+\*$", item) for item in items)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<script>alert(1)</script>", r"\<script>alert(1)\</script>"),
        ("a | b\nc\r\nd\u2028e", r"a \| b c d e"),
        ("[x](http://e.fr) ![y](z)", r"[x\](http\://e.fr) ![y\](z)"),
        ("`rm` *gras* _souligné_ snake_case", r"\`rm\` \*gras\* \_souligné\_ snake_case"),
        ("# titre", r"\# titre"),
        ("- liste", r"\- liste"),
        ("1. liste", r"1\. liste"),
        ("&lt;b&gt; moi@ici.fr www.e.fr", r"\&lt;b\&gt; moi\@ici.fr www\.e.fr"),
        ("[+0,24 ; +0,44]", "[+0,24\u202f; +0,44]"),
    ],
)
def test_nothing_of_a_record_becomes_markdown(text: str, expected: str) -> None:
    assert escaped(text) == expected
