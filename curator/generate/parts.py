"""Have the model write parts of a lesson about facts that stand before it, and check each part.

    question     one sentence: what the program is for, in the learner's words or the exercise's
    tldr         the answer in a sentence
    explanation  the first paragraph of the explanation
    points       two points to remember

The facts are the program, which rustc and a run have proved, and the wording that the mutation has
for the very error. A part may name only what they name; one that fails a check is asked for again
alone, and in the end the wording of the facts stays.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from curator.base.seeds import derive_seed
from curator.french.learner import begins_well, elide, introduce, speaks_of_outcome
from curator.french.lexicon import misspelt
from curator.french.shortwords import spoken_language
from curator.generate import prompting
from curator.generate.mutate.pool import Mutant
from curator.generate.recipe import GenerateSettings, PartName
from curator.models.base import ChatRequest, Message
from curator.records.taxonomy import Category
from curator.text.fold import fold
from curator.text.shingles import jaccard

PROMPTS = ("question", "question_shots", "tldr", "explanation", "points")
_SECTIONS = {"tldr": "TL;DR", "explanation": "Explication", "points": "À retenir"}
_BEGINNINGS = {
    Category.DEBUG: "J",
    Category.EXERCISES: "Le programme suivant doit",
    Category.CONCEPTS: "Le programme suivant",
}
_GRAMMARS = {
    "tldr": 'root ::= [A-ZÀÉÊ`] [^#\\n]{20,240} "."',
    "explanation": 'root ::= [A-ZÀÉÊ`] [^#\\n]{60,500} "."',
    "points": 'root ::= ("- " [A-ZÀÉÊ`] [^#\\n]{10,160} ".\\n"){2}',
}
_TOKENS = {"question": 60, "tldr": 100, "explanation": 200, "points": 140}
TEMPERATURE = 0.5  # sentences about facts, and no inventions; still, samples must be able to differ
_WORD = 5  # letters that make two words the same, whatever their endings


@dataclass(frozen=True)
class Lesson:
    """A mutant as an example, and the parts that the model has written for it so far."""

    mutant: Mutant
    form: Category
    question: str
    answer: str

    @property
    def program(self) -> str:
        """The program that compiles, which everything is about."""
        return self.mutant.proof.fixed.strip("\n")

    def body(self, part: str) -> str:
        """Return the section of the answer that a part may take the place of."""
        found = _section(part).search(self.answer)
        return found["body"].strip() if found else ""

    def facts(self, part: str) -> str:
        """Return what the model may say in a part: the section itself, and what rustc said."""
        problem = re.sub(r"```.*?```", "", self.body("problem"), flags=re.DOTALL)
        return " ".join(f"{problem} {self.body(part)}".split())

    def _introduced(self, text: str) -> str:
        """Return the question with a learner's sentence before it, or one that opens it."""
        if self.form is Category.DEBUG:
            return f"{text} {self.question}"
        rest = self.question.partition("\n\n")[2]
        return f"{introduce(text, self.form is Category.EXERCISES)}\n\n{rest}"

    def with_part(self, part: str, text: str) -> "Lesson":
        """Return the lesson with a part in the model's words."""
        if part == "question":
            return replace(self, question=self._introduced(text))
        title = _SECTIONS[part]

        def replaced(found: re.Match[str]) -> str:
            kept = found["body"].strip().partition("\n\n")[2] if part == "explanation" else ""
            return "\n\n".join(filter(None, [f"## {title}\n{text}", kept])) + "\n\n"

        answer = _section(part).sub(replaced, self.answer, count=1).strip("\n") + "\n"
        return replace(self, answer=answer)


def _section(part: str) -> re.Pattern[str]:
    title = re.escape(_SECTIONS.get(part, "Problème"))
    return re.compile(rf"^## {title}\n(?P<body>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def request_part(
    lesson: Lesson, part: PartName, seed: int, sample: int, settings: GenerateSettings
) -> ChatRequest:
    """Return what to ask the model for a part; `sample` counts from 0, over all attempts."""
    update = {"temperature": TEMPERATURE, "repeat_penalty": 1.0, "max_tokens": _TOKENS[part]}
    sampling = settings.sampling.model_copy(update=update)
    own = derive_seed(seed, part, sample)
    if part == "question":
        messages = _about_program(lesson)
        return ChatRequest(tuple(messages), sampling, own, _one_sentence(lesson.form))
    wanted = prompting.fill(part, program=lesson.program, facts=lesson.facts(part))
    turns = (Message("system", prompting.prompt_text("system")), Message("user", wanted))
    return ChatRequest(turns, sampling, own, _GRAMMARS[part])


