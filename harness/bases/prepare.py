"""`harness base`: prepare the base model of a role (params.base_models) as a Hugging Face folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from harness.bases.bert2bert import make_bert2bert
from harness.bases.gguf import convert
from harness.bases.tiny import make_encoder, make_llama, make_t5
from harness.bases.towers import convert_efficientnet, convert_whisper, make_audio_tower, make_vision_tower
from harness.config.params import BaseModelSpec
from harness.config.project import Project
from harness.errors import DataError
from harness.runtime.atomic_output import atomic_folder

MAKERS: Mapping[str, Callable[[Path, Path], None]] = {
    "gguf": convert,
    "bert2bert": make_bert2bert,
    "tiny_llama": make_llama,
    "tiny_t5": make_t5,
    "tiny_encoder": make_encoder,
    "efficientnet_lite0": convert_efficientnet,
    "whisper_ct2": convert_whisper,
    "tiny_vision_tower": make_vision_tower,
    "tiny_audio_tower": make_audio_tower,
}
"""Format -> the function that writes such a model: it takes the fetched source and the folder to write into."""


def prepare_base(project: Project, role: str) -> None:
    """Convert, copy or create the model, and describe it in `base.json`.

    Raises:
        DataError: the source is not fetched, or the model file is missing or invalid.
    """
    spec = project.params.base_models[role]
    source = project.source(spec.source)
    path = project.source_folder(spec.source) / spec.path
    if not path.exists():
        raise DataError(
            "the source of the base model is missing", where=str(path), hint=f"run `harness fetch {spec.source}`"
        )
    with atomic_folder(project.base_folder(role)) as folder:
        _make(spec, path, folder=folder)
        tiny = spec.format.startswith("tiny_")
        facts = {
            "role": role,
            "name": spec.name,
            "format": spec.format,
            "origin": "random weights made by harness/bases" if tiny else source.origin,
            "licence": "Apache-2.0" if tiny else source.licence,
        }
        (folder / "base.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _make(spec: BaseModelSpec, path: Path, *, folder: Path) -> None:
    """Write the model by the maker of its format; a folder of any other format is copied."""
    if spec.format in MAKERS:
        MAKERS[spec.format](path, folder)
        return
    if not (path / "config.json").is_file():
        hint = "check `path` of the base model in params.yaml, and `files` of its source"
        what = "the model folder has no config.json"
        raise DataError(what, where=str(path), expected=f"a {spec.format} model folder", hint=hint)
    shutil.copytree(path, folder, dirs_exist_ok=True)
