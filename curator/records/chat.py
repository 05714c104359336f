"""Read the question-and-answer records of other tools.

Read are JSONL, a JSON list, and JSON documents one after another (pretty-printed ones too), of
- chats: `{"messages": [{"role", "content"}, ...], "metadata": {...}}`, as mlx-lm and OpenAI have;
- ShareGPT: `{"conversations": [{"from", "value"}, ...]}`;
- Alpaca: `{"instruction", "input", "output"}`;
- pairs: `{"prompt", "completion"}` or `{"question", "answer"}`.
Labels (category, topic, difficulty, author, licence) stand in `metadata` or beside the texts. An
example is the first question with its answer; whatever else a record has is counted as left out.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from curator.base.json_files import read_documents
from curator.text.normalise import normalise_text

AXES = ("category", "topic", "difficulty")
LABELS = (*AXES, "author", "licence")
_ROLES = {
    **dict.fromkeys(("user", "human", "prompter", "question"), "user"),
    **dict.fromkeys(("assistant", "gpt", "bot", "model", "chatgpt", "answer"), "assistant"),
    **dict.fromkeys(("system", "developer"), "system"),
    **dict.fromkeys(("tool", "function", "observation"), "tool"),
}
_PAIRS = (("prompt", "completion"), ("question", "answer"))
_TEXTS = {"messages", "conversations", "instruction", "input", "output", "system", "metadata"}


class Message(NamedTuple):
    """One message of a chat: its role in our words, and its text."""

    role: str
    text: str


@dataclass(frozen=True)
class ChatRecord:
    """One question and answer as a file has it, before any label is understood.

    `source` is FILE:LINE, or FILE#NUMBER in a file that is not JSONL; `labels` are those that it
    gives itself; `left_out` counts what it has besides.
    """

    source: str
    question: str
    answer: str
    labels: Mapping[str, str]
    left_out: Counter[str] = field(default_factory=Counter)


def _content(value: Any, left_out: Counter[str]) -> str:
    """Return the text of a message, which may come in parts; raises ValueError for none."""
    if isinstance(value, str):
        return normalise_text(value)
    if isinstance(value, list):
        texts = [p["text"] for p in value if isinstance(p, dict) and isinstance(p.get("text"), str)]
        left_out["parts that are no text"] += len(value) - len(texts)
        return _content("".join(texts), left_out)
    if value is None:  # a call of a tool has no text
        return ""
    raise ValueError("a message has no text")


def _messages(items: Any, role: str, text: str, left_out: Counter[str]) -> list[Message]:
    """Read the messages of a list whose objects have these keys; raises ValueError for others."""
    if not isinstance(items, list):
        raise ValueError("the messages are no list")
    messages = []
    for item in items:
        if not isinstance(item, dict) or role not in item:
            raise ValueError(f'a message has no "{role}" and "{text}"')
        name = str(item[role]).lower()
        if name not in _ROLES:
            raise ValueError(f"a message of an unknown role: {item[role]!r}")
        if item.get("tool_calls") or item.get("function_call"):
            left_out["tool calls"] += 1
        messages.append(Message(_ROLES[name], _content(item.get(text), left_out)))
    return messages


def messages_of(record: Any, left_out: Counter[str]) -> list[Message]:
    """Read the messages of a record of any known form, counting in `left_out` what has no text.

    Raises ValueError naming the keys of a record of another form.
    """
    if not isinstance(record, dict):
        raise ValueError("not an object")
    if "messages" in record:
        return _messages(record["messages"], "role", "content", left_out)
    if "conversations" in record:
        items = record["conversations"]
        role, text = ("from", "value") if _first_has(items, "from") else ("role", "content")
        return _messages(items, role, text, left_out)
    if "instruction" in record and "output" in record:
        asked = "\n\n".join(str(p) for p in (record["instruction"], record.get("input")) if p)
        question, answer = _content(asked, left_out), _content(record["output"], left_out)
        return [Message("user", question), Message("assistant", answer)]
    for question_key, answer_key in _PAIRS:
        if isinstance(record.get(question_key), str) and isinstance(record.get(answer_key), str):
            question, answer = (_content(record[k], left_out) for k in (question_key, answer_key))
            return [Message("user", question), Message("assistant", answer)]
    keys = ", ".join(sorted(map(str, record))[:8]) or "none"
    raise ValueError(f'no "messages", "conversations" or "instruction": its keys are {keys}')


def _first_has(items: Any, key: str) -> bool:
    return (
        isinstance(items, list) and bool(items) and isinstance(items[0], dict) and key in items[0]
    )


def _exchange(messages: list[Message], left_out: Counter[str]) -> tuple[str, str]:
    """Return the first question with its answer; raises ValueError where there is none."""
    asked = next((i for i, m in enumerate(messages) if m.role == "user"), len(messages))
    answered = next(
        (
            i
            for i, m in enumerate(messages)
            if i > asked and m.role == "assistant" and m.text.strip()
        ),
        len(messages),
    )
    between = [m.role for m in messages[asked + 1 : answered]]
    if answered == len(messages) or "user" in between:
        roles = ", ".join(m.role for m in messages[:6]) or "none"
        raise ValueError(f"no question that an answer follows: the messages are {roles}")
    for number, message in enumerate(messages):
        if message.role == "system":
            left_out["system messages"] += 1
        elif message.role == "tool":
            left_out["messages of tools"] += 1
        elif number not in (asked, answered) and message.text.strip():
            left_out["other messages"] += 1
    if not messages[asked].text.strip():
        raise ValueError("the question is empty")
    return messages[asked].text, messages[answered].text


def _labels(record: Mapping[str, Any], left_out: Counter[str]) -> dict[str, str]:
    """Read the labels of a record; raises ValueError for one that is no text or given twice."""
    metadata = record.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise ValueError("metadata is not an object")
    labels = {}
    for name in LABELS:
        values = [place[name] for place in (metadata, record) if place.get(name) is not None]
        if any(not isinstance(value, str) for value in values):
            raise ValueError(f"{name} is not a text")
        if len(set(values)) > 1:
            raise ValueError(f"{name} is given twice: {values[0]!r} in metadata, {values[1]!r}")
        if values and values[0].strip():
            labels[name] = values[0].strip()
    known = {*LABELS, *_TEXTS, *(key for pair in _PAIRS for key in pair)}
    for place, prefix in ((record, ""), (metadata, "metadata.")):
        for key in place:
            if str(key) not in known:
                left_out[f"key {prefix}{key}"] += 1
    return labels


def _record(document: Any, source: str) -> ChatRecord:
    left_out: Counter[str] = Counter()
    question, answer = _exchange(messages_of(document, left_out), left_out)
    try:
        (question + answer).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("half of a surrogate pair is no character") from error
    return ChatRecord(source, question, answer, _labels(document, left_out), left_out)


def read_chats(path: Path) -> Iterator[ChatRecord]:
    """Read the records of a file of any known form, in their order.

    Raises BrokenLine for those that are none, DataError for a file of another format.
    """
    return read_documents(path, lambda place, document: _record(document, f"{path.name}{place}"))
