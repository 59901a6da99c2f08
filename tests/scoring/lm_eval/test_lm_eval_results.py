from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from harness.errors import RunFailed
from harness.scoring.lm_eval.results import SHOWN, main_metric, metrics_of, samples_of, shown_name


def record(doc: int, **changes: Any) -> dict[str, Any]:
    found = {
        "doc_id": doc,
        "filter": "none",
        "metrics": ["acc"],
        "acc": 1.0,
        "target": 1,
        "arguments": [("q", " yes"), ("q", " no")],
        "filtered_resps": [(-2.0, False), (-1.0, True)],
    }
    return found | changes


def results_of(tasks: dict[str, list[dict[str, Any]]], **values: Any) -> dict[str, Any]:
    """As lm-eval gives them; `values` are the metrics of every task."""
    return {
        "results": {
            name: {"name": name, "alias": name, "sample_len": len(rows)} | values for name, rows in tasks.items()
        },
        "samples": tasks,
        "higher_is_better": {name: {"acc": True} for name in tasks},
    }


def test_the_main_metric_is_the_first_that_is_a_number() -> None:
    results = results_of({"a": []}, **{"f1_stderr,none": "N/A", "by_topic,none": [1], "em,strict": 0.5, "em,none": 0.7})
    assert main_metric(results, ["a"]) == "em,strict"
    assert shown_name("em,strict") == "em,strict"
    assert shown_name("em,none") == "em"


def test_tasks_without_a_common_metric_have_no_main_metric() -> None:
    results = results_of({"a": [], "b": []}, **{"acc,none": 0.5})
    results["results"]["b"] = {"name": "b", "f1,none": 0.5}
    with pytest.raises(RunFailed, match="no metric in common"):
        main_metric(results, ["a", "b"])


def test_without_a_group_of_lm_eval_the_tasks_are_weighted_by_their_items() -> None:
    results = results_of({"a": [record(0), record(1), record(2)], "b": [record(0)]})
    results["results"]["a"]["acc,none"], results["results"]["b"]["acc,none"] = 1.0, 0.0
    assert metrics_of(results, name="both", tasks=["a", "b"])["acc"].value == 0.75
    results["groups"] = {"both": {"acc,none": 0.5}}
    assert metrics_of(results, name="both", tasks=["a", "b"])["acc"].value == 0.5


def test_a_number_that_is_none_is_null() -> None:
    results = results_of({"a": [record(0)]}, **{"acc,none": float("nan")})
    assert metrics_of(results, name="a", tasks=["a"])["acc"].value is None


def test_each_answer_filter_counts_its_own_records() -> None:
    strict = [
        record(doc, filter="strict", metrics=["em"], em=np.True_, filtered_resps=["4"], target="4") for doc in (1, 0)
    ]
    loose = [record(doc, filter="loose", metrics=["em"], em=0.0, filtered_resps=["x"], target="4") for doc in (0, 1)]
    results = results_of({"a": strict + loose}, **{"em,strict": 1.0, "em,loose": 0.0})
    samples = samples_of(results, key="em,strict", tasks=["a"], value=1.0)
    assert [(sample.item_id, sample.gold, sample.answer, sample.correct) for sample in samples] == [
        ("a:0", "4", "4", 1.0),
        ("a:1", "4", "4", 1.0),
    ]


@pytest.mark.parametrize(
    ("share", "value"),
    [((0.5, 0.5), 0.5), (2.0, 2.0), (-1.0, -1.0), (1.0, 0.3), (1.0, None)],
    ids=["a pair", "above 1", "below 0", "another aggregate", "no value"],
)
def test_what_is_no_mean_of_shares_has_no_samples(share: Any, value: float | None) -> None:
    results = results_of({"a": [record(0, acc=share)]})
    assert samples_of(results, key="acc,none", tasks=["a"], value=value) == []


def test_where_less_is_better_there_are_no_samples() -> None:
    results = results_of({"a": [record(0)]})
    assert len(samples_of(results, key="acc,none", tasks=["a"], value=1.0)) == 1
    results["higher_is_better"]["a"]["acc"] = False
    assert samples_of(results, key="acc,none", tasks=["a"], value=1.0) == []


def only(**changes: Any) -> Any:
    (sample,) = samples_of(results_of({"a": [record(0, **changes)]}), key="acc,none", tasks=["a"], value=1.0)
    return sample


def test_the_likeliest_choice_is_the_answer() -> None:
    sample = only()
    assert (sample.gold, sample.answer, sample.gold_loglikelihood) == ("no", "no", -1.0)
    assert sample.loglikelihoods == (-2.0, -1.0)


def test_choices_that_differ_in_what_stands_before_are_numbered() -> None:
    sample = only(arguments=[("the cat", " sat"), ("the dog", " sat")], target=np.int64(0))
    assert (sample.gold, sample.answer) == ("0", "1")


def test_one_continuation_is_the_answer_if_the_model_would_write_it() -> None:
    one = {"arguments": [("q", " home")], "target": " home"}
    assert only(**one, filtered_resps=[(-1.0, True)]).answer == "home"
    assert only(**one, filtered_resps=[(-1.0, False)]).answer == ""


@pytest.mark.parametrize("target", ["yes", -100, 7, [0, 1]])
def test_a_target_that_is_no_single_choice_is_shown_as_it_stands(target: Any) -> None:
    sample = only(target=target)
    assert sample.gold == str(target)
    assert sample.gold_loglikelihood is None


def test_long_texts_are_cut_and_half_a_surrogate_pair_can_be_stored() -> None:
    sample = only(filtered_resps=["x" * 1000], target="half \ud83d", arguments=[("q", {})])
    assert len(sample.answer) == SHOWN + 1
    sample.gold.encode()
