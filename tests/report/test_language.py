"""The report in French and in English: the same things, and no word of one in the other."""

import ast
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from curator.base.english import SENTENCES as ENGLISH
from curator.filters.registry import FILTERS
from curator.french import words as french
from curator.french.notices import SENTENCES as FRENCH
from curator.generate.strategies.registry import NAMES
from curator.records.project import Project
from curator.records.taxonomy import Category, Difficulty
from curator.report.browse.page import browse_document
from curator.report.browse.select import select
from curator.report.differ.find import difference
from curator.report.differ.page import diff_document
from curator.report.gather import Report
from curator.report.language import Lang, english, say, speaking
from curator.report.language import numbers as n
from curator.report.write import documents, write
from tests.conftest import ROOT
from tests.report.conftest import read
from tests.report.showcase import everything

ROOM = ROOT / "curator" / "report"
# Words of a language that the other one does not have. "des", "en", "on", "or" and such are left
# out: they are words of both, or parts of names.
WORDS = {
    "fr": "le la les du un une et est sont pas pour sur dans par avec sans aucun aucune qui que ne "
    "plus moins encore puis après avant jeu bras lot lots réponse réponses exemple exemples sous "
    "entraînement relecture itération itérations écart régression amélioration seuil cible "
    "cibles retenus retenu écartés rejets motif mesure modèle données thème niveau sa son ses "
    "qu aux ce ces elle il ils faut faudrait tous toutes autre autres",
    "en": "the of and is are not for with without by no from to it its than that this what which "
    "has have been more fewer less only yet at least examples example answers answer arm arms "
    "batch batches training iterations bound target targets accepted dropped rejected model "
    "dataset topic level share prompts too few better worse undecided",
}
# What both languages share: names of commands, settings and files, and the French project's own.
SHARED = (
    r"curator [a-z]+( --[a-z-]+( \w+-\d+)?| push| pull)*",
    r"[\w.-]+[./_][\w./-]+",
    r"(?i)dataset|topics? couverts|topic|training/\S*",
)


def text_of(page: str) -> str:
    """All that a person reads of a page, or hears, but the data of examples and answers."""
    tree = HTMLParser(page)
    for node in tree.css("script, style, code, pre, .question, .prose, .sources, .who"):
        node.decompose()
    heard = [
        value
        for node in tree.css("*")
        for name in ("aria-label", "title", "placeholder")
        if (value := node.attributes.get(name))
    ]
    return " ".join([tree.text(separator=" "), *heard])


def of_markdown(text: str) -> str:
    """What a person reads of a Markdown file, without code."""
    return re.sub(r"`[^`\n]*`", " ", re.sub(r"```.*?```", " ", text, flags=re.DOTALL))


def wrong_words(text: str, lang: Lang) -> set[str]:
    """Find the words of the other language in a text."""
    other: Lang = "fr" if lang == "en" else "en"
    for shared in SHARED:
        text = re.sub(shared, " ", text)
    found = set(re.findall(r"[^\W_]+", text.lower()))
    accents = {w for w in found if lang == "en" and re.search("[àâçéèêëîïôùûœ]", w)}
    return (found & set(WORDS[other].split())) | accents


def read_of(report: Report, lang: Lang) -> dict[str, str]:
    made = documents(report, lang)
    return {k: of_markdown(v) if k.endswith(".md") else text_of(v) for k, v in made.items()}


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """Projects in which things are missing: nothing at all, nothing trained, no scores, stale."""
    empty = tmp_path_factory.mktemp("empty")
    shutil.copytree(ROOT / "pipelines", empty / "pipelines")
    made = {"empty": read(Project(empty))}
    project = everything(tmp_path_factory.mktemp("early"), spread=3.0)
    authored = project.root / "raw" / "authored" / "first.jsonl"
    authored.write_text("".join(authored.read_text("utf-8").splitlines(True)[:9]), "utf-8")
    for path in (project.root / "training" / "evaluations" / "tuned").iterdir():
        path.unlink()
    made["undecided"] = read(project)
    for path in (project.root / "training" / "evaluations").glob("*/scores-*.json"):
        path.unlink()
    (project.curated / "manifest.json").unlink()
    made["unscored"] = read(project)
    return made


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_word_of_the_other_language_is_left(
    report: Report, early: Mapping[str, Report], lang: Lang
) -> None:
    for name, one in {"whole": report, **early}.items():
        for file, text in read_of(one, lang).items():
            assert not wrong_words(text, lang), (name, file)


