"""Zero-shot classification by a dual encoder: the choice whose text is nearest to the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.items.rows import Question
from harness.models.media_labels import MediaClassifier

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from harness.models.picture_text.dual_encoder import PictureTexts


class SimilarityClassifier(MediaClassifier):
    """A choice becomes a text like a caption (`a circle`). The question is not read, so that it cannot answer `yes` or
    `no` better than by chance."""

    def __init__(self, pair: PictureTexts, *, template: str) -> None:
        """`template`: how a choice becomes a text, with `{}` for the choice."""
        super().__init__(kinds={"image"})
        self.pair, self.template = pair, template

    def log_proba(self, questions: Sequence[Question], labels: Sequence[str]) -> npt.NDArray[np.float64]:
        """Log-probabilities in nats, shape (len(questions), len(labels)); equal ones for a question without a
        picture."""
        import numpy as np
        from scipy.special import log_softmax

        texts = self.pair.text_vectors([self.template.format(label) for label in labels])
        logits = np.zeros((len(questions), len(labels)))
        shown = [place for place, question in enumerate(questions) if question.media]
        if shown:
            vectors = self.pair.image_vectors([questions[place].media[0].file for place in shown])
            logits[shown] = float(self.pair.dual.factor.detach()) * vectors @ texts.T
        found: npt.NDArray[np.float64] = log_softmax(logits, axis=1)
        return found
