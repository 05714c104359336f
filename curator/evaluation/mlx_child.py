"""The child of mlx_respond: `python -m curator.evaluation.mlx_child FOLDER [ADAPTER]`.

Reads one JSON object a line and answers each with one: {"text"} or {"messages"} -> {"size"} in
tokens; {"messages", "sampling", "seed"} -> {"text", "tokens", "finished"}; {"error"} where that
cannot be. mlx-lm's samplers take top-p before top-k, llama.cpp's the other way round; the repeat
penalty looks as far back as there.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

# How many tokens back the repeat penalty looks: the default of llama.cpp.
_LAST = 64


class Model:
    """A model and its tokenizer."""

    def __init__(self, folder: Path, adapter: Path | None):
        from curator.training import modelling

        self._tokenizer = modelling.load_tokenizer(folder)
        self._model, _ = modelling.load_model(folder)
        modelling.set_dtype(self._model, "auto")
        if adapter:
            from mlx_lm.tuner.utils import load_adapters

            load_adapters(self._model, str(adapter))
        self._model.eval()

    def answer(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Answer one question; the module's text has both forms."""
        if "text" in wanted:
            return {"size": len(self._tokenizer.encode(wanted["text"], add_special_tokens=False))}
        ids = self._tokenizer.apply_chat_template(
            wanted["messages"], add_generation_prompt=True, return_dict=False
        )
        if "sampling" not in wanted:
            return {"size": len(ids)}
        return self._write(list(ids), wanted["sampling"], wanted["seed"])

    def _write(self, ids: list[int], sampling: dict[str, Any], seed: int) -> dict[str, Any]:
        import mlx.core as mx
        from mlx_lm.generate import generate_step
        from mlx_lm.sample_utils import make_logits_processors, make_sampler

        mx.random.seed(seed)
        options = {
            "max_tokens": sampling["max_tokens"],
            "sampler": make_sampler(
                sampling["temperature"], top_p=sampling["top_p"], top_k=sampling["top_k"]
            ),
            "logits_processors": make_logits_processors(
                repetition_penalty=sampling["repeat_penalty"], repetition_context_size=_LAST
            ),
        }
        written: list[int] = []
        parent = os.getppid()
        for token, _ in generate_step(mx.array(ids), self._model, **options):
            if os.getppid() != parent:  # nobody waits for the answer any more
                sys.exit()
            if int(token) in self._tokenizer.eos_token_ids:
                return self._completion(written, finished=True)
            written.append(int(token))
        return self._completion(written, finished=False)

    def _completion(self, written: list[int], finished: bool) -> dict[str, Any]:
        text = self._tokenizer.decode(
            written, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        if not finished:
            text = text.rstrip("\ufffd")  # the rest of a character that the limit cut in two
        return {"text": text, "tokens": len(written), "finished": finished}


def main() -> None:
    """Answer the lines of standard input until it ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    folder, *adapter = map(Path, sys.argv[1:])
    try:
        model = Model(folder, adapter[0] if adapter else None)
        for line in sys.stdin:
            answers.write(json.dumps(model.answer(json.loads(line))) + "\n")
            answers.flush()
    except Exception as error:  # the parent tells it: mlx and transformers raise what they like
        why = " ".join(str(error).split())[:300] or type(error).__name__
        answers.write(json.dumps({"error": why}) + "\n")
        answers.flush()
        sys.exit(1)


if __name__ == "__main__":
    main()
