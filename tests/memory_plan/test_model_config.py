"""Where a model's configuration comes from, and how fast an unknown name fails."""

from __future__ import annotations

from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub import errors

from harness.errors import ConfigError
from harness.memory_plan.model_config import model_config


def hub_raises(monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[str]:
    """Let the hub answer with `error`; returns the list of requested addresses."""
    asked: list[str] = []

    def answer(url: str, **_: object) -> None:
        asked.append(url)
        raise error

    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", answer)
    return asked


def test_a_built_in_shape_is_found_in_upper_case() -> None:
    assert model_config("Llama-3.1-8B").num_key_value_heads == 8


def test_a_folder_wins_over_a_built_in_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "llama-2-7b").mkdir()
    (tmp_path / "llama-2-7b/config.json").write_text('{"model_type": "llama", "hidden_size": 64}')
    monkeypatch.chdir(tmp_path)
    assert model_config("llama-2-7b").hidden_size == 64


def test_a_hub_out_of_reach_is_asked_once_and_the_error_lists_the_built_in_shapes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = hub_raises(monkeypatch, ConnectionError("Name or service not known"))
    with pytest.raises(ConfigError, match="the hub did not answer: Name or service not known") as caught:
        model_config("no/such-model-anywhere")
    assert len(asked) == 1
    assert "llama-65b" in str(caught.value)
    assert "gemma-2-2b" in str(caught.value)


def test_an_offline_hub_is_named_as_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    hub_raises(monkeypatch, errors.OfflineModeIsEnabled("offline"))
    with pytest.raises(ConfigError, match="HF_HUB_OFFLINE"):
        model_config("no/such-model-anywhere")


def test_a_misspelt_built_in_shape_gets_a_suggestion(monkeypatch: pytest.MonkeyPatch) -> None:
    hub_raises(monkeypatch, ConnectionError())
    with pytest.raises(ConfigError) as caught:
        model_config("Qwen2.5-7")
    assert 'did you mean "qwen2.5-7b"?' in str(caught.value)


def test_a_name_that_the_hub_cannot_have_is_an_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"the hub has no config\.json under this name"):
        model_config("a/b/c/d")


def test_a_file_that_holds_no_configuration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("[]")
    with pytest.raises(ConfigError, match="holds no model configuration"):
        model_config(str(tmp_path))


def test_a_model_type_that_transformers_does_not_know_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "no_such_type"}')
    with pytest.raises(ConfigError, match="does not know the model type 'no_such_type'"):
        model_config(str(tmp_path))
