"""Find the column that rates the replies of a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.errors import DataError
from harness.user_files.cell_text import is_cell, value_text
from harness.user_files.columns import Columns, listed
from harness.user_files.ratings.scale import COMPARED, Scale, is_missing, scale_of
from harness.user_files.record import Record

NO_RATING = "none"
"""Value of `--rating` that says that no column is a rating."""
_MAY_BE_CLASS = ("label", "labels")
"""Names that may also belong to a class of the text."""
_FLAGS = (
    *("label", "labels", "kto_tag", "thumbs_up", "upvoted", "liked", "good", "is_good", "desirable", "is_desirable"),
    *("is_correct", "accepted", "is_accepted"),
)
"""Names of columns that know only yes and no."""
_NAMES = (
    *(*_FLAGS, "rating", "score", "stars", "reward", "overall_score", "overall_rating", "quality_score"),
    *("helpfulness", "feedback", "user_feedback", "human_rating", "user_rating", "vote", "thumbs", "verdict"),
)
_MOST_WORDS = 10
"""Most different values of a rating in words; a column with more is free text, such as a comment."""


@dataclass(frozen=True)
class Rating:
    """A column of ratings."""

    column: str
    scale: Scale


def find_rating(records: Sequence[Record], names: Sequence[str], columns: Columns, *, file: str) -> Rating | None:
    """The rating column that the user names, or the only column with a usual name and with values of a scale.

    `names` are the columns that the format does not read.

    Raises:
        DataError: the named column holds no ratings; several columns could be the rating; or a column with a usual name
            holds values that may or may not be ratings.
    """
    if columns.rating == NO_RATING:
        return None
    if columns.rating is not None:
        scale = scale_of(_values(records, columns.rating), is_flag=True)
        if scale is None:
            raise DataError(
                f'the column "{columns.rating}" holds no ratings',
                where=file,
                expected="true or false, good or bad, or numbers",
                hint="name another column with --rating",
            )
        return Rating(columns.rating, scale)
    taken = set(columns.named.values()) - {columns.label}
    found = [
        Rating(name, scale)
        for name in names
        if name not in taken and (scale := _recognised(name, records, file=file)) is not None
    ]
    if columns.label in [rating.column for rating in found]:
        raise DataError(
            f'the column "{columns.label}" (named with --label) seems to rate the reply, not to be a class of the text',
            where=file,
            hint=f"use --rating {columns.label} in place of --label; or add --rating {NO_RATING} if it is a class",
        )
    if len(found) > 1:
        raise DataError(
            f"several columns could be the rating of the reply: {listed([rating.column for rating in found])}",
            where=file,
            expected="one rating per reply",
            hint=f"name one, for example --rating {found[0].column}; or --rating {NO_RATING} if none is",
        )
    return found[0] if found else None


def _recognised(name: str, records: Sequence[Record], *, file: str) -> Scale | None:
    plain = name.strip().casefold().replace("-", "_").replace(" ", "_")
    if plain not in _NAMES:
        return None
    values = _values(records, name)
    scale = scale_of(values, is_flag=plain in _FLAGS)
    words = {value_text(value) for value in values if not is_missing(value)}
    if plain in _MAY_BE_CLASS and scale is None:
        return None  # a class in words
    is_in_few_words = scale is None and 0 < len(words) <= _MOST_WORDS
    if is_in_few_words or (scale is COMPARED and plain in _MAY_BE_CLASS):
        shown = ", ".join(sorted(str(word)[:30] for word in words)[:5])
        raise DataError(
            f'the column "{name}" may rate the reply, but its values are on no known scale: {shown}',
            where=file,
            expected="true or false, good or bad, 0 or 1, -1 to 1, 0 to 4, 1 to 5",
            hint=f"write one of these and use --rating {name}; or use --rating {NO_RATING} if it is no rating",
        )
    return scale


def _values(records: Sequence[Record], name: str) -> list[object]:
    values = [record.value.get(name) for record in records]
    return values if all(map(is_cell, values)) else []
