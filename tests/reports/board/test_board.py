from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.config.project import Project, RunKey
from harness.errors import DataError
from harness.evidence.resampling import Resampling
from harness.records.run_record import Latency, Metric, ScoreRecord, read_record, write_record
from harness.reports.board.board import read_board
from harness.reports.board.settings import Settings
from harness.reports.contract.rows import Row
from harness.reports.tables.cell_texts import latency_text
from harness.store.ingest import ingest
from harness.store.parquet_views import open_store
from tests.store.records_factory import (
    ACCURACY,
    ITEMS,
    three_seeds,
    write_all_runs,
    write_failed_run,
    write_run,
    write_samples,
)
from tests.tree import ROOT

SETTINGS = Settings(
    resampling=Resampling(resamples=300),
    margin=0.03,
    reference="baseline/zero_shot",
    suites={name: Project(ROOT).suite(name) for name in ("classification", "claims")},
)


def run(recipe: str, seed: int = 0) -> RunKey:
    family, name = recipe.split("/")
    return RunKey(family, name, ("hs_products",), seed)


def board(project: Project) -> list[Row]:
    ingest(project)
    connection = open_store(project.root)
    try:
        return [row for board in read_board(connection, SETTINGS) for row in board.rows]
    finally:
        connection.close()


def row_of(rows: list[Row], recipe: str) -> Row:
    (found,) = [row for row in rows if row.recipe_id == recipe]
    return found


@pytest.fixture
def recorded(project: Project) -> Project:
    """Every run has ended well; sft and peft have three seeds."""
    full = three_seeds(project)
    write_all_runs(full)
    return full


def test_every_recipe_has_one_row_with_its_seeds_pooled(recorded: Project) -> None:
    rows = board(recorded)
    assert sorted(row.recipe_id for row in rows) == sorted(ACCURACY)
    assert row_of(rows, "peft/lora").seeds == [0, 1, 2]
    assert row_of(rows, "baseline/tfidf").seeds == [0]
    assert {row.n for row in rows} == {ITEMS}


def test_rows_come_by_falling_score(recorded: Project) -> None:
    scores = [row.score.value for row in board(recorded) if row.score]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 6


def test_a_score_lies_in_its_interval_and_near_what_was_planted(recorded: Project) -> None:
    for row in board(recorded):
        assert row.score is not None
        assert row.score.low is not None
        assert row.score.high is not None
        assert row.score.low <= row.score.value <= row.score.high
        assert row.score.value == pytest.approx(ACCURACY[row.recipe_id], abs=0.12)


def test_memory_is_the_highest_of_the_seeds_and_time_and_money_are_their_means(recorded: Project) -> None:
    row = row_of(board(recorded), "peft/lora")
    assert (row.memory.train_peak_mb, row.memory.score_peak_mb, row.memory.kind) == (1502.0, 900.0, "resident")
    assert (row.cost.train_seconds, row.cost.score_seconds) == (101.0, 50.0)
    assert row.cost.usd == pytest.approx((101 + 50) / 3600 * 0.1)  # two cores at 0.05 an hour
    assert (row.trainable_parameters, row.saved_bytes) == (4_884_480, 4 * 4_884_480)


def test_the_difference_is_to_zero_shot_and_zero_shot_has_none(recorded: Project) -> None:
    rows = board(recorded)
    lora = row_of(rows, "peft/lora")
    reference = row_of(rows, "baseline/zero_shot")
    assert lora.delta is not None
    assert lora.score is not None
    assert reference.score is not None
    assert lora.delta.reference == "baseline/zero_shot"
    assert lora.delta.value == pytest.approx(lora.score.value - reference.score.value, abs=1e-5)
    assert lora.delta.verdict == "better"
    assert lora.delta.detectable is not None
    assert lora.delta.n == ITEMS
    assert reference.delta is None


def test_hallucination_is_balanced_over_true_and_false_claims(recorded: Project) -> None:
    cell = row_of(board(recorded), "peft/lora").hallucination
    assert cell is not None
    assert (cell.suite, cell.metric, cell.n, cell.auc) == ("claims", "balanced_accuracy", 60, 0.75)
    assert cell.value is not None
    assert cell.low is not None
    assert cell.low < cell.value


def test_what_was_not_measured_is_null(recorded: Project) -> None:
    row = row_of(board(recorded), "peft/lora")
    assert (row.safety, row.retention, row.latency_ms) == (None, None, None)


def test_latency_is_the_mean_of_the_seeds(recorded: Project) -> None:
    for seed, milliseconds in enumerate((80.0, 90.0, 100.0)):
        path = recorded.record_folder(run("peft/lora", seed)) / "score/scores.json"
        latency = Latency(
            first_token_ms=milliseconds, tokens_per_second=20.0, prompts=8, prompt_tokens=60.0, new_tokens=16
        )
        record = read_record(ScoreRecord, path)
        write_record(record.model_copy(update={"latency": latency, "adapter_seconds": 0.5}), path)
    row = row_of(board(recorded), "peft/lora")
    assert (row.latency_ms, row.generated_per_second, row.adapter_seconds) == (90.0, 20.0, 0.5)
    assert latency_text(row) == "90 (20)"
    assert latency_text(row_of(board(recorded), "sft/full")) == "—"


