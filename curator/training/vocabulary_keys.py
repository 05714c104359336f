"""Turn the tokenizer in a folder's files into a GGUF's keys, for `export`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.errors import ModelError
from curator.training.cuts import (
    ADDS_BOS,
    CONTROL,
    DIGITS,
    IDS,
    NORMAL,
    PATTERNS,
    SPELLINGS,
    UNUSED,
    USER_DEFINED,
    WORDS,
)


def check_tokenizer_files(folder: Path) -> None:
    """Raise ModelError where a folder's tokenizer is of a kind that cannot be exported."""
    _pre_of(_read(folder / "tokenizer.json"))


def tokenizer_meta(folder: Path, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of a GGUF for a folder's tokenizer; `config` is its config.json.

    Raises ModelError for a tokenizer of a kind that cannot be exported.
    """
    spec, settings = _read(folder / "tokenizer.json"), _read(folder / "tokenizer_config.json")
    pre = _pre_of(spec)
    tokens, marks = _tokens(spec, int(config["vocab_size"]))
    merges = [m if isinstance(m, str) else " ".join(m) for m in spec["model"]["merges"]]
    named = {f"{IDS[k]}_token_id": _id_of(k, spec, settings, config) for k in IDS}
    own: dict[str, Any] = {
        "model": "gpt2",
        "pre": pre,
        "tokens": tokens,
        "token_type": marks,
        "merges": merges,
        **{k: v for k, v in named.items() if v is not None},
    }
    return {
        **{f"tokenizer.ggml.{k}": v for k, v in own.items()},
        ADDS_BOS: _folder_adds_bos(folder, settings, own.get("bos_token_id")),
        "tokenizer.chat_template": _template(folder, settings),
    }


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ModelError(f"it has no {path.name}")
    found: dict[str, Any] = store.read_json(path)
    return found


def _pre_of(spec: Mapping[str, Any]) -> str:
    """Return llama.cpp's name for the way in which a tokenizer.json cuts texts."""
    cuts = _cuts_of(spec.get("pre_tokenizer") or {})
    found = next((n for n, patterns in PATTERNS.items() if cuts == patterns), None)
    if spec["model"].get("type") != "BPE" or spec["model"].get("byte_fallback") or found is None:
        known = ", ".join(PATTERNS)
        what = f"its tokenizer is none of those with a way to GGUF here ({known})"
        raise ModelError(what)
    return found


def _cuts_of(step: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the patterns of a pre-tokenizer of tokenizer.json, one after the other.

    Those that mean the same are written as llama.cpp does. None where one is of another kind.
    """
    match step:
        case {"type": "Sequence", "pretokenizers": list(steps)}:
            parts = [_cuts_of(s) for s in steps]
            return None if None in parts else tuple(p for part in parts for p in part or ())
        case {"type": "Split", "pattern": {"Regex": str(pattern)}, "behavior": "Isolated"}:
            for spelled, ours in SPELLINGS.items():
                pattern = pattern.replace(spelled, ours)
            return (pattern,)
        case {"type": "Digits", "individual_digits": True}:
            return (DIGITS,)
        case {"type": "ByteLevel", "add_prefix_space": False, "use_regex": bool(cut)}:
            return (WORDS,) if cut else ()
        case {"type": "ByteLevel", "add_prefix_space": False}:
            return (WORDS,)
    return None


def _tokens(spec: Mapping[str, Any], count: int) -> tuple[list[str], list[int]]:
    """Return all tokens in order with llama.cpp's marks; a model may have rows for more words."""
    found = {i: (token, NORMAL) for token, i in spec["model"]["vocab"].items()}
    for one in spec["added_tokens"]:
        found[one["id"]] = (one["content"], CONTROL if one["special"] else USER_DEFINED)
    if found and max(found) >= count:
        raise ModelError(f"it has {max(found) + 1} tokens, and rows for {count} in its weights")
    every = [found.get(i, (_unused(i), UNUSED)) for i in range(count)]
    marks = [UNUSED if t == _unused(i) else mark for i, (t, mark) in enumerate(every)]
    return [token for token, _ in every], marks


def _unused(number: int) -> str:
    """Return what llama.cpp's converter calls a row that no token has."""
    return f"[PAD{number}]"


def _id_of(
    kind: str, spec: Mapping[str, Any], settings: Mapping[str, Any], config: Mapping[str, Any]
) -> int | None:
    """Return the number of the token that begins texts, ends them, and so on."""
    named = settings.get(f"{kind}_token")
    content = named.get("content") if isinstance(named, dict) else named
    added = {one["content"]: int(one["id"]) for one in spec["added_tokens"]}
    number = added.get(content, spec["model"]["vocab"].get(content))
    other = config.get(f"{kind}_token_id")
    return number if number is not None else other if isinstance(other, int) else None


def _folder_adds_bos(folder: Path, settings: Mapping[str, Any], bos: int | None) -> bool:
    from tokenizers import Tokenizer

    if "add_bos_token" in settings:
        return bool(settings["add_bos_token"])
    ids = Tokenizer.from_file(str(folder / "tokenizer.json")).encode("a").ids
    return bos is not None and ids[:1] == [bos]


def _template(folder: Path, settings: Mapping[str, Any]) -> str:
    """Return the chat template: a file of its own, or in tokenizer_config.json, perhaps of many."""
    file = folder / "chat_template.jinja"
    found = file.read_text("utf-8") if file.is_file() else settings.get("chat_template")
    if isinstance(found, list):
        found = next((t["template"] for t in found if t["name"] == "default"), None)
    if not isinstance(found, str):
        raise ModelError("it has no chat template", hint="take an instruction-tuned model")
    return found
