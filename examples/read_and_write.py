"""Write an example with its provenance, and read it back: python read_and_write.py [FILE.jsonl]."""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import curator

provenance = curator.Provenance(
    origin="authored", author="Ana", created=datetime.now(UTC), toolkit=curator.__version__
)
example = curator.Example(
    category="concepts",
    topic="ownership",
    difficulty="debutant",
    question="Que devient une chaîne que je donne à une fonction ?",
    answer="Elle change de propriétaire ; prêtez-la avec `&` pour la garder.",
    provenance=provenance,
)
path = Path(sys.argv[1] if len(sys.argv) > 1 else Path(tempfile.mkdtemp(), "examples.jsonl"))
curator.write_examples(path, [example])
[same] = curator.read_examples(path)
print(f"{path}: {same.id} {same.cell}, {'the same' if same == example else 'another'} example")
