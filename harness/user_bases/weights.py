"""The tensors of a model's safetensors files, by their headers alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.errors import DataError
from harness.user_bases.own_folder import read_json

INDEX = "model.safetensors.index.json"
EMBEDDINGS = ("embed_tokens.weight", "wte.weight", "word_embeddings.weight", "embed_in.weight", "shared.weight")
"""Ends of the names of the input embeddings in the architectures of transformers."""
OLD = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.h5", "*.msgpack")
"""Formats of weights that the harness does not read. Most of them can run code when they are loaded."""


@dataclass(frozen=True)
class Embeddings:
    """The matrix of input embeddings."""

    name: str
    rows: int


@dataclass(frozen=True)
class Weights:
    """What is known about the weights before they are loaded."""

    files: tuple[str, ...]
    """Relative paths of the safetensors files."""
    bytes: int
    """Their size together; 0: not known."""
    embeddings: Embeddings | None = None
    """Null: the files are not at hand, or no tensor has a name of `EMBEDDINGS`."""


def read_weights(folder: Path, *, where: str) -> Weights:
    """Open the header of every safetensors file.

    Raises:
        DataError: there is none, one is cut off or is a Git LFS pointer, or a file that the index names is missing.
    """
    from safetensors import SafetensorError, safe_open

    paths = [path for path in sorted(folder.rglob("*.safetensors")) if path.is_file()]
    require_safetensors([path.relative_to(folder).as_posix() for path in paths], folder_names(folder), where=where)
    _require_shards(folder, {path.name for path in paths}, where=where)
    embeddings = None
    for path in paths:
        try:
            with safe_open(path, framework="pt") as tensors:
                for name in tensors.keys():  # noqa: SIM118 (no mapping)
                    if name.endswith(EMBEDDINGS):
                        embeddings = embeddings or Embeddings(name, tensors.get_slice(name).get_shape()[0])
        except (SafetensorError, OSError) as error:
            pointer = path.stat().st_size < 1000 and path.read_bytes().startswith(b"version https://git-lfs")
            what = "is a pointer of Git LFS, not the weights" if pointer else f"cannot be read: {error}"
            hint = "run `git lfs pull` in the folder" if pointer else "copy or download the file again"
            raise DataError(f"{path.name} {what}", where=where, hint=hint) from None
    files = tuple(path.relative_to(folder).as_posix() for path in paths)
    return Weights(files, sum(path.stat().st_size for path in paths), embeddings)


def folder_names(folder: Path) -> list[str]:
    """Relative paths of all files below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def require_safetensors(found: list[str], names: list[str], *, where: str) -> None:
    """Refuse a model without a safetensors file.

    Raises:
        DataError: it names the weights in another format, if there are some.
    """
    if found:
        return
    old = [name for name in names if Path(name).match("*") and Path(name).suffix in {glob[1:] for glob in OLD}]
    has = f"its weights are in {old[0]}" if old else "there are no weights"
    hint = "save it with transformers: `model.save_pretrained(FOLDER)` writes safetensors"
    raise DataError(f"no *.safetensors file; {has}", where=where, expected="weights as safetensors", hint=hint)


def _require_shards(folder: Path, present: set[str], *, where: str) -> None:
    if not (folder / INDEX).is_file():
        return
    named = set(read_json(folder / INDEX).get("weight_map", {}).values())
    missing = sorted(named - present)
    if missing:
        what = f"{len(missing)} of {len(named)} weight files are missing: {', '.join(missing[:3])}"
        raise DataError(what, where=where, expected=f"the files that {INDEX} names", hint="copy or download them again")
