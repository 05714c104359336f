"""Run filters on the machines of a cluster."""

from collections.abc import Sequence
from typing import Any

from typing_extensions import override

from curator.base.errors import ClusterError
from curator.cluster import probe as probing
from curator.cluster import worker
from curator.cluster.distribute import WorkerPool
from curator.cluster.facts import compare, facts_or_fault
from curator.cluster.interrupt import interrupts_deferred
from curator.filters.base import Filter
from curator.filters.rust import RustFilter
from curator.records.example import Example, Verdict

RETRIES = 3  # of a task whose worker or machine is lost
_POLL = 0.3  # seconds until Ctrl-C is handled


class RayPool(WorkerPool):
    """The workers of a cluster. A task takes one processor; `ray` is the module, connected."""

    def __init__(self, ray: Any):
        self._ray = ray
        self._judge = ray.remote(max_retries=RETRIES, scheduling_strategy="SPREAD")(worker.judge)
        self._shipped: dict[int, tuple[Filter, Any]] = {}
        self._known: dict[str, tuple[str, str]] = {}
        self._proven: set[tuple[str, str]] = set()
        if not self.slots:
            raise ClusterError("the cluster has no processor for tasks", hint="see `ray status`")

    @property
    @override
    def slots(self) -> int:
        """The processors of the cluster, which may grow."""
        return int(self._ray.cluster_resources().get("CPU", 0))

    @override
    def prepare(self, filters: Sequence[Filter]) -> None:
        """Check the machines; one that joins later is checked before the next run."""
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
        """Raise ClusterError, with its name, where a machine differs from another one."""
        here = facts_or_fault(rust)
        if "fault" in here:  # the driver need not have what only workers use
            here = facts_or_fault(None)
        compare(self._known, "this machine", here)
        self._ray.cloudpickle.register_pickle_by_value(probing)
        ask = self._ray.remote(max_retries=RETRIES)(probing.probe)
        at = self._ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy
        places = [at(node_id=n["NodeID"], soft=False) for n in nodes]
        tasks = [ask.options(scheduling_strategy=place).remote(rust) for place in places]
        for node, task in zip(nodes, tasks, strict=True):
            name = f"node {node['NodeManagerHostname']} ({node['NodeManagerAddress']})"
            try:
                versions = result_of(self._ray, task)
            except ClusterError:
                if self._is_alive(node["NodeID"]):
                    raise
                continue  # the cluster took a while to notice that this machine is gone
            compare(self._known, name, versions)

    def _is_alive(self, node: str) -> bool:
        return any(n["NodeID"] == node and n["Alive"] for n in self._ray.nodes())

    @override
    def submit(self, filters: Sequence[Filter], examples: Sequence[Example], drop: bool) -> Any:
        with interrupts_deferred():
            shipped = [self._ship(one) for one in filters]
            return self._judge.remote(shipped, list(examples), drop)

    def _ship(self, one: Filter) -> Any:
        if id(one) not in self._shipped:
            self._shipped[id(one)] = (one, self._ray.put(one.for_worker()))
        return self._shipped[id(one)][1]

    @override
    def result(self, task: Any) -> list[list[Verdict]]:
        verdicts: list[list[Verdict]] = result_of(self._ray, task)
        return verdicts


def result_of(ray: Any, task: Any) -> Any:
    """Wait for a task; raises ClusterError where it failed, or where its workers kept dying."""
    done: list[Any] = []
    while not done:
        with interrupts_deferred():
            done, _ = ray.wait([task], timeout=_POLL)
    try:
        with interrupts_deferred():
            result = ray.get(task)
    except ray.exceptions.RayTaskError:
        raise  # a fault of the program
    except ray.exceptions.RayError as error:
        first = str(error).strip().split("\n")[0][:300]
        hint = f"tried {RETRIES + 1} times; too little memory there?"
        raise ClusterError(f"workers are lost: {first}", hint=hint) from error
    if isinstance(result, worker.RemoteError):
        raise ClusterError(result.what, where=result.node)
    return result
