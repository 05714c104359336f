// What the page shows and how it is filtered: one list and the example before the reader, or two
// columns side by side, what was accepted and what was not.
const data = JSON.parse(document.getElementById("data").textContent);
const say = data.words;
const $ = (id) => document.getElementById(id);
const rows = data.rows;
const places = new Map(rows.map((row, n) => [row.key, n]));
const labels = Object.fromEntries(data.facets.map((f) => [f.name, f.values]));
const label = (name, value) => labels[name]?.[value] ?? value;
// "corrected" has no tone: its text was replaced, and what replaced it may be good.
const TONES = { accepted: "conforme", conforme: "conforme", came: "conforme", better: "conforme", rejected: "en-echec", "en-echec": "en-echec", went: "en-echec", worse: "en-echec" };
const fill = filler(data.lang);
const number = new Intl.NumberFormat(data.lang);
const wide = matchMedia("(min-width: 60rem)");

let sides = false; // two columns
let active = 0; // the column that keys walk through
const chosen = {}; // value by facet
let sought = []; // words of the search; what stands in quotation marks is one
let bent = null; // the bound of "what would pass", with its new value

// --- filters
// Without accents and case; the marks by their numbers, which takes a third of what \p{M} does.
const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/\u2019/g, "'").toLowerCase();
const hay = (row) => (row.hay ??= fold([row.key, row.question, row.answer, ...row.verdicts?.map((v) => v[3]) ?? [], ...row.facts?.map((f) => f[1]) ?? []].join("\n")));
// Which conditions a row does not meet: none, or some facets, or "" for the rest.
const misses = (row) => {
  const missed = Object.entries(chosen).filter(([name, value]) => row.facets[name] !== value).map(([name]) => name);
  if (!sought.every((word) => hay(row).includes(word))) missed.push("");
  if (bent?.only && !fate(row)) missed.push("");
  return missed;
};
// The facet that a row's badge shows (rows.py says which), and its value.
const verdictOf = (row) => row.badge;
const AWAY = new Set(["left_out", "corrected", "superseded"]);
// Which column a row stands in: 1 where it was rejected, left out or replaced, went or got worse.
const sideOf = ({ facets, badge }) => (TONES[facets[badge]] === "en-echec" || AWAY.has(facets[badge]) ? 1 : 0);
const sift = function* () {
  const counts = Object.fromEntries(data.facets.map((f) => [f.name, new Map()]));
  const found = [[], []];
  for (let n = 0; n < rows.length; n += 1) {
    const row = rows[n], missed = misses(row);
    if (!missed.length) found[sides ? sideOf(row) : 0].push(n);
    if (missed.length < 2 && missed[0] !== "") {
      for (const name of missed.length ? missed : Object.keys(counts)) {
        const value = row.facets[name];
        if (value) counts[name].set(value, (counts[name].get(value) ?? 0) + 1);
      }
    }
    if (n % 16 === 0) yield;
  }
  return { found, counts };
};
let turn = 0;
let applied = Promise.resolve(); // done when the rows that fit are shown
const apply = () => (applied = find());
// Find the rows that fit, in slices; a newer call takes the place of one that is not done.
const find = async () => {
  turn += 1;
  const mine = turn;
  const sifted = await inSlices(sift(), () => mine === turn);
  if (!sifted) return;
  const { found, counts } = sifted;
  for (const control of document.querySelectorAll("[data-facet]")) {
    for (const option of control.options) {
      if (option.value) option.textContent = `${option.title} (${number.format(counts[control.dataset.facet].get(option.value) ?? 0)})`;
    }
  }
  $("count").textContent = fill(say.count, found[0].length + found[1].length, rows.length);
  $("chosen").textContent = Object.entries(chosen).map(([name, value]) => label(name, value)).join(", ");
  lists.forEach((list, side) => list.show(found[side], rows.length ? say.none : say.empty));
  heads(found);
};
// What stands in each column, by the words of its rows' verdicts.
const columns = [new Set(), new Set()];
for (const row of rows) columns[sideOf(row)].add(label(verdictOf(row), row.facets[verdictOf(row)]));
const heads = (found) => {
  found.forEach((shown, side) => {
    $(`head${side}`).textContent = `${[...columns[side]].join(", ")} (${number.format(shown.length)})`;
  });
};
const choose = (name, value) => {
  if (value) chosen[name] = value;
  else delete chosen[name];
  for (const control of document.querySelectorAll("[data-facet]")) control.value = chosen[control.dataset.facet] ?? "";
  return apply();
};
// Prepare the search, so that it has little to do when the first word is typed.
const warm = function* () {
  for (let n = 0; n < rows.length; n += 1) {
    hay(rows[n]);
    if (n % 16 === 0) yield;
  }
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
  let timer; // the search begins when typing rests
  $("search").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      sought = fold($("search").value).match(/"[^"]+"|[^\s"]+/g)?.map((word) => word.replaceAll('"', "")) ?? [];
      apply();
    }, 120);
  });
  $("search").addEventListener("focus", () => inSlices(warm(), () => true), { once: true });
  $("filters").open = wide.matches;
};

