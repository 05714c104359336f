"""Find the served model that a name means, and refer to it in provenance."""

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
# What belongs to the model. Servers also give `created`, which is the time of the request, and the
# length of the context, which is a setting.
_NAMES = ("id", "root", "parent")
_META = ("vocab_type", "n_vocab", "n_ctx_train", "n_embd", "n_params", "size", "ftype")
# Where a flavour gives its version, and under which key.
_VERSIONS = {"llama.cpp": ("/props", "build_info"), "vllm": ("/version", "version")}


@dataclass(frozen=True)
class ServedModel:
    """A model that a server lists: its id there, the server's flavour and version, its facts."""

    id: str
    flavour: Flavour
    version: str
    facts: Json

    @property
    def ref(self) -> ModelRef:
        """The model as provenance names it: without its address, which says where, not what."""
        kind = self.flavour
        runtime: dict[str, str | int] = {
            "server": f"{kind.name} {self.version}".strip(),
            "digest_of": "what the server tells of the model; its file was not seen",
            "repeatable": "not guaranteed",
            "sampling": ", ".join([*kind.names, "seed"]),
            "grammar": "given to the server" if kind.grammar else "not given: it takes none",
            "begun_turn": "continued" if kind.continues is not None else "asked for",
        }
        return ModelRef(name=_display_name(self.id), sha256=digest(self.facts), runtime=runtime)


def parse_name(name: str) -> tuple[str | None, str]:
    """Return the model, if it is named, and the address in openai:MODEL@URL; raises ModelError."""
    match = _NAME.fullmatch(name)
    if not match:
        hint = "name it openai:MODEL@URL, such as openai:qwen@http://127.0.0.1:8080/v1"
        # The name is not repeated: what is no address may hold a password.
        raise ModelError("a served model has an address", where="model.name", hint=hint)
    return match["model"], match["url"]


async def find_served(server: Server, wanted: str | None, settings: ModelSettings) -> ServedModel:
    """Find the model that a server has under a name, or its only one; raises ModelError."""
    async with server.client() as client:
        cards = (await server.get(client, "models")).get("data")
        card = _choose(cards if isinstance(cards, list) else [], wanted, server.url)
        given = settings.flavour
        flavour = flavour_of(card.get("owned_by")) if given == "auto" else FLAVOURS[given]
        properties, version = await _properties(server, client, flavour)
    return ServedModel(card["id"], flavour, version, _facts(card, properties))


def _facts(card: Json, properties: Json) -> Json:
    """Return what tells a model from others: from the list of models, and llama-server's /props."""
    facts: Json = {n: _display_name(card[n]) for n in _NAMES if isinstance(card.get(n), str)}
    meta = card.get("meta")
    facts |= {n: meta[n] for n in _META if n in meta} if isinstance(meta, dict) else {}
    return facts | {"chat_template": properties.get("chat_template")}


def _display_name(name: str) -> str:
    """Return a model's name; of a path, the last part, like that of a local file."""
    path = name.startswith(("/", "~")) or name.endswith(".gguf")
    return name.rpartition("/")[2] if path else name


async def _properties(
    server: Server, client: "httpx.AsyncClient", flavour: Flavour
) -> tuple[Json, str]:
    """Return what a server says of itself beside its models, and its version."""
    if flavour.name not in _VERSIONS:
        return {}, ""
    path, name = _VERSIONS[flavour.name]
    properties = await server.get_if_present(client, path)
    version = properties.get(name)
    return properties, version if isinstance(version, str) else ""


def _choose(cards: Sequence[Any], wanted: str | None, url: str) -> Json:
    known = [c for c in cards if isinstance(c, dict) and isinstance(c.get("id"), str)]
    fitting = [c for c in known if wanted in (None, c["id"])]
    if len(fitting) == 1 or (fitting and wanted):
        return fitting[0]
    names = ", ".join(ascii(c["id"])[1:-1] for c in known[:8])
    hint = f"name one of these: {names}" if names else "load one"
    lacks = "has no model" if wanted is None else f"has no model {ascii(wanted)[1:-1]}"
    raise ModelError("has several models" if fitting else lacks, where=url, hint=hint)
