"""A folder that cannot be written and a full disk: a line from every command, and nothing lost."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from curator.records.project import Project
from tests.cli.test_app import COMMANDS
from tests.conftest import ROOT
from tests.retrieval.conftest import BOOK

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="no bubblewrap to make disks with"),
]
WHOLE = "/tmp/project"  # where the sandbox has the project

# Each command with what it wants; those that write nothing still must end well on such a disk.
CALLS: dict[str, tuple[str, ...]] = {
    "augment": ("--candidates", "4", "--recipe", f"{WHOLE}/mutants.yaml"),
    "build": (),
    "check": (f"{WHOLE}/lesson.md",),
    "doctor": (),
    "evaluate": ("--responses", f"{WHOLE}/recorded.jsonl"),
    "export": (),
    "filter": (f"{WHOLE}/raw/authored", "--out", f"{WHOLE}/judged"),
    "fuse": (),
    "gate": (),
    "generate": ("--candidates", "4", "--recipe", f"{WHOLE}/mutants.yaml"),
    "import": (f"{WHOLE}/chat.json", "--author", "Ana"),
    "import-model": (f"{WHOLE}/lesson.md",),
    "init": (f"{WHOLE}/new",),
    "renew-ids": (f"{WHOLE}/edited.jsonl",),
    "report": (),
    "retrain": (),
    "run": (f"{WHOLE}/mutants.yaml",),
    "search": ("E0382", "--docs", f"{WHOLE}/docs"),
    "stats": (),
    "train": (),
}
WRITERS = ("augment", "build", "import", "filter", "init", "renew-ids")
CHAT = """[{"topic": "traits", "difficulty": "avance", "category": "debug",
 "question": "Comment écrire un essai qui tient en peu de lignes, sans rien oublier d'important ?",
 "answer": "Une réponse.\\n\\n```rust\\nfn main() {}\\n```"}]"""


@pytest.fixture
def whole(project: Project) -> Path:
    """A project with something for each command to work on."""
    root = project.root
    for path in (ROOT / "pipelines").glob("*.yaml"):
        (root / "pipelines" / path.name).write_bytes(path.read_bytes())
    (root / "mutants.yaml").write_text(
        "kind: augment\ngenerate: {strategies: [mutate]}\nfilters: [{name: structure}]\n", "utf-8"
    )
    (root / "lesson.md").write_text("```rust\nfn main() {}\n```\n", "utf-8")
    (root / "chat.json").write_text(CHAT, "utf-8")
    recorded = ROOT / "tests" / "evaluation" / "recorded.jsonl"
    (root / "recorded.jsonl").write_bytes(recorded.read_bytes())
    line = (root / "raw" / "authored" / "first.jsonl").read_text("utf-8").split("\n")[0]
    edited = line.replace('"question":"', '"question":"Bonjour ! ', 1)
    (root / "edited.jsonl").write_text(f"{edited}\n", "utf-8")
    for name, page in BOOK.items():
        (root / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "docs" / name).write_text(page, "utf-8")
    (root / "training").mkdir(exist_ok=True)
    for name in ("lora.yaml", "prompts_fr.jsonl"):
        (root / "training" / name).write_bytes((ROOT / "training" / name).read_bytes())
    return root


def state(root: Path) -> dict[str, str]:
    """Every file of a project but locks, with its digest."""
    files = (p for p in sorted(root.rglob("*")) if p.is_file() and "lock" not in p.name)
    return {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def inside(disk: list[str], words: tuple[str, ...]) -> "subprocess.CompletedProcess[str]":
    """A command in a sandbox that has `disk` in the place of the project."""
    box = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    python = [sys.executable, "-m", "curator", "--project", WHOLE, *words]
    env = ["--setenv", "XDG_CACHE_HOME", "/tmp/cache", "--setenv", "PYTHONPATH", str(ROOT)]
    command = [*box, *disk, *env, "--chdir", WHOLE, *python]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_every_command_is_tried() -> None:
    others = {"batches", "models"}  # these have tests of their own
    assert set(COMMANDS) - others <= set(CALLS)


def checked(run: "subprocess.CompletedProcess[str]") -> None:
    said = run.stderr
    assert "Traceback" not in said, said
    assert run.returncode in (0, 1, 3), said
    if run.returncode == 1 and not run.stdout:
        assert [line for line in said.splitlines() if line.startswith("curator: ")], said


@pytest.mark.parametrize("command", CALLS)
def test_a_folder_that_cannot_be_written(whole: Path, command: str) -> None:
    before = state(whole)
    run = inside(["--ro-bind", str(whole), WHOLE], (command, *CALLS[command]))
    checked(run)
    assert state(whole) == before
    if command in WRITERS:
        assert run.returncode == 1
        assert "annot write" in run.stderr or "Read-only" in run.stderr, run.stderr


@pytest.mark.parametrize("command", CALLS)
def test_a_full_disk(whole: Path, tmp_path: Path, command: str) -> None:
    """The project lies on a disk with next to no room; what was there stays whole."""
    before = state(whole)
    size = sum(p.stat().st_size for p in whole.rglob("*") if p.is_file())
    room = size + (len(before) + 40) * 4096 + 8192
    out = tmp_path / "after"
    out.mkdir(exist_ok=True)
    words = " ".join(f"'{w}'" for w in (command, *CALLS[command]))
    script = (
        f"cp -r /tmp/source/. {WHOLE}/ && "
        f"dd if=/dev/zero of={WHOLE}/filler bs=4096 status=none 2>/dev/null; "
        f"{sys.executable} -m curator --project {WHOLE} {words}; code=$?; "
        f"rm -f {WHOLE}/filler; cp -r {WHOLE}/. /tmp/after/; exit $code"
    )
    box = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    box += ["--ro-bind", str(whole), "/tmp/source", "--bind", str(out), "/tmp/after"]
    disk = ["--size", str(room), "--tmpfs", WHOLE]
    env = ["--setenv", "XDG_CACHE_HOME", "/tmp/cache", "--setenv", "PYTHONPATH", str(ROOT)]
    command_line = [*box, *disk, *env, "--chdir", WHOLE, "sh", "-c", script]
    run = subprocess.run(command_line, capture_output=True, text=True, timeout=300)
    checked(run)
    if command in WRITERS:
        assert run.returncode == 1 and "No space left on device" in run.stderr, run.stderr
    after = state(out)
    assert before.items() <= after.items(), "something that was there is lost or changed"
    assert not any(name.startswith("new/") for name in after), "half a project was begun"
