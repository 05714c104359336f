"""structure: the five sections, in order, none empty; fences closed and labelled."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from typing_extensions import override

from curator.filters.base import Filter, FilterSettings, Reason, Reasons, failing, passing
from curator.records.example import Example, Origin, Provenance, Verdict
from curator.text.markdown import SECTIONS, blocks, section_key, sections
from curator.text.markup import model_markup, stray_text
from curator.text.normalise import stray_characters


class StructureSettings(FilterSettings):
    """The five sections, in order, none empty; every fence closed and with a language.

    Examples of the origins in `free_form`, and corrections of them, need not have the sections:
    what an existing set looks like is for its owner to say.
    """

    name: Literal["structure"] = "structure"
    free_form: tuple[Origin, ...] = (Origin.IMPORTED,)


class StructureFilter(Filter[StructureSettings]):
    """Reject what an annotator should not have to reshape by hand."""

    name = "structure"
    settings_type = StructureSettings
    by_default = True
    label_fr = "structure"
    cure_fr = "garder generate.grammar: true, qui impose les sections, ou un modèle plus grand"
    reasons: ClassVar[Reasons] = {
        "truncated": Reason(
            "the model was cut before it came to an end", "le modèle a été coupé avant la fin"
        ),
        "unfinished": Reason(
            "a stage of its making failed, so that there is no example",
            "une étape de sa fabrication a échoué",
        ),
        "no_question": Reason("the question is empty", "la question est vide"),
        "no_answer": Reason("the answer is empty", "la réponse est vide"),
        "unclosed_fence": Reason("a fenced block never ends", "un bloc de code n'est jamais fermé"),
        "unlabelled_fence": Reason(
            "a fence does not say what it holds", "un bloc de code ne dit pas son langage"
        ),
        "missing_section": Reason(
            "one of the five sections is absent", "une des cinq sections manque"
        ),
        "section_order": Reason(
            "the sections are in another order, repeated, or not the only ones",
            "les sections sont dans un autre ordre, ou répétées",
        ),
        "empty_section": Reason("a section has no content", "une section est vide"),
        "stray_text": Reason(
            "text stands before, between or after the sections",
            "du texte se trouve avant, entre ou après les sections",
        ),
        "model_markup": Reason(
            "a mark of a chat format is in the text: a token of a template, a thought, a turn",
            "une marque de modèle est restée dans le texte : jeton, réflexion, tour de parole",
        ),
        "control_characters": Reason(
            "control or invisible characters are in the text",
            "le texte contient des caractères de contrôle ou invisibles",
        ),
    }

    @override
    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        return [self._judge(e) for e in examples]

    def _judge(self, example: Example) -> Verdict:
        fault = _empty(example) or _characters(example) or _fences(example)
        if fault:
            return failing(self.name, *fault)
        fault = _sections(example.answer)
        if fault and self._is_free(example.provenance):
            return passing(self.name, detail=f"free form: {fault[0]}")
        return failing(self.name, *fault) if fault else passing(self.name)

    def _is_free(self, provenance: Provenance) -> bool:
        corrected = provenance.origin is Origin.CORRECTED and provenance.source is not None
        origin = Origin.IMPORTED if corrected else provenance.origin
        return origin in self.settings.free_form


def _empty(example: Example) -> tuple[str, str] | None:
    if example.provenance.truncated:
        limit = example.provenance.sampling.max_tokens if example.provenance.sampling else "?"
        return "truncated", f"cut at {limit} tokens"
    failed = [stage for stage in example.provenance.stages or () if not stage.kept]
    if failed and not example.question.strip():
        return "unfinished", f"{failed[-1].name}: {failed[-1].reason} {failed[-1].detail}".strip()
    if not example.question.strip():
        return "no_question", "question"
    if not example.answer.strip():
        return "no_answer", "answer"
    return None


def _characters(example: Example) -> tuple[str, str] | None:
    for role, text in (("question", example.question), ("answer", example.answer)):
        if strays := stray_characters(text):  # stored before texts were cleaned on their way in
            return "control_characters", f"{role}: {', '.join(strays[:5])}"
        if mark := model_markup(text):
            return "model_markup", f"{role}: {mark}"
    return None


def _fences(example: Example) -> tuple[str, str] | None:
    for role, text in (("question", example.question), ("answer", example.answer)):
        for block in blocks(text):
            where = f"{role}, line {block.line - 1}"
            if not block.closed:
                return "unclosed_fence", where
            if not block.language:
                return "unlabelled_fence", where
    return None


def _sections(answer: str) -> tuple[str, str] | None:
    parts = sections(answer)
    titles = [section_key(s.title) for s in parts]
    wanted = [section_key(name) for name in SECTIONS]
    missing = [n for n, key in zip(SECTIONS, wanted, strict=True) if key not in titles]
    if missing:
        return "missing_section", ", ".join(missing)
    if titles != wanted:
        return "section_order", " > ".join(s.title for s in parts)
    empty = [s.title for s in parts if not s.body.strip()]
    if empty:
        return "empty_section", ", ".join(empty)
    stray = stray_text(answer)
    return ("stray_text", stray) if stray else None
