import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.errors import ConfigError, DataError
from harness.training.lessons.mixing import allocate, examples_proportional, mixed, uniform, weighted

names = st.sampled_from("abcdefgh")
sizes_of = st.dictionaries(names, st.integers(0, 10**7), min_size=1).filter(lambda sizes: any(sizes.values()))
rates_of = st.dictionaries(names, st.floats(0, 1e6), min_size=1).filter(lambda rates: any(rates.values()))


def test_rates_are_those_of_the_t5_formula() -> None:
    """min(n, K) = 100, 400, 1000; square roots 10, 20, 31.62."""
    rates = examples_proportional({"a": 100, "b": 400, "c": 9000}, cap=1000, temperature=2)
    total = 10 + 20 + math.sqrt(1000)
    assert rates == pytest.approx({"a": 10 / total, "b": 20 / total, "c": math.sqrt(1000) / total})


def test_temperature_one_keeps_the_capped_proportions() -> None:
    assert examples_proportional({"a": 100, "b": 5000}, cap=300) == pytest.approx({"a": 0.25, "b": 0.75})


@given(sizes_of, st.integers(1, 10**6), st.floats(0.01, 100))
def test_shares_sum_to_one_and_follow_the_sizes(sizes: dict[str, int], cap: int, temperature: float) -> None:
    rates = examples_proportional(sizes, cap=cap, temperature=temperature)
    assert math.fsum(rates.values()) == pytest.approx(1)
    assert list(rates) == list(sizes)
    for task, size in sizes.items():
        for other, other_size in sizes.items():
            if size <= other_size:
                assert rates[task] <= rates[other] * (1 + 1e-12)
            if size >= cap and other_size >= cap:
                assert rates[task] == rates[other]


@given(sizes_of, st.integers(1, 10**6))
def test_a_very_high_temperature_is_uniform_mixing(sizes: dict[str, int], cap: int) -> None:
    filled = {task: size for task, size in sizes.items() if size}
    assert examples_proportional(filled, cap=cap, temperature=1e9) == pytest.approx(uniform(list(filled)), rel=1e-6)


@pytest.mark.parametrize("temperature", [1e-9, 5e-324])
def test_a_very_low_temperature_gives_all_to_the_largest(temperature: float) -> None:
    rates = examples_proportional({"a": 10**6, "b": 999_999, "c": 0}, cap=10**9, temperature=temperature)
    assert rates == pytest.approx({"a": 1, "b": 0, "c": 0})


@pytest.mark.parametrize(
    ("sizes", "options", "problem"),
    [
        ({"a": 1}, {"cap": 0}, "cap"),
        ({"a": 1}, {"cap": 5, "temperature": 0}, "temperature"),
        ({"a": 1}, {"cap": 5, "temperature": float("nan")}, "temperature"),
        ({"a": -1}, {"cap": 5}, 'size of "a"'),
        ({"a": 0}, {"cap": 5}, "the mixture is empty"),
        ({}, {"cap": 5}, "the mixture is empty"),
    ],
)
def test_bad_settings_are_told(sizes: dict[str, int], options: dict[str, float], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem) as caught:
        examples_proportional(sizes, **options)  # type: ignore[arg-type]
    assert caught.value.expected


@pytest.mark.parametrize("weight", [-0.1, float("inf"), float("nan")])
def test_a_weight_that_is_no_share_is_told(weight: float) -> None:
    with pytest.raises(ConfigError, match='weight of "b"'):
        weighted({"a": 1, "b": weight})


def test_weights_are_scaled_to_shares_however_large() -> None:
    assert weighted({"a": 3, "b": 1}) == {"a": 0.75, "b": 0.25}
    assert weighted({"a": 1.7e308, "b": 1.7e308}) == {"a": 0.5, "b": 0.5}


def test_the_largest_remainders_get_what_is_left() -> None:
    assert allocate({"a": 0.5, "b": 0.26, "c": 0.24}, 10) == {"a": 5, "b": 3, "c": 2}
    assert allocate({"a": 1, "b": 1, "c": 1}, 5) == {"a": 2, "b": 2, "c": 1}, "ties go to the first"


