"""Read answers that were recorded elsewhere: `curator evaluate --responses FILE`.

JSON (a list, or an object with the list under "responses" or "results") or JSONL. Of each record
are read prompt_id, response, and, where it has them, category, difficulty, expected_topics, prompt
and reference; what else it has is left alone. Several answers to one prompt are its samples.
The prompts are those of --prompts, else those that the records describe, each of them with its
category and expected_topics, else those of the project's file.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from curator import __version__
from curator.base import store
from curator.base.clock import now
from curator.base.errors import DataError
from curator.base.json_files import read_documents
from curator.evaluation.prompts import EvalPrompt, Part, choose, prompts_digest, read_prompts
from curator.evaluation.records import Arm, ModelIdentity, Response
from curator.text.fold import fold
from curator.text.normalise import normalise_text

_LISTS = ("responses", "results")
_NOTHING = hashlib.sha256(b"").hexdigest()  # the system prompt of a recording is not known


def _unicode(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("half of a surrogate pair is no character") from error
    return text


def _number(value: Any) -> Any:
    """Many recordings number their prompts."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Text = Annotated[str, AfterValidator(_unicode)]
PromptId = Annotated[Text, BeforeValidator(_number)]


class Known(NamedTuple):
    """A file of prompts; `given` by people, or the project's own, where records describe none."""

    path: Path
    given: bool = True


class _Recorded(BaseModel):
    """One record; the fields of its prompt are None where it does not say."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    prompt_id: PromptId
    response: Text
    category: Text | None = None
    difficulty: Text | None = None
    expected_topics: tuple[Text, ...] | None = None
    prompt: Text = ""
    reference: Text | None = None


def _records(path: Path) -> Iterator[tuple[str, Any]]:
    """Read the records of a file, each with its place; raises DataError where it has no list."""
    if path.suffix.lower() == ".jsonl":
        yield from read_documents(path, lambda place, record: (f"{path}{place}", record))
        return
    document = store.read_json(path)
    if isinstance(document, dict):
        document = next((document[name] for name in _LISTS if name in document), None)
    if not isinstance(document, list):
        hint = f"give a list of answers, or one under {' or '.join(_LISTS)}"
        raise DataError("there is no list of answers in it", where=path, hint=hint)
    yield from ((f"{path}, answer {number}", one) for number, one in enumerate(document, 1))


def _read(path: Path) -> list[tuple[str, _Recorded]]:
    """Read the records of a file; raises DataError for one that is no answer, or for none."""
    records = []
    for where, record in _records(path):
        if not isinstance(record, dict):
            raise DataError("not an object", where=where, hint="give each answer as {...}")
        try:
            records.append((where, _Recorded.model_validate(record)))
        except ValidationError as error:
            hint = "each answer has prompt_id, that of training/prompts_fr.jsonl, and response"
            raise DataError(store.why(error), where=where, hint=hint) from error
    if not records:
        raise DataError("there is no answer in it", where=path)
    return records


def _lacks(record: _Recorded) -> list[str]:
    """Name what a record lacks for its prompt to be known."""
    return [n for n in ("category", "expected_topics") if getattr(record, n) is None]


def _own_prompt(where: str, record: _Recorded) -> EvalPrompt:
    """Return the prompt that a record describes itself."""
    if lacking := _lacks(record):
        hint = "add it to the record, or give --prompts FILE, such as training/prompts_fr.jsonl"
        raise DataError(f"{' and '.join(lacking)} missing", where=where, hint=hint)
    return EvalPrompt(
        id=record.prompt_id,
        category=record.category or "",
        difficulty=record.difficulty,
        prompt=record.prompt,
        expected_topics=record.expected_topics or (),
        reference=record.reference,
    )


def _own_prompts(records: Sequence[tuple[str, _Recorded]]) -> list[EvalPrompt]:
    """Collect the prompts that the records describe; DataError for two that disagree."""
    prompts: dict[str, EvalPrompt] = {}
    for where, record in records:
        prompt = _own_prompt(where, record)
        if prompts.setdefault(prompt.id, prompt) != prompt:
            what = f"prompt {prompt.id} is described otherwise than before"
            raise DataError(what, where=where, hint="let all its answers say the same of it")
    return list(prompts.values())


def _prompts(records: Sequence[tuple[str, _Recorded]], known: Known | None) -> list[EvalPrompt]:
    """Return the prompts that the records answer; the module's text says where they come from."""
    described = not any(_lacks(record) for _, record in records)
    if known and (known.given or (known.path.is_file() and not described)):
        return _prompts_of(records, known)
    return _own_prompts(records)


def _prompts_of(records: Sequence[tuple[str, _Recorded]], file: Known) -> list[EvalPrompt]:
    """Return the prompts of a file that the records answer; DataError for one that it lacks."""
    known = read_prompts(file.path)
    names = {prompt.id for prompt in known}
    for where, record in records:
        if record.prompt_id not in names:
            hint = "correct the id, or give --prompts FILE with the prompts that were asked"
            if not file.given:
                hint = f"{hint}, or category and expected_topics in every record"
            what = f"prompt {record.prompt_id} is not in {file.path.name}"
            raise DataError(what, where=where, hint=hint)
    answered = {record.prompt_id for _, record in records}
    return [prompt for prompt in known if prompt.id in answered]


def _responses(records: Sequence[tuple[str, _Recorded]]) -> list[Response]:
    """Number the answers to each prompt: they are its samples."""
    seen: Counter[str] = Counter()
    responses = []
    for _, record in records:
        name = record.prompt_id
        text = normalise_text(record.response)
        responses.append(Response(prompt_id=name, sample=seen[name], response=text))
        seen[name] += 1
    return responses


def arm_name(text: str) -> str:
    """Turn `text` into an arm's name: folded, other characters than a-z 0-9 . + _ - as "-"."""
    return re.sub(r"[^a-z0-9.+_-]+", "-", fold(text)).lstrip(".+_-") or "recorded"


def _check_name(name: str | None) -> None:
    """Raise DataError for what people gave as an arm's name and is none."""
    if name and arm_name(name) != name:
        hint = f"a-z, 0-9 and . + _ - are, such as {arm_name(name)}"
        raise DataError("no name of an arm", where=name, hint=hint)


def read_responses(
    path: Path, prompts: Known | None, name: str | None = None, part: Part = "all"
) -> tuple[list[EvalPrompt], list[Response], Arm]:
    """Read a file of answers: returns the prompts answered, the answers, and the arm they are.

    The arm is called `name`, or after the file, whose digest stands for the model that is not
    known. Raises DataError, with the place, for what is not a record or lacks its prompt's fields,
    and for a name that no arm can have.
    """
    _check_name(name)
    records = _read(path)
    asked = choose(_prompts(records, prompts), part)
    chosen = {prompt.id for prompt in asked}
    responses = [one for one in _responses(records) if one.prompt_id in chosen]
    arm = Arm(
        name=name or arm_name(path.stem),
        model=ModelIdentity(kind="recorded", name=path.name, sha256=store.sha256_of(path)),
        prompts_sha256=prompts_digest(asked),
        system_sha256=_NOTHING,
        samples=max(response.sample for response in responses) + 1,
        toolkit=__version__,
        created=now(),
    )
    return asked, responses, arm
