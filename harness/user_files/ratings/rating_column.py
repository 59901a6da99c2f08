"""Find the column that rates the replies of a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.errors import DataError
from harness.user_files.cell_text import is_cell
from harness.user_files.columns import Columns, listed
from harness.user_files.ratings.scale import COMPARED, Scale, scale_of
from harness.user_files.record import Record

NO_RATING = "none"
"""Value of `--rating` that says that no column is a rating."""
_VERDICTS = ("label", "labels", "kto_tag")
"""Names that may also belong to a class; they are ratings only if their values say so."""
_RATINGS = (
    *("rating", "score", "stars", "reward", "overall_score", "overall_rating", "quality_score", "helpfulness"),
    *("feedback", "user_feedback", "human_rating", "user_rating", "vote", "thumbs", "thumbs_up", "upvoted", "liked"),
    *("good", "is_good", "desirable", "is_desirable", "is_correct", "accepted", "is_accepted", "verdict"),
)


@dataclass(frozen=True)
class Rating:
    """A column of ratings."""

    column: str
    scale: Scale


def find_rating(records: Sequence[Record], names: Sequence[str], columns: Columns, *, file: str) -> Rating | None:
    """The rating column that the user names, or the only column with a usual name and with values of a scale.

    Raises:
        DataError: the named column holds no ratings; several columns could be the rating; or the numbers have no known
            scale and no prompt has several replies to compare.
    """
    if columns.rating == NO_RATING:
        return None
    if columns.rating is not None:
        scale = scale_of(_values(records, columns.rating))
        if scale is None:
            raise DataError(
                f'the column "{columns.rating}" holds no ratings',
                where=file,
                expected="true or false, good or bad, or numbers",
                hint="name another column with --rating",
            )
        return Rating(columns.rating, scale)
    taken = set(columns.named.values())
    found = [
        Rating(name, scale) for name in names if name not in taken and (scale := _recognised(name, records)) is not None
    ]
    if len(found) > 1:
        raise DataError(
            f"several columns could be the rating of the reply: {listed([rating.column for rating in found])}",
            where=file,
            expected="one rating per reply",
            hint=f"name one, for example --rating {found[0].column}; or --rating {NO_RATING} if none is",
        )
    return found[0] if found else None


def _recognised(name: str, records: Sequence[Record]) -> Scale | None:
    plain = name.strip().casefold().replace("-", "_").replace(" ", "_")
    if plain not in (*_VERDICTS, *_RATINGS):
        return None
    scale = scale_of(_values(records, name))
    return None if scale is COMPARED and plain in _VERDICTS else scale


def _values(records: Sequence[Record], name: str) -> list[object]:
    values = [record.value.get(name) for record in records]
    return values if all(map(is_cell, values)) else []
