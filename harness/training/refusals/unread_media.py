"""Refuse a training whose base model cannot read the pictures, sound or tables of its questions."""

from __future__ import annotations

from collections.abc import Sequence

from harness.config.recipe import Recipe
from harness.errors import RunFailed
from harness.items.media import why_unreadable
from harness.items.prepared import PreparedDomain
from harness.models.base_roles import BASE_ROLES, TEXT_ONLY
from harness.training.registry import base_role, get_method


def refuse_unread_media(recipe: Recipe, domains: Sequence[PreparedDomain]) -> None:
    """Check every view that the recipe learns from; nothing is loaded.

    Raises:
        RunFailed: the recipe's base role does not read a kind of media that a view holds.
    """
    role = base_role(recipe)
    reads = BASE_ROLES[role].reads if role else TEXT_ONLY
    method = get_method(recipe.run.method)
    for domain in domains:
        for view in method.learns(domain, recipe):
            source = f"the view {view} of {domain.name}"
            reason = why_unreadable(domain.media_kinds(view), reads=reads, reader=recipe.id, source=source)
            if reason:
                raise RunFailed(f"refused: {reason}")
