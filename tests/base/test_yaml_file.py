"""YAML files that people write: each fault has its line, and what was probably meant."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from curator.base.errors import DataError, RecipeError
from curator.base.faults import did_you_mean
from curator.base.yaml_file import check_yaml, read_yaml


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: int
    colour: str = "bleu"


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    parts: dict[str, Part] = {}
    rows: tuple[Part, ...] = ()


def written(folder: Path, text: str) -> Path:
    path = folder / "a.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_sound_file_is_read_over_its_defaults(tmp_path: Path) -> None:
    file = read_yaml(written(tmp_path, "parts:\n  a: {size: 1}\n"))
    whole = check_yaml(file, Whole, {"title": "Un", "parts": {"b": {"size": 2}}})
    assert (whole.title, list(whole.parts)) == ("Un", ["a"])
    assert file.at(("parts", "a", "size")).endswith("a.yaml:2")
    assert file.at(("parts", "b")).endswith("a.yaml:1")
    assert read_yaml(written(tmp_path, "")).data == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "title: x\nparts:\n  a:\n    sise: 1\n",
            "a.yaml:4: unknown key parts.a.sise: did you",
        ),
        ("title: x\nparts:\n  a: {}\n", "a.yaml:3: parts.a lacks size"),
        ("title: x\nrows:\n- {size: 1}\n- {size: un}\n", "a.yaml:4: rows.1.size: "),
        ("titel: x\n", "a.yaml:1: unknown key titel: did you mean title?"),
        ("title: x\nzzz: 1\n", "a.yaml:2: unknown key zzz: use one of title, parts, rows"),
        ("title: x\ntitle: y\n", "a.yaml:2: title stands here twice"),
        ("title: [x\n", "a.yaml:2: not YAML: "),
        ("title: 'x\n", "a.yaml:2: not YAML: "),
        ("- x\n", "a.yaml: not a list of keys and values"),
        ("[" * 5000, "a.yaml"),
    ],
)
def test_a_fault_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(RecipeError) as caught:
        check_yaml(read_yaml(path, RecipeError), Whole, error=RecipeError)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_what_is_no_text_or_not_there_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with pytest.raises(DataError, match=r"a\.yaml: cannot read: No such file"):
        read_yaml(path)
    path.write_bytes(b"title: \xff\xfe")
    with pytest.raises(DataError, match=r"a\.yaml: this is no UTF-8 text"):
        read_yaml(path)


def test_a_guess_is_made_only_where_there_is_one() -> None:
    assert did_you_mean("lifetime", ["lifetimes", "traits"]) == ": did you mean lifetimes?"
    assert did_you_mean("x", ["lifetimes", "traits"]) == ": use one of lifetimes, traits"
    assert did_you_mean("x", []) == ""
