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
WHOLE = "{project}"  # stands for where the sandbox has the project

# Each command with what it wants; those that write nothing still must end well on such a disk.
CALLS: dict[str, tuple[str, ...]] = {
    "augment": ("--candidates", "4", "--recipe", WHOLE + "/mutants.yaml"),
    "browse": (WHOLE + "/raw/authored/first.jsonl", "--no-open", "--out", WHOLE + "/page.html"),
    "build": (),
    "check": (WHOLE + "/lesson.md",),
    "diff": (WHOLE + "/raw/authored", WHOLE + "/edited.jsonl", "--html", WHOLE + "/diff.html"),
    "doctor": (),
    "evaluate": ("--responses", WHOLE + "/recorded.jsonl", "--profile", "seed"),
    "export": (),
    "filter": (WHOLE + "/raw/authored", "--out", WHOLE + "/judged"),
    "fuse": (),
    "gate": (),
    "generate": ("--candidates", "4", "--recipe", WHOLE + "/mutants.yaml"),
    "import": (WHOLE + "/chat.json", "--author", "Ana"),
    "import-model": (WHOLE + "/lesson.md",),
    "influence": (),
    "init": (WHOLE + "/new",),
    "mix": ("--out", WHOLE + "/mixed"),
    "pairs": (),
    "renew-ids": (WHOLE + "/edited.jsonl",),
    "report": (),
    "retrain": (),
    "run": (WHOLE + "/mutants.yaml",),
    "sample": ("smollm2", "--limit", "1", "--per-task", "1"),
    "search": ("E0382", "--docs", WHOLE + "/docs"),
    "stats": (),
    "sweep": (),
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


class Sandbox:
    """Places for a command that are the same outside and inside: all else is read-only there."""

    def __init__(self, folder: Path):
        self.project, self.scratch = folder / "mounted", folder / "scratch"
        self.source, self.after = folder / "source", folder / "after"
        for place in (self.project, self.scratch, self.source, self.after):
            place.mkdir()

    def words(self, command: str) -> list[str]:
        """A command with what it wants."""
        given = (word.replace(WHOLE, str(self.project)) for word in CALLS[command])
        return [sys.executable, "-m", "curator", "--project", str(self.project), command, *given]

    def run(self, disk: list[str], words: list[str]) -> "subprocess.CompletedProcess[str]":
        """Run words in a sandbox that has `disk` in the place of the project."""
        box = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
        box += ["--bind", str(self.scratch), str(self.scratch)]
        env = {"XDG_CACHE_HOME": str(self.scratch / "cache"), "TMPDIR": str(self.scratch)}
        env |= {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
        settings = [word for name, value in env.items() for word in ("--setenv", name, value)]
        command = [*box, *disk, *settings, "--chdir", str(self.project), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.fixture
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return Sandbox(tmp_path_factory.mktemp("disk"))


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
def test_a_folder_that_cannot_be_written(whole: Path, sandbox: Sandbox, command: str) -> None:
    before = state(whole)
    disk = ["--ro-bind", str(whole), str(sandbox.project)]
    run = sandbox.run(disk, sandbox.words(command))
    checked(run)
    assert state(whole) == before
    if command in WRITERS:
        assert run.returncode == 1 and "Read-only file system" in run.stderr, run.stderr


@pytest.mark.parametrize("command", CALLS)
def test_a_full_disk(whole: Path, sandbox: Sandbox, command: str) -> None:
    """The project lies on a disk with next to no room; what was there stays whole."""
    before = state(whole)
    size = sum(p.stat().st_size for p in whole.rglob("*") if p.is_file())
    room = size + (len(before) + 40) * 4096 + 8192
    script = (
        'cp -r "$0/." . && dd if=/dev/zero of=filler bs=4096 status=none 2>/dev/null; '
        'after="$1"; shift; "$@"; code=$?; rm -f filler; cp -r . "$after/"; exit $code'
    )
    disk = ["--ro-bind", str(whole), str(sandbox.source)]
    disk += ["--bind", str(sandbox.after), str(sandbox.after)]
    disk += ["--size", str(room), "--tmpfs", str(sandbox.project)]
    places = [str(sandbox.source), str(sandbox.after)]
    run = sandbox.run(disk, ["sh", "-c", script, *places, *sandbox.words(command)])
    checked(run)
    if command in WRITERS:
        assert run.returncode == 1 and "No space left on device" in run.stderr, run.stderr
    assert before.items() <= state(sandbox.after).items(), "something that was there is lost"