def _about_program(lesson: Lesson) -> list[Message]:
    """Return the conversation that ends with the program: others, with a sentence each, precede."""
    place = list(_BEGINNINGS).index(lesson.form) + 1
    messages = [Message("system", prompting.prompt_text("question"))]
    for shot in prompting.prompt_text("question_shots").split(prompting.BLOCK):
        parts = shot.split(prompting.PART)
        messages.append(Message("user", f"```rust\n{parts[0].strip()}\n```"))
        messages.append(Message("assistant", parts[place].strip()))
    return [*messages, Message("user", f"```rust\n{lesson.program}\n```")]


def _one_sentence(form: Category) -> str:
    """Return the grammar of one sentence without code, quotations and further clauses."""
    begin = _BEGINNINGS[form]
    start = '("Je " | "J\'")' if begin == "J" else f'"{begin} "'
    return f'root ::= {start} [^#`\\n.:;«»"!?()*_]{{15,110}} "."'


@dataclass(frozen=True)
class Chosen:
    """One of several texts for a part; `fault` is why none is of use, "" where this one is.

    `agreement` is the mean likeness of all pairs of them (Jaccard of the words' beginnings), None
    where there is one alone.
    """

    text: str
    fault: str
    agreement: float | None


def choose_part(lesson: Lesson, part: PartName, written: Sequence[str]) -> Chosen:
    """Choose among the texts that the model wrote for a part, at least one.

    Of those that pass their checks, the one is taken that is most like all the others.
    """
    read = [read_part(lesson, part, text) for text in written]
    stems = [_stems(text) for text, _ in read]
    likeness = [[jaccard(one, other) for other in stems] for one in stems]
    pairs = [likeness[i][j] for i in range(len(read)) for j in range(i)]
    agreement = round(sum(pairs) / len(pairs), 4) if pairs else None
    passing = [n for n, (_, fault) in enumerate(read) if not fault]
    best = max(passing, key=lambda n: (sum(likeness[n]), -n), default=0)
    return Chosen(*read[best], agreement)


def read_part(lesson: Lesson, part: PartName, written: str) -> tuple[str, str]:
    """Return a part as the model wrote it, and why it is of no use, "" where it is."""
    text = elide(written.strip())
    if part == "question":
        return text, _sentence_fault(lesson, text)
    return text, _prose_fault(lesson, part, text)


def _sentence_fault(lesson: Lesson, text: str) -> str:
    begin = _BEGINNINGS[lesson.form]
    if not text.endswith("."):
        return "unfinished"
    if not begins_well(text, begin):
        return "wrong_verb"
    if speaks_of_outcome(text):
        return "speaks_of_outcome"
    if spoken_language(text) not in ("fr", None):
        return "not_french"
    if not _numbers(text) <= _numbers(lesson.program):
        return "unknown_number"
    printed = " ".join(re.findall(r'"([^"]*)"', lesson.program))
    if set(misspelt(text)) - set(misspelt(printed)):
        return "unknown_word"
    known = _stems(lesson.program)
    return "" if _stems(text.removeprefix(begin)) & known else "off_program"


def _prose_fault(lesson: Lesson, part: PartName, text: str) -> str:
    facts = f"{lesson.program} {lesson.facts(part)} {lesson.mutant.proof.broken}"
    if not text.endswith("."):
        return "unfinished"
    if spoken_language(text) not in ("fr", None):
        return "not_french"
    named = re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", text)))
    if not set(named) <= set(re.findall(r"\w+", facts)):
        return "unknown_name"
    if not _numbers(text) <= _numbers(facts):
        return "unknown_number"
    return "" if text.count("`") % 2 == 0 else "unclosed_code"


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))


def _stems(text: str) -> set[str]:
    """Return the beginnings of the longer words of a text, those in names of a program too."""
    parts = re.findall(r"[a-z]+", fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)))
    return {word[:_WORD] for word in parts if len(word) >= _WORD}
