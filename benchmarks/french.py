"""The filter `french` over the authored examples: with langdetect, and with its port to Rust.

    PYTHONPATH=. .venv/bin/python benchmarks/french.py [EXAMPLES]

Both in this process, one after the other, on the same texts; the verdicts must be the same. In
processor time, of one thread.
"""

import sys
import time
from pathlib import Path

import langdetect
import langdetect_rs

from curator.filters import french
from curator.filters.french import FrenchSettings
from curator.records.example import Example, Verdict
from curator.records.files import read_examples
from curator.records.project import Project

ROOT = Path(__file__).parent.parent


def judged(examples: list[Example], package: object) -> tuple[list[Verdict], float]:
    """The verdicts that a package gives, and the seconds of processor time that it takes."""
    package.DetectorFactory.seed = 0  # type: ignore[attr-defined]
    french._langdetect = lambda: package  # type: ignore[assignment]
    judge = french.FrenchFilter(FrenchSettings()).judge
    judge(examples[:1])  # its profiles are read with the first text
    start = time.process_time()
    return judge(examples), time.process_time() - start


def main() -> None:
    """Print both times and their ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else None
    examples = list(read_examples(*Project(ROOT).authored_files()))[:count]
    usual, slow = judged(examples, langdetect)
    ported, fast = judged(examples, langdetect_rs)
    same = "the same verdicts" if usual == ported else "OTHER VERDICTS"
    each = [1000 * seconds / len(examples) for seconds in (slow, fast)]
    print(f"{len(examples)} examples: langdetect {each[0]:.2f} ms each, its port {each[1]:.2f} ms")
    print(f"ratio {slow / fast:.0f}, {same}")


if __name__ == "__main__":
    main()