def test_a_model_that_cannot_be_asked_keeps_the_reason(recorded: Project) -> None:
    write_run(recorded, run("baseline/tfidf"), asks_claims=False)
    cell = row_of(board(recorded), "baseline/tfidf").hallucination
    assert cell is not None
    assert (cell.value, cell.reason) == (None, "this model gives no likelihoods")


def test_shots_come_from_the_notes(recorded: Project) -> None:
    rows = board(recorded)
    assert row_of(rows, "baseline/few_shot").shots == 8
    assert row_of(rows, "baseline/zero_shot").shots is None


def test_a_recipe_that_failed_with_every_seed_is_the_last_row(recorded: Project) -> None:
    for seed in range(3):
        write_failed_run(recorded, run("sft/full", seed), reason="out of memory")
    row = board(recorded)[-1]
    assert (row.recipe_id, row.status, row.score, row.n) == ("sft/full", "failed", None, None)
    assert row.reason == "seeds 0, 1, 2: out of memory"
    assert row.seeds == row.failed_seeds == [0, 1, 2]
    assert row.cost.usd == pytest.approx(101 / 3600 * 0.1)  # a failed run costs money too


def test_one_failed_seed_does_not_vanish_in_the_mean_of_the_others(recorded: Project) -> None:
    write_failed_run(recorded, run("sft/full", 1), reason="loss became NaN")
    row = row_of(board(recorded), "sft/full")
    assert (row.status, row.seeds, row.failed_seeds) == ("ok", [0, 2], [1])
    assert row.reason == "seed 1: loss became NaN"


def test_rows_of_another_protocol_are_never_ranked_with_the_others(recorded: Project) -> None:
    write_run(recorded, run("baseline/tfidf"), protocol="older")
    rows = board(recorded)
    assert not row_of(rows, "baseline/tfidf").comparable
    assert row_of(rows, "baseline/tfidf").delta is None
    assert rows[-1].recipe_id == "baseline/tfidf"
    assert [row.comparable for row in rows[:-1]] == [True] * 5


def test_a_seed_of_another_protocol_is_not_pooled(recorded: Project) -> None:
    write_run(recorded, run("peft/lora", 1), protocol="older")
    seeds = [(row.seeds, row.comparable) for row in board(recorded) if row.recipe_id == "peft/lora"]
    assert seeds == [([0, 2], True), ([1], False)]


def test_without_the_reference_the_protocol_of_most_rows_counts(recorded: Project) -> None:
    write_failed_run(recorded, run("baseline/zero_shot"), reason="out of memory")
    write_run(recorded, run("baseline/tfidf"), protocol="older")
    rows = board(recorded)
    assert [row.recipe_id for row in rows if not row.comparable] == ["baseline/tfidf"]
    assert all(row.delta is None for row in rows)


def test_seeds_that_answered_other_items_are_refused(recorded: Project) -> None:
    shared: dict[str, Any] = {"cluster": "c", "gold": "a", "answer": "a", "correct": 1.0}
    rows = [shared | {"suite": suite, "item_id": "only here"} for suite in ("classification", "claims")]
    write_samples(recorded, run("peft/lora", 1), rows)
    path = recorded.record_folder(run("peft/lora", 1)) / "score/scores.json"
    record = read_record(ScoreRecord, path)
    for suite in record.suites:
        suite.metrics[suite.primary] = Metric(value=1.0, n=1)
    write_record(record, path)
    with pytest.raises(DataError, match="is missing, unscored or different") as raised:
        board(recorded)
    assert "-f -s score_peft@lora-hs_products-0 score_peft@lora-hs_products-1" in (raised.value.hint or "")


def edited(project: Project, key: RunKey, change: Callable[[str], str]) -> None:
    path = project.record_folder(key) / "score/scores.json"
    path.write_text(change(path.read_text()))


def test_a_metric_that_is_no_mean_of_the_samples_has_no_interval(recorded: Project) -> None:
    edited(recorded, run("baseline/tfidf"), lambda text: text.replace('"accuracy"', '"perplexity_rank"'))
    path = recorded.record_folder(run("baseline/tfidf")) / "score/scores.json"
    assert "perplexity_rank" in path.read_text()
    value = row_of(board(recorded), "baseline/tfidf").score
    assert value is not None
    edited(recorded, run("baseline/tfidf"), lambda text: text.replace(str(value.value)[:6], "0.1234"))
    row = row_of(board(recorded), "baseline/tfidf")
    assert row.score is not None
    assert (row.score.metric, row.score.low, row.score.high) == ("perplexity_rank", None, None)
    assert row.delta is None


def test_gpu_memory_counts_where_the_gpu_was_used(recorded: Project) -> None:
    path = recorded.record_folder(run("peft/lora", 2)) / "train/run.json"
    path.write_text(path.read_text().replace('"cuda_reserved_mb": null', '"cuda_reserved_mb": 21000.0'))
    memory = row_of(board(recorded), "peft/lora").memory
    assert (memory.train_peak_mb, memory.kind) == (21000.0, "cuda_reserved")


def test_a_row_that_overrides_the_budget_is_flagged(recorded: Project) -> None:
    path = recorded.record_folder(run("sft/full", 1)) / "train/run.json"
    path.write_text(path.read_text().replace('"budget_overridden": false', '"budget_overridden": true'))
    assert row_of(board(recorded), "sft/full").budget_overridden
