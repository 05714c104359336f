"""Build the documentation: `make docs`, or `python docs/site/build.py [FOLDER]`.

docs/ is copied, the pages that follow from code are added, and Zensical builds all of it in an
environment of its own (requirements/docs.txt) with every broken link an error. What pages refer to
outside docs/ comes along. The site loads nothing from elsewhere, and its search works from disk.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DOCS, HERE, PINS = ROOT / "docs", ROOT / "docs" / "site", ROOT / "requirements" / "docs.txt"
# Pages of the site that lie elsewhere in the repository.
ELSEWHERE = {
    "README.md": "index.md",
    "README.fr.md": "annotateurs.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
LINK = re.compile(r"(\]\(|<img [^>]*?src=\")([^)#\s\"]+)")
CODE = re.compile(r"(^ *(`{3,}).*?^ *\2 *$|`[^`\n]+`)", re.MULTILINE | re.DOTALL)


def build(folder: Path) -> Path:
    """Build the site below a folder, whose content is replaced; returns where it lies.

    Raises SystemExit with what Zensical says where a link leads nowhere.
    """
    shutil.rmtree(folder, ignore_errors=True)
    source, site = folder / "source", folder / "site"
    copy_pages(source)
    settings = with_other_pages((HERE / "zensical.toml").read_text("utf-8"))
    config = folder / "zensical.toml"
    place = '[project]\ndocs_dir = "source"\nsite_dir = "site"\n'
    config.write_text(settings.replace("[project]\n", place, 1), "utf-8")
    command = [str(environment() / "bin" / "zensical"), "build", "--strict", "-f", str(config)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr)
        raise SystemExit(said.partition("Traceback")[0])
    (site / "llms.txt").write_text(llms_txt(source, tomllib.loads(settings)), "utf-8")
    return site


def with_other_pages(settings: str) -> str:
    """Put pages of docs/ that the navigation does not name at the end of its part on design."""
    named = {page for _, _, page in entries(tomllib.loads(settings)["project"]["nav"])}
    rows = ""
    for path in sorted(DOCS.rglob("*.md")):
        page = path.relative_to(DOCS).as_posix()
        if page not in named:
            title = path.read_text("utf-8").partition("\n")[0].strip("# ").replace('"', "'")
            rows += f'    {{ "{title}" = "{page}" }},\n'
    end = '  ] },\n  { "Measured" = ['
    return settings.replace(end, rows + end, 1)


def copy_pages(source: Path) -> None:
    """Copy docs/ and what it refers to."""
    shutil.copytree(DOCS, source, ignore=shutil.ignore_patterns("site"))
    shutil.copytree(HERE / "assets", source / "assets", dirs_exist_ok=True)
    shutil.copytree(ROOT / "schemas", source / "files" / "schemas")
    for name, page in ELSEWHERE.items():
        if name != "README.md":  # its place is taken by docs/index.md
            (source / page).write_text(moved(ROOT / name, source / page, source), "utf-8")
    for path in sorted(DOCS.rglob("*.md")):
        target = source / path.relative_to(DOCS)
        target.write_text(moved(path, target, source), "utf-8")


def moved(page: Path, target: Path, source: Path) -> str:
    """Return a page's text, its links mended for the place that it has in the site."""

    def mend(found: re.Match[str]) -> str:
        before, link = found.groups()
        if "://" in link or link.startswith(("mailto:", "#")):
            return found[0]
        path = (page.parent / link).resolve()
        if path.is_relative_to(DOCS) and path.exists():
            place = source / path.relative_to(DOCS)
        elif path.is_relative_to(DOCS) or not path.is_relative_to(ROOT) or not path.exists():
            return found[0]  # generated, or broken: Zensical says so
        else:
            place = beside(path, source)
        return before + Path(os.path.relpath(place, target.parent)).as_posix()

    parts = CODE.split(page.read_text("utf-8"))
    kept = [p for i, p in enumerate(parts) if i % 3 != 2]  # without the groups of ticks
    return "".join(LINK.sub(mend, p) if i % 2 == 0 else p for i, p in enumerate(kept))


def beside(path: Path, source: Path) -> Path:
    """Return the place in the site of a file outside docs/, which is copied there."""
    name = path.relative_to(ROOT).as_posix()
    place = source / ELSEWHERE.get(name, f"files/{name}")
    if path.is_file() and name not in ELSEWHERE and not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
        if path.suffix == ".md":
            place.write_text(moved(path, place, source), "utf-8")
    return place


def environment() -> Path:
    """Return the environment with Zensical, which is made where the pins have changed."""
    folder = ROOT / "build" / "docs-env"
    mark, pins = folder / "pins", hashlib.sha256(PINS.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == pins:
        return folder
    uv = [sys.executable, "-m", "uv"]
    install = [*uv, "pip", "install", "--quiet", "--require-hashes", "--python", str(folder)]
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
    subprocess.run([*install, "-r", str(PINS)], check=True)
    mark.write_text(pins)
    return folder


def llms_txt(source: Path, settings: Mapping[str, Any]) -> str:
    """Write the list of pages for language models (llmstxt.org): each with its first sentence."""
    project = settings["project"]
    lines = [f"# {project['site_name']}", "", f"> {project['site_description']}"]
    for section, name, page in entries(project["nav"]):
        if f"## {section}" not in lines:
            lines += ["", f"## {section}", ""]
        lines.append(f"- [{name}]({page.removesuffix('.md')}.html): {gist(source / page)}")
    return "\n".join(lines) + "\n"


def entries(nav: list[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """List section, name and file of each page."""
    for entry in nav:
        for name, target in entry.items():
            if isinstance(target, str):
                yield "Start", name, target
            else:
                yield from ((name, title, page) for one in target for title, page in one.items())


def gist(page: Path) -> str:
    """Return the first sentence of a page."""
    paragraphs = re.split(r"\n\s*\n", page.read_text("utf-8"))
    first = next((p for p in paragraphs if re.match(r"[\w`*]", p)), "")
    words = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", " ".join(first.split()))
    return re.split(r"(?<=[.!?]) ", words)[0]


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "docs"
    sys.path[:0] = [str(ROOT)]
    print(f"{build(target.resolve())}/index.html")
