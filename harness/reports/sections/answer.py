"""The answer of a board: two sentences per domain, and what must be known before they are used.

The first says which method scores highest, by how much, and what it costs. The second says what cannot be told from it,
and which of these rows is the cheapest. Both are computed from the rows, so that they hold for any board.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from harness.display.numbers import duration, megabytes, money, percent, points
from harness.reports.board.findings import SMOKE
from harness.reports.board.rows.own_budget import own_budget
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from harness.reports.sections.picture.measures import money_compares, total_money, total_seconds


class Part(NamedTuple):
    """A part of a sentence."""

    text: str
    strong: bool = False
    """It names the method and is shown in bold."""


@dataclass(frozen=True)
class Answer:
    """What the rows of one domain say."""

    sentences: tuple[tuple[Part, ...], ...]
    """One or two."""
    caveats: tuple[str, ...]
    """Sentences in plain text: what limits the answer."""

    @property
    def text(self) -> str:
        """The sentences as one paragraph of plain text."""
        return " ".join("".join(part.text for part in sentence) for sentence in self.sentences)


def answer(rows: Sequence[Row], board: Leaderboard) -> Answer:
    """The answer of one domain; `rows` are its rows in the order of the board."""
    ranked = [row for row in rows if row.ranked]
    smoke = (SMOKE,) if "smoke" in board.protocol.profiles else ()
    if not ranked:
        return Answer(((Part("No recipe has a score on this domain."),),), smoke)
    best = ranked[0]
    return Answer(
        (tuple(_leads(best, rows, currency=board.protocol.prices.currency)), tuple(_tie(ranked, board))),
        (*smoke, *_caveats(best, _cheapest(tie_group(ranked)))),
    )


def tie_group(ranked: Sequence[Row]) -> list[Row]:
    """The rows that may be best, the leading row first; the leading row alone where nothing was compared."""
    return [row for row in ranked if row is ranked[0] or (row.rank and row.rank.may_be_best)]


def key_rows(rows: Sequence[Row]) -> list[Row]:
    """The rows that a short table shows, in the order of the board: the leading row, the cheapest one that cannot be
    told from it, the best one without a pretrained model, and the reference. Without ranked rows: all."""
    ranked = [row for row in rows if row.ranked]
    if not ranked:
        return list(rows)
    reference = next((row.delta.reference for row in ranked if row.delta), None)
    wanted = [ranked[0], _cheapest(tie_group(ranked))]
    wanted += [row for row in ranked if row.base_model is None][:1]
    wanted += [row for row in ranked if row.row_id == reference]
    return [row for row in ranked if any(row is one for one in wanted)]


def _leads(best: Row, rows: Sequence[Row], *, currency: str) -> list[Part]:
    assert best.score is not None  # what `ranked` means
    score = f"{percent(best.score.value, best.score.low, best.score.high)} % {best.score.metric}"
    lead = f" ({_id(best)}) has the highest score: {score}"
    costs = _costs(best, currency)
    return [Part(best.title, strong=True), Part(f"{lead}{_margin(best, rows)}{costs and f', for {costs}'}.")]


def _margin(best: Row, rows: Sequence[Row]) -> str:
    """`, +54.5 [+43.6, +64.9] points against Zero-shot (baseline/zero_shot)`."""
    delta = best.delta
    if delta is None:
        is_reference = any(row.delta and row.delta.reference == best.row_id for row in rows)
        return "; it is the reference, and no trained recipe scores higher" if is_reference else ""
    title = next((f"{row.title} ({row.row_id})" for row in rows if row.row_id == delta.reference), delta.reference)
    if delta.verdict not in ("better", "worse"):
        return f", which cannot be told from {title} ({points(delta.value, delta.low, delta.high)} points)"
    return f", {points(delta.value, delta.low, delta.high)} points against {title}"


def _tie(ranked: Sequence[Row], board: Leaderboard) -> list[Part]:
    best, others = ranked[0], ranked[1:]
    if not others:
        return [Part("No other row has a score to compare it with.")]
    compared = [row for row in others if row.rank and best.rank]
    if not compared:
        return [
            Part("It could not be compared with the other rows item by item, so nothing says how sure its lead is.")
        ]
    close, chance = tie_group(ranked)[1:], f"these {best.n} items and {_seeds(ranked)}"
    if not close:
        following = compared[0]
        assert following.score is not None
        return [
            Part(f"With {chance} it is the best: the next row, "),
            Part(following.title, strong=True),
            Part(f" ({_id(following)}), scores {percent(following.score.value)} %, which chance does not explain."),
        ]
    which = f"{len(close)} other rows" if len(close) > 1 else "one other row"
    return [Part(f"With {chance}, {which} cannot be told from it: "), *_cheapest_parts(best, close, board)]


def _cheapest_parts(best: Row, close: Sequence[Row], board: Leaderboard) -> list[Part]:
    """Which row that cannot be told from the best one costs least, among those whose costs compare."""
    group = [best, *close]
    priced = [row for row in group if _priced(row)]
    if len(priced) < 2:
        names = ", ".join(f"{row.title} ({_id(row)})" for row in close[:3])
        return [Part(f"{names}{' and others' if len(close) > 3 else ''}; their costs do not compare.")]
    cheapest, alone = _cheapest(priced), len(close) == 1
    which = "those whose costs compare" if len(priced) < len(group) else "them"
    if cheapest is best and alone:
        return [Part(close[0].title, strong=True), Part(f" ({_id(close[0])}), which is not cheaper.")]
    if cheapest is best:
        return [Part(f"none of {which} is cheaper.")]
    assert cheapest.score is not None
    score = f"{percent(cheapest.score.value, cheapest.score.low, cheapest.score.high)} %"
    costs = _costs(cheapest, board.protocol.prices.currency)
    return [
        Part("" if alone else f"the cheapest of {which} is "),
        Part(cheapest.title, strong=True),
        Part(f" ({_id(cheapest)}) with {score}, for {costs}."),
    ]


def _priced(row: Row) -> bool:
    return money_compares(row) and total_money(row) is not None


def _cheapest(rows: Sequence[Row]) -> Row:
    """The row with the lowest cost that compares; of equal costs the first; without any such cost the first row."""
    priced = [row for row in rows if _priced(row)]
    return min(priced, key=lambda row: total_money(row) or 0.0, default=rows[0])


def _costs(row: Row, currency: str) -> str:
    """`USD 0.0074, 2 min 02 s of training and 6.43 GB of memory`; without what was not measured."""
    usd, seconds, memory = total_money(row), total_seconds(row), row.memory.train_peak_mb
    found = [f"{currency} {money(usd)}"] if usd is not None else []
    found += [f"{duration(seconds)} of training"] if seconds is not None else []
    found += [f"{megabytes(memory)} of memory"] if memory is not None else []
    return " and ".join(filter(None, (", ".join(found[:-1]), *found[-1:])))


def _caveats(best: Row, cheapest: Row) -> list[str]:
    named = [best] if cheapest is best else [best, cheapest]
    found = [f"{row.row_id} is stale: something that may change it changed later." for row in named if row.stale]
    trained = [row for row in named if row.base_model and row.trainable_parameters and not row.folds]
    single = [row.row_id for row in trained if len(row.seeds) == 1]
    if single:
        found.append(f"{' and '.join(single)}: one seed, so the figures describe one trained model, not the method.")
    found += [
        f"The seconds and money of {row.row_id} do not compare with those of other rows: they were measured on another "
        "kind of machine or beside other work."
        for row in named
        if not money_compares(row)
    ]
    return found


def _id(row: Row) -> str:
    """`lowresource/few_shot, own budget: 64 examples, 5 passes`."""
    return f"{row.row_id}, own budget{own_budget(row)}" if row.budget_overridden else row.row_id


def _seeds(rows: Sequence[Row]) -> str:
    most = max(len(row.seeds) for row in rows)
    return "one seed" if most == 1 else f"up to {most} seeds"
