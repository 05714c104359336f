"""A hub id, through the real hub client, against a small hub of our own on this machine."""

import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

MODEL = b"GGUF\x03\x00\x00\x00" + bytes(64)
FILES = {"x-q8_0.gguf": b"GGUF", "x-q4_k_m.gguf": MODEL, "README.md": b"#"}


class Hub(http.server.BaseHTTPRequestHandler):
    """As much of the hub's interface as a download takes."""

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        if self.path.startswith("/api/models/org/model"):
            info = {"id": "org/model", "siblings": [{"rfilename": f} for f in FILES]}
            self.reply(200, json.dumps(info).encode(), "application/json")
        elif self.path.startswith("/org/model/resolve/") and name in FILES:
            self.reply(200, FILES[name], "application/octet-stream")
        else:
            self.reply(404, b"{}", "application/json")

    def reply(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", "a" * 40)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def find(name: str, endpoint: str, home: Path) -> "subprocess.CompletedProcess[str]":
    code = (
        "import sys; from curator.base.errors import CuratorError\n"
        "from curator.models.llama.gguf import find_model\n"
        "try: print(find_model(sys.argv[1]).path.name)\n"
        "except CuratorError as e: print(e)\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}
    # TQDM_POSITION shows the bar where there is no terminal, as here.
    environment |= {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "TQDM_POSITION": "-1"}
    return subprocess.run(
        [sys.executable, "-c", code, name],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip


@pytest.mark.slow
def test_a_hub_id_brings_its_q4_k_m_file(hub: str, tmp_path: Path) -> None:
    assert find("org/model", hub, tmp_path).stdout.strip() == "x-q4_k_m.gguf"
    # The second time the file is there, and no hub is needed.
    assert find("org/model", "http://127.0.0.1:9", tmp_path).stdout.strip() == "x-q4_k_m.gguf"


@pytest.mark.slow
def test_the_download_shows_a_bar(hub: str, tmp_path: Path) -> None:
    assert "x-q4_k_m.gguf" in find("org/model", hub, tmp_path).stderr


@pytest.mark.slow
def test_a_file_that_the_hub_does_not_have(hub: str, tmp_path: Path) -> None:
    said = find("org/model:y.gguf", hub, tmp_path).stdout
    assert said.startswith("org/model has no file like y.gguf")


def test_a_model_that_the_hub_does_not_have(hub: str, tmp_path: Path) -> None:
    assert find("org/other", hub, tmp_path).stdout.startswith("the hub has no model org/other")
