"""The differences between servers that speak OpenAI's protocol, and how requests allow for them.

    flavour           recognised by        sampling        grammar              prefill
    llama.cpp         owned_by: llamacpp   all             `grammar`            is continued
    llama-cpp-python  owned_by: me         all             `grammar`            is asked for
    vllm              owned_by: vllm       all             `structured_outputs` is continued
    lm-studio         owned_by:            all             none                 is asked for
                      organization_owner
    plain             anything else        what OpenAI's   none                 is asked for
                                           protocol knows

"llama.cpp" is its own `llama-server`, "llama-cpp-python" is `python -m llama_cpp.server`. Ollama
is plain: it ignores settings that it does not know without a word.

A prefill is a last message of the assistant, which the model is to continue. Where a server does
not, it is put into the message before as a request, and in front of the grammar if there is one.
All but vLLM repeat a prefill, or may; it is cut off from what comes back. (`llama-server` does in
build 10434, and did not when it began to continue turns.) vLLM is that of 0.11 and later.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curator.models.base import ChatRequest, Message
from curator.models.settings import FlavourName
from curator.records.example import Sampling

# Literals, character sets and comments of GBNF, where "root" names no rule; or the start symbol.
_ROOT = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|#[^\n]*|(?<![\w-])root(?![\w-])')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# llama.cpp takes the largest number of 32 bits to mean "any seed".
_SEEDS = 0xFFFFFFFF


@dataclass(frozen=True)
class Flavour:
    """One kind of server.

    `names` maps our names of sampling settings to the server's; settings not in it are not sent.
    `extra` is sent with every request, `grammar` are the keys under which a grammar goes.
    `continues` is sent with a prefill, and is None where the server does not continue it; `repeats`
    says that the answer may repeat the prefill, `scores` that the server tells the probability of
    any text.
    """

    name: FlavourName
    names: Mapping[str, str]
    extra: Mapping[str, Any]
    grammar: tuple[str, ...] = ()
    continues: Mapping[str, Any] | None = None
    repeats: bool = True
    scores: bool = False


_OPENAI = {name: name for name in ("temperature", "top_p", "max_tokens")}
_LLAMA = {**_OPENAI, "top_k": "top_k", "repeat_penalty": "repeat_penalty"}
_VLLM = {**_OPENAI, "top_k": "top_k", "repeat_penalty": "repetition_penalty"}
# llama.cpp would also leave out tokens of less than 5 % of the likeliest's probability.
_NO_MIN_P = {"min_p": 0}

FLAVOURS: Mapping[FlavourName, Flavour] = {
    flavour.name: flavour
    for flavour in (
        Flavour("llama.cpp", _LLAMA, _NO_MIN_P, ("grammar",), {}),
        Flavour("llama-cpp-python", _LLAMA, _NO_MIN_P, ("grammar",)),
        Flavour(
            "vllm", _VLLM, _NO_MIN_P, ("structured_outputs", "grammar"),
            {"continue_final_message": True, "add_generation_prompt": False},
            repeats=False, scores=True,
        ),
        Flavour("lm-studio", _LLAMA, {}),
        Flavour("plain", _OPENAI, {}),
    )
}  # fmt: skip
_OWNERS: Mapping[str, FlavourName] = {
    "llamacpp": "llama.cpp",
    "me": "llama-cpp-python",
    "vllm": "vllm",
    "organization_owner": "lm-studio",
}


def flavour_of(owner: object) -> Flavour:
    """Return the flavour of a server that lists a model as owned by `owner`."""
    return FLAVOURS[_OWNERS.get(owner, "plain") if isinstance(owner, str) else "plain"]


def prefill_of(messages: Sequence[Message]) -> str:
    """Return the text of a last message of the assistant, which is to be continued."""
    return messages[-1].content if messages[-1].role == "assistant" else ""


def request_body(request: ChatRequest, flavour: Flavour) -> dict[str, Any]:
    """Return the body of a chat completion, but for the model's name."""
    prefill = prefill_of(request.messages)
    asked = prefill and flavour.continues is None
    messages = ask_for_prefill(request.messages) if asked else request.messages
    body: dict[str, Any] = {
        "messages": as_json(messages),
        "seed": request.seed % _SEEDS,
        **sampling_fields(request.sampling, flavour),
        **((flavour.continues or {}) if prefill else {}),
    }
    if request.grammar is not None and flavour.grammar:
        body |= _nested(
            flavour.grammar, prefix_grammar(prefill, request.grammar) if asked else request.grammar
        )
    return body


def as_json(messages: Sequence[Message]) -> list[dict[str, str]]:
    """Return messages as the protocol writes them."""
    return [{"role": m.role, "content": m.content} for m in messages]


def sampling_fields(wanted: Sampling, flavour: Flavour) -> dict[str, Any]:
    """Return sampling settings under the flavour's names."""
    return {theirs: getattr(wanted, ours) for ours, theirs in flavour.names.items()} | {
        **flavour.extra
    }


def _nested(keys: Sequence[str], value: str) -> dict[str, Any]:
    nested: Any = value
    for key in reversed(keys):
        nested = {key: nested}
    return {**nested}


def ask_for_prefill(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return a conversation that asks for its prefill in the message before it."""
    *before, last = messages[:-1]
    wanted = f"{last.content}\n\nCommencez votre réponse exactement par :\n{prefill_of(messages)}"
    return (*before, Message(last.role, wanted))


def prefix_grammar(start: str, grammar: str) -> str:
    """Return a grammar that allows the texts of another one with `start` in front."""
    renamed = _ROOT.sub(lambda m: "begun-rest" if m[0] == "root" else m[0], grammar)
    literal = "".join(_ESCAPES.get(c, c) for c in start)
    return f'root ::= "{literal}" begun-rest\n{renamed}'


def strip_prefill(start: str, text: str) -> str:
    """Return what follows a prefill in a text that may repeat it."""
    words, head = start.strip(), text.lstrip()
    if not words or not head.startswith(words):
        return text
    return head.removeprefix(words).removeprefix(start[len(start.rstrip()) :])
