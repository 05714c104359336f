"""Filters on a local cluster: the bytes of one process, also where workers are lost."""

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import psutil
import pytest

from curator.base.errors import ClusterError
from curator.cluster.distribute import distribute_filters
from curator.cluster.pool import RayPool
from curator.dataset.filter import filter_file
from curator.filters.base import Filter, FilterSettings, Reasons, passing
from curator.filters.registry import make_filters
from curator.filters.rust import RustSettings
from curator.filters.structure import StructureSettings
from curator.generate.recipe import AugmentRecipe
from curator.records.example import Example, Verdict
from curator.records.project import Project
from curator.records.topic import Topic
from tests.cluster.conftest import Same, losing
from tests.conftest import make_example

pytestmark = pytest.mark.slow


class Deadly(Filter):
    """A filter that no worker survives."""

    name = "deadly"
    reasons: ClassVar[Reasons] = {}

    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        os.kill(os.getpid(), signal.SIGKILL)
        return [passing(self.name) for _ in examples]


@pytest.fixture(scope="module")
def recipe() -> AugmentRecipe:
    return AugmentRecipe(judge="all")


def test_the_files_are_those_of_one_process(
    pool: RayPool, empty: Project, mixed: Path, tmp_path: Path, same: Same
) -> None:
    for judge in ("first", "all"):
        chosen = AugmentRecipe(judge=judge)
        local, spread = tmp_path / f"local-{judge}", tmp_path / f"spread-{judge}"
        tally = filter_file(empty, mixed, chosen, (), local)
        stream = partial(distribute_filters, pool)
        told = filter_file(empty, mixed, chosen, (), spread, stream)
        assert told.document() == tally.document()
        same(local, spread)
        # Every kind of filter rejects something.
        assert {r.partition(".")[0] for r in tally.faults()} >= {"structure", "near_duplicates"}
        assert tally.faults().keys() & {"rust.does_not_compile"}


def test_workers_judge_examples_of_a_projects_own_topics(pool: RayPool) -> None:
    examples = [make_example(f"Pourquoi {n} macros ici en Rust ?", topic="macros") for n in (1, 2)]
    chosen = make_filters((StructureSettings(),), (), None)
    judged = list(distribute_filters(pool, examples, chosen))
    assert [(e.topic, e.rejection) for e in judged] == [(Topic("macros"), None)] * 2


def test_a_lost_worker_changes_nothing(
    pool: RayPool, empty: Project, mixed: Path, tmp_path: Path, recipe: AugmentRecipe, same: Same
) -> None:
    local, spread = tmp_path / "local", tmp_path / "spread"
    filter_file(empty, mixed, recipe, (), local)
    with losing("ray::judge") as killed:
        filter_file(empty, mixed, recipe, (), spread, partial(distribute_filters, pool))
    assert killed
    assert not any(map(psutil.pid_exists, killed))
    same(local, spread)


def test_a_task_that_no_worker_survives_is_an_error(pool: RayPool) -> None:
    with pytest.raises(ClusterError, match=r"workers are lost.*tried 4 times"):
        list(distribute_filters(pool, [make_example()], [Deadly(FilterSettings(name="deadly"))]))


def test_our_cluster_is_reached_from_this_machine_only(ray: Any) -> None:
    own = [psutil.Process(), *psutil.Process().children(recursive=True)]
    listening: set[str] = set()
    for process in own:
        with suppress(psutil.NoSuchProcess):  # the worker of an earlier test
            open_ones = process.net_connections()
            listening |= {c.laddr.ip for c in open_ones if c.status == "LISTEN"}
    assert listening <= {"127.0.0.1", "::ffff:127.0.0.1"}
    assert len(os.environ["RAY_AUTH_TOKEN"]) == 64
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
    assert ray.nodes()[0]["NodeManagerAddress"] == "127.0.0.1"


def test_what_a_machine_lacks_is_told_with_its_name(
    pool: RayPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from curator.filters.rust import RustFilter

    monkeypatch.setattr(pool, "_known", {"rustc": ("rustc 1.0.0", "node elsewhere (10.0.0.9)")})
    monkeypatch.setattr("curator.cluster.pool.facts_or_fault", lambda rust: {})
    pattern = r"^node .* \(127\.0\.0\.1\): rustc .*, and rustc 1\.0\.0 on node elsewhere"
    with pytest.raises(ClusterError, match=pattern):
        pool.prepare([RustFilter(RustSettings())])
