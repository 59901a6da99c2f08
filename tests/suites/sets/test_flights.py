from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest

from harness.suites.sets._flights import Plan, exchanged, legs, plan_pairs


@cache
def pairs() -> list[tuple[Plan, Plan]]:
    return plan_pairs(120)


def closure(plan: Plan) -> set[tuple[str, str]]:
    """All journeys that are possible, by joining flights until nothing is new: not the search of the module."""
    journeys = set(plan.flights)
    while True:
        longer = journeys | {(a, d) for a, b in journeys for c, d in journeys if b == c}
        if longer == journeys:
            return journeys
        journeys = longer


def targets(plan: Plan, city: str) -> list[str]:
    return [target for origin, target in plan.flights if origin == city]


def origins(plan: Plan, city: str) -> list[str]:
    return [origin for origin, target in plan.flights if target == city]


@pytest.mark.parametrize(
    ("flights", "expected"),
    [
        ([("A", "B")], 1),
        ([("A", "C"), ("C", "B")], 2),
        ([("A", "C"), ("C", "D"), ("D", "A"), ("D", "B")], 3),
        ([("B", "A")], None),
        ([("A", "C"), ("D", "B")], None),
    ],
)
def test_the_fewest_flights_are_counted(flights: list[tuple[str, str]], expected: int | None) -> None:
    assert legs(Plan(tuple(flights), "A", "B")) == expected


def test_of_each_pair_one_journey_is_possible_and_the_other_is_not() -> None:
    for reachable, cut_off in pairs():
        assert (reachable.start, reachable.goal) in closure(reachable)
        assert (cut_off.start, cut_off.goal) not in closure(cut_off)


def test_ways_of_two_three_and_four_flights_are_equally_many() -> None:
    assert Counter(legs(reachable) for reachable, _ in pairs()) == {2: 40, 3: 40, 4: 40}


def test_both_plans_of_a_pair_have_the_same_words_and_every_city_the_same_degrees() -> None:
    for reachable, cut_off in pairs():
        assert (reachable.start, reachable.goal) == (cut_off.start, cut_off.goal)
        assert [origin for origin, _ in reachable.flights] == [origin for origin, _ in cut_off.flights]
        assert Counter(target for _, target in reachable.flights) == Counter(target for _, target in cut_off.flights)
        assert sum(a != b for a, b in zip(reachable.flights, cut_off.flights, strict=True)) == 2


def test_start_and_goal_are_always_served_but_never_directly() -> None:
    for plan in (plan for pair in pairs() for plan in pair):
        assert targets(plan, plan.start)
        assert origins(plan, plan.goal)
        assert (plan.start, plan.goal) not in plan.flights
        assert len(set(plan.flights)) == len(plan.flights)
        assert all(origin != target for origin, target in plan.flights)


def first_departure(plan: Plan) -> int:
    return next(place for place, (origin, _) in enumerate(plan.flights) if origin == plan.start)


def first_arrival(plan: Plan) -> int:
    return next(place for place, (_, target) in enumerate(plan.flights) if target == plan.goal)


CUES: dict[str, Callable[[Plan], float]] = {
    "mentions of the start": lambda plan: sum(plan.start in flight for flight in plan.flights),
    "mentions of the goal": lambda plan: sum(plan.goal in flight for flight in plan.flights),
    "flights": lambda plan: len(plan.flights),
    "cities": lambda plan: len({city for flight in plan.flights for city in flight}),
    "departures after the first flight": lambda plan: sum(
        len(targets(plan, city)) for city in targets(plan, plan.start)
    ),
    "a dead end after the first flight": lambda plan: any(
        not targets(plan, city) for city in targets(plan, plan.start)
    ),
    "arrivals before the last flight": lambda plan: sum(len(origins(plan, city)) for city in origins(plan, plan.goal)),
    "line of the first departure": first_departure,
    "line of the first arrival": first_arrival,
    "lines between departure and arrival": lambda plan: first_arrival(plan) - first_departure(plan),
    "there and back": lambda plan: sum((b, a) in plan.flights for a, b in plan.flights),
}
"""What a reader could count without following the flights."""


@pytest.mark.parametrize("cue", CUES)
@pytest.mark.parametrize("count", [30, 120])
def test_what_can_be_counted_does_not_tell_whether_the_goal_is_reached(cue: str, count: int) -> None:
    yes = [CUES[cue](reachable) for reachable, _ in pairs()[:count]]
    no = [CUES[cue](cut_off) for _, cut_off in pairs()[:count]]
    above = sum((a > b) + 0.5 * (a == b) for a in yes for b in no) / (count * count)
    assert abs(above - 0.5) < 0.1


def test_an_exchange_keeps_the_plan_sound() -> None:
    plan = Plan((("A", "C"), ("C", "B"), ("D", "E")), start="A", goal="B")
    assert [other.flights for other in exchanged(plan)] == [
        (("A", "E"), ("C", "B"), ("D", "C")),
        (("A", "C"), ("C", "E"), ("D", "B")),
    ]  # not A to B, which goes straight, with C to C


def test_the_first_pairs_do_not_depend_on_how_many_are_wanted() -> None:
    assert plan_pairs(30) == pairs()[:30]
