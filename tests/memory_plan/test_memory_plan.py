"""Known cases and hand-counted bytes; no weights are read."""

import pytest

from harness.config.project import Project
from harness.config.recipe import Recipe, Train
from harness.errors import ConfigError
from harness.measure.device import Device
from harness.memory_plan.fits import GB, gpu_fits
from harness.memory_plan.four_bit import packed_bytes
from harness.memory_plan.model_config import model_config
from harness.memory_plan.plan import Plan, Request, predict, with_settings

CPU = Device("cpu", "planned", 1, "float32")
CUDA = Device("cuda", "planned", 1, "bfloat16")


def small(layers: int = 2) -> object:
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=512,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=layers,
        num_attention_heads=4,
        tie_word_embeddings=True,
    )


def recipe_with(recipe: Recipe, **run: object) -> Recipe:
    return recipe.model_copy(update={"run": recipe.run.model_copy(update=run)})


def plan(recipe: Recipe, config: object, *, batch: int = 2, length: int = 16, device: Device = CPU) -> Plan:
    autocast = device.dtype == "bfloat16"
    return predict(config, Request(recipe, batch, length, 4, device, autocast))


def qlora_as_in_the_paper(project: Project) -> Recipe:
    peft = {"r": 64, "lora_alpha": 16, "target_modules": "all-linear"}
    train = Train(learning_rate=1e-4, activation_checkpointing=True, optim="paged_adamw_32bit")
    return recipe_with(project.recipe("peft/lora"), method="qlora", peft=peft, train=train)


def fitting(peak: int) -> list[int]:
    """Decimal GB of the usual GPUs that the peak fits."""
    return [fit.bytes // GB for fit in gpu_fits(peak) if fit.fits]


def test_full_fine_tuning_holds_four_times_the_weights(project: Project) -> None:
    whole = plan(project.recipe("sft/full"), small())
    parameters = 512 * 64 + 2 * (4 * 64 * 64 + 3 * 64 * 128 + 2 * 64) + 64
    assert whole.trainable_parameters == whole.total_parameters == parameters
    assert whole.weights == pytest.approx(4 * parameters, rel=0.001)  # the rotary buffers come on top
    assert whole.gradients == 4 * parameters
    assert whole.optimiser == pytest.approx(8 * parameters, rel=0.001)  # a step count for each tensor, too


def test_lora_holds_gradients_and_moments_of_its_matrices_only(project: Project) -> None:
    adapter = plan(project.recipe("peft/lora"), small())
    learns = 2 * 16 * (4 * (64 + 64) + 3 * (64 + 128))
    assert adapter.trainable_parameters == learns
    assert adapter.gradients == 4 * learns


@pytest.mark.parametrize("name", ["prefix_tuning", "p_tuning", "p_tuning_v2", "prompt_tuning"])
def test_virtual_tokens_have_a_plan(project: Project, name: str) -> None:
    counted = plan(project.recipe(f"peft/{name}"), small(layers=6), batch=4, length=64)
    assert counted.gradients == 4 * counted.trainable_parameters > 0
    assert counted.peak > counted.weights + counted.activations


def test_prompt_tuning_keeps_activations_for_its_virtual_tokens(project: Project) -> None:
    recipe = project.recipe("peft/prompt_tuning")
    few, many = (recipe_with(recipe, peft={**recipe.run.peft, "num_virtual_tokens": tokens}) for tokens in (1, 64))
    ratio = plan(many, small(6), length=63).activations / plan(few, small(6), length=63).activations
    assert 1.8 < ratio < 2.2  # 127 positions against 64


def test_activations_grow_with_the_batch(project: Project) -> None:
    recipe = project.recipe("peft/lora")
    one, two = (plan(recipe, small(), batch=batch).activations for batch in (4, 8))
    assert 1.8 < two / one < 2.1


def test_checkpointing_keeps_one_state_of_each_layer(project: Project) -> None:
    recipe = with_settings(project.recipe("sft/full"), activation_checkpointing=True)
    few, many = (plan(recipe, small(layers), batch=4, length=64).activations for layers in (2, 6))
    assert many - few == pytest.approx(4 * (4 * 64 * 64 * 4), rel=0.02)


def test_four_bits_take_half_a_byte_and_their_scales() -> None:
    assert packed_bytes(64 * 256) == 64 * 256 // 2 + 256 + 4


def test_qlora_of_a_65b_llama_fits_a_48_gb_gpu(project: Project) -> None:
    counted = plan(qlora_as_in_the_paper(project), model_config("llama-65b"), batch=1, length=512, device=CUDA)
    assert counted.total_parameters == pytest.approx(65.3e9 + 0.8e9, rel=0.01)
    assert fitting(counted.peak) == [48, 80]


def test_full_fine_tuning_of_a_65b_llama_fits_no_gpu(project: Project) -> None:
    recipe = with_settings(project.recipe("sft/full"), activation_checkpointing=True)
    counted = plan(recipe, model_config("llama-65b"), batch=1, length=512, device=CUDA)
    assert not fitting(counted.peak)


@pytest.mark.parametrize(("batch", "length"), [(0, 16), (-1, 16), (1, 0), (1, 1), (1, 10**6)])
def test_a_batch_or_a_length_that_cannot_be_trained_on_is_refused(project: Project, batch: int, length: int) -> None:
    with pytest.raises(ConfigError):
        plan(project.recipe("peft/lora"), small(), batch=batch, length=length)


def test_a_method_that_cannot_be_planned_is_refused_with_the_list_of_those_that_can(project: Project) -> None:
    with pytest.raises(ConfigError, match="no memory plan") as caught:
        plan(project.recipe("baseline/tfidf"), small())
    assert "full" in str(caught.value)


def test_a_model_type_without_a_causal_language_model_is_refused(project: Project) -> None:
    from transformers import CLIPConfig

    with pytest.raises(ConfigError, match="no causal language model"):
        plan(project.recipe("peft/lora"), CLIPConfig())


def test_a_recipe_on_an_encoder_decoder_has_no_plan(project: Project) -> None:
    with pytest.raises(ConfigError, match="no memory plan for encoder-decoder models"):
        plan(project.recipe("seq2seq/lora"), small())