@pytest.mark.slow
def test_a_planted_word_is_found(report: Report) -> None:
    """The check above sees what it is for."""
    text = read_of(report, "en")["rapport.html"]
    assert wrong_words(f"{text} perte mesurée à la fin", "en") == {"mesurée", "la", "à"}
    assert wrong_words(read_of(report, "fr")["rapport.html"], "en")
    assert wrong_words(text, "fr")


@pytest.mark.slow
def test_both_have_the_same_sections_tables_and_numbers(report: Report) -> None:
    pages = [HTMLParser(documents(report, lang)["rapport.html"]) for lang in ("fr", "en")]  # type: ignore[arg-type]
    for selector in ("section", "table", "tr", "figure", "details", ".card", ".warning"):
        one, other = ([x.attributes.get("id") for x in p.css(selector)] for p in pages)
        assert one == other, selector
    assert [p.css_first("html").attributes["lang"] for p in pages] == ["fr", "en"]

    def digits(page: HTMLParser) -> list[str]:
        cells = [c.text().strip() for c in page.css("td.n")]
        return [re.sub(r"\D", "", c) for c in cells]

    assert digits(pages[0]) == digits(pages[1]) != []


# Literals of these rooms that a person reads stand in `say(...)`, `count(...)` and such, or in a
# pair. One in French alone is a text that English does not have.
FRENCH_TEXT = re.compile(
    r"[àâçéèêîôùœÀÉ]|\b(le|la|les|un|une|du|des|aucun|aucune|pas|sur|sans(?!-)|avec|puis|est|sont)\b"
)
BOTH = ("say", "count", "noun", "of")


def french_alone(source: str) -> Iterator[str]:
    """Find literals with French in them that have no English beside them."""
    tree = ast.parse(source)
    paired: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in BOTH:
            paired |= {id(inner) for arg in node.args for inner in ast.walk(arg)}
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            paired |= {id(inner) for inner in ast.walk(node)}
    texts = [c for c in ast.walk(tree) if isinstance(c, ast.Constant) and isinstance(c.value, str)]
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for constant in texts:
        if id(constant) not in paired | docstrings and FRENCH_TEXT.search(str(constant.value)):
            yield str(constant.value)


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.py")), ids=lambda p: str(p.relative_to(ROOM)))
def test_every_text_is_written_in_both(path: Path) -> None:
    assert list(french_alone(path.read_text("utf-8"))) == []


def test_a_planted_text_is_found() -> None:
    assert list(french_alone('x = "Aucun bras évalué"')) == ["Aucun bras évalué"]
    assert not list(french_alone('x = say("Aucun bras évalué", "No arm")'))


def test_templates_write_both() -> None:
    for path in sorted((ROOM / "templates").glob("*.html")):
        text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", path.read_text("utf-8"), flags=re.DOTALL)
        assert not FRENCH_TEXT.search(HTMLParser(text).text(separator=" ")), path.name


def test_the_tables_have_the_same_codes() -> None:
    tables = (
        "METRICS",
        "MEANINGS",
        "SEED_METRICS",
        "SEED_MEANINGS",
        "VERDICTS",
        "PROFILES",
        "STANDINGS",
        "ENDS",
    )
    tables += ("BATCH_STATES", "STAGES", "STAGE_REASONS", "MARKS", "QUESTIONS", "SIGNALS")  # type: ignore[assignment]
    for name in tables:
        assert getattr(english, name).keys() == getattr(french, name).keys(), name
    assert ENGLISH.keys() == FRENCH.keys()
    assert set(english.STRATEGIES) == set(NAMES)
    assert set(english.CURES) == {name for name, one in FILTERS.items() if one.cure_fr}
    assert set(english.AXES["category"]) == set(Category)
    assert set(english.AXES["difficulty"]) == set(Difficulty)


