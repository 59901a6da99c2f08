"""Read the weights of a CTranslate2 model (`model.bin`) without the library.

    version  name  revision  n x (name, rank, dimensions, dtype, bytes, values)  m x (alias, name)

Numbers are little-endian; a string has its length, with the closing zero, in front. Format: `ModelSpec._serialize` in
ctranslate2/specs/model_spec.py, versions 4 to 6.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from harness.errors import DataError

if TYPE_CHECKING:
    import numpy as np

DTYPES = ("float32", "int8", "int16", "int32", "float16", "bfloat16")
"""By their number in the file. numpy has no bfloat16."""
VERSIONS = range(4, 7)


def read_variables(path: Path, *, expected: str) -> dict[str, np.ndarray[Any, Any]]:
    """Name -> values, for every variable and alias of the model. `expected`: name of the model's kind (`WhisperSpec`).

    Raises:
        DataError: the file is no CTranslate2 model of this kind and a known version, or it is truncated.
    """
    with path.open("rb") as file:
        try:
            version = _number(file, "I")
            kind = _string(file) if version in VERSIONS else f"unknown, version {version}"
            if kind != expected:
                raise _refused(path, f"its kind is {kind}", expected=expected)
            _number(file, "I")  # revision of the kind
            variables = dict(_variable(file) for _ in range(_number(file, "I")))
            for _ in range(_number(file, "I")):
                alias, name = _string(file), _string(file)
                variables[alias] = variables[name]
        except (struct.error, TypeError, ValueError, IndexError, KeyError) as error:
            raise _refused(path, f"it is damaged or truncated: {error}", expected=expected) from error
    return variables


def _variable(file: BinaryIO) -> tuple[str, np.ndarray[Any, Any]]:
    import numpy as np

    name = _string(file)
    shape = tuple(_number(file, "I") for _ in range(_number(file, "B")))
    dtype = np.dtype(DTYPES[_number(file, "B")]).newbyteorder("<")
    content = file.read(_number(file, "I"))
    return name, np.frombuffer(content, dtype=dtype).reshape(shape)


def _string(file: BinaryIO) -> str:
    return file.read(_number(file, "H")).rstrip(b"\0").decode("utf-8")


def _number(file: BinaryIO, code: str) -> int:
    size = struct.calcsize(f"<{code}")
    (number,) = struct.unpack(f"<{code}", file.read(size))
    return int(number)


def _refused(path: Path, reason: str, *, expected: str) -> DataError:
    hint = "check `path` of the base model in params.yaml"
    return DataError(f"the file cannot be read: {reason}", where=str(path), expected=f"a {expected} model", hint=hint)
