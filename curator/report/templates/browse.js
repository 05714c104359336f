// The list, its filters and the example before the reader. The list has elements only for the rows
// in sight, so that ten thousand scroll as ten do.
const data = JSON.parse(document.getElementById("data").textContent);
const say = data.words;
const $ = (id) => document.getElementById(id);
const ROW = 58; // pixels, as .row in browse.css
const rows = data.rows;
const places = new Map(rows.map((row, n) => [row.key, n]));
const labels = Object.fromEntries(data.facets.map((f) => [f.name, f.values]));
const label = (name, value) => labels[name]?.[value] ?? value;
const TONES = { accepted: "conforme", conforme: "conforme", came: "conforme", better: "conforme", rejected: "en-echec", "en-echec": "en-echec", went: "en-echec", worse: "en-echec" };
const number = new Intl.NumberFormat(data.lang);
const fill = (text, n, m = 0) => text.replace("{n}", number.format(n)).replace("{m}", number.format(m));

let shown = []; // places of the rows that fit the filters
let current = -1; // place of the row before the reader
const chosen = {}; // value by facet
let sought = []; // words of the search; what stands in quotation marks is one
let bent = null; // the bound of "what would pass", with its new value

// --- filters
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/\u2019/g, "'").toLowerCase();
const hay = (row) => (row.hay ??= fold([row.key, row.question, row.answer, ...row.verdicts?.map((v) => v[3]) ?? [], ...row.facts?.map((f) => f[1]) ?? []].join("\n")));
// Which conditions a row does not meet: none, or some facets, or "" for the rest.
const misses = (row) => {
  const missed = Object.entries(chosen).filter(([name, value]) => row.facets[name] !== value).map(([name]) => name);
  if (!sought.every((word) => hay(row).includes(word))) missed.push("");
  if (bent?.only && !fate(row)) missed.push("");
  return missed;
};
const apply = () => {
  const counts = Object.fromEntries(data.facets.map((f) => [f.name, new Map()]));
  shown = [];
  rows.forEach((row, n) => {
    const missed = misses(row);
    if (!missed.length) shown.push(n);
    if (missed.length > 1 || missed[0] === "") return;
    for (const name of missed.length ? missed : Object.keys(counts)) {
      const value = row.facets[name];
      if (value) counts[name].set(value, (counts[name].get(value) ?? 0) + 1);
    }
  });
  for (const control of document.querySelectorAll("[data-facet]")) {
    for (const option of control.options) {
      if (option.value) option.textContent = `${option.title} (${number.format(counts[control.dataset.facet].get(option.value) ?? 0)})`;
    }
  }
  $("count").textContent = fill(say.count, shown.length, rows.length);
  $("chosen").textContent = Object.entries(chosen).map(([name, value]) => label(name, value)).join(", ");
  const none = $("list").querySelector("p");
  none.textContent = rows.length ? say.none : say.empty;
  none.hidden = shown.length > 0;
  painted.clear();
  $("list").querySelector("ol").replaceChildren();
  $("list").scrollTop = Math.max(0, shown.indexOf(current)) * ROW;
  paint();
};
const choose = (name, value) => {
  if (value) chosen[name] = value;
  else delete chosen[name];
  for (const control of document.querySelectorAll("[data-facet]")) control.value = chosen[control.dataset.facet] ?? "";
  apply();
};
const controls = () => {
  const box = document.querySelector(".facets");
  for (const facet of data.facets.filter((f) => f.useful)) {
    const select = el("select", { "data-facet": facet.name }, el("option", { value: "" }, say.all));
    for (const [value, text] of Object.entries(facet.values)) select.append(el("option", { value, title: text }, text));
    select.addEventListener("input", () => choose(facet.name, select.value));
    box.append(el("label", {}, facet.label, select));
  }
  const clear = el("button", { type: "button" }, say.clear);
  clear.addEventListener("click", () => {
    for (const name of Object.keys(chosen)) delete chosen[name];
    $("search").value = "";
    sought = [];
    if (bent) bent.only = false;
    if ($("only")) $("only").checked = false;
    choose("", "");
  });
  box.append(clear);
  let timer;
  $("search").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      sought = fold($("search").value).match(/"[^"]+"|[^\s"]+/g)?.map((word) => word.replaceAll('"', "")) ?? [];
      apply();
    }, 120);
  });
  const wide = matchMedia("(min-width: 60rem)");
  $("filters").open = wide.matches;
};

