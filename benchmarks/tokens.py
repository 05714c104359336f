"""How many tokens of SmolLM2 a word or punctuation mark of our answers is.

The length filter counts words and marks, so that it needs no model; this says what that means
for a model's context. Run: .venv/bin/python benchmarks/tokens.py
"""

from pathlib import Path

from llama_cpp import Llama

from curator.filters.length import count_tokens
from curator.models.llama.gguf import find_model
from curator.records.files import read_examples
from curator.records.project import Project


def main() -> None:
    """Count both over the authored answers and print the ratio."""
    project = Project.find(Path.cwd())
    llama = Llama(str(find_model("smollm2").path), vocab_only=True, verbose=False)
    answers = [e.answer for e in read_examples(*project.authored_files())]
    ours = [count_tokens(a) for a in answers]
    theirs = [len(llama.tokenize(a.encode("utf-8"), add_bos=False)) for a in answers]
    print(f"{len(answers)} answers: {sum(ours)} words and marks, {sum(theirs)} SmolLM2 tokens")
    ratio = sum(theirs) / sum(ours)
    print(f"answers of {min(ours)} to {max(ours)} words and marks; ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
