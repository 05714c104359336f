"""Argilla's page in French, and the look of our cards: changes to the copy that is served.

Argilla copies its page to a temporary folder at every start, to write an address into it. The
changes are made there; the files of its package stay as they were installed. Each change says how
often its text stands in the page of this version, and none is made unless all of them fit.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("page")
STYLE, SCRIPT = "curator.css", "curator.js"


class OtherPage(Exception):
    """This is not the page that the changes were written for; it names the text that is amiss."""


@dataclass(frozen=True)
class Change:
    """A text of the page, what takes its place, and how often it stands there."""

    old: str
    new: str
    places: int


def _language() -> Iterator[Change]:
    """Register French beside the languages that the page has, and take it where none was chosen."""
    messages = json.dumps(json.loads((DATA / "fr.json").read_text("utf-8")), ensure_ascii=False)
    japanese = '{code:"ja",name:"日本語",file:"ja.js"}'
    loader = '"ja.js":function jaJs(){'
    yield Change(japanese, f'{japanese},{{code:"fr",name:"Français",file:"fr.js"}}', 2)
    yield Change('localeCodes:["en","de","es","ja"]', 'localeCodes:["en","de","es","ja","fr"]', 1)
    ours = f'"fr.js":function frJs(){{return Promise.resolve({messages})}},'
    yield Change(loader, ours + loader, 1)
    yield Change('a("language")||navigator.language', 'a("language")||"fr"', 1)


def _words() -> Iterator[Change]:
    """Put French words in place of those that the page has outside of its languages."""
    for old, new, places in json.loads((DATA / "words.json").read_text("utf-8")):
        yield Change(old, new, places)


def _look() -> Iterator[Change]:
    """Name our style sheet and our script in every page, after its own style."""
    end = '.css" rel="stylesheet"></head>'
    ours = f'<link href="{STYLE}" rel="stylesheet"><script src="{SCRIPT}"></script></head>'
    yield Change(end, end.replace("</head>", ours), 9)


def changes() -> list[Change]:
    """List every change."""
    return [*_language(), *_words(), *_look()]


def changed(page: Mapping[str, str], wanted: list[Change]) -> dict[str, str]:
    """Return the files of a page that change, by name; raises OtherPage where a change misfits."""
    texts = dict(page)
    for change in wanted:
        found = {name: n for name, text in texts.items() if (n := text.count(change.old))}
        if sum(found.values()) != change.places:
            what = f"{change.old[:80]!r} stands {sum(found.values())} times, not {change.places}"
            raise OtherPage(f"not the page that our French was written for: {what}")
        for name in found:
            texts[name] = texts[name].replace(change.old, change.new)
    return {name: text for name, text in texts.items() if text != page[name]}


def amend(folder: Path) -> None:
    """Change the copy of the page in `folder`; raises OtherPage, and then changes nothing."""
    files = [*folder.glob("_nuxt/*.js"), *folder.rglob("*.html")]
    page = {str(path): path.read_text("utf-8") for path in files}
    for name, text in changed(page, changes()).items():
        Path(name).write_text(text, "utf-8")
    for name in (STYLE, SCRIPT):
        (folder / name).write_bytes((DATA / name).read_bytes())


def served(app: Any) -> Path:
    """Find the copy of the page that an Argilla app serves."""
    static = next(route for route in app.routes if getattr(route, "name", "") == "static")
    return Path(static.app.directory)
