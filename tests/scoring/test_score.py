import pyarrow.parquet as pq
import pytest
import torch

from harness.config.project import Project, RunKey
from harness.errors import ConfigError, DataError
from harness.measure.device import Device, cpu_name
from harness.records.run_record import SAMPLE_COLUMNS, ScoreRecord, read_record
from harness.scoring.score import TIMED_PROMPTS, TIMED_TOKENS, score, summary
from harness.training.train import train

LORA = RunKey("peft", "lora", ("hs_products",), 0)
VIEWS = {"answers": "answer", "answer_choice": "answer", "translation": "translate"}
MAJORITY = RunKey("baseline", "majority", ("hs_products",), 0)


def test_every_item_of_every_suite_is_kept_and_twice_gives_the_same_bytes(prepared: Project) -> None:
    train(prepared, LORA)
    record = score(prepared, LORA)
    folder = prepared.record_folder(LORA) / "score"
    assert record == read_record(ScoreRecord, folder / "scores.json")
    assert record.latency is not None
    assert (record.latency.prompts, record.latency.new_tokens) == (TIMED_PROMPTS, TIMED_TOKENS)
    assert record.latency.first_token_ms > 0
    assert record.adapter_seconds is not None
    first = (folder / "samples.parquet").read_bytes()
    table = pq.read_table(folder / "samples.parquet")
    assert set(table.column_names) == set(SAMPLE_COLUMNS)
    asked = [suite for suite in record.suites if suite.protocol_hash]
    assert [suite.suite for suite in asked] == ["classification", "claims"]
    for suite in asked:
        rows = [row for row in table.to_pylist() if row["suite"] == suite.suite]
        assert {metric.n for metric in suite.metrics.values()} == {len(rows)}
        assert len(suite.protocol_hash) == 64
    accuracy = [row["correct"] for row in table.to_pylist() if row["suite"] == "classification"]
    assert record.suites[0].metrics["accuracy"].value == pytest.approx(sum(accuracy) / len(accuracy))
    score(prepared, LORA)
    assert (folder / "samples.parquet").read_bytes() == first


def test_a_suite_that_a_model_cannot_be_asked_says_why(prepared: Project) -> None:
    train(prepared, MAJORITY)
    record = score(prepared, MAJORITY)
    classification, claims, *others = record.suites
    assert classification.metrics["accuracy"].value is not None
    assert claims.metrics == {}
    assert claims.reason == "not applicable: this model only predicts labels"
    assert record.latency is None
    assert "4 suites not applicable" in summary(record)
    for suite in others:
        assert (suite.metrics, suite.reason, suite.protocol_hash) == ({}, f"the domain has no {VIEWS[suite.suite]}", "")


def test_the_protocol_hash_follows_what_makes_scores_comparable(prepared: Project) -> None:
    train(prepared, MAJORITY)
    before = [suite.protocol_hash for suite in score(prepared, MAJORITY).suites]
    path = prepared.root / "data/suites/classification.yaml"
    text = path.read_text()
    path.write_text(text.replace("title: Classification", "title: Labels"))
    assert [suite.protocol_hash for suite in score(Project(prepared.root), MAJORITY).suites] == before
    path.write_text(text.replace("version: 1", "version: 2"))
    after = [suite.protocol_hash for suite in score(Project(prepared.root), MAJORITY).suites]
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_a_failed_run_is_not_scored_and_keeps_its_reason(prepared: Project) -> None:
    recipe = prepared.root / "recipes/peft/lora.yaml"
    recipe.write_text(recipe.read_text().replace("lora_alpha: 32", "lora_alpha: .nan"))
    project = Project(prepared.root)
    train(project, LORA)
    record = score(project, LORA)
    assert record.status == "failed"
    assert record.reason is not None
    assert "diverged" in record.reason
    assert not (project.record_folder(LORA) / "score/samples.parquet").exists()


