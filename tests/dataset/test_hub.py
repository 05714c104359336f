"""What the hub's client raises becomes one line."""

from pathlib import Path

import pytest
from huggingface_hub import HfApi

from curator.base import store
from curator.base.errors import CuratorError
from curator.dataset.hub import publish
from curator.records.project import MANIFEST


def test_a_hub_that_is_not_reached_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **named: object) -> None:
        raise RuntimeError("no\nnetwork")  # as the HTTP library's own errors, which vary

    monkeypatch.setattr(HfApi, "create_repo", fail)
    store.write_json(tmp_path / MANIFEST, {"files": {}, "splits": {}, "system": ""})
    with pytest.raises(
        CuratorError, match="the hub does not take the dataset: no network"
    ) as found:
        publish(tmp_path, "org/name")
    assert found.value.where == "org/name"
