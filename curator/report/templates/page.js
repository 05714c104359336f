"use strict";
// Opens the section that an address names, and filters the list of answers; without it they open
// by a click, and the list is whole.
const unfold = () => {
  const part = document.getElementById(location.hash.slice(1));
  part?.querySelector(":scope > details.fold")?.setAttribute("open", "");
};
addEventListener("hashchange", unfold);
unfold();
for (const box of document.querySelectorAll(".filters")) {
  const rows = Array.from(box.parentElement.querySelectorAll(".answers > li"));
  const controls = Array.from(box.querySelectorAll("[data-filter]"));
  const count = box.querySelector("[data-count]");
  const fits = (row, { dataset, value }) =>
    !value ||
    (dataset.filter === "text"
      ? row.textContent.toLowerCase().includes(value.toLowerCase())
      : row.dataset[dataset.filter] === value);
  const apply = () => {
    let shown = 0;
    for (const row of rows) {
      row.hidden = !controls.every((control) => fits(row, control));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = count.dataset.count.replace("{n}", shown).replace("{m}", rows.length);
  };
  for (const control of controls) control.addEventListener("input", apply);
  box.hidden = false;
  apply();
}
