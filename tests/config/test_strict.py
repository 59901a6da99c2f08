from __future__ import annotations

import contextlib
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from harness.config.mistakes import line_of
from harness.config.recipe import Budget, Run
from harness.config.source import Sources
from harness.config.strict import SeveralMistakesError, load, read_yaml, refuse_wrong_part
from harness.errors import ConfigError

GOOD = "train_examples: 64\nepochs: 1\nmax_length: 128\n"


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "file.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def error_of(folder: Path, content: str | bytes, model: Any = Budget) -> str:
    path = written(folder, content)
    with pytest.raises(ConfigError) as caught:
        load(model, path)
    return str(caught.value).replace(str(path), "FILE")


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.rstrip("\n"),
        "\ufeff" + GOOD,
        "\ufeff" + GOOD.replace("\n", "\r\n"),
        "# a comment\n---\n" + GOOD,
        "{train_examples: 64, epochs: 1, max_length: 128}",
    ],
    ids=["unix", "windows", "no last line end", "mark", "mark and windows", "document start", "flow"],
)
def test_every_way_to_write_a_file_gives_the_same_model(tmp_path: Path, content: str) -> None:
    assert load(Budget, written(tmp_path, content)) == Budget(train_examples=64, epochs=1, max_length=128)


@pytest.mark.parametrize(
    ("written_as", "value"),
    [("1e-3", 0.001), ("1E3", 1000.0), (".5", 0.5), ("2", 2.0), ("1_000", 1000.0), ("+1.5", 1.5)],
)
def test_numbers_are_read_as_yaml_1_2_has_them(tmp_path: Path, written_as: str, value: float) -> None:
    budget = load(Budget, written(tmp_path, GOOD.replace("epochs: 1", f"epochs: {written_as}")))
    assert budget.epochs == value


def test_no_is_a_word_and_not_false(tmp_path: Path) -> None:
    assert load(Run, written(tmp_path, "method: no\n")).method == "no"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a: [1,", "FILE:1: broken YAML"),
        ("a:\n\t- 1", "FILE:2: broken YAML: found character '\\t'"),
        ("a: 1\nb: 2\na: 3\n", 'FILE:3: broken YAML: found duplicate key "a"'),
        ("a: *nowhere\n", "FILE:1: broken YAML: found undefined alias"),
        ("a: 1\n---\nb: 2\n", "FILE:2: broken YAML: but found another document"),
        ("a: 'open\n", "broken YAML"),
        ("a: \x01\n", "FILE: broken YAML: unacceptable character #x0001"),
        (b"a: \xff\n", "FILE: is not UTF-8 text (invalid start byte at byte 3)"),
        ("", "FILE: is empty or not a mapping"),
        ("# only a comment\n", "FILE: is empty or not a mapping"),
        ("- a\n- b\n", "FILE: is empty or not a mapping"),
        ("word", "FILE: is empty or not a mapping"),
    ],
)
def test_what_is_no_mapping_is_refused_with_its_line(tmp_path: Path, content: str | bytes, expected: str) -> None:
    message = error_of(tmp_path, content)
    assert expected in message
    assert "Traceback" not in message


def test_every_reading_gives_content_of_its_own_as_the_file_is_now(tmp_path: Path) -> None:
    first = read_yaml(written(tmp_path, "a:\n  b: 1\n"))
    first["a"]["b"] = 2
    again = read_yaml(tmp_path / "file.yaml")
    assert (again, again["a"].lc.key("b")) == ({"a": {"b": 1}}, (1, 2))
    assert read_yaml(written(tmp_path, "a: 3\n")) == {"a": 3}


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the file does not exist"):
        read_yaml(tmp_path / "absent.yaml")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        read_yaml(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("epochs: 1", "epohcs: 1", 'FILE:2: unknown key "epohcs"\n  hint: did you mean "epochs"?'),
        ("epochs: 1\n", "", 'FILE: the key "epochs" is missing'),
        ("epochs: 1", "epochs: many", "FILE:2: \"epochs\" is 'many'\n  expected: a number"),
        ("epochs: 1", "epochs: -1", 'FILE:2: "epochs" is -1\n  expected: greater than 0'),
        ("epochs: 1", "epochs: .inf", 'FILE:2: "epochs" is inf\n  expected: a finite number'),
        ("epochs: 1", "epochs: .nan", 'FILE:2: "epochs" is nan\n  expected: a finite number'),
        ("epochs: 1", "epochs: true", 'FILE:2: "epochs" is True\n  expected: a number, without quotes'),
        ("epochs: 1", 'epochs: "1"', "FILE:2: \"epochs\" is '1'\n  expected: a number, without quotes"),
        ("epochs: 1", "epochs:", 'FILE:2: "epochs" is None\n  expected: a number'),
        ("epochs: 1", "epochs: [1]", 'FILE:2: "epochs" is a list\n  expected: a number'),
        ("epochs: 1", "epochs: {a: 1}", 'FILE:2: "epochs" is a mapping\n  expected: a number'),
        ("train_examples: 64", "train_examples: 6.4", 'FILE:1: "train_examples" is 6.4'),
    ],
)
def test_a_wrong_value_is_told_with_its_line_and_what_was_expected(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    assert expected in error_of(tmp_path, GOOD.replace(old, new))


def test_all_mistakes_of_a_file_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, "train_examples: 0\nepochs: 0\nmax_lenght: 3\n")
    with pytest.raises(SeveralMistakesError) as caught:
        load(Budget, path)
    assert len(caught.value.each) == 4
    assert str(caught.value).count(str(path)) == 4


