"""The machines of a cluster as a pool of workers for filters."""

from collections.abc import Sequence
from typing import Any

from curator.base.errors import ClusterError
from curator.cluster import probe as probing
from curator.cluster import worker
from curator.cluster.facts import compare, told
from curator.cluster.interrupt import unbroken
from curator.filters.base import Filter
from curator.filters.rust import RustFilter
from curator.records.example import Example, Verdict

RETRIES = 3  # how often a task is done again whose worker or machine is lost
_PATIENCE = 0.3  # seconds until Ctrl-C is seen to


class RayPool:
    """See Pool. A task takes one processor; `ray` is the module, connected."""

    def __init__(self, ray: Any):
        self._ray = ray
        self._judge = ray.remote(max_retries=RETRIES, scheduling_strategy="SPREAD")(worker.judge)
        self._shipped: dict[int, tuple[Filter, Any]] = {}
        self._known: dict[str, tuple[str, str]] = {}
        self._proven: set[tuple[str, str]] = set()
        if not self.slots:
            raise ClusterError("the cluster has no processor for tasks", hint="see `ray status`")

    @property
    def slots(self) -> int:
        """See Pool; a cluster may grow."""
        return int(self._ray.cluster_resources().get("CPU", 0))

    def prepare(self, filters: Sequence[Filter]) -> None:
        """See Pool. A machine that joins later is looked at in the next run."""
        rust = next((f.settings for f in filters if isinstance(f, RustFilter)), None)
        asked = rust.model_dump(mode="json") if rust else None
        self._shipped = {}
        wanted = str(asked)
        nodes = [n for n in self._ray.nodes() if n["Alive"] and n["Resources"].get("CPU")]
        fresh = [n for n in nodes if (n["NodeID"], wanted) not in self._proven]
        if fresh:
            self._prove(fresh, asked)
            self._proven |= {(n["NodeID"], wanted) for n in fresh}

    def _prove(self, nodes: Sequence[dict[str, Any]], rust: Any) -> None:
        """Raise ClusterError, with its name, where a machine is unlike the others or this one."""
        here = told(rust)
        if "fault" in here:  # a driver need not have what only workers use
            here = told(None)
        compare(self._known, "this machine", here)
        self._ray.cloudpickle.register_pickle_by_value(probing)
        ask = self._ray.remote(max_retries=RETRIES)(probing.probe)
        at = self._ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy
        places = [at(node_id=n["NodeID"], soft=False) for n in nodes]
        tasks = [ask.options(scheduling_strategy=place).remote(rust) for place in places]
        for node, task in zip(nodes, tasks, strict=True):
            name = f"node {node['NodeManagerHostname']} ({node['NodeManagerAddress']})"
            compare(self._known, name, taken(self._ray, task))

    def submit(self, filters: Sequence[Filter], examples: Sequence[Example], drop: bool) -> Any:
        """See Pool."""
        with unbroken():
            shipped = [self._ship(one) for one in filters]
            return self._judge.remote(shipped, list(examples), drop)

    def _ship(self, one: Filter) -> Any:
        if id(one) not in self._shipped:
            self._shipped[id(one)] = (one, self._ray.put(one.for_worker()))
        return self._shipped[id(one)][1]

    def result(self, task: Any) -> list[list[Verdict]]:
        """See Pool."""
        found: list[list[Verdict]] = taken(self._ray, task)
        return found


def taken(ray: Any, task: Any) -> Any:
    """What a task gave; raises ClusterError for an error of ours, or where workers kept dying."""
    done: list[Any] = []
    while not done:
        with unbroken():
            done, _ = ray.wait([task], timeout=_PATIENCE)
    try:
        with unbroken():
            found = ray.get(task)
    except ray.exceptions.RayTaskError:
        raise  # a fault of the program
    except ray.exceptions.RayError as error:
        words = str(error).strip().split("\n")[0][:300]
        hint = f"tried {RETRIES + 1} times; too little memory there?"
        raise ClusterError(f"workers are lost: {words}", hint=hint) from error
    if isinstance(found, worker.Failed):
        raise ClusterError(found.what, where=found.node)
    return found
