"""Build a recipe's model without weights: on torch's `meta` device, adapted by the recipe's own method."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.config.recipe import Budget, Recipe
from harness.errors import ConfigError, RunFailed
from harness.measure.device import Device
from harness.measure.phases import Phases
from harness.models.base_roles import BASE_ROLES
from harness.training.contract import TrainContext
from harness.training.master_weights import keep_in_float32
from harness.training.registry import base_role, get_method, method_names
from harness.training.supervised_lm import SupervisedLM

QUANTISED = {"qlora": "lora"}
"""Method that trains on a 4-bit base -> the method that adds the same adapter to a full-precision base."""


def planned_method(recipe: Recipe) -> SupervisedLM:
    """The method whose `adapt` decides which parameters are trained.

    Raises:
        ConfigError: the recipe does not train a causal language model in the shared loop.
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
        raise ConfigError("no memory plan for encoder-decoder models", where=f"recipes/{recipe.id}.yaml: run.base")
    return method


def plannable() -> list[str]:
    """Names of the methods that a plan can be made for."""
    names = set(method_names(Path(__file__).parents[2]))
    return sorted(name for name in names if isinstance(get_method(QUANTISED.get(name, name)), SupervisedLM))


def adapted_on_meta(config: Any, recipe: Recipe, *, device: Device) -> Any:
    """The causal language model of `config` with the recipe's adapter; no tensor holds data.

    Raises:
        ConfigError: transformers has no causal language model for the configuration, or the method refuses the model.
    """
    import torch
    from transformers import AutoModelForCausalLM

    from harness.memory_plan.four_bit import pack_frozen_linear_layers

    method = planned_method(recipe)
    with torch.device("meta"):
        try:
            model = AutoModelForCausalLM.from_config(config, dtype=device.torch_dtype)
        except ValueError as error:
            raise ConfigError(
                f"the model type {config.model_type} has no causal language model in transformers", where="--model"
            ) from error
        model.tie_weights()
        try:
            model = keep_in_float32(method.adapt(model, adaptation_context(recipe, device)))
        except RunFailed as error:
            raise ConfigError(str(error), where=f"recipes/{recipe.id}.yaml") from error
        if recipe.run.method in QUANTISED:
            pack_frozen_linear_layers(model)
        _widen_trained(model)
    return model.train()


def _widen_trained(model: Any) -> None:
    """Keep trained weights in float32, as the trainings do: a step of 1e-3 of a bfloat16 weight is rounded away."""
    import torch

    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(torch.float32)


def adaptation_context(recipe: Recipe, device: Device) -> TrainContext:
    """A context for `adapt` with the recipe and the device only: no data, no base model, no folders."""
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
    """Replace the model's `meta` tensors, in place, by fake CPU tensors, on which torch runs the CPU's operations.

    Call it inside the FakeTensorMode that will run the model.
    """
    made: dict[int, Any] = {}
    for module in model.modules():
        for tensors in (module._parameters, module._buffers):
            for name, tensor in tensors.items():
                if tensor is not None:
                    tensors[name] = made.setdefault(id(tensor), _fake(tensor))  # tied weights stay tied
    # peft keeps the ids of virtual tokens in a plain dict, which is neither a parameter nor a buffer
    for name, tensor in getattr(model, "prompt_tokens", {}).items():
        model.prompt_tokens[name] = _fake(tensor)


def _fake(tensor: Any) -> Any:
    import torch

    fake = torch.empty(tensor.shape, dtype=tensor.dtype, device="cpu")
    is_parameter = isinstance(tensor, torch.nn.Parameter)
    return torch.nn.Parameter(fake, requires_grad=tensor.requires_grad) if is_parameter else fake
