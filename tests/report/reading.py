"""A page before a reader, in headless Chromium."""

from pathlib import Path

from playwright.sync_api import Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium: install it (Debian: apt install chromium; macOS: brew install chromium)"
LEAST = 4.5  # WCAG 2.2, 1.4.3: contrast of text, level AA
# The contrast of each text with the first opaque ground below it, where it is too small.
CONTRASTS = """() => {
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const light = ({ r, g, b }) => [r, g, b]
    .map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const found = parse(getComputedStyle(one).backgroundColor);
      if (found.a === 1) return found;
    }
    return { r: 255, g: 255, b: 255 };
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const words = [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!words || !node.checkVisibility() || node.closest("script")) continue;
    const style = getComputedStyle(node);
    const ink = parse(node.closest("svg") ? style.fill : style.color);
    const [a, b] = [light(ink), light(ground(node))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < LEAST) poor.push(`${contrast.toFixed(2)} ${node.outerHTML.slice(0, 90)}`);
  }
  return poor.slice(0, 10);
}""".replace("LEAST", str(LEAST))


class Reader:
    """The page before a reader, with what the browser complains of and asks for."""

    def __init__(self, page: Page, path: Path):
        self.page, self.faults, self.asked = page, list[str](), list[str]()
        page.on("console", lambda message: self.faults.append(message.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(path.as_uri())
        self.own = path.as_uri()

    def undisturbed(self) -> bool:
        """No complaint, and nothing asked for but the page itself (its icon is empty data)."""
        asked = {url for url in self.asked if not url.startswith("data:")}
        return not self.faults and asked == {self.own}

    def sideways(self) -> int:
        """By how many pixels the page is wider than the window."""
        wide: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide
