"""The frozen copy of an adapter that trl's trainers use as reference model."""

from __future__ import annotations

from typing import Any

REFERENCE = "ref"
"""The name that trl gives it."""


def drop_reference(model: Any) -> None:
    """Remove the copy, which is no part of the result and would be saved beside it."""
    if REFERENCE in model.peft_config:
        model.delete_adapter(REFERENCE)
