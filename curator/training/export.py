"""`curator export`: the merged model as a quantised GGUF, and the proof that it is the same model.

The proof: the GGUF is loaded and asked a few questions; at each place of what the merged model
wrote, what would it have written? And its digest is not that of the base model made the same way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.errors import ModelError
from curator.base.notice import Notice
from curator.training.artefacts import Artefact, artefact, weights_digest
from curator.training.gguf import QUANTISATION, Reader, quantise
from curator.training.greedy import Written, write
from curator.training.tensors import largest
from curator.training.to_gguf import convert

PROMPTS = (
    "Qu'est-ce que l'emprunt en Rust ?",
    "Pourquoi ma variable n'est-elle plus utilisable après un déplacement ?",
    "Explique les durées de vie avec un court exemple.",
)
TOKENS = 32
# Below these shares of equal choices, something is broken rather than rounded.
_SAME_UNROUNDED, _SAME_QUANTISED = 0.9, 0.5
_F16_MAX = 65504.0  # IEEE 754 binary16
Say = Callable[[str], None]


@dataclass(frozen=True)
class Agreement:
    """How far a GGUF agrees with the merged model: equal choices of all, and equal beginnings."""

    same: int
    of: int
    prefix: int

    @property
    def share(self) -> float:
        """Equal choices per place."""
        return self.same / self.of if self.of else 0.0


@dataclass(frozen=True)
class Exported:
    """What `export` wrote and how it was proved; `run` is the training run that it comes from."""

    artefacts: tuple[Artefact, ...]
    unrounded: Agreement
    quantised: Agreement
    samples: tuple[tuple[str, str], ...]
    base_sha256: str
    run: str | None = None

    def document(self) -> dict[str, Any]:
        """Return the export as a JSON object."""
        return {
            "artefacts": [a.document() for a in self.artefacts],
            "agreement": {"f16": self.unrounded.share, QUANTISATION: self.quantised.share},
            "places": self.quantised.of,
            "answers": dict(self.samples),
            "base_sha256": self.base_sha256,
            "run": self.run,
        }


def export(merged: Path, out: Path, base: Path, say: Say) -> Exported:
    """Write `out` from the folder `merged`, and prove that it is that model, and not `base`.

    Raises ModelError where there is no merged model, where the GGUF is another model than that,
    or the base itself.
    """
    if not (merged / "config.json").is_file():
        raise ModelError("there is no merged model", where=merged, hint="curator fuse writes it")
    if weights_digest(merged) == weights_digest(base):
        raise ModelError("the merged model is the base model", where=merged, hint="train it first")
    _check_range(merged)
    out.parent.mkdir(parents=True, exist_ok=True)
    whole, unproved = (out.with_name(f".{out.stem}.{kind}.gguf") for kind in ("f16", "unproved"))
    try:
        say("converting to GGUF")
        convert(merged, whole, _name(base))
        say(f"quantising to {QUANTISATION}")
        quantise(whole, unproved)
        say("comparing with the merged model")
        written = write(merged, PROMPTS, TOKENS)
        unrounded, quantised = (_agreement(path, written) for path in (whole, unproved))
        _check(merged, unrounded, quantised)
        unproved.replace(out)
    finally:
        whole.unlink(missing_ok=True)
        unproved.unlink(missing_ok=True)
    untrained = base_gguf(base, out.parent, say)
    _check_other(out, untrained)
    quantised_as = Notice("quantised_model", {"quantisation": QUANTISATION})
    files = artefact(merged, Notice("merged_model")), artefact(out, quantised_as)
    samples = tuple(zip(PROMPTS, (w.text for w in written), strict=True))
    origin = merged / "origin.json"
    run = store.read_json(origin).get("run") if origin.is_file() else None
    proof = unrounded, quantised, samples, untrained.sha256
    exported = Exported((*files, untrained), *proof, run)
    store.write_json(out.with_suffix(".json"), exported.document())
    return exported


def _check_range(merged: Path) -> None:
    peak = largest(merged)
    if peak > _F16_MAX:
        what = f"it has a weight of {peak:.3g}, more than float16 holds: the training has diverged"
        raise ModelError(what, where=merged, hint="train again with a lower learning_rate")


def _agreement(path: Path, written: Sequence[Written]) -> Agreement:
    reader = Reader(path)
    same = of = prefix = 0
    for one in written:
        equal = [
            a == b for a, b in zip(reader.choices(one.prompt, one.tokens), one.tokens, strict=True)
        ]
        same, of = same + sum(equal), of + len(equal)
        prefix += equal.index(False) if False in equal else len(equal)
    reader.close()
    return Agreement(same, of, prefix)


def _check(merged: Path, unrounded: Agreement, quantised: Agreement) -> None:
    limits = {"f16": (unrounded, _SAME_UNROUNDED), QUANTISATION: (quantised, _SAME_QUANTISED)}
    for kind, (agreement, least) in limits.items():
        if agreement.share < least:
            share = f"{agreement.share:.0%} of places"
            what = f"the {kind} GGUF agrees with the merged model at {share}"
            raise ModelError(what, where=merged, hint="report it, with the model's name")


def _name(base: Path) -> str:
    """Return the name that goes into both GGUFs, so that only their weights tell them apart."""
    return f"fine-tune of {base.name}"


def base_gguf(base: Path, folder: Path, say: Say) -> Artefact:
    """Make the base model's GGUF the same way, which is what a fine-tune is compared with.

    Made once per base, in `folder`, and kept there. Raises ModelError as `export` does.
    """
    out = folder / f"base-{weights_digest(base)[:12]}.{QUANTISATION.lower()}.gguf"
    if not out.exists():
        folder.mkdir(parents=True, exist_ok=True)
        say("making the base model's GGUF the same way, once, to compare with")
        whole = out.with_name(f".{out.stem}.f16.gguf")
        try:
            convert(base, whole, _name(base))
            quantise(whole, out)
        finally:
            whole.unlink(missing_ok=True)
    return artefact(out, Notice("quantised_base", {"quantisation": QUANTISATION}))


def _check_other(out: Path, base: Artefact) -> None:
    if base.sha256 == store.sha256_of(out):
        raise ModelError("the GGUF is the base model's", where=out, hint="train for longer")
