"""Is an imported folder the GGUF? The same tokens of 2,000 texts, and the same tokens written.

For each MODEL (a name of `curator models`, or a file):

    import   `curator import-model` as a process: seconds, and the most memory that it held
    texts    rows of the curated set, prompts, chats by the model's template, and drawn oddities
             (emoji, CJK, accents apart, line ends, digits, code, special tokens spelled out), as
             tokens: llama.cpp's of the GGUF against those of the folder, loaded as for training
    greedy   32 tokens by mlx from the folder after ten short questions, against llama.cpp with
             file     the GGUF itself, whose products take activations that are rounded to 8 bits
             float32  the same weights, dequantised to a GGUF by llama.cpp's own quantiser
             export   the folder, written as a float16 GGUF by `curator export`'s writer

Equal texts, and places with the same choice given the same text before. Where "file" differs and
"float32" does not, it is the rounding of activations and not the import.
Run: .venv/bin/python benchmarks/import_model.py MODEL... [--greedy PROMPTS] [--texts N]
"""

import argparse
import ctypes
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from curator.models.llama.gguf import find_model
from curator.records.files import read_examples
from curator.records.project import Project
from curator.training.gguf import Reader
from curator.training.greedy import Written, write
from curator.training.modelling import load_tokenizer
from curator.training.to_gguf import convert

TOKENS = 32
QUESTIONS = (
    *("Qu'est-ce que l'emprunt en Rust ?", "Écris une fonction qui compte les voyelles."),
    *("À quoi sert le trait `Clone` ?", "Quand choisir `Box<dyn Trait>` ?"),
    *("Que fait l'opérateur `?` ?", "Pourquoi `let x = 5; x = 6;` est-il refusé ?"),
    *("Explique les durées de vie en deux phrases.", "Comment écrire un test en Rust ?"),
    *("Donne un exemple de `match` sur un enum.", "Qu'est-ce qu'une fermeture `FnOnce` ?"),
)
ODD = (
    *("", " ", "\n", "   avant", "après   ", "\n\n\n", "\t\ttabulations\n\t", "a\r\nb\r\n\r\nc\r"),
    *("🦀 un crabe 👩‍👩‍👧‍👦 🏳️‍🌈", "漢字かな交じり文、한국어 и русский"),
    *("e\u0301 a\u0300 n\u0303 o\u0302\u0323", "\u00a0:\u202f;", "1234567890" * 4),
    *("½ ² Ⅷ ٣ 3,14 1_000_000u64 0xff", "I'S, DON'T, l'été, aujourd'hui, '\u017f, 'LL"),
    *("\u0085x\u2028y\u2029z\u000b\u000c", "\ufeff\u200b\u200d\u00ad", "\x00\x01\x1f\x7f"),
    *("\ue000 \u0378 \U0001fae8 \U000e0100 \U0010ffff", "ﬁ Å Å ǆ İ ß ẞ"),
    'fn main() {\n    let v: Vec<&\'static str> = vec!["a"];\n\n\tprintln!("{v:?}"); // ok\n}\n',
    "<|im_start|>user\nBonjour<|im_end|>\n<|endoftext|><|fim_prefix|>x<|im_start",
    "[PAD151665] <|file_sep|> <repo_name> <|begin_of_text|> <tool_call> </s> <s>",
)
_RANGES = (
    *((0x20, 0x7F), (0xA0, 0x250), (0x300, 0x330), (0x391, 0x3CA), (0x400, 0x440), (0x5D0, 0x5EB)),
    *((0x627, 0x64B), (0x905, 0x93A), (0xE01, 0xE3B), (0x2000, 0x2070), (0x2150, 0x2190)),
    *((0x3040, 0x3100), (0x4E00, 0x4E40), (0xAC00, 0xAC20), (0xFF01, 0xFF40), (0x1F600, 0x1F610)),
)


def odd_texts(count: int, seed: int = 21) -> list[str]:
    """Return texts that seldom occur: the fixed ones, then as many more as are drawn."""
    drawing = random.Random(seed)  # noqa: S311
    rare = [chr(c) for first, end in _RANGES for c in range(first, end)] + list("\t\n\r")
    usual = [*" \n\t'", "  ", "12", "abc", " é", "fn ", "::", "()", "'s", "'RE"]
    drawn = (
        "".join(drawing.choice(rare if drawing.random() < 0.5 else usual) for _ in range(length))
        for length in (drawing.randint(1, 60) for _ in range(count))
    )
    return [*ODD, *drawn][:count]


