"""Logistic regression on downscaled pixels and the words of the question."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from harness.items.media import MediaKind
from harness.media.images import read_image
from harness.training.contract import LoadContext
from harness.training.media_logistic import MediaLogistic

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SIDE = 8
"""Pixels on a side: 192 numbers per picture. Colours and rough places remain, shapes hardly."""


class PixelsLogistic(MediaLogistic):
    """Logistic regression on the pixels of an 8 x 8 copy of the picture, the question's words, and their products.

    What it optimises: regularised cross-entropy of the labels. The problem is convex, so the seed has no effect.
    Data: `classify` questions about pictures.
    Cost: seconds on one core, a few MB.
    Use it: first. A pretrained tower must beat it to be worth its weights.
    Not for: pictures in which place and size of things vary, such as photographs.
    Related: `multimodal/tower_logistic`, the same on the vectors of a pretrained tower; `multimodal/text_only`.
    Options: `C`, `products`.
    Source: scikit-learn TfidfVectorizer and LogisticRegression (lbfgs); Pillow's box filter.
    Example: `python -m harness train multimodal/pixels_logistic --domain shapes_vqa --seed 0`
    """

    media_kinds: ClassVar[frozenset[MediaKind]] = frozenset({"image"})

    def numbers(self, files: Sequence[Path], context: LoadContext) -> npt.NDArray[np.float32]:
        """Shape (pictures, 192): red, green and blue of each pixel, from 0 to 1.

        Raises:
            DataError: a picture is missing or broken.
        """
        import numpy as np
        from PIL import Image

        small = [read_image(file).resize((SIDE, SIDE), Image.Resampling.BOX) for file in files]
        return np.stack([np.asarray(image, dtype=np.float32).ravel() / 255 for image in small])
