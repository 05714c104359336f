"""Turn the tokenizer in a GGUF's keys into the files of a folder, for `import-model`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from curator.base.errors import ModelError
from curator.training.cuts import (
    ADDS_BOS,
    ALIASES,
    BY_TEXT,
    CONTROL,
    IDS,
    PATTERNS,
    PRE,
    UNKNOWN,
    USER_DEFINED,
    WHOLE_WORDS,
)

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from tokenizers.pre_tokenizers import PreTokenizer


def check_tokenizer(meta: Mapping[str, Any]) -> None:
    """Raise ModelError where a GGUF's tokenizer is of a kind that is not taken over."""
    kind = meta.get("tokenizer.ggml.model")
    if kind != "gpt2":
        raise ModelError(f"its tokenizer is {kind!r}, and only byte-level BPE is taken over")
    if _pre(meta) not in PATTERNS:
        known = ", ".join(PATTERNS)
        raise ModelError(f"{PRE} is {_pre(meta)!r}, and only {known} are taken over")
    for key in ("tokens", "merges", "token_type"):
        if f"tokenizer.ggml.{key}" not in meta:
            raise ModelError(f"it has no key tokenizer.ggml.{key}")
    count = len(meta["tokenizer.ggml.tokens"])
    ids = [meta.get(f"tokenizer.ggml.{v}_token_id") for v in IDS.values()]
    if len(meta["tokenizer.ggml.token_type"]) != count or any(i and i >= count for i in ids):
        raise ModelError("its tokens, their marks and their numbers do not fit together")
    if "tokenizer.chat_template" not in meta:
        raise ModelError("it has no chat template: take an instruction-tuned model")


def _pre(meta: Mapping[str, Any]) -> str:
    name = str(meta.get(PRE, "default"))
    return ALIASES.get(name, name)


def tokenizer_of(meta: Mapping[str, Any]) -> "Tokenizer":
    """Return the tokenizer that a GGUF's keys describe; raises ModelError where they disagree."""
    from tokenizers import AddedToken, Tokenizer, decoders, models

    tokens, name = meta["tokenizer.ggml.tokens"], _pre(meta)
    merges = [_pair(m) for m in meta["tokenizer.ggml.merges"] if " " in m[1:]]
    vocabulary = {t: i for i, t in enumerate(tokens)}
    try:
        model = models.BPE(vocabulary, merges, ignore_merges=name in WHOLE_WORDS)
    except Exception as error:  # the library raises nothing more particular
        raise ModelError(f"its merges do not fit its tokens: {error}") from error
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = _cuts(name)
    tokenizer.decoder = decoders.ByteLevel()
    for kind in (UNKNOWN, CONTROL, USER_DEFINED):
        special = kind != USER_DEFINED
        added = [AddedToken(t, special=special, normalized=False) for t in marked(meta, kind)]
        (tokenizer.add_special_tokens if special else tokenizer.add_tokens)(added)
    bos = meta.get("tokenizer.ggml.bos_token_id")
    if bos is not None and _adds_bos(meta):
        _add_bos(tokenizer, tokens[bos])
    return tokenizer


def _pair(merge: str) -> tuple[str, str]:
    cut = merge.index(" ", 1)
    return merge[:cut], merge[cut + 1 :]


def _cuts(name: str) -> "PreTokenizer":
    from tokenizers import Regex, pre_tokenizers

    cuts = [pre_tokenizers.Split(Regex(p), "isolated") for p in PATTERNS[name]]
    return pre_tokenizers.Sequence(
        [*cuts, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )


def marked(meta: Mapping[str, Any], kind: int) -> list[str]:
    """Return the tokens of a GGUF that llama.cpp takes as of this kind."""
    pairs = zip(meta["tokenizer.ggml.tokens"], meta["tokenizer.ggml.token_type"], strict=True)
    return [t for t, mark in pairs if (CONTROL if t in BY_TEXT else mark) == kind]


def _adds_bos(meta: Mapping[str, Any]) -> bool:
    return bool(meta.get(ADDS_BOS, _pre(meta) in WHOLE_WORDS))


def _add_bos(tokenizer: "Tokenizer", bos: str) -> None:
    from tokenizers import processors

    ids = [(bos, tokenizer.token_to_id(bos))]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A", pair=f"{bos} $A {bos}:1 $B:1", special_tokens=ids
    )


def tokenizer_config(meta: Mapping[str, Any], context: int) -> dict[str, Any]:
    """Return tokenizer_config.json for a GGUF's keys and its context length."""
    ids = {k: meta.get(f"tokenizer.ggml.{v}_token_id") for k, v in IDS.items()}
    tokens = meta["tokenizer.ggml.tokens"]
    named = {f"{k}_token": tokens[i] for k, i in ids.items() if i is not None}
    return {
        **named,
        "tokenizer_class": "PreTrainedTokenizerFast",
        "additional_special_tokens": marked(meta, CONTROL),
        "add_prefix_space": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": context,
    }
