"""A recipe's model without its weights: built on torch's `meta` device, adapted by the recipe's own method."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.config.recipe import Budget, Recipe
from harness.errors import ConfigError, RunFailed
from harness.measure.device import Device
from harness.measure.phases import Phases
from harness.models.base_roles import BASE_ROLES
from harness.training.contract import TrainContext
from harness.training.registry import base_role, get_method, method_names
from harness.training.supervised_lm import SupervisedLM

QUANTISED = {"qlora": "lora"}
"""Methods whose base is in 4 bits -> the method that puts the adapter on."""


def planned_method(recipe: Recipe) -> SupervisedLM:
    """The method whose `adapt` says what learns.

    Raises:
        ConfigError: the recipe trains no causal language model in the shared loop.
    """
    name = recipe.run.method
    method = get_method(QUANTISED.get(name, name))
    if not isinstance(method, SupervisedLM) or recipe.run.train is None:
        raise ConfigError(
            f"no memory plan for the method {name}",
            where=f"recipes/{recipe.id}.yaml",
            expected=f"a recipe of one of the methods {', '.join(plannable())}",
        )
    role = base_role(recipe)
    if role is None or BASE_ROLES[role].encoder_decoder:
        raise ConfigError("no memory plan for encoder-decoders", where=f"recipes/{recipe.id}.yaml: run.base")
    return method


def plannable() -> list[str]:
    """Names of the methods there is a plan for."""
    names = set(method_names(Path(__file__).parents[2]))
    return sorted(name for name in names if isinstance(get_method(QUANTISED.get(name, name)), SupervisedLM))


def adapted_on_meta(config: Any, recipe: Recipe, *, device: Device) -> Any:
    """The causal language model of a configuration with what the recipe puts on it; no tensor has data.

    Raises:
        ConfigError: the configuration is of no causal language model, or the method refuses it.
    """
    import torch
    from transformers import AutoModelForCausalLM

    method = planned_method(recipe)
    with torch.device("meta"):
        try:
            model = AutoModelForCausalLM.from_config(config, dtype=device.torch_dtype)
        except ValueError as error:
            raise ConfigError(
                f"the model type {config.model_type} has no causal language model", where="--model"
            ) from error
        model.tie_weights()
        try:
            model = method.adapt(model, adaptation_context(recipe, device))
        except RunFailed as error:
            raise ConfigError(str(error), where=f"recipes/{recipe.id}.yaml") from error
        if recipe.run.method in QUANTISED:
            _quantise(model)
    return model.train()


def _quantise(model: Any) -> None:
    import torch

    from harness.memory_plan.four_bit import pack_frozen_linear_layers

    pack_frozen_linear_layers(model)
    for parameter in model.parameters():
        if parameter.requires_grad:  # trl does so with adapters on a quantised base
            parameter.data = parameter.data.to(torch.bfloat16)


def adaptation_context(recipe: Recipe, device: Device) -> TrainContext:
    """What `adapt` may look at; there are no data and no folders to look into."""
    nowhere = Path("/nonexistent")
    return TrainContext(
        folder=nowhere,
        recipe=recipe,
        base=None,
        base_name=None,
        parents={},
        device=device,
        domains=(),
        seed=0,
        budget=Budget(train_examples=1, epochs=1, max_length=1),
        checkpoints=nowhere,
        checkpoint_minutes=1,
        config_hash="",
        phases=Phases(),
        label="memory plan",
    )


def without_data(model: Any) -> None:
    """Turn the tensors of `meta` into fake ones of the CPU, in place: those run the CPU's operations.

    Call it under the FakeTensorMode that will run the model.
    """
    import torch

    made: dict[int, Any] = {}
    for module in model.modules():
        for tensors in (module._parameters, module._buffers):
            for name, tensor in tensors.items():
                if tensor is None:
                    continue
                if id(tensor) not in made:  # tied weights stay tied
                    fake = torch.empty(tensor.shape, dtype=tensor.dtype, device="cpu")
                    learns = isinstance(tensor, torch.nn.Parameter)
                    made[id(tensor)] = torch.nn.Parameter(fake, requires_grad=tensor.requires_grad) if learns else fake
                tensors[name] = made[id(tensor)]
