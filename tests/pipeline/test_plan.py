from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.freshness.changes import StageState
from harness.freshness.kept import Place
from harness.pipeline.history import Estimate, History
from harness.pipeline.plan import Step, as_json, plan, totals, with_estimates
from harness.pipeline.plan_table import cells, summary

CODE = "runs/code/recipes/peft/lora.json"
SUITES = "runs/code/suites.json"


def stage(name: str, *upstream: str, **known: Any) -> StageState:
    return StageState(name=name, upstream=upstream, **known)


def lost(name: str, *upstream: str, **known: Any) -> StageState:
    """A stage whose output, which DVC keeps, is not here."""
    out = f"runs/{name}"
    return stage(
        name,
        *upstream,
        missing_outputs=(out,),
        locked_outputs={out: f"md5 of {name}"},
        cached_outputs=frozenset({out}),
        **known,
    )


def steps(stages: Iterable[StageState], code: dict[str, str], **places: Place) -> list[Step]:
    """The plan, where `places` says where the output of a stage is."""
    return plan(list(stages), code, places=lambda md5s: {f"md5 of {name}": place for name, place in places.items()})


def states(*stages: StageState, code: dict[str, str] | None = None, **places: Place) -> dict[str, str]:
    return {step.stage: step.state for step in steps(stages, code or {}, **places)}


def test_unchanged_stages_are_not_in_the_plan() -> None:
    assert states(stage("a"), stage("b", "a")) == {}


def test_what_changed_runs_and_what_depends_on_it_may_run() -> None:
    found = steps([stage("a", changed_inputs={"x.csv": "modified"}), stage("b", "a"), stage("c", "b"), stage("d")], {})
    assert [(step.stage, step.state, step.reason) for step in found] == [
        ("a", "runs", "x.csv: modified"),
        ("b", "may run", "after a"),
        ("c", "may run", "after b"),
    ]


def test_a_stage_with_a_reason_of_its_own_runs_even_after_one_that_runs() -> None:
    changed = stage("b", "a", changed_inputs={"recipes/peft/lora.yaml": "run modified"})
    assert states(stage("a", never_ran=True), changed) == {"a": "runs", "b": "runs"}


def test_an_input_that_a_stage_before_makes_is_no_reason_of_its_own() -> None:
    late = stage("b", "a", stale_inputs={"out/a": "deleted"})
    assert states(stage("a", command_changed=True), late) == {"a": "runs", "b": "may run"}


def test_a_record_is_the_evidence_so_missing_weights_that_nobody_needs_are_no_step() -> None:
    scoring = stage("score_a", "a", absent_inputs=("runs/a",))
    assert states(lost("a"), scoring) == {}


@pytest.mark.parametrize(("place", "state"), [("cache", "restores"), ("remote", "pulls")])
def test_missing_weights_that_a_stage_needs_are_fetched_and_nothing_else_follows(place: Place, state: str) -> None:
    scoring = stage("score_a", "a", absent_inputs=("runs/a",), changed_inputs={SUITES: "modified"})
    other = stage("score_again", "a", absent_inputs=("runs/a",))
    assert states(lost("a"), scoring, other, a=place) == {"a": state, "score_a": "runs"}


def test_needed_weights_that_are_nowhere_are_trained_again_with_what_they_need() -> None:
    data = stage(
        "prepare",
        missing_outputs=("data/prepared",),
        locked_outputs={"data/prepared": "md5 of prepare"},
        cached_outputs=frozenset({"data/prepared"}),
    )
    training = lost("a", "prepare", absent_inputs=("data/prepared/goods/views",))
    scoring = stage("score_a", "a", absent_inputs=("runs/a",), changed_inputs={SUITES: "modified"})
    found = steps([data, training, scoring], {})
    assert [(step.stage, step.state) for step in found] == [("prepare", "runs"), ("a", "runs"), ("score_a", "runs")]
    assert found[0].reason == "a needs data/prepared, which is not here"
    assert found[1].reason == "score_a needs its weights, which are not here, so it trains again"


def test_a_changed_record_is_made_again() -> None:
    edited = stage("a", changed_outputs={"reports/records/a/train": "modified"})
    assert [(step.state, step.reason) for step in steps([edited], {})] == [
        ("runs", "output reports/records/a/train: modified")
    ]


def test_a_folder_that_somebody_else_changed_is_a_reason() -> None:
    assert states(stage("a"), stage("b", "a", stale_inputs={"out": "modified"})) == {"b": "runs"}


def test_a_fingerprint_is_foreseen_so_that_only_users_of_changed_code_run() -> None:
    stages = [
        stage("fingerprint", changed_inputs={"harness": "modified"}),
        stage("peft@lora-goods-0", "fingerprint", locked_inputs={CODE: "old"}),
        stage("peft@other-goods-0", "fingerprint", locked_inputs={"runs/code/recipes/peft/other.json": "same"}),
        stage(
            "score_peft@lora-goods-0",
            "fingerprint",
            "peft@lora-goods-0",
            locked_inputs={"runs/code/score.json": "same"},
        ),
    ]
    code = {CODE: "new", "runs/code/recipes/peft/other.json": "same", "runs/code/score.json": "same"}
    found = steps(stages, code)
    assert [(step.stage, step.state) for step in found] == [
        ("fingerprint", "runs"),
        ("peft@lora-goods-0", "runs"),
        ("score_peft@lora-goods-0", "may run"),
    ]
    assert found[1].reason == "code changed"


