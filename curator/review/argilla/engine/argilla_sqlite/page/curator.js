// Keys of our cards on Argilla's page: O opens or folds what is folded, G the guide.
// The page takes Enter as "submit" and digits as answers; what opens a card's part is not for it.
(() => {
  const writes = (at) => at.closest("input:not([type=checkbox]), textarea, [contenteditable=true]");
  const toggle = () => {
    const parts = [...document.querySelectorAll(".curator details")];
    const open = parts.some((part) => !part.open);
    for (const part of parts) part.open = open;
  };
  const guide = () => document.querySelector(".wrapper__left .panel__header")?.click();
  const keys = { o: toggle, g: guide };
  window.addEventListener(
    "keydown",
    (event) => {
      const at = event.target;
      if (!(at instanceof Element) || writes(at)) return;
      if (at.tagName === "SUMMARY" && (event.key === "Enter" || event.key === " ")) {
        event.stopPropagation();
        return;
      }
      const act = keys[event.key.toLowerCase()];
      if (!act || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    },
    true,
  );
  // A click on what opens leaves the focus where it was: digits go on answering.
  document.addEventListener("mousedown", (event) => {
    if (event.target instanceof Element && event.target.closest(".curator summary")) event.preventDefault();
  });
})();

// The words of a field, where the page wants its text: to copy it, to name it.
function curatorText(field) {
  if (typeof field !== "string" || !field.startsWith('<div class="curator"')) return field;
  return new DOMParser().parseFromString(field, "text/html").body.textContent;
}
