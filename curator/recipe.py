"""Recipes: the pydantic models of `pipelines/*.yaml`. Unknown keys are refused.

A setting comes from the command's flag, else from the recipe, else from the default here.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from curator.errors import RecipeError
from curator.example import Sampling
from curator.taxonomy import Category, Difficulty, Topic

R = TypeVar("R", bound="Settings")
DEFAULT_MODEL = "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF"


class Settings(BaseModel):
    """Base of every part of a recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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


class Targets(Settings):
    """How many examples are wanted: per cell, with other numbers for some topics.

    `surplus` is how many accepted candidates are wanted for each example that is missing, since
    reviewers reject some.
    """

    per_cell: int = Field(5, ge=0)
    topics: dict[Topic, int] = {Topic.LIFETIMES: 9, Topic.BORROWING: 9}
    categories: dict[Category, float] = {
        Category.DEBUG: 0.4,
        Category.CONCEPTS: 0.4,
        Category.EXERCISES: 0.2,
    }
    surplus: float = Field(1.5, ge=1)

    @field_validator("categories")
    @classmethod
    def _shares(cls, shares: dict[Category, float]) -> dict[Category, float]:
        if abs(sum(shares.values()) - 1) > 1e-6 or min(shares.values()) < 0:
            raise ValueError(f"the shares of the categories sum to {sum(shares.values())}, not 1")
        return shares

    def of(self, topic: Topic, difficulty: Difficulty) -> int:
        """The number of examples wanted in one cell (the same at each difficulty of a topic)."""
        return self.topics.get(topic, self.per_cell)

    def split(self, topic: Topic, difficulty: Difficulty) -> dict[Category, int]:
        """One cell's number over the categories, by their shares and the largest remainder."""
        total = self.of(topic, difficulty)
        exact = {c: self.categories.get(c, 0.0) * total for c in Category}
        whole = {c: int(n + 1e-9) for c, n in exact.items()}
        by_rest = sorted(Category, key=lambda c: whole[c] - exact[c])
        for category in by_rest[: total - sum(whole.values())]:
            whole[category] += 1
        return whole


StrategyName = Literal["mutate", "few_shot", "from_docs", "evolve", "repair"]


class StopSettings(Settings):
    """When a batch ends, if its targets are not met before.

    `candidates` and `minutes` bound the batch (None: no bound on time); it also ends when fewer
    than `min_yield` of the last `window` candidates were accepted.
    """

    candidates: int = Field(600, ge=1)
    minutes: float | None = Field(None, gt=0)
    min_yield: float = Field(0.02, ge=0, le=1)
    window: int = Field(64, ge=1)


class GenerateSettings(Settings):
    """How candidates are made.

    `strategies` are those that may be used; what is known of their yields decides between them,
    but for the share `explore` of requests, which tries all of them. `wave` candidates are made
    and judged together; `per_prompt` of one slot follow each other and share their `shots`, which
    the model then reads once. With `grammar`, the model can only write the sections in order.
    A candidate is repaired at most `repairs` times. The share `rephrase` of the mutants has its
    explanation put in other words by the model. With `likelihood`, the model also says how
    probable it finds each accepted candidate, which takes it about as long as reading it.
    """

    strategies: tuple[StrategyName, ...] = ("mutate", "few_shot", "repair")
    explore: float = Field(0.1, ge=0, le=1)
    wave: int = Field(16, ge=1)
    per_prompt: int = Field(4, ge=1)
    shots: int = Field(2, ge=0, le=8)
    grammar: bool = True
    repairs: int = Field(1, ge=0)
    rephrase: float = Field(0, ge=0, le=1)
    likelihood: bool = False
    sampling: Sampling = Sampling()

    @field_validator("strategies")
    @classmethod
    def _able(cls, names: tuple[StrategyName, ...]) -> tuple[StrategyName, ...]:
        if not set(names) - {"repair"}:
            raise ValueError("name a strategy that makes new candidates, not only repair")
        return tuple(dict.fromkeys(names))


class StructureSettings(Settings):
    """The five sections, in order, none empty; every fence closed and with a language."""

    name: Literal["structure"] = "structure"