@pytest.mark.parametrize(
    ("written", "fr", "en"),
    [
        (lambda: n.number(-1234.5, 1), "\u22121 234,5", "\u22121,234.5"),
        (lambda: n.number(-0.001, 1), "0,0", "0.0"),
        (lambda: n.signed(0.24), "+0,24", "+0.24"),
        (lambda: n.signed(0.001), "0,00", "0.00"),
        (lambda: n.percent(0.391), "39 %", "39%"),
        (lambda: n.percent(None), n.NONE, n.NONE),
        (lambda: n.points(0.05), "+5,0 pts", "+5.0 pts"),
        (lambda: n.mark(3.05), "3,05/5", "3.05/5"),
        (lambda: n.size(940_000_000), "940 Mo", "940 MB"),
        (lambda: n.size(1_500), "1,5 ko", "1.5 kB"),
        (lambda: n.size(12), "12 o", "12 B"),
        (lambda: n.millions(2_933_000), "2,9 M", "2.9 M"),
        (lambda: n.millions(1_543_714_000), "1 544 M", "1,544 M"),
        (lambda: n.duration(4.2), "4,2 s", "4.2 s"),
        (lambda: n.duration(11_100), "3 h 05", "3 h 05"),
        (lambda: n.day(datetime(2026, 3, 1, tzinfo=UTC)), "1er mars 2026", "1 March 2026"),
        (lambda: n.interval("+0,1", "+0,2"), "[+0,1 ; +0,2]", "[+0,1, +0,2]"),
        (lambda: n.listed(["a", "b", "c"]), "a, b et c", "a, b and c"),
        (lambda: n.listed(["a"]), "a", "a"),
        (lambda: n.count(0, "exemple", "example"), "0 exemple", "0 examples"),
        (lambda: n.count(1, "exemple", "example"), "1 exemple", "1 example"),
        (lambda: n.count(2, "bras|bras", "arm"), "2 bras", "2 arms"),
        (lambda: n.of(1, "question", "prompt"), "d'une seule question", "of 1 prompt"),
        (lambda: n.of(1234, "question", "prompt"), "de 1 234 questions", "of 1,234 prompts"),
    ],
)
def test_numbers_in_both(written: object, fr: str, en: str) -> None:
    for lang, expected in (("fr", fr), ("en", en)):
        with speaking(lang):  # type: ignore[arg-type]
            made = written()  # type: ignore[operator]
        assert re.sub("[\u00a0\u202f]", " ", made) == expected


def test_a_language_holds_for_its_block_only() -> None:
    with pytest.raises(RuntimeError), speaking("en"):
        assert say("oui", "yes") == "yes"
        raise RuntimeError
    assert say("oui", "yes") == "oui"


def test_the_files_are_written_in_the_language(report: Report, tmp_path: Path) -> None:
    written = write(report, tmp_path, "en")
    assert [p.name for p in written] == ["rapport.md", "rapport.html", "reponses.html"]
    assert written[0].read_text("utf-8").startswith("# Training metrics — RustSensei\n\nReport of ")
    assert 'href="rapport.html">Back to the report' in written[2].read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_pages_to_look_through_keep_to_their_language(showcase: Project, lang: Lang) -> None:
    """What they say is in their data too, as the script shows it; examples are left out."""
    batch = next((showcase.raw / "generated").iterdir()).name
    pages = [
        browse_document(select(showcase, "evaluation", lang), lang),
        browse_document(select(showcase, batch, lang), lang),
        diff_document(showcase, difference(showcase, "base", "tuned"), lang),
        diff_document(showcase, difference(showcase, batch, "curated"), lang),
    ]
    for page in pages:
        [found] = re.findall(r'id="data">(.*?)</script>', page, re.DOTALL)
        data = json.loads(found)
        said = [*data["words"].values(), *data["filters"].values(), *data["reasons"].values()]
        said += [b["label"] for b in data["bounds"]]
        for facet in data["facets"]:
            named = facet["name"] not in ("arm", "source", "split")
            said += [facet["label"], *(facet["values"].values() if named else ())]
        said += [name for row in data["rows"] for name, _ in row.get("facts", ())]
        assert not wrong_words(" ".join(said), lang)
        assert not wrong_words(text_of(page), lang)
