"""How long `curator --help` takes, beside a Python that does nothing (bar: 0.3 s).

Run: .venv/bin/python benchmarks/startup.py
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

CURATOR = Path(sys.executable).with_name("curator")


def median_seconds(command: list[str], runs: int = 15) -> float:
    """The median wall time of a command over `runs` runs, after one that is not counted."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def main() -> None:
    """Measure both in turn and print the ratio."""
    ours = median_seconds([str(CURATOR), "--help"])
    bare = median_seconds([sys.executable, "-c", "pass"])
    print(f"curator --help {ours * 1000:.0f} ms, python -c pass {bare * 1000:.0f} ms")
    print(f"ratio {ours / bare:.1f}; bar 300 ms: {'met' if ours < 0.3 else 'missed'}")


if __name__ == "__main__":
    main()
