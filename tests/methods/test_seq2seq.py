"""Methods that train an encoder-decoder where the recipe says so, on the tiny T5."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.bases.prepare import prepare_base
from harness.check.problems import problems
from harness.config.project import Project, RunKey
from harness.errors import ConfigError, DataError
from harness.items.prepared import PreparedDomain
from harness.measure.device import prepare_device
from harness.models.loaded import LanguageModel
from harness.records.run_record import RunRecord
from harness.scoring.ask import Subject, ask_suite
from harness.scoring.score import score
from harness.training.output_change import probe_logits
from harness.training.registry import get_method
from harness.training.train import load_context, train
from tests.fresh_process import told_elsewhere
from tests.tree import ROOT

RECIPES = ("seq2seq/full", "seq2seq/lora", "peft/dora", "peft/ia3", "peft/qlora")
"""All that train one; those of peft are told to by the fixture."""

PROBE = """
import json, sys
from pathlib import Path
from harness.config.project import Project
from tests.methods.test_seq2seq import RECIPES, logits_of
project = Project(Path(sys.argv[1]))
print(json.dumps({name: logits_of(project, name).tolist() for name in RECIPES}))
"""


def key_of(recipe: str) -> RunKey:
    family, name = recipe.split("/")
    return RunKey(family, name, ("hs_products",), 0)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def on_t5(project: Project, recipe: str) -> None:
    edit(project.root / f"recipes/{recipe}.yaml", "run:\n", "run:\n  base: seq2seq_lm\n")


def load(project: Project, recipe: str) -> LanguageModel:
    context = load_context(project, key_of(recipe), device=prepare_device("float32"))
    loaded = get_method(context.recipe.run.method).load(context)
    assert isinstance(loaded, LanguageModel)
    return loaded


def logits_of(project: Project, recipe: str) -> Any:
    loaded = load(project, recipe)
    domain = PreparedDomain.open(project.prepared_folder("hs_products"))
    return probe_logits(loaded.model, loaded.tokenizer, domain.questions("classify", "validation", limit=4))


@pytest.fixture(scope="module")
def with_t5(prepared_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prepared tree with the tiny T5; do not write into it."""
    root = tmp_path_factory.mktemp("seq2seq") / "project"
    shutil.copytree(prepared_template, root)
    prepare_base(Project(root), "seq2seq_lm")
    return root


@pytest.fixture
def project(with_t5: Path, tmp_path: Path) -> Project:
    """A copy that a test may change."""
    shutil.copytree(with_t5, tmp_path / "project")
    return Project(tmp_path / "project")


