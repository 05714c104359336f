"""A small model in parts, an index that is a folder of wheels, and a hub on this machine."""

import hashlib
import http.server
import json
import os
import re
import struct
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

CONTENT = b"GGUF" + struct.pack("<IQQ", 3, 0, 0) + bytes(range(256)) * 4000
SHAPE = {"layers": 2, "heads": 1, "length": 8}


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def pieces(count: int) -> list[bytes]:
    """The content in so many parts, whose sizes differ."""
    size = len(CONTENT) // count
    ends = [*range(size, size * count, size), len(CONTENT)]
    return [CONTENT[a:b] for a, b in zip([0, *ends], ends, strict=False)]


def wheel(index: Path, name: str, data: bytes, code: str = "") -> Path:
    """A wheel of version 1.0 that carries `data`, and `code` in its package."""
    module, info = name.replace("-", "_"), f"{name.replace('-', '_')}-1.0.dist-info"
    path = index / f"{module}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(f"{module}/__init__.py", code)
        file.writestr(f"{module}/part.bin", data)
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")
    return path


def row(name: str = "tiny", **changes: Any) -> dict[str, Any]:
    known = {"name": name, "about": "a test's model", "bytes": len(CONTENT)}
    return {**known, "sha256": sha(CONTENT), "licence": "MIT", "shape": SHAPE, **changes}


def packages(parts: Sequence[bytes]) -> list[dict[str, Any]]:
    return [
        {"pin": f"tiny-part{n}==1.0", "bytes": len(part), "sha256": sha(part)}
        for n, part in enumerate(parts, 1)
    ]


@dataclass
class Machine:
    """A project that knows models of its own, a cache, an index and perhaps a hub."""

    root: Path
    hub: str = "http://127.0.0.1:9"
    command: tuple[str, ...] = (sys.executable, "-m", "curator")
    index: Path = field(init=False)

    def __post_init__(self) -> None:
        self.index = self.root / "index"
        for folder in ("index", "project/pipelines", "project/schemas"):
            (self.root / folder).mkdir(parents=True)
        recipe = (ROOT / "pipelines" / "augment.yaml").read_text("utf-8")
        (self.root / "project" / "pipelines" / "augment.yaml").write_text(recipe, "utf-8")

    @property
    def folder(self) -> Path:
        return self.root / "cache" / "rustsensei-curator" / "models"

    @property
    def file(self) -> Path:
        return self.folder / "tiny.gguf"

    @property
    def part(self) -> Path:
        return self.folder / ".tiny.part"

    def know(self, *rows: dict[str, Any]) -> None:
        """Write the project's table; JSON is YAML."""
        path = self.root / "project" / "schemas" / "models.yaml"
        path.write_text(json.dumps({"models": rows}, indent=1), "utf-8")

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "PIP_"))}
        places = {"XDG_CACHE_HOME": self.root / "cache", "HF_HOME": self.root / "hf"}
        pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.index, "PIP_CONFIG_FILE": os.devnull}
        own = {"PYTHONPATH": ROOT, "HF_ENDPOINT": self.hub, **places, **pip}
        return kept | {name: str(value) for name, value in own.items()}

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*self.command, *words], cwd=self.root / "project",
            env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def curator(self, *words: str) -> "subprocess.CompletedProcess[str]":
        process = self.start(*words)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def leftovers(self) -> list[str]:
        """What lies beside the models, but locks."""
        names = sorted(path.name for path in self.folder.iterdir())
        return [name for name in names if not name.endswith((".gguf", ".lock"))]


@dataclass
class Hub:
    """A hub that has `content`; it may stop in the middle, or break the connection there."""

    content: bytes = CONTENT
    status: int = 200
    stops_at: int | None = None
    breaks: bool = False
    ranges: list[str] = field(default_factory=list)
    url: str = ""
    stopped: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def served(self) -> Iterator["Hub"]:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            self.over.set()
            server.shutdown()
            server.server_close()
            thread.join()


def _handler(hub: Hub) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/org/tiny/resolve/main/tiny-q4_k_m.gguf":
                return self.begin(404, 0)
            asked = self.headers.get("Range", "")
            hub.ranges.append(asked)
            first = int((re.findall(r"bytes=(\d+)-", asked) or [0])[0])
            body = hub.content[first:]
            if hub.status != 200:
                return self.begin(hub.status, 0)
            self.begin(206 if asked else 200, len(body))
            if hub.stops_at is None:
                self.wfile.write(body)
                return None
            self.wfile.write(body[: hub.stops_at])
            self.wfile.flush()
            hub.stopped.set()
            if not hub.breaks:
                hub.over.wait(60)
            self.close_connection = True
            return None

        def begin(self, status: int, length: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(length))
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    return Handler
