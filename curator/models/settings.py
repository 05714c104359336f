"""The settings of a model: which one writes, and how many texts at a time."""

from typing import Literal

from pydantic import Field

from curator.base.settings import Settings

DEFAULT_MODEL = "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF"


FlavourName = Literal["llama.cpp", "llama-cpp-python", "vllm", "lm-studio", "plain"]


class ModelSettings(Settings):
    """Which model writes, `width` texts at a time, which share `context` tokens of memory.

    `width` changes the texts; benchmarks/decode.py says what it gains. `threads` None takes the
    machine's cores.

    The name `openai:MODEL@URL`, such as openai:qwen@http://gpu-box:8000/v1, means a model that an
    OpenAI-compatible server has; `openai:URL` the only one there. Then the other settings are
    `concurrency`, the number of texts asked for at a time, `timeout`, the seconds that one of
    them may take, and `flavour`, the kind of server where it does not tell. The key, if it wants
    one, is in the environment: CURATOR_API_KEY or OPENAI_API_KEY.
    """

    name: str = DEFAULT_MODEL
    context: int = Field(8192, ge=512)
    width: int = Field(8, ge=1, le=64)
    threads: int | None = Field(None, ge=1)
    concurrency: int = Field(16, ge=1, le=256)
    timeout: float = Field(300, gt=0)
    flavour: Literal["auto"] | FlavourName = "auto"
