"""Flights between cities: pairs of plans that look alike, one with a way to the goal and one without.

Source: the flight connectivity task of snowball (Zhang et al. 2023, arXiv 2305.13534), where no goal can be reached.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

Flight = tuple[str, str]
"""From, to."""
NAMES = "ABCDEFGHIJKLMN"
CITIES = 8
FLIGHTS = 9
LEGS = (2, 3, 4)
"""Numbers of flights on the shortest way; each occurs equally often."""


@dataclass(frozen=True)
class Plan:
    """One-way flights, and the journey that the question asks about."""

    flights: tuple[Flight, ...]
    start: str
    goal: str


def plan_pairs(count: int) -> list[tuple[Plan, Plan]]:
    """(reachable, unreachable) pairs.

    Both plans have the same start, goal and departures, line by line; two arrivals have changed places. So every city
    has equally many departures and arrivals in both, and counting words cannot tell the plans apart. The counts of
    `looks` are equal, too: otherwise plans without a way would have more dead ends and more flights there and back.
    """
    rng = random.Random("snowball flights")
    pairs: list[tuple[Plan, Plan]] = []
    while len(pairs) < count:
        plan = _draw(rng)
        if legs(plan) != LEGS[len(pairs) % len(LEGS)]:
            continue
        alike = [other for other in exchanged(plan) if looks(other) == looks(plan)]
        cut_off = [other for other in alike if legs(other) is None]
        if cut_off:
            pairs.append((plan, rng.choice(cut_off)))
    return pairs


def legs(plan: Plan) -> int | None:
    """The smallest number of flights from start to goal, by breadth-first search; null if there is no way."""
    found = {plan.start: 0}
    queue = deque([plan.start])
    while queue:
        city = queue.popleft()
        for origin, target in plan.flights:
            if origin == city and target not in found:
                found[target] = found[city] + 1
                queue.append(target)
    return found.get(plan.goal)


def looks(plan: Plan) -> tuple[int, int, int]:
    """Counts that need no search: departures from the cities one flight after the start, arrivals at the cities one
    flight before the goal, and flights that another flight reverses."""
    after = {target for origin, target in plan.flights if origin == plan.start}
    before = {origin for origin, target in plan.flights if target == plan.goal}
    return (
        sum(origin in after for origin, _ in plan.flights),
        sum(target in before for _, target in plan.flights),
        sum((target, origin) in plan.flights for origin, target in plan.flights),
    )


def exchanged(plan: Plan) -> list[Plan]:
    """All plans that differ from this one by exchanging the arrivals of two flights.

    Plans are left out in which a flight ends where it begins, occurs twice, or goes straight from start to goal.
    """
    plans = []
    for first, second in combinations(range(len(plan.flights)), 2):
        flights = list(plan.flights)
        (a, b), (c, d) = flights[first], flights[second]
        flights[first], flights[second] = (a, d), (c, b)
        changed = replace(plan, flights=tuple(flights))
        if b != d and _is_sound(changed):
            plans.append(changed)
    return plans


def _draw(rng: random.Random) -> Plan:
    """A random plan with a way from start to goal, but without a direct flight."""
    while True:
        cities: Sequence[str] = rng.sample(NAMES, CITIES)
        flights = rng.sample([(a, b) for a in cities for b in cities if a != b], FLIGHTS)
        plan = Plan(tuple(flights), start=cities[0], goal=cities[1])
        if legs(plan) is not None and _is_sound(plan):
            return plan


def _is_sound(plan: Plan) -> bool:
    flights = plan.flights
    return (
        all(origin != target for origin, target in flights)
        and len(set(flights)) == len(flights)
        and (plan.start, plan.goal) not in flights
    )
