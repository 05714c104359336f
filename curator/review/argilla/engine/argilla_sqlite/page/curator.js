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

// Holds back an answer that may say too little until the server has told, so that the page stays
// where it is. The rule is the server's (answers.py); what is lacking is said, and the form put at the
// question that is to be answered. Returns whether the answer is held back.
function curatorLacks(form) {
  const questions = form.record?.questions ?? [];
  const asked = Object.fromEntries(questions.map((q) => [q.name, q]));
  const decision = asked.decision?.answer?.valuesAnswered;
  if (!asked.reason || !["rejeter", "corriger"].includes(decision)) return false;
  if (!form.curatorAsks) {
    form.curatorAsks = true;
    curatorAsk(form, questions).finally(() => (form.curatorAsks = false));
  }
  return true;
}

async function curatorAsk(form, questions) {
  const record = form.record.id;
  const given = questions.map((q) => [q.name, { value: q.answer?.valuesAnswered }]);
  const body = JSON.stringify({ status: "submitted", values: Object.fromEntries(given) });
  const headers = { "content-type": "application/json" };
  const asking = { method: "POST", headers, body };
  const code = await fetch(`/api/v1/records/${record}/responses?ask`, asking)
    .then((told) => told.json())
    .then((told) => told.code, () => ""); // the server is away: the page says so as it sends
  if (form.record?.id !== record) return;
  if (!code) return form.$emit("on-submit-responses");
  form.$notification.notify({ message: form.$t(`validations.businessLogic.${code}.message`), type: "danger" });
  const names = questions.map((q) => q.name);
  form.updateQuestionAutofocus(names.indexOf(code === "curator_no_reason" ? "reason" : "corrected_answer"));
}
