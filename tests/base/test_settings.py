"""Mistakes in settings: all at once, each with its line, and what was probably meant."""

from pathlib import Path

import pytest

from curator.base.errors import RecipeError
from curator.base.settings import load_as
from curator.generate.recipe import AugmentRecipe

KINDS = {"augment": AugmentRecipe}


def load(folder: Path, text: str) -> AugmentRecipe:
    path = folder / "a.yaml"
    path.write_text(text, "utf-8")
    return load_as(path, KINDS)


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(RecipeError) as caught:
        load(folder, text)
    error = caught.value
    lines = error.places or [f"{error.where}: {error.what}"]
    assert "pydantic" not in str(error) and "Input should" not in str(error)
    return [line.strip().removeprefix(f"{folder}/") for line in lines]


def test_every_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    text = """kind: augment
taregts:
  per_cell: 3
generate:
  strategis: [mutate]
  wave: zero
filters:
- name: lenght
- name: length
  min_token: 3
- min_tokens: 3
"""
    assert sorted(mistakes(tmp_path, text)) == sorted(
        [
            "a.yaml:2: unknown key taregts: did you mean targets?",
            "a.yaml:5: unknown key generate.strategis: did you mean strategies?",
            "a.yaml:6: generate.wave: a whole number is wanted, not 'zero'",
            "a.yaml:8: filters.0: 'lenght' is unknown: did you mean length?",
            "a.yaml:10: unknown key filters.1.min_token: did you mean min_tokens?",
            "a.yaml:11: filters.2 lacks name",
        ]
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("judge: al", "a.yaml:1: judge: 'al' is unknown: did you mean all?"),
        ("model: 3", "a.yaml:1: model: keys with values are wanted, not 3"),
        ("stop: {candidates: 0}", "a.yaml:1: stop.candidates: 1 or more is wanted, not 0"),
        ("allow_empty: perhaps", "a.yaml:1: allow_empty: true or false is wanted, not 'perhaps'"),
        ("name: [a]", "a.yaml:1: name: a text is wanted, not ['a']"),
        ("name: A b", "a.yaml:1: name: it does not have the form ^[a-z0-9][a-z0-9-]*$, not 'A b'"),
        ("output: /x", "a.yaml:1: output: must be a folder inside the project"),
        ("- a", "a.yaml: not a list of keys and values"),
        ("seed: 1\nseed: 2", "a.yaml:2: seed stands here twice"),
        ("a: [", "a.yaml:1: not YAML"),
    ],
)
def test_one_mistake_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    [line] = mistakes(tmp_path, text)
    assert line.startswith(said)


def test_what_is_extended_is_named_by_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("seed: 3\nstop:\n  windo: 4\n", "utf-8")
    [line] = mistakes(tmp_path, "extends: base.yaml\nname: b\n")
    assert line == "base.yaml:3: unknown key stop.windo: did you mean window?"