def test_missing_fingerprints_are_no_reason_when_the_code_is_the_same() -> None:
    stages = [
        stage("fingerprint", missing_outputs=("runs/code",), cached_outputs=frozenset({"runs/code"})),
        stage("a", "fingerprint", locked_inputs={CODE: "same"}, absent_inputs=(CODE,)),
    ]
    assert states(*stages, code={CODE: "same"}) == {}


def test_a_fingerprint_that_the_stage_never_saw_makes_it_run() -> None:
    scoring = stage(
        "score_peft@lora-goods-0", "fingerprint", locked_inputs={CODE: "same"}, stale_inputs={SUITES: "new"}
    )
    found = steps([stage("fingerprint", never_ran=True), scoring], {CODE: "same", SUITES: "any"})
    assert [(step.stage, step.state, step.reason) for step in found[1:]] == [
        ("score_peft@lora-goods-0", "runs", "suites changed")
    ]


def test_changed_suites_and_changed_code_are_told_apart() -> None:
    scoring = stage("score_peft@lora-goods-0", "fingerprint", locked_inputs={CODE: "old", SUITES: "old"})
    assert steps([stage("fingerprint"), scoring], {CODE: "old", SUITES: "new"})[0].reason == "suites changed"
    assert (
        steps([stage("fingerprint"), scoring], {CODE: "new", SUITES: "new"})[0].reason == "suites changed; code changed"
    )


def test_a_long_list_of_changes_is_cut() -> None:
    found = steps([stage("a", changed_inputs={f"{name}.yaml": "modified" for name in "abcd"})], {})
    assert found[0].reason == "a.yaml: modified, b.yaml: modified and 2 more"


@given(st.data())
def test_the_plan_is_closed_under_dependence(data: st.DataObject) -> None:
    count = data.draw(st.integers(min_value=1, max_value=8))
    stages = []
    for number in range(count):
        upstream = data.draw(st.sets(st.integers(min_value=0, max_value=number - 1))) if number else set()
        stages.append(stage(str(number), *map(str, sorted(upstream)), never_ran=data.draw(st.booleans())))
    found = states(*stages)
    for item in stages:
        affected = item.never_ran or any(name in found for name in item.upstream)
        assert (item.name in found) == affected
        assert found.get(item.name) != "runs" or item.never_ran


def step(name: str, state: Any = "runs", **values: Any) -> Step:
    return Step(name, state, "never ran", {}, Estimate(**values) if values else None)


def test_totals_count_only_what_has_a_history() -> None:
    found = [
        step("a", seconds=60.0, memory_mb=2000.0, money=0.01),
        step("b", "may run", seconds=1200.0, memory_mb=3500.0, money=0.06),
        step("c"),
        step("d", "restores"),
    ]
    assert summary(found, History({}, ("so it is",)), stages=10, currency="USD") == [
        "about 60 s and 0.0100 USD for 1 of 2 stages; 1 has no history",
        "with all that may run: about 21 min and 0.0700 USD for 2 of 3 stages; 1 has no history",
        "the largest stage needs about 3.5 GB of memory",
        "may run: a stage before it runs; DVC skips it if its inputs stay the same",
        "restores: `dvc checkout` copies the missing outputs from DVC's cache",
        "up to date: 6 of 10 stages",
        "note: so it is",
    ]


def test_a_full_history_and_none_are_told_as_such() -> None:
    one = [step("a", seconds=60.0, memory_mb=None, money=0.5)]
    assert summary(one, History({}), stages=1, currency="EUR") == ["about 60 s and 0.5000 EUR for 1 stage"]
    assert summary([step("a"), step("b")], History({}), stages=2, currency="EUR") == [
        "no estimate: none of the 2 stages has a history"
    ]
    assert totals([], "runs").peak_memory_mb is None


def test_a_stage_that_may_be_skipped_is_not_counted_as_one_that_runs() -> None:
    found = [step("a", "may run", seconds=60.0, memory_mb=None, money=0.5), step("b", "restores")]
    content = as_json(found, History({}), 2)
    assert (content["totals"]["to_run"], content["totals"]["seconds"]) == (0, 0)
    assert (content["totals_at_most"]["to_run"], content["totals_at_most"]["seconds"]) == (1, 60.0)


def test_estimates_are_joined_by_the_name_of_the_stage() -> None:
    known = Estimate(seconds=5.0, memory_mb=None, money=None)
    found = with_estimates([step("a"), step("b"), step("c", "restores")], History({"a": known, "c": known}))
    assert [item.estimate for item in found] == [known, None, None]


def test_without_history_the_hint_of_dvc_yaml_is_shown_in_brackets() -> None:
    assert cells(Step("a", "runs", "", {"memory_gb": 8, "gpus": 1}), gpus=True) == ("?", "(8 GB, 1 GPU)", "?")
    assert cells(Step("a", "runs", "", {"memory_gb": 8, "gpus": 1}), gpus=False) == ("?", "(8 GB)", "?")
    assert cells(Step("a", "runs", "", {}), gpus=True) == ("?", "?", "?")
    measured = Step("a", "runs", "", {"memory_gb": 8}, Estimate(95.0, 2140.0, 0.0036))
    assert cells(measured, gpus=True) == ("95 s", "2.1 GB", "0.0036")
