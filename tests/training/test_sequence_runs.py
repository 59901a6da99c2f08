"""Continual learning: one domain after another, each step from the run of the step before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from harness.config.project import Project, RunKey
from harness.errors import DataError
from harness.methods.majority import Majority
from harness.scoring.score import score
from harness.training.contract import TrainContext, TrainedModel
from harness.training.parents import parent_runs
from harness.training.train import train
from harness.verbs.train import main
from tests.mini_tree import edit

FIRST, SECOND = ("hs_products",), ("hs_products", "services")
FAMILY = "title: Continual learning\norder: 7\nruns_on: sequences\nrun: {}\n"


def step(recipe: str, domains: tuple[str, ...]) -> RunKey:
    return RunKey("stepwise", recipe, domains, 0)


@pytest.fixture
def sequence(prepared: Project) -> Project:
    """A second domain and a family that learns both in turn: `count` by the method majority, `naive` by LoRA."""
    root = prepared.root
    for folder in ("data/prepared", "data/items"):
        shutil.copytree(root / folder / "hs_products", root / folder / "services")
    shutil.copy(root / "data/domains/hs_products.yaml", root / "data/domains/services.yaml")
    edit(root / "params.yaml", "sequences: {}", "sequences: {trade: [hs_products, services]}")
    family = root / "recipes/stepwise"
    family.mkdir()
    (family / "_family.yaml").write_text(FAMILY)
    (family / "count.yaml").write_text("about: {title: Count}\nrun: {method: majority}\n")
    lora = (root / "recipes/peft/lora.yaml").read_text()
    (family / "naive.yaml").write_text(lora)
    return Project(root)


def test_a_step_learns_its_last_domain_and_knows_the_earlier_ones(
    sequence: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[TrainContext] = []
    really_train = Majority.train

    def spy(self: Majority, context: TrainContext) -> TrainedModel:
        seen.append(context)
        return really_train(self, context)

    monkeypatch.setattr(Majority, "train", spy)
    monkeypatch.setattr(Majority, "starts_from", "model")
    first, second = (train(sequence, step("count", domains)) for domains in (FIRST, SECOND))
    assert [[domain.name for domain in context.domains] for context in seen] == [["hs_products"], ["services"]]
    assert [[domain.name for domain in context.earlier_domains] for context in seen] == [[], ["hs_products"]]
    assert not seen[0].parents
    assert seen[1].parents["model"].folder == sequence.run_folder(step("count", FIRST))
    assert (first.domains, first.parents) == (["hs_products"], {})
    assert second.domains == ["hs_products", "services"]
    assert second.parents == {"model": "stepwise/count-hs_products-0"}


def test_every_step_is_scored_on_all_domains_of_the_sequence(sequence: Project) -> None:
    train(sequence, step("count", FIRST))
    record = score(sequence, step("count", FIRST))
    assert record.status == "ok"
    assert {suite.domain for suite in record.suites} == {"hs_products", "services"}
    samples = pq.read_table(sequence.record_folder(step("count", FIRST)) / "score/samples.parquet").to_pylist()
    assert {row["domain"] for row in samples} == {"hs_products", "services"}


def test_an_adapter_continues_from_the_adapter_of_the_step_before(sequence: Project) -> None:
    train(sequence, step("naive", FIRST))
    record = train(sequence, step("naive", SECOND))
    assert (record.status, record.parents) == ("ok", {"model": "stepwise/naive-hs_products-0"})
    assert score(sequence, step("naive", SECOND)).status == "ok"


def test_a_method_that_starts_from_nothing_needs_no_earlier_step(sequence: Project) -> None:
    record = train(sequence, step("count", SECOND))
    assert (record.status, record.parents) == ("ok", {})


def test_a_step_whose_step_before_did_not_run_says_so(sequence: Project) -> None:
    with pytest.raises(DataError) as caught:
        train(sequence, step("naive", SECOND))
    assert "runs/stepwise/naive-hs_products-0/outcome.json" in str(caught.value)


def test_the_verb_takes_several_domains_of_such_a_family_as_a_sequence(
    sequence: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(sequence.root)
    assert main(["stepwise/count", "--domain", "hs_products"]) == 0
    assert main(["stepwise/count", "--domain", "hs_products", "--domain", "services"]) == 0
    assert "stepwise/count-hs_products+services-0: trained in" in capsys.readouterr().out
    assert main(["baseline/majority", "--domain", "hs_products", "--domain", "services"]) == 0  # a mixture
    assert "baseline/majority-hs_products+services-0: trained in" in capsys.readouterr().out


def test_the_parents_of_a_step(sequence: Project) -> None:
    path: Path = sequence.root / "recipes/stepwise/naive.yaml"
    edit(path, "  method: lora", "  method: lora\n  init: {model: sft/full, reward: peft/lora}")
    assert parent_runs(sequence, step("naive", FIRST)) == {
        "model": RunKey("sft", "full", FIRST, 0),
        "reward": RunKey("peft", "lora", FIRST, 0),
    }
    assert parent_runs(sequence, step("naive", SECOND)) == {
        "model": step("naive", FIRST),  # from the second step on, the step before
        "reward": RunKey("peft", "lora", ("services",), 0),  # on the domain that is new
    }


def test_the_parents_of_a_mixture_learnt_the_same_mixture(prepared: Project) -> None:
    edit(prepared.root / "recipes/peft/lora.yaml", "  method: lora", "  method: lora\n  init: sft/full")
    assert parent_runs(prepared, RunKey("peft", "lora", ("a", "b"), 3)) == {
        "model": RunKey("sft", "full", ("a", "b"), 3)
    }
