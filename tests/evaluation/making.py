"""What the tests of arms use: three prompts, a project that asks them, scripted models, fakes."""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from curator.base import store
from curator.evaluation.job import Tools
from curator.evaluation.judging import Judge
from curator.evaluation.passages import Count, Passages
from curator.evaluation.prompts import PROMPTS, EvalPrompt
from curator.evaluation.recipe import ArmSetting, EvaluateRecipe
from curator.evaluation.records import ModelIdentity, Retrieval, Source
from curator.evaluation.respond import ScriptedResponder
from curator.evaluation.solving.groups import Group
from curator.models.base import Message
from curator.rust.fake import FakeCompiler
from tests.conftest import ROOT

QUESTIONS = {
    "propriete": "Pourquoi ma chaîne n'est-elle plus utilisable après l'appel ?",
    "emprunt": "Comment lire un texte sans en prendre la propriété ?",
    "duree": "Que signifie l'annotation 'a dans la signature d'une fonction ?",
}


def make_prompts(count: int = 3) -> list[EvalPrompt]:
    names = [f"{name}-{i}" for i in range(1 + count // 3) for name in QUESTIONS]
    return [
        EvalPrompt(
            id=name,
            category=name.partition("-")[0],
            topic="ownership",
            difficulty="debutant",
            split="test",
            prompt=f"{QUESTIONS[name.partition('-')[0]]} ({name})",
            expected_topics=("référence", "emprunt"),
            ideas=(Group(any=("référence",)), Group(any=("emprunt*",))),
            reference="Une référence emprunte la valeur.",
            short_answers=("Une référence l'emprunte.", "Elle est empruntée par référence."),
        )
        for name in names[:count]
    ]


def make_project(root: Path, count: int = 3) -> Path:
    """A project with the checkout's recipes and some prompts."""
    shutil.copytree(ROOT / "pipelines", root / "pipelines")
    store.write_atomic(root / PROMPTS, make_prompts(count))
    return root


def recipe(**changes: Any) -> EvaluateRecipe:
    """Short answers in a small context, two at a time."""
    sampling = {"max_tokens": 20}
    return EvaluateRecipe.model_validate({"context": 400, "sampling": sampling, **changes})


def words(messages: Sequence[Message], seed: int) -> str:
    """An answer that depends on the question and its seed."""
    return f"Réponse {seed} à « {messages[-1].content[-30:]} »."


@dataclass
class FakeRetriever:
    """Finds `text` for every question, cut to as many words as fit; `budgets` are those asked."""

    text: str = "A reference borrows the value it points to and does not own it"
    budget_tokens: int = 40
    budgets: list[int] = field(default_factory=list)

    @property
    def ref(self) -> Retrieval:
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return Retrieval(index_sha256=digest, k=1, budget_tokens=self.budget_tokens)

    def passages(self, question: str, budget: int, count: Count) -> Passages:
        self.budgets.append(budget)
        parts = self.text.split()
        while parts and count(f"[1] {' '.join(parts)}") > budget:
            parts.pop()
        if not parts:
            return Passages()
        source = Source(address="book/ch04.html#refs", title="References", text=" ".join(parts))
        return Passages(f"[1] {source.text}", (source,))


def identity(name: str, run: str | None = None) -> ModelIdentity:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return ModelIdentity(kind="gguf", name=name, sha256=digest, run=run)


Script = Callable[[Sequence[Message], int], str]


def tools(
    script: Script = words, retriever: FakeRetriever | None = None, **runs: str | None
) -> Tools:
    """Scripted models, called as the arms say; `runs` says which run a model comes from."""

    def responder(root: Path, chosen: EvaluateRecipe, arm: ArmSetting) -> ScriptedResponder:
        ref = identity(arm.model, runs.get(arm.model))
        return ScriptedResponder(script, width=chosen.width, ref=ref)

    found = retriever or FakeRetriever()
    return Tools(responder, lambda root, chosen, listen: found, lambda p, r: Judge(FakeCompiler()))


def arm(name: str = "base", model: str = "m", **changes: Any) -> ArmSetting:
    return ArmSetting(name=name, model=model, **changes)