// --- the list
const painted = new Map(); // element by place in `shown`
const title = (row) => (row.title ??= row.question.slice(0, 2000).split("\n").find((line) => /\p{L}/u.test(line) && !/^\s*```/.test(line))?.replace(/[`*#]/g, "").slice(0, 160) || row.key);
const badge = (facets) => {
  const name = facets.change ? "change" : "status";
  return el("span", { class: `badge ${TONES[facets[name]] ?? "sans-code"}` }, label(name, facets[name]));
};
const item = (place) => {
  const row = rows[shown[place]];
  const said = ["topic", "level", "strategy", "arm", "split"].map((name) => row.facets[name] && label(name, row.facets[name]));
  const code = row.question.match(/\bE\d{4}\b/);
  if (code && row.fix) said.unshift(code[0]);
  const link = el("a", { class: "row", href: `#${encodeURIComponent(row.key)}`, "aria-current": shown[place] === current && "true" },
    el("span", { class: "line" }, badge(row.facets), el("b", {}, title(row))),
    el("span", { class: "line soft" }, row.facets.reason ? label("reason", row.facets.reason) : said.filter(Boolean).join(" \u00b7 ")));
  const made = el("li", { "aria-setsize": shown.length, "aria-posinset": place + 1 }, link);
  made.style.top = `${place * ROW}px`;
  return made;
};
const paint = () => {
  const box = $("list"), list = box.querySelector("ol");
  list.style.height = `${shown.length * ROW}px`;
  const first = Math.max(0, Math.floor(box.scrollTop / ROW) - 4);
  const last = Math.min(shown.length, first + Math.ceil(box.clientHeight / ROW) + 8);
  for (const [place, node] of painted) {
    if (place < first || place >= last) {
      node.remove();
      painted.delete(place);
    }
  }
  for (let place = first; place < last; place += 1) {
    if (!painted.has(place)) {
      const node = item(place);
      const after = [...painted.keys()].filter((p) => p > place).sort((a, b) => a - b)[0];
      list.insertBefore(node, painted.get(after) ?? null);
      painted.set(place, node);
    }
  }
};
const mark = () => {
  for (const [place, node] of painted) {
    node.firstChild.toggleAttribute("aria-current", false);
    if (shown[place] === current) node.firstChild.setAttribute("aria-current", "true");
  }
};
const intoSight = (place) => {
  const box = $("list"), top = place * ROW;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
};
const step = (by) => {
  const at = shown.indexOf(current);
  const next = shown[at < 0 ? (by > 0 ? 0 : shown.length - 1) : at + by];
  if (next !== undefined) location.hash = encodeURIComponent(rows[next].key);
};

// --- one example
const open = (key) => (places.has(key) ? el("a", { href: `#${encodeURIComponent(key)}` }, title(rows[places.get(key)])) : el("code", {}, key));
const faultsOf = (row, role) => (row.faults ?? []).filter(([where]) => where === role)
  .map(([, line, reason, message, place]) => [place, el("span", { class: "fault" }, `${fill(say.line, line)}\u00a0: ${data.reasons[reason] ?? reason}\n${message}`)]);
const part = (heading, ...content) => el("section", {}, el("h3", {}, heading), ...content);
const measure = (score) => (score === null ? "" : el("span", { class: "note" }, ` ${say.score.replace("{x}", number.format(score))}`));
const filterName = (name) => data.filters[name] ?? name;
const against = ([name, reason, score, detail]) => el("li", {}, el("span", { class: "badge en-echec" }, say.failed), " ", el("b", {}, filterName(name)),
  `\u00a0: ${data.reasons[`${name}.${reason}`] ?? reason}`, measure(score), detail ? el("code", { class: "detail" }, detail) : "");
// What a filter said against the example, then in a line who had nothing to say, and who was not asked.
const verdicts = (row) => {
  const line = (kind, text, ...names) => (names.length ? [el("li", { class: "passing" }, el("span", { class: `badge ${kind}` }, text), ...names)] : []);
  const passed = row.verdicts.filter(([, reason]) => !reason);
  return el("ul", { class: "verdicts" }, ...row.verdicts.filter(([, reason]) => reason).map(against),
    ...line("conforme", say.passed, ...passed.map(([name, , score, detail]) => el("span", { title: detail }, filterName(name), measure(score)))),
    ...line("sans-code", say.rest, ...(row.rest ?? []).map((name) => el("span", {}, filterName(name)))));
};
const changes = (row) => {
  const made = [];
  for (const role of ["question", "answer"]) {
    if (row.before[role] !== row[role]) made.push(el("p", { class: "label" }, say[role]), difference(row.before[role], row[role], say));
  }
  return part(say.changes, el("p", { class: "note" }, open(row.before.label), " \u2192 ", el("code", {}, row.key)), ...made);
};
const fix = (row) => {
  const [bad, good] = [firstCode(row.question), firstCode(row.answer)];
  return bad && good && bad !== good ? part(say.fix, difference(bad, good, say)) : null;
};
const facts = (row) => el("dl", { class: "facts" }, ...row.facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
const example = (row) => {
  const at = shown.indexOf(current);
  const button = (text, by) => {
    const made = el("button", { type: "button", disabled: shown[at + by] === undefined && "" }, text);
    made.addEventListener("click", () => step(by));
    return made;
  };
  const axes = ["category", "topic", "level", "strategy", "arm", "source", "split", "review"];
  const named = axes.filter((name) => row.facets[name]).map((name) => label(name, row.facets[name]));
  const marks = [...new Set(named)].map((name) => el("span", {}, name));
  return [
    el("p", { class: "walk" }, el("a", { href: "#", class: "back" }, say.back), el("a", { href: "#", class: "up" }, say.overview), button(say.previous, -1), button(say.next, 1),
      el("a", { href: `#${encodeURIComponent(row.key)}`, class: "perma", title: say.link }, row.key)),
    el("p", { class: "marks" }, badge(row.facets), ...marks),
    row.facets.reason && !row.verdicts ? el("p", { class: "warning" }, label("reason", row.facets.reason)) : null,
    row.verdicts && row.facets.reason ? part(say.verdicts, verdicts(row)) : null,
    row.before ? changes(row) : null,
    row.fix ? fix(row) : null,
    part(say.question, markdown(row.question, faultsOf(row, "question"))),
    part(say.answer, markdown(row.answer, faultsOf(row, "answer"))),
    row.verdicts && !row.facets.reason ? part(say.verdicts, verdicts(row)) : null,
    row.reviews ? part(say.reviews, el("ul", {}, ...row.reviews.map(([who, what, why]) => el("li", {}, el("b", {}, who), ` ${what}${why ? `\u00a0: ${why}` : ""}`)))) : null,
    row.links ? part(say.others, el("ul", {}, ...row.links.map(([name, key]) => el("li", {}, `${name}\u00a0: `, open(key))))) : null,
    row.facts ? part(say.facts, facts(row)) : null,
  ].filter(Boolean);
};

// --- "what would pass if"
const COMPARE = { "<": (a, b) => a < b, ">": (a, b) => a > b, ">=": (a, b) => a >= b };
// What another bound would change for a row: "pass", "fall", or nothing.
const fate = (row) => {
  if (!bent) return "";
  const { bound, value } = bent;
  const verdict = row.verdicts?.find(([name]) => name === bound.filter);
  if (!verdict || verdict[2] === null) return "";
  const rejected = COMPARE[bound.rejects](verdict[2], value);
  if (verdict[1] === bound.reason) return rejected ? "" : "pass";
  return !verdict[1] && rejected && bound.passing !== "unknown" && row.facets.status === "accepted" ? "fall" : "";
};
const outcome = () => {
  const { bound } = bent;
  const passing = rows.filter((row) => fate(row) === "pass");
  const free = passing.filter((row) => row.verdicts.every(([name, reason]) => !reason || name === bound.filter));
  const unasked = free.filter((row) => row.rest).length;
  const falling = rows.filter((row) => fate(row) === "fall").length;
  const lines = [fill(say.pass, passing.length, free.length)];
  if (unasked) lines.push(fill(say.pass_rest, unasked));
  lines.push(fill({ exact: say.fall, at_most: say.fall_at_most, unknown: say.fall_unknown }[bound.passing], falling));
  $("outcome").replaceChildren(...lines.map((line) => el("li", {}, line)));
};
const bend = (value) => {
  bent.value = Number(value);
  $("value").value = $("slide").value = value;
  outcome();
  if (bent.only) apply();
};
const take = (bound) => {
  const whole = Number.isInteger(bound.value) && bound.value > 1;
  const scores = rows.flatMap((row) => (row.verdicts ?? []).filter(([name, , score]) => name === bound.filter && score !== null).map((v) => v[2]));
  const limits = { min: Math.min(bound.value, ...extremes(scores)), max: Math.max(bound.value, ...extremes(scores)), step: whole ? 1 : 0.01 };
  for (const id of ["value", "slide"]) Object.assign($(id), limits);
  $("now").textContent = say.now.replace("{x}", number.format(bound.value));
  bent = { bound, value: bound.value, only: $("only").checked };
  bend(bound.value);
};
const extremes = (scores) => scores.reduce(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [scores[0], scores[0]]);
const whatIf = () => {
  if (!data.bounds.length) return;
  $("whatif").hidden = false;
  data.bounds.forEach((bound, n) => $("bound").append(el("option", { value: n }, bound.label)));
  $("bound").addEventListener("input", () => take(data.bounds[$("bound").value]));
  for (const id of ["value", "slide"]) $(id).addEventListener("input", () => $(id).value && bend($(id).value));
  $("only").checked = bent?.only ?? false;
  $("only").addEventListener("input", () => {
    bent.only = $("only").checked;
    apply();
  });
  const before = bent;
  const rejections = data.bounds.map((bound) => rows.filter((row) => row.verdicts?.some(([name, reason]) => name === bound.filter && reason === bound.reason)).length);
  $("bound").value = before ? data.bounds.indexOf(before.bound) : rejections.indexOf(Math.max(...rejections));
  take(data.bounds[$("bound").value]);
  if (before) bend(before.value);
};

// --- the page before an example is chosen
const reasons = () => {
  const facet = data.facets.find((f) => f.name === (data.facets.some((g) => g.name === "change") ? "change" : "reason"));
  if (!facet) return [];
  const counts = new Map();
  for (const row of rows) if (row.facets[facet.name]) counts.set(row.facets[facet.name], (counts.get(row.facets[facet.name]) ?? 0) + 1);
  const ranked = [...counts].sort((a, b) => b[1] - a[1]);
  const lines = ranked.map(([value, count]) => {
    const button = el("button", { type: "button", class: "as-link" }, facet.values[value]);
    button.addEventListener("click", () => {
      choose(facet.name, value);
      step(1);
    });
    return el("tr", {}, el("td", { class: "n" }, number.format(count)), el("td", {}, button));
  });
  return [el("h2", {}, facet.label), el("table", { class: "reasons" }, el("tbody", {}, ...lines))];
};
const home = () => {
  const made = $("home").content.cloneNode(true);
  $("detail").replaceChildren(made);
  $("reasons").append(...reasons());
  $("detail").prepend(el("p", { class: "walk" }, el("a", { href: "#", class: "back" }, say.back)), el("p", { class: "note" }, rows.length ? say.choose : say.empty));
  whatIf();
};

const named = () => {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return location.hash.slice(1); // somebody typed a "%"
  }
};
// What the address names: an example, "~" for the overview where the list fills the page, or nothing.
const route = () => {
  const key = named();
  current = places.get(key) ?? -1;
  document.body.classList.toggle("reading", key !== "");
  if (!key || key === "~") home();
  else if (current < 0) $("detail").replaceChildren(el("p", { class: "empty" }, say.unknown.replace("{x}", key), " ", el("a", { href: "#" }, say.back)));
  else {
    if (!shown.includes(current)) choose("", "");
    $("detail").replaceChildren(...example(rows[current]));
    intoSight(shown.indexOf(current));
  }
  $("detail").scrollTop = 0;
  paint();
  mark();
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  const typing = event.target.matches("input, select, textarea");
  if (event.key === "Escape") {
    if (typing) event.target.blur();
    else location.hash = "";
  }
  if (typing) return;
  const act = { j: () => step(1), k: () => step(-1), "/": () => $("search").focus(), "?": () => $("keys").showModal() }[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});
$("help").addEventListener("click", () => $("keys").showModal());
$("skip").addEventListener("click", (event) => {
  event.preventDefault();
  $("list").focus();
});
$("list").addEventListener("scroll", paint, { passive: true });
addEventListener("resize", paint);
addEventListener("hashchange", route);
controls();
apply();
route();
