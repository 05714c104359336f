// Keys of our cards on Argilla's page: O opens or folds what is long, G the guide.
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
  // The page gives a question the focus and leaves it out of sight.
  document.addEventListener("focusin", (event) => {
    const question = event.target instanceof Element && event.target.closest(".questions-form .questions > div");
    if (!question) return;
    // Where the page is one column, the first question is below the card, which is to be read first.
    const column = getComputedStyle(question.closest(".questions-form__content") ?? question).overflowY === "visible";
    if (!column || question.previousElementSibling) question.scrollIntoView({ block: "nearest" });
  });
})();

// The words of a field, where the page wants its text: to copy it, to name it.
function curatorText(field) {
  if (typeof field !== "string" || !field.startsWith('<div class="curator"')) return field;
  return new DOMParser().parseFromString(field, "text/html").body.textContent;
}

// What an answer lacks, asked before it is sent, so that the page stays where it is; the server
// asks too (answers.py). Says it, and puts the form at the question that is to be answered.
function curatorLacks(form) {
  const asked = Object.fromEntries((form.record?.questions ?? []).map((q) => [q.name, q]));
  const said = (name) => asked[name]?.answer?.valuesAnswered;
  const plain = (text) => String(text ?? "").split(/\s+/).filter(Boolean).join(" ");
  const changed = (name) =>
    plain(said(name)) && plain(said(name)) !== plain(asked[name]?.suggestion?.suggestedAnswer);
  if (!asked.decision || !asked.reason) return false;
  let code = "";
  if (said("decision") === "rejeter" && !said("reason")) code = "no_reason";
  if (said("decision") === "corriger" && !changed("corrected_question") && !changed("corrected_answer"))
    code = "no_change";
  if (!code) return false;
  const message = form.$t(`validations.businessLogic.curator_${code}.message`);
  form.$notification.notify({ message, type: "danger" });
  const names = form.record.questions.map((q) => q.name);
  form.updateQuestionAutofocus(names.indexOf(code === "no_reason" ? "reason" : "corrected_answer"));
  return true;
}