def test_what_a_small_task_lacks_is_shared_by_the_others_in_proportion() -> None:
    available = {"a": 10, "b": 1000, "c": 1000}
    assert allocate({"a": 0.5, "b": 0.3, "c": 0.2}, 110, available=available) == {"a": 10, "b": 60, "c": 40}


def test_sharing_out_may_exhaust_the_next_task_too() -> None:
    available = {"a": 1, "b": 40, "c": 1000}
    assert allocate({"a": 0.6, "b": 0.3, "c": 0.1}, 100, available=available) == {"a": 1, "b": 40, "c": 59}


@given(rates_of, st.integers(0, 5000))
def test_counts_sum_to_the_total_and_are_within_one_of_the_share(rates: dict[str, float], total: int) -> None:
    counts = allocate(rates, total)
    assert sum(counts.values()) == total
    assert list(counts) == list(rates)
    for task, share in weighted(rates).items():
        assert abs(counts[task] - share * total) < 1 + 1e-6


@given(rates_of, st.integers(0, 300), st.dictionaries(names, st.integers(0, 200)))
def test_no_task_gives_more_than_it_has(rates: dict[str, float], total: int, available: dict[str, int]) -> None:
    available = {task: available.get(task, 0) for task in rates}
    assume(sum(available[task] for task, share in weighted(rates).items() if share) >= total)
    counts = allocate(rates, total, available=available)
    assert sum(counts.values()) == total
    assert all(0 <= count <= available[task] for task, count in counts.items())
    assert all(counts[task] == 0 for task, rate in rates.items() if rate == 0)


def test_more_than_all_tasks_have_is_refused() -> None:
    with pytest.raises(DataError, match="its tasks have 7"):
        allocate({"a": 1, "b": 1, "c": 0}, 8, available={"a": 3, "b": 4, "c": 100})


def test_a_task_of_unknown_size_is_refused() -> None:
    with pytest.raises(DataError, match='"classify"') as caught:
        allocate({"classify": 1}, 8, available={"clasify": 3})
    assert caught.value.hint == 'did you mean "clasify"?'


def test_a_negative_total_is_refused() -> None:
    with pytest.raises(ConfigError, match="-1 examples"):
        allocate({"a": 1}, -1)


def test_a_mixture_takes_the_first_rows_of_each_task() -> None:
    rows: dict[str, list[object]] = {"a": list(range(100)), "b": [f"b{place}" for place in range(50)]}
    mixture = mixed(rows, {"a": 30, "b": 20}, seed=0)
    assert sorted(map(str, mixture)) == sorted([*map(str, range(30)), *(f"b{place}" for place in range(20))])
    assert [type(row) for row in mixture] != sorted((type(row) for row in mixture), key=str), "interleaved"


def test_the_seed_decides_the_order_of_a_mixture() -> None:
    rows = {"a": list(range(50))}
    assert mixed(rows, {"a": 50}, seed=1) == mixed(rows, {"a": 50}, seed=1) != mixed(rows, {"a": 50}, seed=2)


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 5))
def test_more_rows_leave_the_order_of_the_others(few: int, more: int, seed: int) -> None:
    rows = {"a": [("a", place) for place in range(40)], "b": [("b", place) for place in range(20)]}
    small = mixed(rows, {"a": few, "b": 10}, seed=seed)
    large = mixed(rows, {"a": few + more, "b": 10}, seed=seed)
    assert [row for row in large if row in small] == small


def test_a_mixture_of_unknown_tasks_or_too_many_rows_is_refused() -> None:
    rows = {"classify": [1, 2]}
    with pytest.raises(ConfigError, match="unknown task") as caught:
        mixed(rows, {"clasify": 1}, seed=0)
    assert caught.value.hint == 'did you mean "classify"?'
    with pytest.raises(DataError, match="which has 2"):
        mixed(rows, {"classify": 3}, seed=0)
    with pytest.raises(ConfigError, match='-1 examples of "classify"'):
        mixed(rows, {"classify": -1}, seed=0)