def written_texts() -> Iterator[str]:
    """Yield what people and models wrote: questions, answers, prompts."""
    project = Project.find(Path.cwd())
    for example in read_examples(*project.authored_files()):
        yield from (example.question, example.answer)
    yield from prompts()
    for row in rows(project.root / "curated" / "train.jsonl"):
        yield str(row["messages"][-1]["content"])


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSONL file."""
    yield from map(json.loads, path.read_text("utf-8").splitlines())


def prompts() -> list[str]:
    """Return the prompts of the evaluation."""
    return [str(row["prompt"]) for row in rows(Path("training") / "prompts_fr.jsonl")]


def chats(tokenizer: Any, texts: Sequence[str]) -> list[str]:
    """Return texts as chats by the model's template: a question, or one with an answer."""
    pairs = zip(texts[::2], texts[1::2], strict=False)
    talks = [[("user", q), ("assistant", a)][: 1 + i % 2] for i, (q, a) in enumerate(pairs)]
    return [
        tokenizer.apply_chat_template(
            [{"role": role, "content": text} for role, text in talk],
            tokenize=False,
            add_generation_prompt=len(talk) == 1,
        )
        for talk in talks
    ]


def unequal(tokenizer: Any, gguf: Path, texts: Sequence[str]) -> list[str]:
    """Return the texts whose tokens differ: a folder's tokenizer against llama.cpp with a GGUF."""
    from llama_cpp import Llama

    theirs = Llama(str(gguf), vocab_only=True, verbose=False)
    return [
        text
        for text in texts
        if tokenizer.encode(text, add_special_tokens=False)
        != theirs.tokenize(text.encode(), add_bos=False, special=True)
    ]


def requantised(source: Path, out: Path, kind: str) -> Path:
    """Write a GGUF in another kind, such as ALL_F32 or MOSTLY_Q5_K_M, by llama.cpp's quantiser."""
    import llama_cpp

    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = getattr(llama_cpp, f"LLAMA_FTYPE_{kind}")
    params.allow_requantize = True
    files = str(source).encode(), str(out).encode()
    assert llama_cpp.llama_model_quantize(*files, ctypes.byref(params)) == 0, kind
    return out


def agreement(path: Path, written: Sequence[Written]) -> str:
    """Compare what a GGUF chooses with what was written: whole texts, and place by place.

    A text whose every choice is the same, given the text before it, is the one that it writes.
    """
    reader = Reader(path)
    texts = places = of = 0
    for one in written:
        chosen = reader.choices(one.prompt, one.tokens)
        texts += chosen == one.tokens
        places += sum(a == b for a, b in zip(chosen, one.tokens, strict=True))
        of += len(one.tokens)
    reader.close()
    return f"{texts} of {len(written)} texts, {places} of {of} places"


def run(model: str, root: Path, count: int, greedy: int) -> None:
    """Import a model and print how it compares."""
    source, folder, start = find_model(model), root / "folder", time.monotonic()
    command = [sys.executable, "-m", "curator", "import-model", model, "--out", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    print(f"{source.name}: imported in {time.monotonic() - start:.0f} s, {peak:.2f} GB")
    tokenizer, people = load_tokenizer(folder), list(written_texts())
    random.Random(21).shuffle(people)  # noqa: S311
    people = people[: count * 2 // 5]
    some = [*people, *chats(tokenizer, people[: count // 5])]
    texts = [*some, *odd_texts(count - len(some))]
    wrong = unequal(tokenizer, source.path, texts)
    print(f"  texts    {len(texts) - len(wrong)} of {len(texts)} have the same tokens", *wrong[:5])
    if greedy:
        compare(source.path, folder, root, QUESTIONS[:greedy])


def compare(gguf: Path, folder: Path, root: Path, asked: Sequence[str]) -> None:
    """Print how the folder's greedy answers compare with those of three GGUFs."""
    written = write(folder, asked, TOKENS)
    print(f"  file     {agreement(gguf, written)}", flush=True)
    whole = requantised(gguf, root / "float32.gguf", "ALL_F32")
    print(f"  float32  {agreement(whole, written)}", flush=True)
    whole.unlink()
    convert(folder, whole, folder.name)
    print(f"  export   {agreement(whole, written)}", flush=True)
    wrong = unequal(load_tokenizer(folder), whole, odd_texts(500))
    print(f"  export   {500 - len(wrong)} of 500 odd texts have the same tokens", flush=True)


def main() -> None:
    """Run for each model."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("models", nargs="+")
    parser.add_argument("--greedy", type=int, default=10)
    parser.add_argument("--texts", type=int, default=2000)
    words = parser.parse_args()
    for model in words.models:
        with tempfile.TemporaryDirectory() as root:
            run(model, Path(root), words.texts, words.greedy)


if __name__ == "__main__":
    main()
