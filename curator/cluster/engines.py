"""Choose where filters and models run: in this process, or on a cluster (`--engine ray`)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from curator.base.engine_names import EngineName
from curator.filters.base import FilterStream
from curator.filters.run import stream_filters
from curator.models.base import TextModel
from curator.models.load import load_model
from curator.models.settings import ModelSettings


@dataclass(frozen=True)
class Engine:
    """How examples pass filters and where a model is loaded; the results do not depend on it."""

    stream: FilterStream
    load: Callable[[ModelSettings], TextModel]


LOCAL = Engine(stream_filters, load_model)


@contextmanager
def open_engine(name: EngineName, address: str | None = None) -> Iterator[Engine]:
    """Open an engine for a `with` block; `address` is that of a Ray cluster.

    Raises ClusterError where Ray is not installed or the cluster does not answer.
    """
    if name is EngineName.LOCAL:
        yield LOCAL
        return
    from curator.cluster.distribute import distribute_filters
    from curator.cluster.model import load_remote
    from curator.cluster.pool import RayPool
    from curator.cluster.session import session

    with session(address) as ray:
        yield Engine(partial(distribute_filters, RayPool(ray)), partial(load_remote, ray))
