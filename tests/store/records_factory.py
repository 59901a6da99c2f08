"""Invented records of whole runs: what train and score leave behind, without a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.config.project import Project, RunKey
from harness.records.run_record import (
    Cost,
    Memory,
    Metric,
    Provenance,
    RunRecord,
    ScoreRecord,
    SuiteScore,
    Training,
    write_record,
)

ITEMS, CLAIMS = 150, 60
ACCURACY = {
    "baseline/majority": 0.10,
    "baseline/tfidf": 0.70,
    "baseline/zero_shot": 0.20,
    "baseline/few_shot": 0.30,
    "sft/full": 0.68,
    "peft/lora": 0.45,
}
NO_BASE_MODEL = {"baseline/majority", "baseline/tfidf"}
TRAINABLE = {
    "baseline/tfidf": 21_000,
    "sft/full": 134_515_008,
    **dict.fromkeys(("peft/lora", "continual/naive", "continual/joint"), 4_884_480),
}


def three_seeds(project: Project) -> Project:
    """The same tree with seeds 0, 1, 2 for everything that trains."""
    params = project.root / "params.yaml"
    text = params.read_text()
    for family in ("sft", "peft"):
        assert f"  {family}: [0]\n" in text
        text = text.replace(f"  {family}: [0]\n", f"  {family}: [0, 1, 2]\n")
    params.write_text(text)
    return Project(project.root)


def write_all_runs(project: Project, **changes: Any) -> None:
    """Records of every active run; `changes` as in `write_run`."""
    for key in project.runs():
        write_run(project, key, **changes)


def write_run(
    project: Project,
    key: RunKey,
    *,
    accuracy: Mapping[str, float] = ACCURACY,
    protocol: str = "p1",
    asks_claims: bool = True,
    title: str | None = None,
    notes: Mapping[str, Any] | None = None,
    seconds: float = 100.0,
    parents: Mapping[str, str] | None = None,
    asked: Mapping[str, float] | None = None,
    device: str | None = None,
) -> None:
    """One run that ended well. Each item is equally hard for every recipe, so that pairs are correlated.

    `asked`: domain -> accuracy, in place of the first domain alone. `device`: the GPU that scored.
    """
    write_training(project, key, title=title, notes=notes, seconds=seconds, parents=parents)
    suites: list[SuiteScore] = []
    rows: list[dict[str, Any]] = []
    for domain, right in (asked or {key.domains[0]: accuracy[key.recipe_id]}).items():
        questions = _questions(key, right, domain)
        claims = _claims(key, right, domain) if asks_claims else []
        own = {"domain": domain, "protocol": protocol}
        suites += [
            _suite("classification", **own, column="score", metric="accuracy", rows=questions),
            _suite("claims", **own, column="hallucination", metric="balanced_accuracy", rows=claims),
        ]
        rows += questions + claims
    folder = project.record_folder(key) / "score"
    folder.mkdir(parents=True, exist_ok=True)
    score = ScoreRecord(
        run_id=key.id,
        status="ok",
        suites=suites,
        memory=Memory(resident_mb=900.0, before_mb=300.0),
        cost=Cost(seconds=50.0),
        provenance=_provenance(device) if device else None,
    )
    write_record(score, folder / "scores.json")
    write_samples(project, key, rows)


def write_failed_run(project: Project, key: RunKey, *, reason: str) -> None:
    """A training that failed: a record of each stage, no samples."""
    write_training(project, key, reason=reason)
    folder = project.record_folder(key) / "score"
    folder.mkdir(parents=True, exist_ok=True)
    write_record(ScoreRecord(run_id=key.id, status="failed", reason=reason), folder / "scores.json")


def write_training(
    project: Project,
    key: RunKey,
    *,
    title: str | None = None,
    notes: Mapping[str, Any] | None = None,
    reason: str | None = None,
    seconds: float = 100.0,
    parents: Mapping[str, str] | None = None,
) -> None:
    """train/run.json alone."""
    trainable = TRAINABLE.get(key.recipe_id, 0)
    by_gradient = trainable > 0 and key.family != "baseline"
    shots = {"shots": 8} if key.recipe == "few_shot" else {}
    training = Training(
        trainable_parameters=trainable,
        total_parameters=134_515_008,
        saved_bytes=trainable * 4,
        examples=64,
        steps=4 if by_gradient else 0,
        tokens=5000 if by_gradient else 0,
        supervised_tokens=400 if by_gradient else 0,
        notes=dict(notes if notes is not None else shots),
    )
    record = RunRecord(
        run_id=key.id,
        family=key.family,
        recipe=key.recipe,
        domains=list(key.domains),
        parents=dict(parents or {}),
        seed=key.seed,
        title=title or project.recipe(key.recipe_id).about.title,
        base_model=None if key.recipe_id in NO_BASE_MODEL else "tiny-random-llama",
        profile="smoke",
        status="failed" if reason else "ok",
        reason=reason,
        budget={"train_examples": 64, "epochs": 1, "max_length": 256},
        budget_overridden=False,
        training=None if reason else training,
        phases={"load": 1.0, "train": 100.0},
        memory=Memory(resident_mb=1500.0 + key.seed, before_mb=300.0),
        cost=Cost(seconds=seconds + key.seed),
        provenance=_provenance(),
    )
    folder = project.record_folder(key) / "train"
    folder.mkdir(parents=True, exist_ok=True)
    write_record(record, folder / "run.json")


def write_samples(project: Project, key: RunKey, rows: list[dict[str, Any]]) -> None:
    """score/samples.parquet with the columns of the contract."""
    import pyarrow as pa
    from pyarrow import parquet

    text, number = pa.string(), pa.float64()
    schema = pa.schema(
        [(name, text) for name in ("run_id", "suite", "domain", "item_id", "cluster", "gold", "answer")]
        + [
            ("correct", number),
            ("log_odds", number),
            ("gold_loglikelihood", number),
            ("loglikelihoods", pa.list_(number)),
        ]
    )
    own = {"run_id": key.id, "domain": key.domains[0]}
    empty = {"log_odds": None, "gold_loglikelihood": None, "loglikelihoods": None}
    table = pa.Table.from_pylist([own | empty | row for row in rows], schema=schema)
    parquet.write_table(table, project.record_folder(key) / "score/samples.parquet")


def _provenance(gpu: str | None = None) -> Provenance:
    """Two cores, or the GPU."""
    return Provenance(
        commit="0123456789abcdef",
        dirty=False,
        versions={"python": "3.11"},
        device_kind="cuda" if gpu else "cpu",
        device=gpu or "2 cores",
        threads=2,
        precision="mixed",
        config_hash="c",
        data_hash="d",
    )


def _questions(key: RunKey, accuracy: float, domain: str) -> list[dict[str, Any]]:
    return [
        {
            "suite": "classification",
            "domain": domain,
            "item_id": f"q{i:03d}",
            "cluster": f"c{i // 3}",
            "gold": f"label {i % 5}",
            "answer": f"label {i % 5}" if right else "label x",
            "correct": float(right),
            "gold_loglikelihood": -1.0 - i / 100,
        }
        for i, right in enumerate(_luck(key, ITEMS) < accuracy)
    ]


def _claims(key: RunKey, accuracy: float, domain: str) -> list[dict[str, Any]]:
    rows = []
    for i, right in enumerate(_luck(key, CLAIMS) < 0.4 + accuracy / 2):
        holds = i % 2 == 0
        says = holds == bool(right)
        rows.append(
            {
                "suite": "claims",
                "domain": domain,
                "item_id": f"k{i:03d}",
                "cluster": f"k{i // 2}",
                "gold": str(holds).lower(),
                "answer": str(says).lower(),
                "correct": float(right),
                "log_odds": 1.0 if says else -1.0,
            }
        )
    return rows


def _luck(key: RunKey, n: int) -> Any:
    """(n,) in [0, 1]: mostly how hard the item is, a little the recipe and the seed."""
    hard = np.random.default_rng(0).random(n)
    own = np.random.default_rng([*key.recipe_id.encode(), key.seed]).random(n)
    return 0.8 * hard + 0.2 * own


def _suite(
    name: str, *, domain: str, column: str, metric: str, protocol: str, rows: list[dict[str, Any]]
) -> SuiteScore:
    metrics: dict[str, Metric] = {}
    if rows:
        by_gold: dict[str, list[float]] = {}
        for row in rows:
            by_gold.setdefault(row["gold"], []).append(row["correct"])
        values = {
            "accuracy": float(np.mean([row["correct"] for row in rows])),
            "balanced_accuracy": float(np.mean([np.mean(group) for group in by_gold.values()])),
            "auc": 0.75,
        }
        shown = [metric, "auc"] if name == "claims" else [metric]
        metrics = {shown_metric: Metric(value=values[shown_metric], n=len(rows)) for shown_metric in shown}
    return SuiteScore(
        suite=name,
        domain=domain,
        kind=name,
        column=column,
        primary=metric,
        protocol_hash=protocol,
        metrics=metrics,
        truncated=len(name) if rows else None,
        reason=None if rows else "this model gives no likelihoods",
    )
