"use strict";
// Filters the list of answers; without it the list is whole, and its parts open and close as well.
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
    count.textContent = `${shown} sur ${rows.length}`;
  };
  for (const control of controls) control.addEventListener("input", apply);
  box.hidden = false;
  apply();
}
