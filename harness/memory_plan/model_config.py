"""The configuration of a model: from a folder, a config.json, a built-in shape or the Hugging Face hub."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.errors import ConfigError, did_you_mean
from harness.memory_plan.known_shapes import SHAPES

HUB_SECONDS = 5.0
"""How long to wait for an answer of the hub."""


def model_config(name: str) -> Any:
    """The transformers configuration that `name` stands for; no weights are read or downloaded.

    Args:
        name: a folder, a config.json, a built-in shape (in upper or lower case), or a repository of the hub.

    Raises:
        ConfigError: `name` is none of these, the hub cannot be reached, or transformers does not know the model type.
    """
    path = Path(name)
    if path.exists():
        return _local(path)
    if name.lower() in SHAPES:
        return SHAPES[name.lower()].config()
    return _from_hub(name)


def _local(path: Path) -> Any:
    from transformers import AutoConfig

    file = path / "config.json" if path.is_dir() else path
    try:
        kind = json.loads(file.read_text(encoding="utf-8")).get("model_type")
    except (OSError, ValueError, AttributeError) as error:
        raise ConfigError(
            "the file is missing or holds no model configuration",
            where=str(file),
            expected="a config.json of transformers",
        ) from error
    try:
        return AutoConfig.from_pretrained(file)
    except (OSError, ValueError, TypeError, KeyError) as error:
        what = f"transformers does not know the model type {kind!r}" if kind else "the key `model_type` is missing"
        raise ConfigError(what, where=str(file)) from error


def _from_hub(name: str) -> Any:
    """The configuration from the hub's cache, else from the hub."""
    from transformers import AutoConfig

    try:
        return AutoConfig.from_pretrained(name, local_files_only=True)
    except (OSError, ValueError):
        _require_answer(name)
    try:
        return AutoConfig.from_pretrained(name)
    except (OSError, ValueError) as error:
        raise _unknown(name, "the hub has it, but transformers cannot read its config.json") from error


def _require_answer(name: str) -> None:
    """Ask the hub once whether it has the repository; its own client would repeat the request for half a minute."""
    from huggingface_hub import errors, get_hf_file_metadata, hf_hub_url

    transport_error: type[Exception] = errors.HTTPError  # type: ignore[attr-defined]
    try:
        get_hf_file_metadata(hf_hub_url(name, "config.json"), timeout=HUB_SECONDS)
    except (errors.RepositoryNotFoundError, errors.EntryNotFoundError, errors.HFValidationError) as error:
        raise _unknown(name, "the hub has no config.json under this name") from error
    except errors.OfflineModeIsEnabled as error:
        raise _unknown(name, "it is not in the hub's cache, and HF_HUB_OFFLINE forbids to ask the hub") from error
    except (transport_error, OSError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise _unknown(name, f"it is not in the hub's cache, and the hub did not answer: {reason}") from error


def _unknown(name: str, reason: str) -> ConfigError:
    near = did_you_mean(name.lower(), SHAPES)
    save = "save the model's config.json and give that file"
    return ConfigError(
        f'no model configuration "{name}": {reason}',
        where="--model",
        expected=f"a folder, a config.json, a repository of the hub, or one of {', '.join(SHAPES)}",
        hint=f"{near} Or {save}" if near.startswith("did you mean") else save,
    )
