"""Publish a built set on the Hugging Face hub; only when asked to."""

from pathlib import Path

from curator.base.errors import CuratorError
from curator.dataset.write import read_manifest


def publish(folder: Path, name: str) -> str:
    """Upload the files of a built set to the dataset `name` (org/name), and return its address.

    The token is huggingface_hub's own (HF_TOKEN, or `hf auth login`). Raises CuratorError where
    the hub refuses or is not reached; DataError where the set is not whole.
    """
    from huggingface_hub import HfApi

    files = sorted([*read_manifest(folder)["files"], "manifest.json"])
    hub = HfApi()
    try:
        hub.create_repo(name, repo_type="dataset", exist_ok=True)
        done = hub.upload_folder(
            folder_path=folder, repo_id=name, repo_type="dataset", allow_patterns=files
        )
    except Exception as error:  # the hub's client lets the errors of its HTTP library through
        hint = "log in with `hf auth login` (or HF_TOKEN), and name a dataset of yours: org/name"
        what = f"the hub does not take the dataset: {' '.join(str(error).split())[:200]}"
        raise CuratorError(what, where=name, hint=hint) from error
    return str(done)
