// A list that has elements only for the rows in sight, so that ten thousand scroll as ten do, and
// work in slices, so that none holds up a frame.
const ROW = 58; // pixels, as .row in browse.css
const SLICE = 8; // milliseconds of work before the browser may draw

// Run a generator to its end, in slices; its result, or null as soon as nobody wants it any more.
const inSlices = async (steps, wanted) => {
  let end = performance.now() + SLICE;
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() < end) continue;
    await new Promise((go) => setTimeout(go));
    if (!wanted()) return null;
    end = performance.now() + SLICE;
  }
};

class List {
  constructor(box, detail) {
    Object.assign(this, { box, detail, list: box.querySelector("ol"), none: box.querySelector("p") });
    this.shown = []; // places of the rows that fit the filters
    this.current = -1; // place of the row before the reader
    this.painted = new Map(); // element by place in `shown`
    box.addEventListener("scroll", () => this.paint(), { passive: true });
  }

  // Where the row before the reader stands in the list; -1 where it does not.
  place() {
    return this.shown.indexOf(this.current);
  }

  // The row so many places further; undefined where there is none.
  beside(by) {
    const at = this.place();
    return this.shown[at < 0 ? (by > 0 ? 0 : this.shown.length - 1) : at + by];
  }

  show(shown, nothing) {
    this.shown = shown;
    this.none.textContent = nothing;
    this.none.hidden = shown.length > 0;
    this.clear();
    this.box.scrollTop = Math.max(0, this.place()) * ROW;
    this.paint();
  }

  clear() {
    this.painted.clear();
    this.list.replaceChildren();
    this.list.style.height = `${this.shown.length * ROW}px`;
  }

  item(place) {
    const at = this.shown[place], row = rows[at];
    const link = el("a", { class: "row", href: `#${encodeURIComponent(row.key)}`, "aria-current": at === this.current && "true" }, ...entry(row));
    const made = el("li", { "aria-setsize": this.shown.length, "aria-posinset": place + 1 }, link);
    made.style.top = `${place * ROW}px`;
    return made;
  }

  paint() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW) - 4);
    const last = Math.min(this.shown.length, first + Math.ceil(this.box.clientHeight / ROW) + 8);
    for (const [place, node] of this.painted) {
      if (place < first || place >= last) {
        node.remove();
        this.painted.delete(place);
      }
    }
    let before = null; // in the order of the list, for those who hear it
    for (let place = last - 1; place >= first; place -= 1) {
      if (!this.painted.has(place)) {
        this.painted.set(place, this.item(place));
        this.list.insertBefore(this.painted.get(place), before);
      }
      before = this.painted.get(place);
    }
  }

  // Bring the row before the reader into sight, and mark it.
  point() {
    const at = this.place(), top = at * ROW, { box } = this;
    if (at >= 0 && top < box.scrollTop) box.scrollTop = top;
    else if (at >= 0 && top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
    this.paint();
    for (const [place, node] of this.painted) {
      node.firstChild.toggleAttribute("aria-current", false);
      if (place === at) node.firstChild.setAttribute("aria-current", "true");
    }
  }
}
