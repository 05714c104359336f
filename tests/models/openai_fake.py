"""A small OpenAI-compatible server on this machine, which behaves like the flavours and badly."""

import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Reply:
    """What is answered: a status, a body (bytes as they are), headers; or a cut connection."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    seconds: float = 0


def chat(text: str | None, reason: str = "stop", tokens: int | None = 3) -> Reply:
    """A chat completion; without `tokens` the server does not count them."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}}
    whole: Json = {"choices": [{**choice, "finish_reason": reason}]}
    return Reply(body=whole | ({"usage": {"completion_tokens": tokens}} if tokens else {}))


def echo(request: Json) -> Reply:
    """The last message, turned round."""
    return chat(request["messages"][-1]["content"][::-1])


@dataclass
class Fake:
    """Answers `answer(request)` to chat completions; keeps what was asked and how many at once.

    `paths` are answers to other paths.
    """

    owner: str = "llamacpp"
    models: list[Json] = field(default_factory=list)
    answer: Callable[[Json], Reply] = echo
    paths: dict[str, Callable[[Json], Reply]] = field(default_factory=dict)
    requests: list[Json] = field(default_factory=list)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    busy: int = 0
    most: int = 0
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        """The served model as a recipe names it."""
        return f"openai:petit@{self.url}"

    def reply(self, path: str, headers: dict[str, str], body: Json) -> Reply:
        with self.lock:
            self.seen.append((path, headers))
        if path in self.paths:
            return self.paths[path](body)
        if path == "/v1/models":
            card = {"id": "petit", "owned_by": self.owner, "created": time.time_ns()}
            return Reply(body={"object": "list", "data": self.models or [card]})
        if path != "/v1/chat/completions":
            return Reply(404, {"error": {"message": "no such path"}})
        with self.lock:
            self.requests.append(body)
        return self.answer(body)


def handler(fake: Fake) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.serve({})

        def do_POST(self) -> None:
            self.serve(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def serve(self, body: Json) -> None:
            with fake.lock:
                fake.busy += 1
                fake.most = max(fake.most, fake.busy)
            try:
                self.send(fake.reply(self.path, dict(self.headers), body))
            finally:
                with fake.lock:
                    fake.busy -= 1

        def send(self, reply: Reply) -> None:
            time.sleep(reply.seconds)
            data = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            with suppress(ConnectionError):  # who asked may be gone: tests break off
                self.wfile.write(data[: len(data) // 2] if reply.cut else data)
            if reply.cut:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@contextmanager
def running(fake: Fake, port: int = 0) -> Iterator[Fake]:
    """The fake, answering at `fake.url` until the block ends."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler(fake))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
