"""What a GGUF and a folder both say of byte-level BPE: by which patterns texts are cut, and marks.

llama.cpp has a name for each way to cut a text before it is merged ("pre-tokenizer", in its
llama-vocab.cpp); a tokenizer.json spells the patterns out.
"""

from collections.abc import Mapping

WORDS = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_BOTH_CASES = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
_LINES = _BOTH_CASES + (
    r"|[^\r\n\p{L}\p{N}]?\p{L}+|COUNT| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
DIGITS = r"\p{N}"
# The patterns that llama.cpp cuts by, one after the other.
PATTERNS: Mapping[str, tuple[str, ...]] = {
    "smollm": (DIGITS, WORDS),
    "gpt-2": (WORDS,),
    "qwen2": (_LINES.replace("COUNT", DIGITS),),
    "llama-bpe": (_LINES.replace("COUNT", DIGITS + "{1,3}"),),
    "tekken": (
        r"[^\r\n\p{L}\p{N}]?((?=[\p{L}])([^a-z]))*((?=[\p{L}])([^A-Z]))+|"
        r"[^\r\n\p{L}\p{N}]?((?=[\p{L}])([^a-z]))+((?=[\p{L}])([^A-Z]))*|"
        r"\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    ),
    "default": (r"[\p{P}\$\+<=>\^~\|]+", WORDS, r"\p{N}+", "[0-9][0-9][0-9]"),
}
# Other names for the same, which models of our architectures have.
ALIASES = {
    "starcoder": "smollm",
    "deepseek-r1-qwen": "qwen2",
    "megrez": "qwen2",
    "llama3": "llama-bpe",
    "llama-v3": "llama-bpe",
    "falcon3": "llama-bpe",
}
# Those that look for a whole word among the tokens before they merge, and that begin with BOS.
WHOLE_WORDS = ("llama-bpe", "tekken")
# How the hub's files spell a pattern, where that is not llama.cpp's way: in capitals too, where
# the hub's also takes the long s for an s; and Mistral's.
SPELLINGS = {
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)": _BOTH_CASES,
    (
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|"
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    ): PATTERNS["tekken"][0].partition(r"|\p{N}|")[0],
}
# llama.cpp's marks on tokens.
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED = 1, 2, 3, 4, 5
# Tokens that llama.cpp takes for control tokens by their text, whatever a file marks them as: those
# that end an answer, and those around a gap to fill in.
BY_TEXT = frozenset(
    {
        *(
            "<|eot_id|>",
            "<|im_end|>",
            "<|end|>",
            "<|return|>",
            "<|call|>",
            "<|flush|>",
            "<|calls|>",
        ),
        *("<end_of_turn>", "<|endoftext|>", "</s>", "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]"),
        *("<|calls|>", "[EOS]", "<|end_of_text|>", "<end_of_utterance>", "<eos>"),
        *("<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<|fim_suffix|>", "<fim-suffix>"),
        *("<fim_suffix>", "<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<|fim_pad|>"),
        *("<fim-pad>", "<fim_pad>", "<|fim_repo|>", "<|repo_name|>", "<|file_sep|>"),
    }
)
IDS = {"bos": "bos", "eos": "eos", "pad": "padding", "unk": "unknown"}
PRE = "tokenizer.ggml.pre"
ADDS_BOS = "tokenizer.ggml.add_bos_token"
