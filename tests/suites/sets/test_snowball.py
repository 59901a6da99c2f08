from __future__ import annotations

import re
from collections import Counter, deque
from math import isqrt
from pathlib import Path

import pytest

from harness.items.rows import Question
from harness.suites.build import check_rows
from harness.suites.contract import Places
from harness.suites.sets.snowball import PAIRS, snowball


@pytest.fixture(scope="module")
def rows() -> list[Question]:
    return list(snowball(Places(Path("nowhere"), Path("nowhere"))))


def solve(row: Question) -> str:
    """The right answer, from the words of the prompt alone."""
    if row.cluster.startswith("primes-"):
        number = int(re.findall(r"\d+", row.prompt)[0])
        return "Yes" if all(number % divisor for divisor in range(2, isqrt(number) + 1)) else "No"
    flights = re.findall(r"^([A-Z]) to ([A-Z])$", row.prompt, flags=re.MULTILINE)
    start, goal = re.findall(r"city ([A-Z])", row.prompt)
    seen, queue = {start}, deque([start])
    while queue:
        city = queue.popleft()
        for origin, target in flights:
            if origin == city and target not in seen:
                seen.add(target)
                queue.append(target)
    return "Yes" if goal in seen else "No"


def test_every_question_can_be_solved_from_its_prompt(rows: list[Question]) -> None:
    check_rows(rows, where="snowball")
    assert [row.answer for row in rows] == [solve(row) for row in rows]
    assert len(rows) == 4 * PAIRS


def test_any_number_of_questions_is_balanced_over_tasks_and_answers(rows: list[Question]) -> None:
    for count in range(1, len(rows) + 1):
        first = rows[:count]
        assert abs(sum(row.answer == "Yes" for row in first) - count / 2) <= 0.5
        assert abs(sum(row.cluster.startswith("primes-") for row in first) - count / 2) <= 1


def test_a_pair_is_one_cluster_and_has_the_same_words(rows: list[Question]) -> None:
    for name, size in Counter(row.cluster for row in rows).items():
        pair = [row for row in rows if row.cluster == name]
        assert (size, {row.answer for row in pair}) == (2, {"Yes", "No"})
        words = [sorted(re.findall(r"[A-Za-z]+", row.prompt)) for row in pair]
        assert words[0] == words[1]