// --- the lists
const title = (row) => (row.title ??= row.question.slice(0, 2000).split("\n").find((line) => /\p{L}/u.test(line) && !/^\s*```/.test(line))?.replace(/[`*#]/g, "").slice(0, 160) || row.key);
const badge = (row) => {
  const name = verdictOf(row), value = row.facets[name];
  return el("span", { class: `badge ${TONES[value] ?? "sans-code"}` }, label(name, value));
};
const entry = (row) => {
  const said = ["topic", "level", "strategy", "arm", "split"].map((name) => row.facets[name] && label(name, row.facets[name]));
  const code = row.question.match(/\bE\d{4}\b/);
  if (code && row.fix) said.unshift(code[0]);
  return [el("span", { class: "line" }, badge(row), el("b", {}, title(row))),
    el("span", { class: "line soft" }, row.facets.reason ? label("reason", row.facets.reason) : said.filter(Boolean).join(" \u00b7 "))];
};
const lists = [new List($("list"), $("detail")), new List($("list1"), $("detail1"))];
const paint = () => lists.forEach((list) => list.paint());
// The address of an example; of two, where the columns are side by side.
const address = (key, side) => {
  if (!sides) return encodeURIComponent(key);
  const keys = lists.map((list, n) => (n === side ? key : rows[list.current]?.key ?? ""));
  return keys.map(encodeURIComponent).join("&");
};
const go = (key, side = 0) => {
  active = side;
  location.hash = address(key, side);
  lists[side].current = places.get(key) ?? -1; // the next key may come before the address has changed
};
const step = async (by, side = sides ? active : 0) => {
  await applied; // the list that is being found is the one to walk through
  const next = lists[side].beside(by);
  if (next !== undefined) go(rows[next].key, side);
};
const beside = () => {
  const open = rows[lists[active].current];
  const keys = ["", ""];
  if (open) keys[sideOf(open)] = encodeURIComponent(open.key);
  location.hash = sides ? (open ? encodeURIComponent(open.key) : "") : keys.join("&");
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
    if (row.before[role] !== row[role]) made.push(el("p", { class: "label" }, say[role]), difference(row.before[role], row[role], say, fill));
  }
  return part(say.changes, el("p", { class: "note" }, open(row.before.label), " \u2192 ", el("code", {}, row.key)), ...made);
};
const fix = (row) => {
  const [bad, good] = [firstCode(row.question), firstCode(row.answer)];
  return bad && good && bad !== good ? part(say.fix, difference(bad, good, say, fill)) : null;
};
const facts = (row) => el("dl", { class: "facts" }, ...row.facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
const text = (row, role) => (row[role].trim() ? markdown(row[role], faultsOf(row, role)) : el("p", { class: "empty" }, say.blank));
const example = (row, side) => {
  const button = (text, by) => {
    const made = el("button", { type: "button", disabled: lists[side].beside(by) === undefined && "" }, text);
    made.addEventListener("click", () => step(by, side));
    return made;
  };
  const axes = ["category", "topic", "level", "strategy", "arm", "source", "split", "review"];
  const named = axes.filter((name) => row.facets[name] && name !== row.badge).map((name) => label(name, row.facets[name]));
  const marks = [...new Set(named)].map((name) => el("span", {}, name));
  return [
    el("p", { class: "walk" }, el("a", { href: "#", class: "back" }, say.back), el("a", { href: "#", class: "up" }, say.overview), button(say.previous, -1), button(say.next, 1),
      el("a", { href: `#${encodeURIComponent(row.key)}`, class: "perma", title: say.link }, row.key)),
    el("p", { class: "marks" }, badge(row), ...marks),
    row.facets.reason && !row.verdicts ? el("p", { class: "warning" }, label("reason", row.facets.reason)) : null,
    row.verdicts && (sides || row.facets.reason) ? part(say.verdicts, verdicts(row)) : null,
    row.before ? changes(row) : null,
    row.fix ? fix(row) : null,
    part(say.question, text(row, "question")),
    part(say.answer, text(row, "answer")),
    row.verdicts && !sides && !row.facets.reason ? part(say.verdicts, verdicts(row)) : null,
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
      choose(facet.name, value).then(() => step(1));
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

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // somebody typed a "%"
  }
};
// What the address names: an example, "~" for the overview where the list fills the page, nothing,
// or two examples with "&" between them, for two columns. A narrow page shows the first of two.
const route = async () => {
  const asked = location.hash;
  const keys = location.hash.slice(1).split("&", 2).map(decoded);
  const two = keys.length > 1 && wide.matches;
  const key = keys[0] || keys[1] || "";
  if (two !== sides) {
    sides = two;
    arrange();
    await apply();
    if (location.hash !== asked) return; // another one was asked for meanwhile
  }
  document.body.classList.toggle("reading", !sides && key !== "");
  const wanted = (sides ? keys : [key]).map((one) => places.get(one) ?? -1);
  lists.forEach((list, side) => (list.current = wanted[side] ?? -1));
  if (lists.some((list) => list.current >= 0 && list.place() < 0)) await choose("", "");
  if (location.hash !== asked) return; // another one was asked for meanwhile
  if (sides) keys.forEach((one, side) => put(side, one));
  else if (!key || key === "~") home();
  else put(0, key);
  lists.forEach((list) => list.point());
};
// Show an example in its column.
const put = (side, key) => {
  const list = lists[side], row = rows[list.current];
  const unknown = () => el("p", { class: "empty" }, say.unknown.replace("{x}", key), " ", el("a", { href: "#" }, say.back));
  const nothing = () => el("p", { class: "note" }, say.choose);
  list.detail.replaceChildren(...(row ? example(row, side) : [key ? unknown() : nothing()]));
  list.detail.scrollTop = 0;
};
const arrange = () => {
  document.body.classList.toggle("sides", sides);
  $("sides").setAttribute("aria-pressed", sides);
  for (const id of ["head0", "head1", "list1", "detail1"]) $(id).hidden = !sides;
  walkIn(0);
};
// Choose the column that keys walk through.
const walkIn = (side) => {
  active = side;
  [0, 1].forEach((n) => $(`head${n}`).classList.toggle("active", n === side));
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  const typing = event.target.matches("input, select, textarea");
  if (event.key === "Escape") {
    if (typing) event.target.blur();
    else location.hash = sides && lists.some((list) => list.current >= 0) ? "&" : "";
  }
  if (typing) return;
  const column = { ArrowLeft: 0, ArrowRight: 1 }[event.key];
  if (sides && column !== undefined && !event.target.matches("pre")) walkIn(column);
  const act = { j: () => step(1), k: () => step(-1), s: () => $("sides").click(), "/": () => $("search").focus(), "?": () => $("keys").showModal() }[event.key];
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
lists.forEach((list, side) => {
  list.box.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    walkIn(side);
    if (!sides || !link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(decoded(link.hash.slice(1)), side);
  });
});
const both = columns.every((names) => names.size > 0);
$("sides").hidden = !both;
$("sides").addEventListener("click", () => both && wide.matches && beside());
addEventListener("resize", paint);
addEventListener("hashchange", route);
wide.addEventListener("change", route);
controls();
apply().then(route);
