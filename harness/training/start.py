"""The language model that a training starts from: the base of its role, or the finished parent run."""

from __future__ import annotations

from harness.errors import DataError
from harness.models.base_roles import BASE_ROLES
from harness.models.causal_lm import load_folder
from harness.models.loaded import LanguageModel
from harness.models.merging import fold_in
from harness.training.contract import LoadContext
from harness.training.registry import base_role, get_method, started_from


def load_start(context: LoadContext) -> LanguageModel:
    """The base, or the parent run with its adapter merged into the weights.

    Raises:
        DataError: the method names no base model, or the parent is not a language model.
        RunFailed: the parent's adapter cannot be merged.
    """
    parent = started_from(context)
    if parent is None:
        if context.base is None:
            raise DataError(f"the method {context.recipe.run.method} names no base model", where=context.recipe.id)
        role = base_role(context.recipe)
        return load_folder(context.base, context.device, role=BASE_ROLES[role] if role else None)
    loaded = get_method(parent.recipe.run.method).load(parent)
    if not isinstance(loaded, LanguageModel):
        raise DataError(f"the parent {parent.recipe.id} is not a language model", where=context.recipe.id)
    loaded.model = fold_in(loaded.model, of=parent.recipe.id)
    return loaded
