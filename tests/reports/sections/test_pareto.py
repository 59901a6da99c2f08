from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.reports.sections.picture.measures import Measure, Reading
from harness.reports.sections.picture.pareto import dominated

READINGS = st.lists(
    st.tuples(*(st.none() | st.builds(Reading, st.integers(0, 4), compares=st.booleans()) for _ in range(2))),
    max_size=8,
)


def measured(better: str, values: list[Reading | None]) -> Measure:
    return Measure(better, better, "", "higher" if better == "higher" else "lower", tuple(values))


def of(pairs: list[tuple[Reading | None, Reading | None]]) -> list[bool]:
    return dominated(measured("lower", [x for x, _ in pairs]), measured("higher", [y for _, y in pairs]))


def test_more_for_less_dominates_and_ties_do_not() -> None:
    cheap, dear, worse = (Reading(1), Reading(9)), (Reading(2), Reading(9)), (Reading(2), Reading(8))
    assert of([cheap, dear, worse, cheap]) == [False, True, True, False]
    trade = (Reading(3), Reading(10))
    assert of([cheap, trade]) == [False, False]


@given(READINGS)
def test_only_figures_that_compare_dominate_or_are_dominated(
    pairs: list[tuple[Reading | None, Reading | None]],
) -> None:
    found = of(pairs)
    counts = [bool(x and y and x.compares and y.compares) for x, y in pairs]
    assert all(count or not behind for count, behind in zip(counts, found, strict=True))
    if any(counts):
        assert not all(behind for count, behind in zip(counts, found, strict=True) if count)
    alone = of([pair for pair, count in zip(pairs, counts, strict=True) if count])
    assert alone == [behind for behind, count in zip(found, counts, strict=True) if count]
