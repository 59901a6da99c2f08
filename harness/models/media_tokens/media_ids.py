"""Token ids that stand for files: `vocabulary + key * span + code`.

The key comes from the file's hash, so a file has the same ids in every process, in whatever order files are met.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.items.media import Media

KEY_DIGITS = 10
"""Hexadecimal digits of the hash: 40 bits. With a million files, two have the same key with a chance of 1 in 2; with
ten thousand, of 1 in 20,000. `FeatureStore` refuses the second file."""


@dataclass(frozen=True)
class MediaIds:
    """Which ids stand for files. All ids are below 2^63, which torch's integers hold."""

    vocabulary: int
    """Tokens of the language model; the ids of files begin here."""
    span: int
    """Ids per file: one per vector or, where ids mark tokens, one per token of the vocabulary."""

    def __post_init__(self) -> None:
        """Refuse spans with which an id could exceed 63 bits.

        Raises:
            ValueError: the span is not between 1 and 2^22.
        """
        if not 1 <= self.span <= 2**22:
            raise ValueError(f"the span is {self.span}, expected 1 to {2**22}")

    def tokens(self, media: Media) -> tuple[int, ...]:
        """All ids of a file, in order."""
        begin = self.vocabulary + key_of(media) * self.span
        return tuple(range(begin, begin + self.span))

    def marked(self, token: int, media: Media) -> int:
        """The id of a token of the vocabulary that looks at a file."""
        return self.vocabulary + key_of(media) * self.span + token


def key_of(media: Media) -> int:
    """The number that stands for a file."""
    return int(media.sha256[:KEY_DIGITS], 16)
