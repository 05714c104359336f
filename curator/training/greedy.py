"""Write with a model folder, greedily.

`curator.training.greedy FOLDER COUNT < prompts.json` is a process of its own, so that OpenBLAS can
be put before mlx's BLAS, and its memory ends with it.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.base import child
from curator.base.errors import ModelError
from curator.training.blas import with_openblas


@dataclass(frozen=True)
class Written:
    """A prompt and what followed it, as tokens, and the latter as text."""

    prompt: list[int]
    tokens: list[int]
    text: str


def write(folder: Path, prompts: Sequence[str], count: int) -> list[Written]:
    """Answer each prompt with the model in `folder`, in at most `count` tokens."""
    done = subprocess.run(
        child.command("curator.training.greedy", str(folder), str(count)),
        input=json.dumps(list(prompts)).encode(),
        capture_output=True,
        env=with_openblas(),
    )
    if done.returncode:
        why = child.last_line(done.stderr) or f"exit code {done.returncode}: it said nothing"
        raise ModelError(f"mlx cannot run it: {why}", where=folder)
    return [Written(**one) for one in json.loads(done.stdout)]


def _answer(model: Any, tokenizer: Any, prompt: str, count: int) -> dict[str, Any]:
    import mlx.core as mx
    from mlx_lm.generate import generate_step

    asked = [{"role": "user", "content": prompt}]
    ids = tokenizer.apply_chat_template(asked, add_generation_prompt=True, return_dict=False)
    written: list[int] = []
    for token, _ in generate_step(mx.array(ids), model, max_tokens=count):
        written.append(int(token))
        if written[-1] in tokenizer.eos_token_ids:
            break
    return {"prompt": list(ids), "tokens": written, "text": tokenizer.decode(written)}


def main() -> None:
    """Read prompts on stdin, write the answers on stdout, as JSON."""
    from curator.training import modelling

    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    tokenizer = modelling.load_tokenizer(folder)
    model, _ = modelling.load_model(folder)
    modelling.set_dtype(model, "auto")
    prompts = json.load(sys.stdin)
    json.dump([_answer(model, tokenizer, p, count) for p in prompts], sys.stdout)


if __name__ == "__main__":
    main()
