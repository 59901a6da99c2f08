"""The base of methods that read pictures, sound or tables beside the text of a question."""

from __future__ import annotations

from typing import ClassVar

from harness.config.recipe import Recipe
from harness.errors import RunFailed
from harness.items.media import MediaKind, why_unreadable
from harness.items.prepared import PreparedDomain
from harness.models.towers.tower_roles import TowerRole
from harness.training.contract import Method, TrainContext, first_view


class MediaMethod(Method):
    """A method that says which kinds of media it reads. Its recipes run on domains of these kinds only.

    A method on a language model names this class first: `class Llava(MediaMethod, PeftLM)`. It calls `refuse_media`
    before it loads a model: in `before_loading`, or first in `train`.
    """

    media_kinds: ClassVar[frozenset[MediaKind]]
    """Kinds of media that the method can learn from: `image`, `audio`, `table`."""
    needs_media: ClassVar[bool] = True
    """False for methods that need no file: they withhold the files from the model, or only count answers."""
    towers: ClassVar[tuple[TowerRole, ...]] = ()
    """Pretrained towers that it may read files with. Its stages depend on them."""

    def learns(self, domain: PreparedDomain, recipe: Recipe) -> list[str]:
        """No view, so that `harness tune` judges by the domain's main view.

        The refusal of unread media before every training asks what the recipe's base model reads. A language model
        reads text only; here the method brings the part that reads the files. `refuse_media` refuses instead.
        """
        return []

    def refuse_media(self, context: TrainContext) -> None:
        """Refuse a domain whose files the method cannot read, before a model is loaded.

        Raises:
            RunFailed: the view to learn from holds another kind of media, or none where the method needs some.
        """
        reads = {"text", *self.media_kinds}
        for domain in context.domains:
            view = first_view(domain, self.views)
            kinds, source = domain.media_kinds(view), f"the view {view} of {domain.name}"
            reason = why_unreadable(kinds, reads=reads, reader=context.recipe.id, source=source)
            if reason:
                raise RunFailed(f"refused: {reason}")
            if self.needs_media and not kinds:
                wanted = " or ".join(sorted(self.media_kinds))
                raise RunFailed(f"refused: {context.recipe.id} reads {wanted}; {source} has no files")


def media_needed(method: Method) -> frozenset[MediaKind]:
    """The kinds of files that restrict a recipe of the method to domains that have them; empty if it runs on all.

    A recipe's file repeats them as `media:`, because runs are listed without importing any method.
    """
    if not isinstance(method, MediaMethod) or not method.needs_media:
        return frozenset()
    return method.media_kinds
