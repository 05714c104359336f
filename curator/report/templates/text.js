"use strict";
// Makes elements of texts. A text becomes the text of an element, never HTML.
const LONG = 40000; // characters; more of a text is not shown
const CELLS = 1e6; // pairs of lines that a comparison looks at; longer texts are shown one by one

// Fill {n} and {m} in. After a colon stands a noun by its number, "one|several"; with "?" before it,
// the noun alone. In French 0 takes the singular.
const filler = (lang) => {
  const number = new Intl.NumberFormat(lang);
  const single = (many) => (lang === "fr" ? many < 2 : many === 1);
  return (text, n, m = 0) => text.replace(/\{([nm])(?::(\??)([^|}]*)\|([^}]*))?\}/g, (_, name, alone, one, several) => {
    const many = name === "n" ? n : m;
    const noun = single(many) ? one : several;
    return [alone ? "" : number.format(many), noun].filter(Boolean).join(" ");
  });
};

const el = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((one) => one !== undefined && one !== null));
  return made;
};

// Code spans, bold and emphasis of one line; what is very long stands as it is.
const INLINE = /(`{1,3})(?!`)(.{1,400}?)\1(?!`)|\*\*([^*]{1,400})\*\*|\*([^*\s][^*]{0,400})\*/g;
const inline = (text) => {
  if (text.length > 5000) return [text];
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    parts.push(text.slice(from, found.index));
    const [whole, , code, strong, emphasis] = found;
    parts.push(code ? el("code", {}, code) : strong ? el("strong", {}, strong) : el("em", {}, emphasis));
    from = found.index + whole.length;
  }
  return [...parts, text.slice(from)];
};

// Markdown as elements; `faults` are [line, element] to set below a line.
const markdown = (text, faults = []) => {
  const lines = text.slice(0, LONG).split("\n");
  const out = el("div", { class: "prose" });
  let waiting = [...faults];
  const due = (line) => {
    const found = waiting.filter(([at]) => at <= line).map(([, node]) => node);
    waiting = waiting.filter(([at]) => at > line);
    return found;
  };
  let at = 0;
  while (at < lines.length) {
    const fence = lines[at].match(/^ {0,3}(`{3,}|~{3,})\s*(.*)$/);
    const start = at;
    if (fence) {
      const closing = new RegExp(`^ {0,3}${fence[1][0]}{${fence[1].length},}\\s*$`);
      const code = el("code");
      for (at += 1; at < lines.length && !closing.test(lines[at]); at += 1) {
        code.append(lines[at], "\n", ...due(at + 1));
      }
      if (fence[2]) out.append(el("span", { class: "info" }, fence[2]));
      out.append(el("pre", { tabindex: 0 }, code));
      at += 1;
    } else {
      const kind = kindOf(lines[at]);
      do at += 1; while (at < lines.length && goesOn(kind, lines[at]));
      const block = BLOCKS[kind](lines.slice(start, at));
      if (block) out.append(block);
    }
    out.append(...due(at));
  }
  out.append(...waiting.map(([, node]) => node));
  return out;
};

