"""Which served model a name means, what its server tells of it, and how provenance refers to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curator.errors import ModelError
from curator.example import ModelRef
from curator.models.openai_flavour import FLAVOURS, Flavour, flavour_of
from curator.models.openai_server import Json, Server
from curator.recipe import ModelSettings, digest

if TYPE_CHECKING:
    import httpx

PREFIX = "openai:"
_NAME = re.compile(PREFIX + r"(?:(?P<model>.+)@)?(?P<url>[a-z]+://.*)", re.DOTALL)
# What belongs to the model; `created`, which is also told, is the time of the question.
_FACTS = ("id", "root", "parent", "max_model_len", "meta")
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
        """The model as provenance names it: without its address, which is a place and no model.

        A path is shown by its last part, like that of a file of our own.
        """
        path = self.id.startswith(("/", "~")) or self.id.endswith(".gguf")
        kind = self.flavour
        runtime: dict[str, str | int] = {
            "server": f"{kind.name} {self.version}".strip(),
            "digest_of": "what the server tells of the model; its file was not seen",
            "repeatable": "not guaranteed",
            "sampling": ", ".join([*kind.names, "seed"]),
            "grammar": "given to the server" if kind.grammar else "not given: it takes none",
            "begun_turn": "continued" if kind.continues is not None else "asked for",
        }
        name = self.id.rpartition("/")[2] if path else self.id
        return ModelRef(name=name, sha256=digest(self.facts), runtime=runtime)


def place(name: str) -> tuple[str | None, str]:
    """The model, if it is named, and the address in openai:MODEL@URL; raises ModelError."""
    found = _NAME.fullmatch(name)
    if not found:
        hint = "name it openai:MODEL@URL, such as openai:qwen@http://127.0.0.1:8080/v1"
        raise ModelError("a served model has an address", where=name, hint=hint)
    return found["model"], found["url"]


async def look_up(server: Server, wanted: str | None, settings: ModelSettings) -> Served:
    """The model that a server has under a name, or its only one; raises ModelError."""
    async with server.client() as client:
        cards = (await server.get(client, "models")).get("data")
        card = _choose(cards if isinstance(cards, list) else [], wanted, server.url)
        given = settings.flavour
        flavour = flavour_of(card.get("owned_by")) if given == "auto" else FLAVOURS[given]
        told, version = await _told(server, client, flavour)
    facts = {name: card[name] for name in _FACTS if name in card}
    if "chat_template" in told:  # llama-server's; it may be another than the file's
        facts["chat_template"] = told["chat_template"]
    return Served(card["id"], flavour, version, facts)


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