@pytest.fixture(scope="module")
def trained(with_t5: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The project, and of each recipe its record and the outputs that the trained model had in memory."""
    root = tmp_path_factory.mktemp("trained") / "project"
    shutil.copytree(with_t5, root)
    project = Project(root)
    records: dict[str, RunRecord] = {}
    outputs: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:

        def remember(model: Any, tokenizer: Any, probes: Any) -> Any:
            outputs[recipe] = probe_logits(model, tokenizer, probes)  # the last call is the one after the training
            return outputs[recipe]

        patch.setattr("harness.training.supervised_lm.probe_logits", remember)
        for recipe in RECIPES:
            if not recipe.startswith("seq2seq/"):
                on_t5(project, recipe)
            records[recipe] = train(project, key_of(recipe))
    return {"project": project, "records": records, "outputs": outputs}


@pytest.fixture(scope="module")
def elsewhere(trained: dict[str, Any]) -> dict[str, list[list[float]]]:
    """Recipe -> outputs of the saved model in another process."""
    found: dict[str, list[list[float]]] = told_elsewhere(PROBE, trained["project"].root, forks=True)
    return found


@pytest.mark.parametrize("recipe", RECIPES)
def test_it_trains_within_the_same_budget(trained: dict[str, Any], recipe: str) -> None:
    record: RunRecord = trained["records"][recipe]
    assert (record.status, record.reason) == ("ok", None)
    assert record.base_model == "tiny-random-t5"
    assert record.training is not None
    assert (record.training.examples, record.training.steps) == (64, 4)
    assert 0 < record.training.supervised_tokens < record.training.tokens
    assert record.training.output_change is not None
    assert record.training.output_change > 1e-3
    all_learn = record.training.trainable_parameters == record.training.total_parameters
    assert all_learn == (recipe == "seq2seq/full")


@pytest.mark.parametrize("recipe", RECIPES)
def test_in_a_fresh_process_it_gives_the_outputs_it_was_trained_to(
    trained: dict[str, Any], elsewhere: dict[str, list[list[float]]], recipe: str
) -> None:
    import torch

    assert torch.allclose(torch.tensor(elsewhere[recipe]), trained["outputs"][recipe], atol=1e-4)


def test_adapters_sit_in_both_halves_and_in_the_attention_between_them(trained: dict[str, Any]) -> None:
    from safetensors.torch import load_file

    folder = trained["project"].run_folder(key_of("seq2seq/lora")) / "adapter"
    names = set(load_file(folder / "adapter_model.safetensors"))
    for part in ("encoder.block.0", "decoder.block.0", "EncDecAttention", "DenseReluDense"):
        assert any(part in name for name in names)
    assert not any("lm_head" in name for name in names)
    assert json.loads((folder / "adapter_config.json").read_text())["task_type"] == "SEQ_2_SEQ_LM"


@pytest.mark.parametrize("recipe", ["seq2seq/full", "seq2seq/lora"])
def test_the_suites_ask_it_and_its_latency_is_measured(trained: dict[str, Any], recipe: str) -> None:
    scored = score(trained["project"], key_of(recipe))
    assert (scored.status, scored.reason) == ("ok", None)
    suites = {one.suite: one for one in scored.suites}
    for name, metric in (("classification", "accuracy"), ("claims", "balanced_accuracy")):
        assert suites[name].reason is None
        assert suites[name].metrics[metric].n > 0
    assert scored.latency is not None
    assert scored.latency.tokens_per_second > 0


def test_it_is_compared_with_its_own_base(trained: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    project: Project = trained["project"]
    seen: list[Any] = []

    def ask(project: Project, name: str, *, subject: Subject, **rest: Any) -> Any:
        seen.append(subject.base)
        return ask_suite(project, name, subject=subject, **rest)

    monkeypatch.setattr("harness.scoring.score.ask_suite", ask)
    score(project, key_of("peft/ia3"))
    base = seen[0]()
    assert type(base.model).__name__ == "T5ForConditionalGeneration"


def test_a_merged_run_is_a_plain_encoder_decoder(trained: dict[str, Any], tmp_path: Path) -> None:
    from transformers import AutoModelForSeq2SeqLM

    from harness.export.folder import export

    export(trained["project"], key_of("seq2seq/lora"), target=tmp_path / "out", merge=True)
    plain = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "out", local_files_only=True)
    assert type(plain).__name__ == "T5ForConditionalGeneration"


def test_the_base_itself_is_asked_without_training(project: Project) -> None:
    for recipe in ("baseline/zero_shot", "baseline/few_shot"):
        on_t5(project, recipe)
        record = train(Project(project.root), key_of(recipe))
        assert (record.status, record.base_model) == ("ok", "tiny-random-t5")
        assert type(load(Project(project.root), recipe).model).__name__ == "T5ForConditionalGeneration"


def interrupt(project: Project, key: RunKey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop a training after its second step, with a checkpoint of it left."""
    edit(project.root / "params.yaml", "checkpoint_minutes: 10", "checkpoint_minutes: 0")

    def stop(self: Any, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        if state.global_step > 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("harness.training.loops.watcher.Watcher.on_log", stop)
        with pytest.raises(KeyboardInterrupt):
            train(Project(project.root), key)


@pytest.mark.parametrize("recipe", ["seq2seq/full", "seq2seq/lora"])
def test_an_interrupted_training_continues_to_the_same_weights(
    project: Project, monkeypatch: pytest.MonkeyPatch, recipe: str
) -> None:
    key = key_of(recipe)
    train(project, key)
    (weights,) = project.run_folder(key).glob("*/*.safetensors")
    uninterrupted = weights.read_bytes()
    interrupt(project, key, monkeypatch)
    assert list((project.root / "runs/.checkpoints" / key.id).glob("checkpoint-2"))
    weights.unlink()
    train(Project(project.root), key)
    assert weights.read_bytes() == uninterrupted


def test_a_checkpoint_of_another_configuration_is_not_continued(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = key_of("seq2seq/lora")
    interrupt(project, key, monkeypatch)
    edit(project.root / "recipes/seq2seq/lora.yaml", "lora_alpha: 32", "lora_alpha: 48")
    assert train(Project(project.root), key).status == "ok"
    assert "continuing from" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            "target_modules: all-linear",
            "target_modules: [q, q_proj]",
            'the model has no target module "q_proj" '
            "(linear layers of this model: k, lm_head, o, q, v, wi_0, wi_1, wo)",
        ),
        ("r: 16", "r: 65", "the rank is 65, but"),
    ],
)
def test_targets_that_do_not_exist_and_too_high_ranks_are_rows(
    project: Project, old: str, new: str, reason: str
) -> None:
    edit(project.root / "recipes/seq2seq/lora.yaml", old, new)
    record = train(Project(project.root), key_of("seq2seq/lora"))
    assert record.status == "failed"
    assert (record.reason or "").startswith(f"refused: {reason}")


def test_an_argument_that_peft_does_not_have_is_refused(project: Project) -> None:
    edit(project.root / "recipes/seq2seq/lora.yaml", "r: 16", "use_dora_: 1\n    r: 16")
    with pytest.raises(ConfigError, match='has no argument "use_dora_"'):
        train(Project(project.root), key_of("seq2seq/lora"))


def test_four_bits_on_a_device_without_them_is_a_row(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no kernel image is available")

    on_t5(project, "peft/qlora")
    monkeypatch.setattr("bitsandbytes.functional.quantize_4bit", missing)
    record = train(Project(project.root), key_of("peft/qlora"))
    assert (record.reason or "").startswith("refused: bitsandbytes does not support 4-bit weights on")


def test_an_adapter_is_not_put_on_another_base(trained: dict[str, Any], tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    shutil.copytree(trained["project"].root, tmp_path / "other")
    other = Project(tmp_path / "other")
    weights = other.base_folder("seq2seq_lm") / "model.safetensors"
    changed = {name: tensor + 1e-3 for name, tensor in load_file(weights).items()}
    save_file(changed, weights, metadata={"format": "pt"})
    with pytest.raises(DataError, match="was trained on other weights"):
        load(other, "seq2seq/lora")


@pytest.mark.parametrize(
    "recipe",
    ["peft/prefix_tuning", "peft/p_tuning", "peft/p_tuning_v2", "peft/prompt_tuning", "peft/adapter", "peft/loha"],
)
def test_methods_that_cannot_are_refused_by_check_and_before_training(project: Project, recipe: str) -> None:
    shutil.copytree(ROOT / "harness/methods", project.root / "harness/methods")
    on_t5(project, recipe)
    changed = Project(project.root)
    method = changed.recipe(recipe).run.method
    expected = f"method {method} cannot start from the base `seq2seq_lm`"
    with pytest.raises(ConfigError, match=expected):
        train(changed, key_of(recipe))
    assert any(expected in str(problem) for problem in problems(changed))