def test_a_model_that_does_not_fit_when_scored_is_a_row(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise MemoryError

    train(prepared, MAJORITY)
    monkeypatch.setattr("harness.scoring.score._ask_all", refuse)
    record = score(prepared, MAJORITY)
    assert (record.status, record.reason) == ("failed", "out of memory: allocation refused")


def test_a_metric_that_the_kind_does_not_compute_is_told_before_a_model_is_loaded(prepared: Project) -> None:
    train(prepared, MAJORITY)
    path = prepared.root / "data/suites/claims.yaml"
    path.write_text(path.read_text().replace("also: [balanced_accuracy", "also: [balanced_acuracy"))
    with pytest.raises(ConfigError) as raised:
        score(Project(prepared.root), MAJORITY)
    assert 'did you mean "balanced_accuracy"?' in str(raised.value)


def test_a_run_that_was_not_trained_is_named(prepared: Project) -> None:
    with pytest.raises(DataError, match="weights of this run are not here"):
        score(prepared, MAJORITY)


def test_memory_that_runs_out_in_one_suite_costs_that_cell_alone(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 4.70 GiB")

    freed: list[bool] = []
    monkeypatch.setattr("harness.scoring.score.free_cached_memory", lambda: freed.append(True))
    train(prepared, MAJORITY)
    whole = {suite.suite: suite for suite in score(prepared, MAJORITY).suites}
    assert len(freed) == len(prepared.params.suites)
    monkeypatch.setattr("harness.scoring.kinds.classification.Classification.ask", refuse)
    record = score(prepared, MAJORITY)
    empty, *others = record.suites
    assert record.status == "ok"
    assert (empty.suite, empty.metrics) == ("classification", {})
    assert empty.reason == "out of memory: CUDA out of memory. Tried to allocate 4.70 GiB"
    assert empty.protocol_hash == whole["classification"].protocol_hash
    assert [suite.reason for suite in others] == [whole[suite.suite].reason for suite in others]
    assert "1 suites out of memory" in summary(record)


def test_a_latency_for_which_memory_does_not_suffice_is_not_measured(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise MemoryError

    train(prepared, LORA)
    monkeypatch.setattr("harness.scoring.score._latency", refuse)
    record = score(prepared, LORA)
    assert (record.status, record.latency) == ("ok", None)
    assert record.suites[0].metrics["accuracy"].value is not None


def test_scores_in_bfloat16_have_a_protocol_of_their_own(prepared: Project) -> None:
    train(prepared, MAJORITY)
    before = score(prepared, MAJORITY).suites[0]
    params = prepared.root / "params.yaml"
    params.write_text(params.read_text().replace("precision: float32", "precision: bfloat16"))
    after = score(Project(prepared.root), MAJORITY).suites[0]
    assert after.protocol_hash != before.protocol_hash
    assert after.metrics == before.metrics


def test_the_wide_protocol_has_its_own_record_and_compares_with_what_was_asked_before(prepared: Project) -> None:
    settings = prepared.root / "params.yaml"
    wide = "wide: {suites: [robustness, reworded], recipes: {baseline: [majority]}}\nofficial:"
    settings.write_text(settings.read_text().replace("\nofficial:", f"\n{wide}", 1))
    project = Project(prepared.root)
    train(project, MAJORITY)
    with pytest.raises(DataError, match="not scored by the default protocol"):
        score(project, MAJORITY, protocol="wide")
    default = score(project, MAJORITY)
    record = score(project, MAJORITY, protocol="wide")
    assert [suite.suite for suite in record.suites] == ["robustness", "reworded"]
    assert {suite.protocol for suite in record.suites} == {"wide"}
    assert {suite.protocol for suite in default.suites} == {"default"}
    assert record.suites[0].metrics["drop"].value == 0.0  # the majority class has no eyes for typing errors
    assert record == read_record(ScoreRecord, project.record_folder(MAJORITY) / "wide/scores.json")
    assert default == read_record(ScoreRecord, project.record_folder(MAJORITY) / "score/scores.json")


def test_a_model_that_needs_no_gpu_is_scored_on_the_cpu_of_a_machine_with_one(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(prepared, MAJORITY)
    gpu = Device("cuda", "NVIDIA L4", threads=2, dtype="float32")
    monkeypatch.setattr("harness.scoring.score.prepare_device", lambda precision: gpu)
    where = score(prepared, MAJORITY).provenance
    assert where is not None
    assert (where.device_kind, where.device, where.machine) == ("cpu", cpu_name(), "NVIDIA L4")
