"""Questions that need several steps but must be answered at once (Zhang et al. 2023, arXiv 2305.13534).

In the paper all questions of a task have the same right answer; here they come in pairs of Yes and No that look alike.
"""

from __future__ import annotations

from harness.items.rows import Question
from harness.suites.contract import Places, QuestionSet
from harness.suites.sets._flights import Plan, plan_pairs
from harness.suites.sets._primes import prime_pairs

PAIRS = 120
"""Number of pairs of each of the two tasks; a pair gives two questions."""
ANSWERS = ("Yes", "No")
PRIME = "Is {number} a prime number? Answer with Yes or No."
FLIGHTS = (
    "These are all the flights between some cities; each goes one way only.\n{flights}\n"
    "Is there a series of flights that goes from city {start} to city {goal}? Answer with Yes or No."
)


def snowball(places: Places) -> list[Question]:
    """Questions alternate between tasks and answers: each has half of the first n questions, give or take one."""
    questions: list[Question] = []
    numbers, plans = prime_pairs(PAIRS), plan_pairs(PAIRS)
    for number, ((prime, composite), (reachable, cut_off)) in enumerate(zip(numbers, plans, strict=True), start=1):
        on_primes, on_flights = f"primes-{number:03d}", f"flights-{number:03d}"
        questions += [
            _question(on_primes, PRIME.format(number=prime), yes=True),
            _question(on_flights, flights_prompt(cut_off), yes=False),
            _question(on_primes, PRIME.format(number=composite), yes=False),
            _question(on_flights, flights_prompt(reachable), yes=True),
        ]
    return questions


def flights_prompt(plan: Plan) -> str:
    """The prompt, with one line per flight in the order of the plan."""
    lines = "\n".join(f"{origin} to {target}" for origin, target in plan.flights)
    return FLIGHTS.format(flights=lines, start=plan.start, goal=plan.goal)


def _question(name: str, prompt: str, *, yes: bool) -> Question:
    return Question(
        id=f"{name}-{'yes' if yes else 'no'}",
        split="test",
        cluster=name,
        text=prompt,
        prompt=prompt,
        choices=ANSWERS,
        answer=ANSWERS[0] if yes else ANSWERS[1],
    )


SET = QuestionSet(snowball)
