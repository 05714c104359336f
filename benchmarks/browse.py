"""The page of `curator browse` with 10,000 examples: frames while one scrolls, searches, filters.

    PYTHONPATH=. .venv/bin/python benchmarks/browse.py [ROWS]

Beside it, in the same run: the same page with 100 examples, which is what the machine gives at this
time, and a plain page with an element for every row, which hides what does not match, for a fifth
of the rows and for all. The rows are those of the curated set, each varied by lines of others, with
verdicts as a batch has them. The pages are opened in headless Chromium 1280 pixels wide; the list
is scrolled from end to end in 300 steps, words are typed, a topic chosen. A frame of more than 50
ms is seen as a stutter. Where the machine has other work, compare the processor time of the page's
main thread, and the pages with each other. Needs playwright and Chromium; five
minutes.
"""

import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from curator.filters.length import LengthSettings
from curator.records.example import Example, Verdict
from curator.records.files import read_examples
from curator.report.browse.page import browse_document
from curator.report.browse.rows import Known, row_of
from curator.report.browse.select import Selection

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
STUTTER = 50.0  # milliseconds
STEPS = 300
PATIENCE = 120_000.0  # milliseconds that a page may take to open
WORD = "emprunt mutable"
TOPIC = "lifetimes"
# Collects the time between frames, and tasks that the browser calls long (over 50 ms).
WATCH = """() => {
  const seen = window.seen = { frames: [], long: [], on: true };
  new PerformanceObserver((list) => {
    if (seen.on) for (const one of list.getEntries()) seen.long.push(one.duration);
  }).observe({ type: "longtask" });
  let last = performance.now();
  const frame = (now) => {
    if (!seen.on) return;
    seen.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame); });
}"""
SCROLL = """async ([selector, steps]) => {
  const box = document.querySelector(selector);
  for (let n = 1; n <= steps; n += 1) {
    box.scrollTop = (box.scrollHeight * n) / steps;
    await new Promise(requestAnimationFrame);
  }
}"""
PLAIN = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>plain</title>
<style>body { margin: 0; font-family: sans-serif; } #list { height: 90vh; overflow: auto; }
pre { white-space: pre-wrap; } .badge { border: 1px solid; }</style>
<input id="search"><select aria-label="topic"><option value="">tous</option>
<option>lifetimes</option></select><p id="count"></p><div id="list">ROWS</div>
<script>
const rows = [...document.querySelectorAll("details")];
const apply = () => {
  const word = document.getElementById("search").value.toLowerCase();
  const topic = document.querySelector("select").value;
  let shown = 0;
  for (const row of rows) {
    const found = row.textContent.toLowerCase().includes(word);
    row.hidden = !found || (topic && row.dataset.topic !== topic);
    shown += row.hidden ? 0 : 1;
  }
  document.getElementById("count").textContent = `${shown} sur ${rows.length}`;
};
document.getElementById("search").addEventListener("input", apply);
document.querySelector("select").addEventListener("input", apply);
apply();
</script></html>"""


def examples(many: int) -> Iterator[Example]:
    """Vary the examples of the curated set, and judge them as a batch is: two in three pass."""
    known, draw = list(read_examples(ROOT / "curated" / "examples.jsonl")), random.Random(7)  # noqa: S311
    prose = [line for e in known for line in e.answer.split("\n") if len(line) > 60]
    for number in range(many):
        base = known[number % len(known)]
        answer = "\n\n".join([base.answer, *draw.sample(prose, draw.randrange(1, 4))])
        question = f"{base.question}\n\nVariante {number} : {draw.choice(prose)}"
        one = Example.model_validate(
            {**base.model_dump(exclude={"id"}), "question": question, "answer": answer}
        )
        yield one.judged(_verdicts(draw))


def _verdicts(draw: random.Random) -> list[Verdict]:
    first = [
        Verdict(filter="structure", passed=True),
        Verdict(filter="length", passed=True, score=float(draw.randrange(80, 800))),
    ]
    fate = draw.choice(("", "", "rust"))
    if not fate:
        passed = ("french", "near_duplicates", "rust")
        return [*first, *(Verdict(filter=name, passed=True) for name in passed)]
    detail = "answer, does_not_compile, line 9: E0382 borrow of moved value: `texte`"
    fallen = Verdict(filter="rust", passed=False, reason="does_not_compile", detail=detail)
    return [*first, fallen]


def ours(rows: list[Example]) -> str:
    """Write the page of `curator browse`."""
    known = Known("fr")
    made = [row_of(e, known) for e in rows]
    return browse_document(Selection("lot", "batch", made, [LengthSettings()]), "fr")


def plain(rows: list[Example]) -> str:
    """Write a page with an element for each row, which opens on demand."""

    def article(e: Example) -> str:
        verdict = "rejeté" if e.rejection else "retenu"
        title = escape(e.question.strip().split("\n")[0])
        head = f'<summary><span class="badge">{verdict}</span> {title}</summary>'
        texts = f"<pre>{escape(e.question)}</pre><pre>{escape(e.answer)}</pre>"
        return f'<details data-topic="{e.topic}">{head}{texts}</details>'

    return PLAIN.replace("ROWS", "\n".join(map(article, rows)))


def watched(page: Page, spent: Callable[[], float], act: Callable[[], object]) -> dict[str, Any]:
    """Do something, wait until the page is at rest, and return the frames and long tasks."""
    page.evaluate(WATCH)
    before = spent()
    act()
    page.wait_for_timeout(500)
    seen: dict[str, Any] = page.evaluate("() => { window.seen.on = false; return window.seen; }")
    return {**seen, "processor": spent() - before}


def clock(page: Page) -> Callable[[], float]:
    """Return what tells the seconds of processor time that the page's main thread took."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))

    return spent


