"""The most frequent label, for domains whose questions have files."""

from __future__ import annotations

from typing import ClassVar

from harness.items.media import MediaKind
from harness.methods.majority import Majority
from harness.models.loaded import LabelClassifier
from harness.models.rewritten import WithheldClassifier
from harness.training.contract import LoadContext
from harness.training.media_method import MediaMethod


class MediaMajority(MediaMethod, Majority):
    """Predict each label with the probability that it has among the training items; files are not looked at.

    What it does: counts labels. It computes no gradient and reads neither text nor files.
    Data: `classify` questions; only the answers count.
    Cost: none.
    Use it: always, as the lower bound of a domain with pictures, sound or tables.
    Not for: answers that are not labels.
    Related: `baseline/majority`, the same on domains of text; `multimodal/text_only`, which reads the question.
    Example: `python -m harness train multimodal/majority --domain wine --seed 0`
    """

    media_kinds: ClassVar[frozenset[MediaKind]] = frozenset({"image", "audio", "table"})
    needs_media = False

    def load(self, context: LoadContext) -> LabelClassifier:
        """The saved probability of each label."""
        return WithheldClassifier(super().load(context), kinds=frozenset(self.media_kinds))