class LengthSettings(Settings):
    """Bounds on the answer, in words and punctuation marks."""

    name: Literal["length"] = "length"
    min_tokens: int = Field(50, ge=0)
    max_tokens: int = Field(800, ge=1)


class BannedSettings(Settings):
    """Phrases that no example contains; case and accents do not matter."""

    name: Literal["banned"] = "banned"
    phrases: tuple[str, ...] = ()


class FrenchSettings(Settings):
    """Prose is French as a whole and in each unit of at least `unit_chars` characters.

    A unit counts as foreign when langdetect gives another language at least `confidence`.
    """

    name: Literal["french"] = "french"
    unit_chars: int = Field(80, ge=20)
    confidence: float = Field(0.9, gt=0, le=1)
    min_score: float = Field(0.9, ge=0, le=1)


class DuplicateSettings(Settings):
    """No question and no answer is, once normalised, that of an earlier example."""

    name: Literal["duplicates"] = "duplicates"


class NearDuplicateSettings(Settings):
    """No example nearly repeats an earlier one; bounds are Jaccard similarities of shingles.

    The prose of two examples stays below `prose`. Where their code reaches `code`, the prose stays
    below `prose_with_code`, and below `prose_with_error` where they show the same error code.
    Their questions stay below `question`, where the code reaches `code` or there is none.
    """

    name: Literal["near_duplicates"] = "near_duplicates"
    prose: float = Field(0.5, ge=0.4, le=1)
    code: float = Field(0.8, ge=0.7, le=1)
    prose_with_code: float = Field(0.15, ge=0, le=1)
    prose_with_error: float = Field(0.06, ge=0, le=1)
    question: float = Field(0.7, ge=0.5, le=1)


class SemanticDuplicateSettings(Settings):
    """No question and answer mean what those of an earlier example do.

    `similarity` is the cosine of multilingual-e5-small's embeddings, which lie close together:
    unrelated texts have 0.8 and more. Needs the extra "semantic".
    """

    name: Literal["semantic_duplicates"] = "semantic_duplicates"
    similarity: float = Field(0.94, gt=0, le=1)


class LeakageSettings(Settings):
    """Nothing too close to the evaluator's prompts or reference answers.

    `prompts` is a JSONL file, from the project's root; None takes the project's own, and asks
    nothing while there is none. `overlap` is the share of a prompt's or reference's 8-grams that
    must not be reached, `similarity` the Jaccard similarity of word bigrams.
    """

    name: Literal["leakage"] = "leakage"
    prompts: str | None = None
    overlap: float = Field(0.5, gt=0, le=1)
    similarity: float = Field(0.4, gt=0, le=1)


class RustSettings(Settings):
    """Every Rust block does what is expected of it; limits are for one compiler run.

    `seconds` bounds both wall and processor time, `memory_mb` the address space of rustc, and
    `run_seconds` the time of a program.
    `accept` are the compositions that count, `imports` says whether those may be added that rustc
    proposes without a choice, `crates` whether the external set may be named, `run` whether
    programs and tests are run. `let_through` are reasons that reviewers may judge:
    such an example passes with the fault in its detail, and needs a review like any other.
    """

    name: Literal["rust"] = "rust"
    edition: Literal["2015", "2018", "2021", "2024"] = "2021"
    seconds: int = Field(20, ge=1)
    memory_mb: int = Field(4096, ge=256)
    output_kb: int = Field(256, ge=16)
    require_block: bool = True
    accept: tuple[Literal["as_is", "in_main", "after_answer", "after_question"], ...] = (
        "as_is",
        "in_main",
        "after_answer",
        "after_question",
    )
    imports: bool = True
    crates: bool = True
    run: bool = False
    run_seconds: int = Field(10, ge=1)
    let_through: tuple[Literal["pseudo_code", "free_names"], ...] = ()


FilterSettings = Annotated[
    StructureSettings
    | LengthSettings
    | BannedSettings
    | FrenchSettings
    | DuplicateSettings
    | NearDuplicateSettings
    | SemanticDuplicateSettings
    | LeakageSettings
    | RustSettings,
    Field(discriminator="name"),
]

