"""Very small GGUFs with random weights, made by llama.cpp's own package: llama and qwen2."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFValueType, GGUFWriter, TokenType
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from curator.records.files import read_examples
from curator.training.cuts import PATTERNS
from tests.conftest import ROOT

WIDTH, INNER, LAYERS, HEADS, GROUPS = 256, 512, 2, 4, 2
_KINDS = {str: GGUFValueType.STRING, int: GGUFValueType.UINT32, float: GGUFValueType.FLOAT32}
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
DEFINED = ("<tool_call>", "</tool_call>")
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def trained_bpe(pre: str, size: int = 700) -> Mapping[str, Any]:
    """The words and merges of a byte-level BPE that some authored texts teach."""
    cuts = [pre_tokenizers.Split(Regex(p), "isolated") for p in PATTERNS[pre]]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [*cuts, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=sorted(alphabet), show_progress=False
    )
    file = next(iter(sorted((ROOT / "raw" / "authored").glob("*.jsonl"))))
    tokenizer.train_from_iterator([e.answer for e in read_examples(file)], trainer)
    made: Mapping[str, Any] = json.loads(tokenizer.to_str())["model"]
    return made


def write_gguf(path: Path, family: str, pre: str, own_output: bool = False, **more: Any) -> Path:
    """A model of `family` in float32, drawn by a seed, whose texts are cut as `pre` says.

    With `own_output` its output matrix is stored apart. `more` are further keys, or
    other values, and `words`: tokens of their own that no merge makes.
    """
    writer = GGUFWriter(path, family)
    count = _add_vocabulary(writer, pre, more.pop("words", ()))
    shape = {
        "block_count": LAYERS,
        "context_length": 512,
        "embedding_length": WIDTH,
        "feed_forward_length": INNER,
        "attention.head_count": HEADS,
        "attention.head_count_kv": GROUPS,
    }
    for key, value in shape.items():
        writer.add_uint32(f"{family}.{key}", value)
    writer.add_float32(f"{family}.attention.layer_norm_rms_epsilon", 1e-6)
    writer.add_float32(f"{family}.rope.freq_base", 10000.0)
    for key, value in more.items():
        writer.add_key_value(key, value, _KINDS[type(value)])
    _add_weights(writer, family, count, own_output)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_vocabulary(writer: GGUFWriter, pre: str, further: Sequence[str]) -> int:
    bpe = trained_bpe(pre)
    words = sorted(bpe["vocab"], key=lambda w: bpe["vocab"][w])
    tokens = [*words, *further, *SPECIAL, *DEFINED]
    tokens += [f"[PAD{i}]" for i in range(len(tokens), -(-len(tokens) // 32) * 32)]
    kinds = {**dict.fromkeys(SPECIAL, TokenType.CONTROL)}
    kinds |= dict.fromkeys(DEFINED, TokenType.USER_DEFINED)
    kinds |= {t: TokenType.UNUSED for t in tokens if t.startswith("[PAD")}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types([kinds.get(t, TokenType.NORMAL) for t in tokens])
    writer.add_token_merges([" ".join(m) for m in bpe["merges"]])
    writer.add_bos_token_id(tokens.index("<|endoftext|>"))
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_chat_template(TEMPLATE)
    return len(tokens)


def _add_weights(writer: GGUFWriter, family: str, count: int, own_output: bool) -> None:
    draw = np.random.default_rng(21)

    def add(name: str, *shape: int) -> None:
        value = draw.normal(1.0 if "norm" in name else 0.0, 0.1, shape)
        writer.add_tensor(name, value.astype(np.float32))

    add("token_embd.weight", count, WIDTH)
    add("output_norm.weight", WIDTH)
    if own_output:
        add("output.weight", count, WIDTH)
    narrow = WIDTH // HEADS * GROUPS
    for i in range(LAYERS):
        for part, rows in (("q", WIDTH), ("k", narrow), ("v", narrow), ("output", WIDTH)):
            add(f"blk.{i}.attn_{part}.weight", rows, WIDTH)
            if family == "qwen2" and part != "output":
                add(f"blk.{i}.attn_{part}.bias", rows)
        add(f"blk.{i}.ffn_gate.weight", INNER, WIDTH)
        add(f"blk.{i}.ffn_up.weight", INNER, WIDTH)
        add(f"blk.{i}.ffn_down.weight", WIDTH, INNER)
        add(f"blk.{i}.attn_norm.weight", WIDTH)
        add(f"blk.{i}.ffn_norm.weight", WIDTH)
