import json
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from harness.config.project import Project, RunKey
from harness.errors import ConfigError, DataError, RunFailed
from harness.measure.device import Device, cpu_name
from harness.methods.lora import Lora
from harness.methods.majority import Majority
from harness.records.outcome import read_outcome
from harness.records.run_record import RunRecord, read_record
from harness.training.train import resolved_budget, summary, train
from harness.verbs.train import main
from tests.curve_file import curve_steps, curve_values

LORA = RunKey("peft", "lora", ("hs_products",), 0)
MAJORITY = RunKey("baseline", "majority", ("hs_products",), 0)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_lora_trains_and_its_record_says_what_happened(prepared: Project) -> None:
    record = train(prepared, LORA)
    folder, records = prepared.run_folder(LORA), prepared.record_folder(LORA) / "train"
    assert record.status == "ok"
    assert record == read_record(RunRecord, records / "run.json")
    trained = record.training
    assert trained is not None
    assert trained.steps == 4  # 64 examples in batches of 16
    assert trained.examples == 64
    assert 0 < trained.trainable_parameters < trained.total_parameters
    assert 0 < trained.supervised_tokens < trained.tokens
    assert trained.output_change is not None
    assert trained.output_change > 0
    assert trained.saved_bytes >= sum(path.stat().st_size for path in folder.rglob("*.safetensors"))
    assert record.memory is not None
    assert record.memory.resident_mb > 100
    assert set(record.phases) == {"load", "train", "save"}
    assert curve_steps(records / "curve.csv") == [1, 2, 3, 4]
    assert all(loss > 0 for loss in curve_values(records / "curve.csv"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_run_twice_gives_the_same_folder_of_weights(prepared: Project) -> None:
    train(prepared, LORA)
    first = contents(prepared.run_folder(LORA))
    assert {"outcome.json", "adapter/adapter_model.safetensors"} <= first.keys()
    train(prepared, LORA)
    assert contents(prepared.run_folder(LORA)) == first


def test_a_recipe_that_cannot_learn_from_the_domain_is_a_row_that_says_so(prepared: Project) -> None:
    path = prepared.prepared_folder("hs_products") / "views.json"
    facts = json.loads(path.read_text())
    facts["views"] = {"documents": facts["views"]["documents"]}
    path.write_text(json.dumps(facts))
    record = train(prepared, RunKey("baseline", "tfidf", ("hs_products",), 0))
    assert record.status == "failed"
    assert record.reason == "refused: it learns from classify, and the domain hs_products has documents"
    assert train(prepared, RunKey("baseline", "zero_shot", ("hs_products",), 0)).status == "ok"


def test_another_seed_gives_other_weights(prepared: Project) -> None:
    other = RunKey("peft", "lora", ("hs_products",), 1)
    for key in (LORA, other):
        train(prepared, key)
    first, second = (load_file(prepared.run_folder(key) / "adapter/adapter_model.safetensors") for key in (LORA, other))
    assert any((first[name] != second[name]).any() for name in first)


def test_no_path_of_this_machine_is_saved(prepared: Project) -> None:
    train(prepared, LORA)
    for path in prepared.run_folder(LORA).rglob("*"):
        if path.suffix in (".json", ".md", ".jinja"):
            assert str(prepared.root) not in path.read_text()


def test_an_interrupted_training_continues_to_the_same_weights(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = prepared.run_folder(LORA) / "adapter/adapter_model.safetensors"
    train(prepared, LORA)
    uninterrupted = weights.read_bytes()
    edit(prepared.root / "params.yaml", "checkpoint_minutes: 10", "checkpoint_minutes: 0")
    monkeypatch.setattr("harness.training.loops.watcher.Watcher.on_log", interrupt_at(2))
    project = Project(prepared.root)
    with pytest.raises(KeyboardInterrupt):
        train(project, LORA)
    assert weights.read_bytes() == uninterrupted  # the earlier result is untouched
    monkeypatch.undo()
    left = prepared.root / "runs/.checkpoints" / LORA.id
    assert list(left.glob("checkpoint-*"))
    weights.unlink()
    record = train(project, LORA)
    assert weights.read_bytes() == uninterrupted
    assert record.training is not None
    assert record.training.steps == 4
    assert not left.exists()


def interrupt_at(step: int):  # type: ignore[no-untyped-def]
    def on_log(self, args, state, control, logs=None, **kwargs):  # type: ignore[no-untyped-def]
        if state.global_step > step:
            raise KeyboardInterrupt

    return on_log


def test_a_checkpoint_of_another_configuration_is_not_continued(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(prepared.root / "params.yaml", "checkpoint_minutes: 10", "checkpoint_minutes: 0")
    monkeypatch.setattr("harness.training.loops.watcher.Watcher.on_log", interrupt_at(2))
    with pytest.raises(KeyboardInterrupt):
        train(Project(prepared.root), LORA)
    monkeypatch.undo()
    edit(prepared.root / "recipes/peft/lora.yaml", "    lora_alpha: 32", "    lora_alpha: 48")
    changed = train(Project(prepared.root), LORA)
    weights = prepared.run_folder(LORA) / "adapter/adapter_model.safetensors"
    resumed = weights.read_bytes()
    fresh = train(Project(prepared.root), LORA)
    assert weights.read_bytes() == resumed
    assert changed.training == fresh.training


def test_a_loss_that_is_not_a_number_is_a_row_with_its_reason(prepared: Project) -> None:
    edit(prepared.root / "recipes/peft/lora.yaml", "lora_alpha: 32", "lora_alpha: .nan")
    record = train(Project(prepared.root), LORA)
    assert record.status == "failed"
    assert record.reason is not None
    assert "diverged" in record.reason
    assert record.training is None
    assert "FAILED" in summary(record)
    assert (prepared.record_folder(LORA) / "train/run.json").is_file()
    assert list(contents(prepared.run_folder(LORA))) == ["outcome.json"]
    assert read_outcome(prepared.run_folder(LORA)).reason == record.reason


def test_weights_that_do_not_change_the_output_are_a_failed_run(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.training.loops.sft_loop.SharingTrainer.train", lambda self, **kwargs: None)
    record = train(prepared, LORA)
    assert record.status == "failed"
    assert record.reason is not None
    assert "changed no output" in record.reason


def test_out_of_memory_is_a_row(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object, model: object, context: object) -> None:
        raise MemoryError("cannot allocate 8 GB")

    monkeypatch.setattr(Lora, "adapt", refuse)
    record = train(prepared, LORA)
    assert (record.status, record.reason) == ("failed", "out of memory: cannot allocate 8 GB")


def test_a_bug_is_no_row_and_leaves_nothing(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(self: object, context: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Majority, "train", crash)
    with pytest.raises(ZeroDivisionError):
        train(prepared, MAJORITY)
    assert not prepared.run_folder(MAJORITY).exists()
    assert not prepared.record_folder(MAJORITY).exists()


def test_an_unknown_peft_argument_is_told_before_training(prepared: Project) -> None:
    edit(prepared.root / "recipes/peft/lora.yaml", "lora_alpha: 32", "lora_alfa: 32")
    with pytest.raises(ConfigError, match='no argument "lora_alfa"') as raised:
        train(Project(prepared.root), LORA)
    assert 'did you mean "lora_alpha"?' in str(raised.value)


def test_target_modules_that_do_not_exist_are_a_row_that_lists_those_that_do(prepared: Project) -> None:
    edit(prepared.root / "recipes/peft/lora.yaml", "target_modules: all-linear", "target_modules: [query]")
    record = train(Project(prepared.root), LORA)
    assert record.status == "failed"
    assert 'the model has no target module "query"' in (record.reason or "")
    assert "q_proj" in (record.reason or "")


def test_a_domain_that_is_not_prepared_names_the_verb(prepared: Project) -> None:
    with pytest.raises(DataError) as raised:
        train(prepared, RunKey("baseline", "majority", ("nowhere",), 0))
    assert "harness prepare nowhere" in str(raised.value)


def test_a_budget_override_is_flagged(prepared: Project) -> None:
    path = prepared.root / "recipes/baseline/majority.yaml"
    path.write_text(path.read_text() + "  budget: {train_examples: 10}\n")
    project = Project(prepared.root)
    assert resolved_budget(project.params.budget, project.recipe("baseline/majority")).train_examples == 10
    record = train(project, MAJORITY)
    assert record.budget_overridden
    assert record.training is not None
    assert record.training.examples == 10


def test_the_verb_prints_one_line(
    prepared: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(prepared.root)
    assert main(["baseline/majority", "--domain", "hs_products"]) == 0
    line = capsys.readouterr().out
    assert line.startswith("baseline/majority-hs_products-0: trained in ")
    assert json.loads((prepared.record_folder(MAJORITY) / "train/run.json").read_text())["status"] == "ok"


def test_run_failed_is_the_only_reason_a_method_may_give(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object, context: object) -> None:
        raise RunFailed("refused: this device has no 4-bit kernels")

    monkeypatch.setattr(Majority, "train", refuse)
    assert train(prepared, MAJORITY).reason == "refused: this device has no 4-bit kernels"


def test_a_method_that_needs_no_gpu_says_so_on_a_machine_with_one(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpu = Device("cuda", "NVIDIA L4", threads=2, dtype="bfloat16")
    monkeypatch.setattr("harness.training.train.prepare_device", lambda precision: gpu)
    where = train(prepared, MAJORITY).provenance
    assert (where.device_kind, where.device, where.gpus) == ("cpu", cpu_name(), 0)
    assert where.measured_on == "NVIDIA L4, 2 threads"


def test_the_record_says_how_much_cpu_time_it_took_and_what_ran_beside_it(prepared: Project) -> None:
    cost = train(prepared, LORA).cost
    assert cost.cpu_seconds is not None
    assert 0 < cost.cpu_seconds < 100 * cost.seconds
    assert cost.others_share is None or 0 <= cost.others_share <= 1
    assert (cost.busy is None) == (cost.others_share is None)