const KINDS = [["heading", /^#{1,6}\s/], ["list", /^\s*(?:[-*+]|\d+[.)])\s/], ["table", /^\s*\|/], ["quote", /^\s*>/], ["blank", /^\s*$/]];
const kindOf = (line) => (KINDS.find(([, pattern]) => pattern.test(line)) || ["plain"])[0];
const goesOn = (kind, line) => {
  if (/^ {0,3}(`{3,}|~{3,})/.test(line) || kind === "heading") return false;
  const next = kindOf(line);
  return next === kind || (kind === "list" && next === "plain");
};
const BLOCKS = {
  blank: () => null,
  heading: ([line]) => el("p", { class: "titre" }, ...inline(line.replace(/^#+\s+/, ""))),
  quote: (lines) => el("blockquote", {}, ...inline(lines.map((l) => l.replace(/^\s*>\s?/, "")).join(" "))),
  plain: (lines) => el("p", {}, ...inline(lines.join(" "))),
  list: (lines) => {
    const items = [];
    for (const line of lines) {
      if (kindOf(line) === "list") items.push(line.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, ""));
      else items[items.length - 1] += ` ${line.trim()}`;
    }
    const ordered = /^\s*\d/.test(lines[0]);
    return el(ordered ? "ol" : "ul", {}, ...items.map((item) => el("li", {}, ...inline(item))));
  },
  table: (lines) => {
    const rows = lines.filter((l) => !/^[\s|:-]+$/.test(l)).map((l) => l.trim().replace(/^\||\|$/g, "").split("|"));
    return el("table", {}, ...rows.map((cells) => el("tr", {}, ...cells.map((c) => el("td", {}, ...inline(c.trim()))))));
  },
};

// The longest common subsequence of two lists, as [sign, item]: " " in both, "-" went, "+" came.
const compare = (before, after) => {
  if (before.length * after.length > CELLS) {
    return [...before.map((one) => ["-", one]), ...after.map((one) => ["+", one])];
  }
  const width = after.length + 1;
  const longest = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = before[i] === after[j]
        ? longest[(i + 1) * width + j + 1] + 1
        : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  const steps = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      steps.push([" ", before[i]]);
      [i, j] = [i + 1, j + 1];
    } else if (j >= after.length || (i < before.length && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) {
      steps.push(["-", before[i++]]);
    } else {
      steps.push(["+", after[j++]]);
    }
  }
  return steps;
};

// Two lines word by word: the elements of the one that went, and of the one that came.
const words = (line) => line.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) || [];
const wordByWord = (before, after) => {
  const steps = compare(words(before), words(after));
  const side = (sign, tag) => steps.filter(([s]) => s === " " || s === sign)
    .map(([s, word]) => (s === " " ? word : el(tag, {}, word)));
  return [side("-", "del"), side("+", "ins")];
};

// Two texts line by line; of what both have, two lines stand around each change.
const difference = (before, after, say, fill) => {
  const steps = compare(before.slice(0, LONG).split("\n"), after.slice(0, LONG).split("\n"));
  if (steps.every(([sign]) => sign === " ")) return el("p", { class: "note" }, say.same);
  const near = steps.map((_, n) => steps.slice(Math.max(0, n - 2), n + 3).some(([sign]) => sign !== " "));
  const out = el("pre", { class: "diff", tabindex: 0 });
  const line = (sign, ...parts) => {
    const kind = { "-": "went", "+": "came", " ": "kept" }[sign];
    out.append(el("span", { class: kind }, `${sign} `, ...parts, "\n"));
  };
  for (let n = 0; n < steps.length; n += 1) {
    if (!near[n]) {
      const from = n;
      while (n + 1 < steps.length && !near[n + 1]) n += 1;
      out.append(el("span", { class: "skipped" }, fill(say.unchanged, n - from + 1), "\n"));
      continue;
    }
    const run = (sign, from) => {
      let to = from;
      while (to < steps.length && steps[to][0] === sign) to += 1;
      return steps.slice(from, to).map(([, text]) => text);
    };
    const went = run("-", n), came = run("+", n + went.length);
    if (went.length && went.length === came.length) {
      const pairs = went.map((text, k) => wordByWord(text, came[k]));
      pairs.forEach(([old]) => line("-", ...old));
      pairs.forEach(([, fresh]) => line("+", ...fresh));
      n += went.length + came.length - 1;
    } else {
      line(steps[n][0], steps[n][1]);
    }
  }
  return out;
};

// The first block of Rust in a text; "" where there is none.
const firstCode = (text) => (text.slice(0, LONG).match(/^ {0,3}```rust[^\n]*\n([\s\S]*?)^ {0,3}```/m) || ["", ""])[1];
