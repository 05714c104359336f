"""Which served model a name means, what its server tells of it, and how provenance refers to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curator.base.errors import ModelError
from curator.base.settings import digest
from curator.models.openai.flavour import FLAVOURS, Flavour, flavour_of
from curator.models.openai.server import Json, Server
from curator.models.settings import ModelSettings
from curator.records.example import ModelRef

if TYPE_CHECKING:
    import httpx

PREFIX = "openai:"
_NAME = re.compile(PREFIX + r"(?:(?P<model>.+)@)?(?P<url>[a-z]+://.*)", re.DOTALL)
# What belongs to the model; `created`, which is also told, is the time of the question, and the
# length of the context a setting of the server.
_NAMES = ("id", "root", "parent")
_META = ("vocab_type", "n_vocab", "n_ctx_train", "n_embd", "n_params", "size", "ftype")
# Where a flavour tells its version, and under which name.
_VERSIONS = {"llama.cpp": ("/props", "build_info"), "vllm": ("/version", "version")}


@dataclass(frozen=True)
class Served:
    """A model that a server lists: its id there, the kind of server, what is told of the model."""

    id: str
    flavour: Flavour
    version: str
    facts: Json

    @property
    def ref(self) -> ModelRef:
        """The model as provenance names it: without its address, which is a place and no model."""
        kind = self.flavour
        runtime: dict[str, str | int] = {
            "server": f"{kind.name} {self.version}".strip(),
            "digest_of": "what the server tells of the model; its file was not seen",
            "repeatable": "not guaranteed",
            "sampling": ", ".join([*kind.names, "seed"]),
            "grammar": "given to the server" if kind.grammar else "not given: it takes none",
            "begun_turn": "continued" if kind.continues is not None else "asked for",
        }
        return ModelRef(name=_shown(self.id), sha256=digest(self.facts), runtime=runtime)


def place(name: str) -> tuple[str | None, str]:
    """The model, if it is named, and the address in openai:MODEL@URL; raises ModelError."""
    found = _NAME.fullmatch(name)
    if not found:
        hint = "name it openai:MODEL@URL, such as openai:qwen@http://127.0.0.1:8080/v1"
        # The name is not repeated: what is no address may hold a password.
        raise ModelError("a served model has an address", where="model.name", hint=hint)
    return found["model"], found["url"]


async def look_up(server: Server, wanted: str | None, settings: ModelSettings) -> Served:
    """The model that a server has under a name, or its only one; raises ModelError."""
    async with server.client() as client:
        cards = (await server.get(client, "models")).get("data")
        card = _choose(cards if isinstance(cards, list) else [], wanted, server.url)
        given = settings.flavour
        flavour = flavour_of(card.get("owned_by")) if given == "auto" else FLAVOURS[given]
        told, version = await _told(server, client, flavour)
    return Served(card["id"], flavour, version, _facts(card, told))


def _facts(card: Json, told: Json) -> Json:
    """What tells a model from others, of what a server lists and of what llama-server adds."""
    facts: Json = {n: _shown(card[n]) for n in _NAMES if isinstance(card.get(n), str)}
    meta = card.get("meta")
    facts |= {n: meta[n] for n in _META if n in meta} if isinstance(meta, dict) else {}
    return facts | {"chat_template": told.get("chat_template")}


def _shown(name: str) -> str:
    """A model's name; of a path, the last part, like that of a file of our own."""
    path = name.startswith(("/", "~")) or name.endswith(".gguf")
    return name.rpartition("/")[2] if path else name


async def _told(server: Server, client: "httpx.AsyncClient", flavour: Flavour) -> tuple[Json, str]:
    """What a server tells of itself beside its models, and its version."""
    if flavour.name not in _VERSIONS:
        return {}, ""
    path, name = _VERSIONS[flavour.name]
    told = await server.find(client, path)
    version = told.get(name)
    return told, version if isinstance(version, str) else ""


def _choose(cards: Sequence[Any], wanted: str | None, url: str) -> Json:
    known = [c for c in cards if isinstance(c, dict) and isinstance(c.get("id"), str)]
    fitting = [c for c in known if wanted in (None, c["id"])]
    if len(fitting) == 1 or (fitting and wanted):
        return fitting[0]
    names = ", ".join(ascii(c["id"])[1:-1] for c in known[:8])
    hint = f"name one of these: {names}" if names else "load one"
    lacks = "has no model" if wanted is None else f"has no model {ascii(wanted)[1:-1]}"
    raise ModelError("has several models" if fitting else lacks, where=url, hint=hint)
