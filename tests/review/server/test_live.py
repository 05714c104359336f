"""The real server: started, asked over HTTP as the page and the SDK do, killed, started again."""

import contextlib
import http.server
import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from curator.base.errors import ArgillaError
from curator.review.argilla.server import supervisor, users
from curator.review.argilla.server.folder import Folder

pytestmark = pytest.mark.slow
HASH_OF_12345678 = "$2b$04$lXAh/oKRAkrIPTuZGVEQn.U.ErE3inwKdwE4p9PINpexXdBTCoEdq"


class Api:
    """Argilla's interface as one user."""

    def __init__(self, url: str, key: str):
        self.url = url
        self.session = requests.Session()
        self.session.headers["X-Argilla-Api-Key"] = key

    def __call__(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        address = f"{self.url}/api/v1/{path}"
        got = self.session.request(method, address, json=body, params=params, timeout=30)
        assert got.ok, got.text
        return got.json() if got.content else None


def dataset(api: Api, name: str, records: int) -> tuple[str, list[str]]:
    """A published dataset of so many records; its id, and theirs."""
    home = api("GET", "me/workspaces")["items"][0]["id"]
    made = {"name": name, "workspace_id": home, "distribution": {"strategy": "overlap"}}
    made["distribution"]["min_submitted"] = 2
    where = f"datasets/{api('POST', 'datasets', made)['id']}"
    text = {"name": "text", "title": "text", "required": True, "settings": {"type": "text"}}
    api("POST", f"{where}/fields", text)
    options = [{"value": v, "text": v} for v in ("keep", "drop")]
    label = {"type": "label_selection", "options": options}
    asked = {"name": "decision", "title": "decision", "required": True, "settings": label}
    api("POST", f"{where}/questions", asked)
    topic = {"name": "topic", "title": "topic", "settings": {"type": "terms"}}
    api("POST", f"{where}/metadata-properties", {**topic, "visible_for_annotators": True})
    api("PUT", f"{where}/publish")
    items = [
        {
            "fields": {"text": f"Emprunté numéro {n}"},
            "external_id": str(n),
            "metadata": {"topic": "odd" if n % 2 else "even"},
        }
        for n in range(records)
    ]
    pushed = api("POST", f"{where}/records/bulk", {"items": items})
    return where, [record["id"] for record in pushed["items"]]


def search(api: Api, where: str, body: Any = None, **params: Any) -> Any:
    return api("POST", f"me/{where}/records/search", body or {}, **params)


def answer(decision: str) -> dict[str, Any]:
    return {"status": "submitted", "values": {"decision": {"value": decision}}}


def eventually(true: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.3)
    return False


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("live") / "data"
    try:
        yield path
    finally:
        supervisor.down(path)


@pytest.fixture(scope="module")
def first(data: Path) -> supervisor.RunningServer:
    """On a port that no other Argilla of this machine takes while a test has this one down."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return supervisor.up(data, port=port)


@pytest.fixture
def owner(data: Path, first: supervisor.RunningServer) -> Api:
    now = supervisor.up(data)  # whatever an earlier test did to it
    return Api(now.url, now.api_key)


def test_the_first_start_makes_an_owner_whose_password_is_kept_nowhere(
    data: Path, first: supervisor.RunningServer
) -> None:
    assert first.password
    form = {"username": "curator", "password": first.password}
    assert requests.post(f"{first.url}/api/v1/token", data=form, timeout=30).ok
    assert Api(first.url, first.api_key)("GET", "me")["role"] == "owner"
    assert supervisor.up(data) == supervisor.RunningServer(first.url, first.pid, first.api_key_file)
    for path in [p for p in data.rglob("*") if p.is_file()]:
        assert first.password.encode() not in path.read_bytes()


def test_secrets_are_for_the_user_alone(data: Path, first: supervisor.RunningServer) -> None:
    def mode(path: Path) -> int:
        return stat.S_IMODE(path.stat().st_mode)

    for path in (first.api_key_file, data / "keys" / ".sessions", data / "argilla.db"):
        assert mode(path) == 0o600
    assert mode(data) == 0o700
    seen = psutil.Process(first.pid)
    assert first.api_key not in json.dumps([seen.cmdline(), seen.environ()])


def test_only_this_machine_is_served_and_nothing_is_told_elsewhere(
    data: Path, first: supervisor.RunningServer
) -> None:
    listening = [
        connection.laddr.ip
        for process in Folder(data).processes().values()
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"]
    server = psutil.Process(first.pid)
    assert server.environ()["HF_HUB_OFFLINE"] == "1"
    policy = requests.get(first.url, timeout=30).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'")


def test_people_review_search_and_see_their_progress(data: Path, owner: Api) -> None:
    where, ids = dataset(owner, "review", 60)
    added = users.add(data, "anne")
    anne = Api(owner.url, added.api_key_file.read_text().strip())
    assert stat.S_IMODE(added.api_key_file.stat().st_mode) == 0o600
    assert requests.post(
        f"{owner.url}/api/v1/token",
        data={"username": "anne", "password": added.password},
        timeout=30,
    ).ok
    anne("POST", f"records/{ids[3]}/responses", answer("keep"))
    pending = {
        "type": "terms",
        "scope": {"entity": "response", "property": "status"},
        "values": ["pending"],
    }
    odd = {
        "type": "terms",
        "scope": {"entity": "metadata", "metadata_property": "topic"},
        "values": ["odd"],
    }
    assert search(anne, where, {"filters": {"and": [pending]}})["total"] == 59
    assert search(anne, where, {"filters": {"and": [pending, odd]}})["total"] == 29
    found = search(anne, where, {"query": {"text": {"q": "emprunte 17"}}})
    assert [one["record"]["external_id"] for one in found["items"]] == ["17"]
    order = {"scope": {"entity": "record", "property": "inserted_at"}, "order": "desc"}
    page = search(anne, where, {"sort": [order]}, offset=10, limit=5)
    assert [one["record"]["external_id"] for one in page["items"]] == ["49", "48", "47", "46", "45"]
    assert anne("GET", f"me/{where}/metrics")["responses"] == {
        "total": 60, "submitted": 1, "discarded": 0, "draft": 0, "pending": 59,
    }  # fmt: skip
    assert owner("GET", f"{where}/progress")["completed"] == 0


def test_a_job_follows_a_changed_overlap(owner: Api) -> None:
    where, ids = dataset(owner, "overlap", 3)
    owner("POST", f"records/{ids[0]}/responses", answer("keep"))
    assert owner("GET", f"{where}/progress")["completed"] == 0
    owner("PATCH", where, {"distribution": {"strategy": "overlap", "min_submitted": 1}})
    assert eventually(lambda: owner("GET", f"{where}/progress")["completed"] == 1)
    one = {"type": "terms", "scope": {"entity": "record", "property": "status"}}
    done = {"filters": {"and": [{**one, "values": ["completed"]}]}}
    assert search(owner, where, done)["total"] == 1


def test_users_are_named_once_and_get_new_passwords(data: Path, owner: Api) -> None:
    users.add(data, "bruno", users.Role.ADMIN)
    with pytest.raises(ArgillaError, match="there is a user bruno already"):
        users.add(data, "bruno")
    again = users.reset(data, "bruno")
    form = {"username": "bruno", "password": again.password}
    assert requests.post(f"{owner.url}/api/v1/token", data=form, timeout=30).ok
    assert again.role is users.Role.ADMIN
    with pytest.raises(ArgillaError, match="no user nobody"):
        users.reset(data, "nobody")
    with pytest.raises(ArgillaError, match="not a user name"):
        users.add(data, "../../etc")


def test_nothing_that_was_answered_is_lost_by_kills(data: Path, owner: Api) -> None:
    """Two people submit while the server is killed three times; every acknowledged one is there."""
    where, ids = dataset(owner, "kills", 300)
    people = {name: users.add(data, name) for name in ("chloe", "denis")}
    acknowledged: set[tuple[str, str]] = set()
    stop = threading.Event()

    def submit(name: str) -> None:
        key = people[name].api_key_file.read_text().strip()
        headers = {"X-Argilla-Api-Key": key}
        for record in ids:
            address = f"{owner.url}/api/v1/records/{record}/responses"
            while not stop.is_set():
                try:
                    got = requests.post(address, json=answer("keep"), headers=headers, timeout=30)
                except requests.RequestException:
                    time.sleep(0.1)
                    continue
                assert got.status_code in (201, 409), got.text
                acknowledged.add((name, record))
                break

    threads = [threading.Thread(target=submit, args=(name,)) for name in people]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            before = len(acknowledged)
            assert eventually(lambda seen=before: len(acknowledged) > seen + 20)
            live = Folder(data).processes()
            live["server"].kill()
            live["server"].wait(30)
            assert supervisor.status(data).died
            supervisor.up(data)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    listed = owner("GET", f"{where}/records", include="responses", limit=1000)["items"]
    names = {user["id"]: user["username"] for user in owner("GET", "users")["items"]}
    stored = {(names[r["user_id"]], one["id"]) for one in listed for r in one["responses"]}
    assert len(acknowledged) > 60
    assert acknowledged <= stored
    for name, person in people.items():
        api = Api(owner.url, person.api_key_file.read_text().strip())
        submitted = api("GET", f"me/{where}/metrics")["responses"]["submitted"]
        assert submitted == sum(1 for who, _ in stored if who == name)


def test_a_push_that_is_killed_is_there_whole_or_not_at_all(data: Path, owner: Api) -> None:
    where, _ = dataset(owner, "push", 1)
    items = [{"fields": {"text": f"Lot {n}"}, "external_id": f"b{n}"} for n in range(400)]

    def push() -> None:
        with contextlib.suppress(requests.RequestException):
            owner("POST", f"{where}/records/bulk", {"items": items})

    thread = threading.Thread(target=push)
    thread.start()
    time.sleep(0.8)
    os.kill(supervisor.status(data).pid or 0, signal.SIGKILL)
    thread.join()
    supervisor.up(data)
    records = owner("GET", f"{where}/progress")["total"]
    assert records in (1, 401)
    assert search(owner, where, {"query": {"text": {"q": "lot"}}})["total"] == records - 1


def test_a_taken_port_is_one_clear_line(tmp_path: Path, first: supervisor.RunningServer) -> None:
    port = int(first.url.rsplit(":", 1)[1])
    with pytest.raises(ArgillaError, match=f"port {port} of 127.0.0.1 is taken"):
        supervisor.up(tmp_path / "data", port=port)
    assert not supervisor.down(tmp_path / "data")


def test_others_are_not_served_with_credentials_that_everybody_knows(
    data: Path, owner: Api
) -> None:
    users.add(data, "weak")
    supervisor.down(data)
    with contextlib.closing(sqlite3.connect(data / "argilla.db")) as database, database:
        change = "UPDATE users SET password_hash = ? WHERE username = 'weak'"
        database.execute(change, (HASH_OF_12345678,))
    for _ in range(2):
        with pytest.raises(ArgillaError, match=r"weak has a password .* everybody knows"):
            supervisor.up(data, host="0.0.0.0")
    assert supervisor.running(data) is None
    users.reset(data, "weak")  # with no server
    again = supervisor.up(data)  # the host that was refused is not kept
    assert again.url.startswith("http://127.0.0.1:")
    supervisor.down(data)
    supervisor.up(data, host="0.0.0.0")
    supervisor.down(data)
    assert supervisor.up(data).url.startswith("http://127.0.0.1:")  # served to all: as before
    supervisor.down(data)
    assert supervisor.up(data, host="127.0.0.1").url == owner.url
    assert users.remove(data, "weak") == 0


@pytest.mark.parametrize(
    "password", ["12345678", "87654321", "azertyuiop", "aaaaaaaa", "Password1", "camille1"]
)
def test_a_password_that_is_tried_first_is_refused_when_it_is_set(
    owner: Api, password: str
) -> None:
    account = {"first_name": "c", "username": "camille", "role": "annotator", "password": password}
    address = f"{owner.url}/api/v1/users"
    got = owner.session.post(address, json=account, timeout=30)
    assert (got.status_code, "tried first" in got.text) == (422, True)
    assert "camille" not in [u["username"] for u in owner("GET", "users")["items"]]
    me = owner("GET", "me")["id"]
    got = owner.session.patch(f"{address}/{me}", json={"password": "12345678"}, timeout=30)
    assert got.status_code == 422


def _logged_in(url: str, name: str, password: str) -> dict[str, str]:
    form = {"username": name, "password": password}
    token = requests.post(f"{url}/api/v1/token", data=form, timeout=30).json()
    return {"Authorization": f"Bearer {token['access_token']}"}


def _me(url: str, headers: dict[str, str]) -> int:
    return requests.get(f"{url}/api/v1/me", headers=headers, timeout=30).status_code


def test_a_reset_shuts_out_whatever_had_the_old_credentials(data: Path, owner: Api) -> None:
    added = users.add(data, "gilles")
    key = {"X-Argilla-Api-Key": added.api_key_file.read_text().strip()}
    browser = _logged_in(owner.url, "gilles", added.password)
    assert (_me(owner.url, key), _me(owner.url, browser)) == (200, 200)
    again = users.reset(data, "gilles")
    assert (_me(owner.url, key), _me(owner.url, browser)) == (401, 401)
    new = {"X-Argilla-Api-Key": again.api_key_file.read_text().strip()}
    assert stat.S_IMODE(again.api_key_file.stat().st_mode) == 0o600
    fresh = _logged_in(owner.url, "gilles", again.password)
    assert (_me(owner.url, new), _me(owner.url, fresh)) == (200, 200)
    users.reset(data, "curator")  # the owner's key is what the commands use
    assert users.add(data, "hector").name == "hector"


def test_who_is_removed_is_shut_out_and_their_answers_stay(data: Path, owner: Api) -> None:
    owner = Api(owner.url, supervisor.up(data).api_key)
    where, ids = dataset(owner, "leaving", 3)
    added = users.add(data, "irene")
    key = {"X-Argilla-Api-Key": added.api_key_file.read_text().strip()}
    browser = _logged_in(owner.url, "irene", added.password)
    irene = Api(owner.url, key["X-Argilla-Api-Key"])
    irene("POST", f"records/{ids[0]}/responses", answer("keep"))
    # A draft, and what the commands discard of a party's, are no answers, as in `review status`.
    for record, status in zip(ids[1:], ("draft", "discarded"), strict=True):
        irene("POST", f"records/{record}/responses", {**answer("keep"), "status": status})
    known = {m.name: m for m in users.members(data)}
    assert (known["irene"].role, known["irene"].answers) == ("annotator", 1)
    assert known["irene"].workspaces == ["rustsensei"]
    assert users.remove(data, "irene") == 3
    assert (_me(owner.url, key), _me(owner.url, browser)) == (401, 401)
    assert not added.api_key_file.exists()
    left = {m.name: m for m in users.members(data)}["irene"]
    assert (left.workspaces, left.answers) == ([], 1)
    rows = owner("GET", f"{where}/records", include="responses")["items"]
    assert sum(len(r["responses"]) for r in rows) == 3
    back = users.reset(data, "irene")
    assert _me(owner.url, _logged_in(owner.url, "irene", back.password)) == 200
    assert {m.name: m for m in users.members(data)}["irene"].workspaces == ["rustsensei"]
    for name, why in (("nobody", "no user nobody"), ("curator", "is the owner")):
        with pytest.raises(ArgillaError, match=why):
            users.remove(data, name)


def test_people_of_a_folder_without_an_argilla_are_one_clear_line(tmp_path: Path) -> None:
    for call in (users.members, lambda data: users.reset(data, "anne")):
        with pytest.raises(
            ArgillaError, match=r"there is no Argilla here yet \(curator argilla up"
        ):
            call(tmp_path)


@pytest.mark.parametrize("path", ["/_nuxt/%00", "/%00", f"/_nuxt/{'a' * 300}", "/api/v1/%00"])
def test_a_path_that_no_file_can_have_is_not_found(owner: Api, path: str) -> None:
    assert requests.get(f"{owner.url}{path}", timeout=30).status_code == 404


def test_background_jobs_leave_nothing_behind(data: Path, owner: Api) -> None:
    owner = Api(owner.url, supervisor.up(data).api_key)
    where, ids = dataset(owner, "traces", 1)
    owner("POST", f"records/{ids[0]}/responses", answer("keep"))
    before = sorted(p.name for p in (data / "tmp").iterdir())
    owner("PATCH", where, {"distribution": {"strategy": "overlap", "min_submitted": 1}})
    assert eventually(lambda: owner("GET", f"{where}/progress")["completed"] == 1)
    assert eventually(lambda: sorted(p.name for p in (data / "tmp").iterdir()) == before)


def test_a_browser_stays_logged_in_over_a_restart(data: Path, owner: Api) -> None:
    person = users.reset(data, "bruno")
    form = {"username": "bruno", "password": person.password}
    token = requests.post(f"{owner.url}/api/v1/token", data=form, timeout=30).json()
    assert supervisor.down(data)
    again = supervisor.up(data)
    assert again.url == owner.url
    assert again.password is None
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert requests.get(f"{again.url}/api/v1/me", headers=headers, timeout=30).ok


def test_down_ends_every_process_of_ours_and_no_other(data: Path, owner: Api) -> None:
    live = Folder(data).processes()
    family = [p for one in live.values() for p in (one, *one.children(recursive=True))]
    status = supervisor.status(data)
    assert status.running
    assert status.memory_mb and 100 < status.memory_mb < 500
    assert supervisor.down(data)
    assert not any(process.is_running() for process in family)
    assert not supervisor.down(data)
    status = supervisor.status(data)
    assert (status.running, status.died) == (False, False)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", int(owner.url.rsplit(":", 1)[1])))
    with subprocess.Popen(["sleep", "60"]) as other:
        kept = Folder(data)
        kept.keep_processes({"server": psutil.Process(other.pid)})
        assert not supervisor.down(data)
        assert other.poll() is None
        other.kill()


class Everything(http.server.BaseHTTPRequestHandler):
    """Another program's answers: yes, to whatever is asked."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *said: Any) -> None:
        """Nothing."""


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another program answers."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Everything) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        yield other.server_address[1]
        other.shutdown()
        thread.join()


def test_another_programs_answer_is_not_taken_for_the_servers(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took the port after it had been found free."""
    monkeypatch.setattr(supervisor.address, "choose", lambda *asked: ("127.0.0.1", taken))
    with pytest.raises(ArgillaError, match=f"another program took .*:{taken} while"):
        supervisor.up(tmp_path)
    assert supervisor.running(tmp_path) is None
    assert Folder(tmp_path).settings() == {}
    monkeypatch.undo()
    try:
        assert supervisor.up(tmp_path).url != f"http://127.0.0.1:{taken}"
    finally:
        supervisor.down(tmp_path)
