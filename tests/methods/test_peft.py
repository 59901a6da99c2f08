"""Settings of peft that cannot work are refused before anything is trained; types without a recipe train."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.check.problems import problems
from harness.config.project import Project, RunKey
from harness.errors import ConfigError
from harness.training.train import train

KEY = RunKey("peft", "lora", ("hs_products",), 0)
RECIPE = """\
about: {{title: A recipe}}
run:
  method: {method}
  options: {options}
  peft: {peft}
  train: {{learning_rate: 1e-2{more}}}
"""


def with_recipe(project: Project, method: str, *, options: str = "{}", peft: str = "{}", more: str = "") -> Project:
    """The recipe peft/lora replaced by another."""
    path = project.root / "recipes/peft/lora.yaml"
    path.write_text(RECIPE.format(method=method, options=options, peft=peft, more=more))
    return Project(project.root)


def refusal(project: Project) -> str:
    with pytest.raises(ConfigError) as raised:
        train(project, KEY)
    assert not project.run_folder(KEY).exists()
    return str(raised.value)


def reason(project: Project) -> str:
    """Why the run of peft/lora is a failed row."""
    record = train(project, KEY)
    assert record.status == "failed"
    assert record.reason is not None
    return record.reason


def told(project: Project) -> str:
    """What `harness check` says of it."""
    (project.root / "harness/methods").mkdir(parents=True, exist_ok=True)
    for name in ("lora", "dora", "peft", "prefix_tuning", "p_tuning_v2", "adapter", "qlora"):
        (project.root / f"harness/methods/{name}.py").touch()
    return "\n".join(str(problem) for problem in problems(project) if "peft/lora.yaml" in str(problem))


@pytest.mark.parametrize(
    ("kind", "peft"),
    [
        ("LOHA", "{r: 4, alpha: 4, target_modules: [q_proj, v_proj]}"),
        ("VERA", "{r: 4, target_modules: [q_proj, o_proj]}"),
        ("LN_TUNING", "{target_modules: [input_layernorm]}"),
    ],
)
def test_a_type_without_a_recipe_trains_by_its_name(prepared: Project, kind: str, peft: str) -> None:
    record = train(with_recipe(prepared, "peft", options=f"{{peft_type: {kind}}}", peft=peft), KEY)
    assert (record.status, record.reason) == ("ok", None)
    assert record.training is not None
    assert 0 < record.training.trainable_parameters < 20_000


def test_an_unknown_type_gets_a_suggestion_or_the_list(prepared: Project) -> None:
    near = refusal(with_recipe(prepared, "peft", options="{peft_type: LOHAA}"))
    assert 'peft has no type "LOHAA"' in near
    assert 'did you mean "LOHA"?' in near
    far = refusal(with_recipe(prepared, "peft", options="{peft_type: nothing_like_it}"))
    assert "LOKR" in far
    assert "XLORA" not in far  # it would be refused as well


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("{}", 'the key "run.options.peft_type" is missing'),
        ("{peft_type: ADALORA}", "ADALORA: its ranks are redistributed"),
        ("{peft_type: XLORA}", "XLORA: it mixes adapters"),
        ("{peft_type: PREFIX_TUNING}", "PREFIX_TUNING: use the method `prefix_tuning`"),
        ("{peft_type: LOHAA}", 'did you mean "LOHA"?'),
    ],
)
def test_types_that_a_configuration_does_not_train_are_refused(prepared: Project, options: str, expected: str) -> None:
    project = with_recipe(prepared, "peft", options=options)
    assert expected in refusal(project)
    assert expected in told(project)


@pytest.mark.parametrize("method", ["prefix_tuning", "p_tuning_v2"])
def test_a_learnt_cache_does_not_go_with_activation_checkpointing(prepared: Project, method: str) -> None:
    peft, more = "{num_virtual_tokens: 4}", ", activation_checkpointing: true"
    project = with_recipe(prepared, method, peft=peft, more=more)
    expected = f"method {method} does not work with `activation_checkpointing`: recomputed activations"
    assert expected in refusal(project)
    assert f"lora.yaml:6: {expected}" in told(project)
    assert expected not in told(with_recipe(prepared, method, peft=peft))


@pytest.mark.parametrize("targets", ["[q_proj, query]", "[query]", "query"])
def test_target_modules_of_which_one_does_not_exist_list_those_that_do(prepared: Project, targets: str) -> None:
    assert reason(with_recipe(prepared, "lora", peft=f"{{r: 4, target_modules: {targets}}}")) == (
        'refused: the model has no target module "query" '
        "(linear layers of this model: down_proj, gate_proj, k_proj, lm_head, o_proj, q_proj, up_proj, v_proj)"
    )


def test_targets_may_be_parts_of_names_or_a_pattern(prepared: Project) -> None:
    for targets in ("[self_attn.q_proj]", r"'.*\.0\.mlp\..*_proj'"):
        record = train(with_recipe(prepared, "lora", peft=f"{{r: 4, target_modules: {targets}}}"), KEY)
        assert record.status == "ok"


def test_a_rank_above_the_smallest_dimension_is_refused(prepared: Project) -> None:
    assert reason(with_recipe(prepared, "lora", peft="{r: 33, target_modules: all-linear}")) == (
        "refused: the rank is 33, but model.layers.0.self_attn.k_proj allows at most 32"  # 2 of 4 heads of 16
    )
    assert train(with_recipe(prepared, "lora", peft="{r: 32, target_modules: all-linear}"), KEY).status == "ok"


def test_what_makes_the_method_cannot_be_set(prepared: Project) -> None:
    project = with_recipe(prepared, "dora", peft="{r: 4, use_dora: false}")
    expected = "lora.yaml:5: `use_dora` is always True in method dora"
    assert expected in refusal(project)
    assert expected in told(project)


@pytest.mark.parametrize(
    ("options", "method", "peft", "expected"),
    [
        ("{}", "lora", "{rank: 4}", 'peft.LoraConfig has no argument "rank"\n  hint: known: '),
        ("{}", "lora", "{lora_alfa: 4}", 'did you mean "lora_alpha"?'),
        ("{}", "lora", "{task_type: CAUSAL_LM}", "the harness sets `task_type` itself"),
        ("{}", "p_tuning_v2", "{num_virtual_token: 4}", 'did you mean "num_virtual_tokens"?'),
        ("{peft_type: LOHA}", "peft", "{lora_alpha: 4}", 'peft.LoHaConfig has no argument "lora_alpha"'),
    ],
)
def test_arguments_that_peft_does_not_have_are_found_by_check_and_before_training(
    prepared: Project, options: str, method: str, peft: str, expected: str
) -> None:
    project = with_recipe(prepared, method, options=options, peft=peft)
    for found in (told(project), refusal(project)):
        assert "lora.yaml:5: " in found
        assert expected in found


def test_without_the_source_of_peft_the_training_refuses_unknown_arguments(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.training.adapters.peft_lm.argument_names", lambda name: None)
    project = with_recipe(prepared, "lora", peft="{lora_alfa: 4}")
    assert told(project) == ""
    assert 'peft.LoraConfig has no argument "lora_alfa"' in refusal(project)


@pytest.mark.parametrize(
    ("peft", "expected"),
    [
        ("{r: -1, target_modules: all-linear}", "refused by peft: `r` should be a positive integer value but the"),
        ("{target_modules: q_proj, layers_to_transform: [0]}", "refused by peft: `layers_to_transform` cannot be used"),
        ("{r: 4, target_modules: [input_layernorm]}", "(linear layers of this model: down_proj,"),
    ],
)
def test_values_that_only_peft_can_judge_make_a_row_with_its_reason(
    prepared: Project, peft: str, expected: str
) -> None:
    assert expected in reason(with_recipe(prepared, "lora", peft=peft))


@pytest.mark.parametrize(
    ("options", "peft", "expected"),
    [
        ("{placement: houlsbi}", "{}", 'did you mean "houlsby"?'),
        ("{bottleneck: 0}", "{}", "greater than or equal to 1"),
        ("{reduction_factor: many}", "{}", "a whole number"),
        ("{}", "{r: 4}", "method adapter does not use the library peft"),
    ],
)
def test_options_of_adapters_are_looked_at_by_check(prepared: Project, options: str, peft: str, expected: str) -> None:
    project = with_recipe(prepared, "adapter", options=options, peft=peft)
    assert expected in refusal(project)
    assert expected in told(project)


@pytest.mark.parametrize("options", ["{bottleneck: 65}", "{reduction_factor: 65}"])
def test_a_bottleneck_that_is_wider_than_the_model_or_nothing_is_refused(prepared: Project, options: str) -> None:
    assert "1 to 64, the model's hidden size" in reason(with_recipe(prepared, "adapter", options=options))


@pytest.mark.parametrize(("method", "peft"), [("prompt_tuning", "{num_virtual_tokens: 4}"), ("adapter", "{}")])
def test_a_run_cannot_start_from_virtual_tokens_or_bottlenecks(prepared: Project, method: str, peft: str) -> None:
    child = RunKey("sft", "full", ("hs_products",), 0)
    path: Path = prepared.root / "recipes/sft/full.yaml"
    path.write_text(path.read_text().replace("method: full", "method: full\n  init: peft/lora"))
    project = with_recipe(prepared, method, peft=peft)
    train(project, KEY)
    refusal = train(project, child).reason or ""
    assert refusal.startswith("refused: ")
    assert "peft/lora" in refusal
    assert "cannot be merged into the base weights" in refusal
