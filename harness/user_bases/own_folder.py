"""Check that the path a user gives is the folder of a model, and say what it is if it is something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.errors import DataError, did_you_mean

EXPECTED = "a folder with config.json, a tokenizer and *.safetensors, as `save_pretrained` writes it"
FILES = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja")
"""Globs of the files that belong to a model; checkpoints of optimisers and the like are left out."""


def own_folder(given: Path, *, root: Path) -> Path:
    """The absolute path of a model's folder.

    Raises:
        DataError: the path is missing, a file (GGUF files get their own hint), inside data/, an adapter, or no model.
    """
    path, where = given.expanduser().resolve(), str(given)
    if not path.exists():
        names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        raise DataError("the path does not exist", where=where, expected=EXPECTED, hint=did_you_mean(path.name, names))
    if path.is_file():
        raise DataError(_what_file(path), where=where, expected=EXPECTED, hint=_file_hint(path))
    if path.is_relative_to(root.resolve() / "data"):
        hint = "move the folder elsewhere; the stages overwrite data/sources and data/bases"
        raise DataError("the folder is inside data/", where=where, hint=hint)
    if (path / "adapter_config.json").is_file():
        raise DataError(
            f"the folder holds an adapter for {_base_of_adapter(path)}, not a whole model",
            where=where,
            expected=EXPECTED,
            hint="merge the adapter into its base first (peft: `model.merge_and_unload().save_pretrained(FOLDER)`; "
            "a run of this project: `harness export RUN --merge`)",
        )
    if not (path / "config.json").is_file():
        ggufs = sorted(entry.name for entry in path.glob("*.gguf"))
        found = f"it holds the GGUF file {ggufs[0]}" if ggufs else _holds(path)
        hint = _file_hint(path / ggufs[0]) if ggufs else "give the folder that holds config.json itself"
        raise DataError(f"the folder has no config.json; {found}", where=where, expected=EXPECTED, hint=hint)
    return path


def read_json(path: Path) -> dict[str, Any]:
    """The mapping in a JSON file.

    Raises:
        DataError: the file is no JSON mapping.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"cannot be read as JSON: {error}", where=str(path), hint="copy the file again") from None
    if not isinstance(content, dict):
        raise DataError("is not a JSON mapping", where=str(path), hint="copy the file again")
    return content


def _what_file(path: Path) -> str:
    with path.open("rb") as file:
        magic = file.read(4)
    return "the path is a GGUF file" if magic == b"GGUF" or path.suffix == ".gguf" else "the path is a file"


def _file_hint(path: Path) -> str:
    if path.suffix == ".gguf":
        return (
            "recipes train weights that are not quantised: give the folder that the GGUF file was made from, "
            f'or convert it with transformers (`from_pretrained(FOLDER, gguf_file="{path.name}")`, then '
            "`save_pretrained`)"
        )
    return f"give the folder: {path.parent}"


def _base_of_adapter(path: Path) -> str:
    name = read_json(path / "adapter_config.json").get("base_model_name_or_path")
    return str(name) if name else "another model"


def _holds(path: Path) -> str:
    names = sorted(entry.name for entry in path.iterdir())
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return f"it holds {shown}" if names else "it is empty"