DEFAULT_FILTERS: tuple[FilterSettings, ...] = (
    StructureSettings(),
    LengthSettings(),
    BannedSettings(),
    FrenchSettings(),
    DuplicateSettings(),
    NearDuplicateSettings(),
    LeakageSettings(),
    RustSettings(),
)


class AugmentRecipe(Settings):
    """`kind: augment`: plan, generate, filter, write.

    `seed` None takes the next unused one, so that each run makes new candidates. `output` is
    where batches are written, from the project's root. With `allow_empty`, a batch in which
    nothing survives is a result rather than an error. With `judge: all`, a rejected candidate
    still meets the filters after the one that rejected it.
    """

    kind: Literal["augment"] = "augment"
    name: str = Field("augment", pattern=r"^[a-z0-9][a-z0-9-]*$")
    seed: int | None = Field(None, ge=0)
    output: str = "raw/generated"
    allow_empty: bool = False
    model: ModelSettings = ModelSettings()
    targets: Targets = Targets()
    generate: GenerateSettings = GenerateSettings()
    stop: StopSettings = StopSettings()
    filters: tuple[FilterSettings, ...] = DEFAULT_FILTERS
    judge: Literal["first", "all"] = "first"

    @field_validator("output")
    @classmethod
    def _inside(cls, output: str) -> str:
        path = Path(output)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError("must be a folder inside the project")
        return output


def override(recipe: AugmentRecipe, changes: dict[str, Any]) -> AugmentRecipe:
    """`recipe` with the flags that were given; keys are dotted ("model.name"), None is skipped."""
    data = recipe.model_dump()
    for key, value in changes.items():
        if value is None:
            continue
        *parents, last = key.split(".")
        place = data
        for parent in parents:
            place = place[parent]
        place[last] = value
    return validate(data, "the command's options", AugmentRecipe)


def validate(data: Any, where: str | Path, kind: type[R]) -> R:
    """`data` as a recipe of one kind; raises RecipeError with the key that is wrong."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(p) for p in first["loc"]) or "recipe"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        message = first["msg"].removeprefix("Value error, ")
        raise RecipeError(f"{key}: {message}{more}", where=where) from error


def load_recipe(path: Path) -> AugmentRecipe:
    """The augmentation recipe in a YAML file; see load_as."""
    return load_as(path, {"augment": AugmentRecipe})


def load_as(path: Path, kinds: Mapping[str, type[R]]) -> R:
    """The recipe in a YAML file, as the model that its `kind` names among `kinds`.

    Without a `kind` it is of the first one. `extends: OTHER.yaml` takes what the file does not
    say from another one in the same folder. Raises RecipeError with the file and the wrong key.
    """
    data = _read_yaml(path, ())
    kind = data.get("kind", next(iter(kinds)))
    if not isinstance(kind, str) or kind not in kinds:
        hint = f"give a recipe with kind: {' or '.join(kinds)}"
        raise RecipeError(f"kind: {kind!r} is another kind of recipe", where=path, hint=hint)
    return validate(data, path, kinds[kind])


def _read_yaml(path: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    import yaml

    try:
        data = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise RecipeError(f"cannot read: {error.strerror}", where=path) from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise RecipeError(f"not YAML: {' '.join(str(error).split())}", where=path) from error
    own: dict[str, Any] = {} if data is None else data
    if not isinstance(own, dict):
        raise RecipeError("a recipe is a list of keys and values", where=path)
    base = own.pop("extends", None)
    if base is None:
        return own
    if not isinstance(base, str) or Path(base).name != base or path in seen:
        hint = "name another file of the same folder, without a circle"
        raise RecipeError(f"extends: {base!r} cannot be extended", where=path, hint=hint)
    return _merge(_read_yaml(path.with_name(base), (*seen, path)), own)


def _merge(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """`own` over `base`, key by key; lists are replaced whole."""
    merged = dict(base)
    for key, value in own.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            value = _merge(below, value)
        merged[key] = value
    return merged


def digest(*parts: Any) -> str:
    """SHA-256, in hexadecimal, of JSON-like values and settings; equal values, equal digest."""
    plain = [p.model_dump(mode="json") if isinstance(p, BaseModel) else p for p in parts]
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
