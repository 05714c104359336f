"""Start a cluster on this machine, or join one that is there already.

Our own listens on 127.0.0.1 only, wants a token that no file holds, has no dashboard, and ends with
us. Of another one, only this command's work ends with us. Ray's telemetry is off.
"""

import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from typing import Any

from curator.base.errors import ClusterError
from curator.base.extras import install
from curator.cluster.address import check_reachable
from curator.cluster.folder import cluster_folder
from curator.cluster.interrupt import interrupts_deferred

_HERE = "127.0.0.1"
_NEW = "local"
_OF_NODE = "see `ray status` there; host:port works on the cluster's own machines only"
_OF_CLIENT = "is that the --ray-client-server-port, and the token (RAY_AUTH_TOKEN) the cluster's?"
_STORE = 256 << 20  # bytes of shared memory for the arguments and results of tasks: a few windows

# Read when Ray is imported or starts, and passed on to its processes.
_ALWAYS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    # A call that comes too late (from a thread, after the end) must not start another cluster.
    "RAY_ENABLE_AUTO_CONNECT": "0",
    # Workers without a GPU leave CUDA_VISIBLE_DEVICES alone, as Ray is going to do by default.
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
# Where Ray does not expect a cluster of several machines, its node has the address 127.0.0.1 and
# listens there only; the variable's name is from the time when that meant macOS and Windows.
_PRIVATE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_AUTH_MODE": "token"}


@contextmanager
def session(address: str | None, cpus: int | None = None) -> Iterator[Any]:
    """Yield the module ray, connected to a cluster; None starts one here, for `cpus` tasks at once.

    An address is "auto", "HOST:PORT" (from a machine of that cluster) or "ray://HOST:PORT". Raises
    ClusterError where Ray is not installed, the cluster does not answer, or its head is lost.
    """
    private = {} if address else {**_PRIVATE, "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    # Ray prints to stdout that it lost a worker, which is for results and nothing else.
    quiet = redirect_stdout(sys.stderr)
    with _environment({**_ALWAYS, **private}), cluster_folder() as folder, quiet:
        ray = _import()
        if address:
            check_reachable(address)
        own = {
            "num_cpus": cpus or os.cpu_count(),
            "include_dashboard": False,
            "object_store_memory": _STORE,
            "_temp_dir": folder,
        }
        try:
            _connect(ray, address or _NEW, {} if address else own)
            if not address and any(n["NodeManagerAddress"] != _HERE for n in ray.nodes()):
                raise ClusterError("Ray does not keep to this machine, and was stopped")
            yield ray
        except ConnectionError as error:
            if type(error) is not ConnectionError:  # Ray's client raises that; a pipe, a subclass
                raise
            words = f"the connection to the cluster is lost: {error}"
            raise ClusterError(words, where=address) from error
        finally:
            with interrupts_deferred():
                ray.shutdown()


def _import() -> Any:
    try:
        import ray
    except ImportError as error:
        raise ClusterError("--engine ray needs the package ray", hint=install("ray")) from error
    return ray


def _connect(ray: Any, address: str, options: Mapping[str, Any]) -> None:
    import logging
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # the error says the same, in one line
            _init(ray, address, log_to_driver=False, logging_level=logging.ERROR, **options)
        # Ray's client sets a level of its own for its messages about a lost connection.
        logging.getLogger("ray.util.client.logsclient").setLevel(logging.ERROR)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        words = " ".join(str(error).split())[:300]
        if address == _NEW:
            raise ClusterError(f"Ray does not start: {words}") from error
        hint = _OF_CLIENT if address.startswith("ray:") else _OF_NODE
        raise ClusterError(f"no Ray cluster answers: {words}", where=address, hint=hint) from error


def _init(ray: Any, address: str, **options: Any) -> None:
    """Call ray.init, a second time where the cluster failed to start its end of a client."""
    try:
        ray.init(address, **options)
    except ConnectionError as error:
        if "Initialization failure" not in str(error):
            raise
        ray.init(address, **options)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
