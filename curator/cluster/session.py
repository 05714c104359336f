"""A cluster: one of our own on this machine, or one that is there already.

Our own listens on 127.0.0.1 only, wants a token that no file holds, has no dashboard, and ends with
us. Of another one, only this command's work ends with us. Ray tells nobody of its use.
"""

import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from typing import Any

from curator.base.errors import ClusterError
from curator.base.extras import install
from curator.cluster.address import knock
from curator.cluster.folder import own_folder
from curator.cluster.interrupt import unbroken

_HERE = "127.0.0.1"
_NEW = "local"
_OF_NODE = "see `ray status` there; host:port works on the cluster's own machines only"
_OF_CLIENT = "is that the --ray-client-server-port, and the token (RAY_AUTH_TOKEN) the cluster's?"
_STORE = 256 << 20  # bytes of shared memory for what tasks take and give: a few windows

# Read when Ray is imported or starts, and handed on to its processes.
_ALWAYS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    # A call that comes too late (a thread's, after the end) must not start another cluster.
    "RAY_ENABLE_AUTO_CONNECT": "0",
    # Workers without a GPU leave CUDA_VISIBLE_DEVICES alone, as Ray will do by itself.
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
# Where Ray does not expect a cluster of several machines, its node has the address 127.0.0.1 and
# listens there only; the name of the variable is of the time when that were macOS and Windows.
_PRIVATE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_AUTH_MODE": "token"}


@contextmanager
def session(address: str | None, cpus: int | None = None) -> Iterator[Any]:
    """The module ray, connected to a cluster; None starts one on this machine, with `cpus` tasks.

    An address is "auto", "HOST:PORT" (from a machine of that cluster) or "ray://HOST:PORT". Raises
    ClusterError where there is no Ray or no such cluster, or where its first machine is lost.
    """
    private = {} if address else {**_PRIVATE, "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    # Ray prints to stdout that it lost a worker; there stand results and nothing else.
    quiet = redirect_stdout(sys.stderr)
    with _environment({**_ALWAYS, **private}), own_folder() as folder, quiet:
        ray = _import()
        if address:
            knock(address)
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
            if type(error) is not ConnectionError:  # Ray's client raises that one, a pipe another
                raise
            words = f"the connection to the cluster is lost: {error}"
            raise ClusterError(words, where=address) from error
        finally:
            with unbroken():
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
            warnings.simplefilter("ignore", UserWarning)  # what the error says, in three lines
            _init(ray, address, log_to_driver=False, logging_level=logging.ERROR, **options)
        # Ray's client sets a level of its own for what it says when a connection is lost.
        logging.getLogger("ray.util.client.logsclient").setLevel(logging.ERROR)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        words = " ".join(str(error).split())[:300]
        if address == _NEW:
            raise ClusterError(f"Ray does not start: {words}") from error
        hint = _OF_CLIENT if address.startswith("ray:") else _OF_NODE
        raise ClusterError(f"no Ray cluster answers: {words}", where=address, hint=hint) from error


def _init(ray: Any, address: str, **options: Any) -> None:
    """As ray.init; asks again where the cluster failed to start its end of a client."""
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