def measure(browser: Browser, path: Path) -> dict[str, dict[str, Any]]:
    """Open a page; return what was seen of each action, and of opening it."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    page.set_default_timeout(120_000)
    spent = clock(page)
    page.goto(path.as_uri(), wait_until="commit")
    expect(page.locator("#count")).to_contain_text("sur", timeout=PATIENCE)
    load = page.evaluate("performance.now()")
    opening = spent()
    page.wait_for_timeout(500)

    def search() -> None:
        page.locator("#search").press_sequentially(WORD, delay=90)

    def choose() -> None:
        page.locator(
            f"select:has(option[value={TOPIC}]), select[aria-label=topic]"
        ).first.select_option(TOPIC)

    def clear() -> None:
        page.locator("#search").fill("")
        page.wait_for_timeout(500)

    seen = {
        "scroll": watched(page, spent, lambda: page.evaluate(SCROLL, ["#list", STEPS])),
        "search": watched(page, spent, search),
        "clear": watched(page, spent, clear),
        "filter": watched(page, spent, choose),
    }
    context.close()
    return {"load": {"ms": load, "processor": opening}, **seen}


def line(name: str, seen: dict[str, Any]) -> str:
    """Write what was seen of an action in a line."""
    frames, long = sorted(seen["frames"]), seen["long"]
    p95 = statistics.quantiles(frames, n=20)[18] if len(frames) > 1 else frames[0]
    stutters = sum(f > STUTTER for f in frames)
    return (
        f"  {name:<8} frames p50 {statistics.median(frames):7.1f} ms, p95 {p95:7.1f}, longest "
        f"{frames[-1]:8.1f}; over {STUTTER:.0f} ms: {stutters:3d} of {len(frames):4d}; long tasks "
        f"{len(long):3d}, longest {max(long, default=0):7.0f} ms; processor "
        f"{seen['processor']:6.2f} s"
    )


def main() -> None:
    """Measure both pages."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    rows = list(examples(many))
    words = statistics.mean(len(f"{e.question} {e.answer}".split()) for e in rows)
    print(f"{many:,} rows, {words:.0f} words each")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit("no Chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        pages = {"ours, 100 rows": ours(rows[:100]), "ours": ours(rows)}
        pages |= {f"plain, {many // 5:,} rows": plain(rows[: many // 5]), "plain": plain(rows)}
        for name, text in pages.items():
            path = Path(folder) / f"{name}.html"
            path.write_text(text, "utf-8")
            browser = playwright.chromium.launch(executable_path=program)
            size = path.stat().st_size / 1e6
            try:
                seen = measure(browser, path)
            except AssertionError:
                print(f"{name}: {size:.1f} MB, not ready after {PATIENCE / 1000:.0f} s")
                continue
            finally:
                browser.close()
            load = seen.pop("load")
            ready = f"ready after {load['ms'] / 1000:.2f} s (processor {load['processor']:.2f} s)"
            print(f"{name}: {size:.1f} MB, {ready}")
            for action, one in seen.items():
                print(line(action, one), flush=True)


if __name__ == "__main__":
    main()