def test_a_wrong_choice_gets_a_suggestion(tmp_path: Path) -> None:
    message = error_of(tmp_path, "method: lora\ntrain:\n  learning_rate: 1\n  lr_scheduler_type: cosin\n", Run)
    assert message.startswith("FILE:4: \"train.lr_scheduler_type\" is 'cosin'\n  expected: one of 'linear'")
    assert message.endswith('did you mean "cosine"?')


def test_a_key_below_a_key_is_told_with_its_path_and_its_own_line(tmp_path: Path) -> None:
    message = error_of(tmp_path, "method: lora\nbudget:\n  # fewer\n  epoch: 1\n", Run)
    assert message == 'FILE:4: unknown key "budget.epoch"\n  hint: did you mean "epochs"?'


def test_the_fields_of_the_right_kind_of_source_are_suggested(tmp_path: Path) -> None:
    message = error_of(tmp_path, "sources:\n  a:\n    kind: hub\n    revison: x\n", Sources)
    assert 'FILE:4: unknown key "sources.a.revison"\n  hint: did you mean "revision"?' in message
    assert "hub" not in message.replace("kind: hub", "")
    message = error_of(tmp_path, "sources:\n  a:\n    kind: wheal\n", Sources)
    assert "FILE:3: \"sources.a.kind\" is 'wheal'" in message
    assert message.endswith('did you mean "wheel"?')


def test_either_a_name_or_a_mapping_is_told_without_the_names_of_types(tmp_path: Path) -> None:
    message = error_of(tmp_path, "method: ppo\ninit: [sft/full]\n", Run)
    assert message.splitlines()[0] == 'FILE:2: "init" is a list'
    assert "init.str" not in message


def test_free_options_are_taken_as_they_are(tmp_path: Path) -> None:
    run = load(Run, written(tmp_path, "method: x\noptions: {flag: true, word: '1', far: .inf, list: [1, a]}\n"))
    assert run.options == {"flag": True, "word": "1", "far": math.inf, "list": [1, "a"]}


def test_a_part_may_lack_keys_but_not_have_wrong_ones(tmp_path: Path) -> None:
    path = written(tmp_path, "title: x\nrun:\n  train:\n    weight_decay: 0.1\n")
    refuse_wrong_part(Run, read_yaml(path), key="run", where=path)
    refuse_wrong_part(Run, read_yaml(path), key="absent", where=path)
    path = written(tmp_path, "title: x\nrun:\n  train:\n    weight_decya: 0.1\n")
    with pytest.raises(ConfigError) as caught:
        refuse_wrong_part(Run, read_yaml(path), key="run", where=path)
    assert str(caught.value) == (
        f'{path}:4: unknown key "run.train.weight_decya"\n  hint: did you mean "weight_decay"?'
    )


def test_a_line_is_that_of_the_deepest_key_with_a_place(tmp_path: Path) -> None:
    content = read_yaml(written(tmp_path, "a:\n  b:\n    - 1\n    - 2\n"))
    assert line_of(content, ["a", "b", 1]) == ":4"
    assert line_of(content, ["a", "absent"]) == ":1"
    assert line_of(content, ["absent"]) == ""
    assert line_of({"plain": 1}, ["plain"]) == ""


@given(text=st.text(max_size=200))
def test_any_text_is_a_mapping_or_a_config_error(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = written(tmp_path_factory.getbasetemp(), text.encode("utf-8", "surrogatepass"))
    with contextlib.suppress(ConfigError):
        assert isinstance(read_yaml(path), dict)


@given(
    examples=st.integers(min_value=1, max_value=10**9),
    epochs=st.floats(min_value=1e-6, max_value=1e6, allow_nan=False),
    length=st.integers(min_value=1, max_value=10**6),
)
def test_a_budget_that_is_written_is_read_back(
    examples: int, epochs: float, length: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "budget.yaml"
    YAML().dump({"train_examples": examples, "epochs": epochs, "max_length": length}, path)
    assert load(Budget, path) == Budget(train_examples=examples, epochs=epochs, max_length=length)
