"""What is refused before a run starts."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from curator.base.errors import BrokenLine, DataError, ModelError, TrainingError
from curator.training import preflight
from curator.training.config import TrainConfig
from curator.training.preflight import examine
from tests.training.conftest import authored, chat, write_rows

Make = Callable[..., TrainConfig]


def test_what_is_found_is_said(config: Make, data: Path) -> None:
    found = examine(config(), data).document()
    assert found["architecture"] == "LlamaForCausalLM"
    assert (found["train"]["rows"], found["valid"]["rows"], found["left_out"]) == (12, 4, [])
    assert 0 < found["trainable"] < found["parameters"]
    assert found["memory"]["estimate"] > found["parameters"] * 4
    assert found["grad_checkpoint"] is False and found["least_seconds"] > 0


def test_a_fast_machine_has_a_time_too(
    config: Make, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "speed_here", lambda: 1e15)
    assert 0 < examine(config(), data).document()["least_seconds"] < 0.05


@pytest.mark.slow
def test_a_long_row_is_named_and_never_cut(config: Make, data: Path) -> None:
    rows = [*authored()[:4], chat("Pourquoi ?", "Parce que. " * 200)]
    write_rows(data / "train.jsonl", rows)
    with pytest.raises(DataError, match=r"train.jsonl:5 \(\d+ tokens\).*long_rows: leave_out"):
        examine(config(max_seq_length=128), data)
    found = examine(config(max_seq_length=128, long_rows="leave_out"), data)
    assert len(found.train) == 4 and "train.jsonl:5" in found.left_out[0]


@pytest.mark.slow
def test_fewer_rows_than_a_batch_are_refused(config: Make, data: Path) -> None:
    with pytest.raises(DataError, match="12 rows are fewer than a batch of 13"):
        examine(config(batch_size=13), data)


@pytest.mark.slow
def test_too_little_memory_is_refused(
    config: Make, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "available", lambda: 10**6)
    with pytest.raises(TrainingError, match="check_memory: false"):
        examine(config(), data)
    assert examine(config(check_memory=False), data)


@pytest.mark.slow
def test_broken_data_is_named_by_line(config: Make, data: Path) -> None:
    (data / "train.jsonl").write_text('{"messages": []}\n', "utf-8")
    with pytest.raises(BrokenLine, match=r"train\.jsonl:1"):
        examine(config(), data)
    (data / "train.jsonl").unlink()
    with pytest.raises(DataError, match="curator build"):
        examine(config(), data)


def test_a_model_that_is_not_there_or_too_small_is_refused(config: Make, data: Path) -> None:
    with pytest.raises(ModelError, match="no such model folder"):
        examine(config(model="/nowhere/at/all"), data)
    with pytest.raises(ModelError, match="the model has 2 layers"):
        examine(config(num_layers=3), data)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ raise_exception('System role\nnot supported') }}", "System role not supported"),
        ("{% for m in messages %}{{ m['content'] ", "unexpected end of template"),
        ("{{ messages[0].nothing.at_all }}", "no attribute"),
    ],
)
def test_a_row_that_the_template_refuses_is_named(
    config: Make, data: Path, tmp_path: Path, template: str, words: str
) -> None:
    model = shutil.copytree(config().model, tmp_path / "model")
    for file in model.glob("chat_template*"):
        file.unlink()
    (model / "chat_template.jinja").write_text(template, "utf-8")
    with pytest.raises(DataError, match=rf"train.jsonl:1: the model's chat template .*{words}"):
        examine(config(model=str(model)), data)


def test_the_prompt_is_masked_and_nothing_but_the_prompt(config: Make, data: Path) -> None:
    from curator.training.data import read_rows
    from curator.training.modelling import load_tokenizer

    tokenizer = load_tokenizer(Path(config().model))
    row = read_rows(data / "train.jsonl", tokenizer, mask_prompt=True)[0]
    learned = tokenizer.decode(list(row.tokens[row.offset :]))
    assert learned == authored()[0]["messages"][-1]["content"] + "<|im_end|>\n"
    assert read_rows(data / "train.jsonl", tokenizer, mask_prompt=False)[0].offset == 0
