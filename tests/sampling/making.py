"""A built set of a few rows, one of each kind of check, and answers to them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from curator.base import store
from curator.dataset.write import chat
from curator.models.base import Message
from curator.records.example import Example
from curator.records.samples import SampledTask
from tests.conftest import make_example

SYSTEM = "Vous êtes professeur de Rust."
SAID = (
    "Le paramètre n'était pas déclaré comme modifiable, et le compilateur le refuse donc. Voici le "
    "programme corrigé, qui calcule le prix sans rien changer à ce que la fonction a reçu :"
)

# A program that does not compile, and its mended version.
MENDED = """La fonction `prix` ne compile pas :

```rust
fn prix(grammes: u32) -> u32 {
    grammes = grammes - 20;
    grammes * 2
}

fn main() {
    let payer = prix(270);
    println!("{} centimes", payer);
}
```

Pourquoi le paramètre est-il refusé par le compilateur ?"""
PRIX = "fn prix(grammes: u32) -> u32 {\n    (grammes - 20) * 2\n}"
MAIN = 'fn main() {\n    let payer = prix(270);\n    println!("{} centimes", payer);\n}'
# Only items, which the reference's main calls.
CALLED = """Ma structure `Salle` ne compile pas quand je l'appelle avec `inscrire` :

```rust
struct Salle<'n> {
    noms: Vec<&'n str>,
}

impl<'n> Salle<'n> {
    fn inscrire(&mut self, patient: &str) {
        self.noms.push(patient);
    }
}
```

Que manque-t-il à la signature de cette méthode ?"""
SALLE = """struct Salle<'n> {
    noms: Vec<&'n str>,
}

impl<'n> Salle<'n> {
    fn inscrire(&mut self, patient: &'n str) {
        self.noms.push(patient);
    }
}"""
SALLE_MAIN = """fn main() {
    let mut salle = Salle { noms: vec!["Rex"] };
    salle.inscrire("Moka");
    println!("{}", salle.noms.len());
}"""
# An exercise with tests.
EXERCISE = """Complétez cette fonction, qui compte les pots assoiffés du balcon :

```rust
/// Compte les pots dont l'humidité est inférieure à 30.
fn assoiffes(pots: &[u32]) -> usize {
    todo!()
}
```

Elle ne doit jamais paniquer, quelle que soit la liste des pots."""
POTS = "fn assoiffes(pots: &[u32]) -> usize {\n    pots.iter().filter(|h| **h < 30).count()\n}"
POTS_TESTS = """#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compte() {
        assert_eq!(assoiffes(&[12, 95, 29]), 2);
        assert_eq!(assoiffes(&[]), 0);
    }
}"""


def answered(*codes: str) -> str:
    """An answer in the five sections, with this code."""
    blocks = "\n\n".join(f"```rust\n{code}\n```" for code in codes)
    return (
        f"## TL;DR\nIl suffit de corriger la signature de la fonction.\n\n## Problème\n{SAID}\n\n"
        f"## Solution\n{blocks}\n\n## Explication\nLe reste du programme ne change pas du tout.\n\n"
        "## À retenir\n- Lisez le message du compilateur en entier avant de corriger."
    )


def said(*codes: str, prose: str = SAID) -> str:
    """Another answer, as a model may write it."""
    blocks = "\n\n".join(f"```rust\n{code}\n```" for code in codes)
    return f"{prose}\n\n{blocks}\n"


ROWS = (
    (MENDED, answered(f"{PRIX}\n\n{MAIN}"), "debug"),
    (CALLED, answered(f"{SALLE}\n\n{SALLE_MAIN}"), "debug"),
    (EXERCISE, answered(f"{POTS}\n\n{POTS_TESTS}"), "exercises"),
)


def examples(rows: Sequence[tuple[str, str, str]] = ROWS) -> list[Example]:
    """The rows as examples."""
    return [make_example(q, a, category=c) for q, a, c in rows]


def build(root: Path, train: Sequence[Example], valid: Sequence[Example] = ()) -> Path:
    """Write a built set as `curator build` does, as far as it is read here."""
    folder = root / "curated"
    store.write_atomic(folder / "examples.jsonl", [*train, *valid])
    for name, part in (("train", train), ("valid", valid or [make_example()])):
        store.write_atomic(folder / f"{name}.jsonl", [chat(one, SYSTEM) for one in part])
    files = {path.name: store.sha256_of(path) for path in sorted(folder.glob("*.jsonl"))}
    splits = {"train": [e.id for e in train], "valid": [e.id for e in valid], "test": []}
    store.write_json(folder / "manifest.json", {"system": SYSTEM, "splits": splits, "files": files})
    return folder


def task(question: str, reference: str, check: dict[str, Any], **more: Any) -> SampledTask:
    """A task with a check."""
    one = make_example(question, reference)
    labels = {"category": one.category, "topic": one.topic, "difficulty": one.difficulty}
    texts = {"system": SYSTEM, "question": question, "reference": reference}
    return SampledTask(id=one.id, check=check, **labels, **texts, **more)


RIGHT = {
    "prix": said(f"{PRIX}\n\n{MAIN}"),
    "Salle": said(SALLE),
    "assoiffes": said(POTS),
}


def script(messages: Sequence[Message], seed: int) -> str:
    """Answer rightly for some seeds, wrongly for others; another text for each seed."""
    asked = messages[-1].content
    right = next(text for word, text in RIGHT.items() if word in asked)
    if seed % 3 == 0:
        return f"Je ne sais pas répondre à cette question ({seed})."
    ways = ("Voyez la ligne corrigée ici.", "Regardez bien le type.", "Comparez avec votre code.")
    return f"{right}\n{ways[seed % len(ways)]} Réponse numéro {seed}, écrite en français.\n"
