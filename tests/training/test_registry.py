"""Parents by role, and the kind of model that a method loads."""

import importlib
from types import ModuleType

import pytest

from harness.config.recipe import Recipe
from harness.errors import ConfigError
from harness.methods.lora import Lora
from harness.models.loaded import LabelClassifier, LanguageModel, LoadedModel
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel
from harness.training.registry import get_method, loaded_kind, parents_of


def recipe(method: str, init: str | dict[str, str]) -> Recipe:
    run = {"method": method, "init": init}
    return Recipe.model_validate({"family": "new", "name": "one", "about": {"title": "t"}, "run": run})


def test_the_short_form_fills_the_role_that_the_method_starts_from(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parents_of(recipe("lora", "base")) == {}
    assert parents_of(recipe("lora", "sft/full")) == {"model": "sft/full"}
    monkeypatch.setattr(Lora, "starts_from", "policy")
    assert parents_of(recipe("lora", "sft/full")) == {"policy": "sft/full"}


def test_parents_by_role_are_taken_as_they_are() -> None:
    init = {"policy": "sft/full", "reward": "rlhf/reward"}
    assert parents_of(recipe("lora", init)) == init
    assert recipe("lora", init).run.parent_ids == ("sft/full", "rlhf/reward")


def test_a_method_that_starts_from_its_base_only_has_no_role_for_a_run() -> None:
    with pytest.raises(ConfigError, match="method qlora cannot start from the run of another recipe"):
        parents_of(recipe("qlora", "sft/full"))


class Unannotated(Method):
    """A method whose load says nothing about the model."""

    def train(self, context: TrainContext) -> TrainedModel:
        raise AssertionError("only its annotations are read")

    def load(self, context: LoadContext):  # type: ignore[no-untyped-def]
        raise AssertionError("only its annotations are read")


def test_the_kind_of_model_is_the_return_type_of_load() -> None:
    assert loaded_kind(get_method("full")) is LanguageModel
    assert loaded_kind(get_method("majority")) is LabelClassifier
    assert loaded_kind(Unannotated()) is None
    assert issubclass(loaded_kind(get_method("encoder")) or object, LoadedModel)


def test_a_method_with_a_broken_import_is_an_error_with_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.import_module

    def broken(name: str) -> ModuleType:
        if name == "harness.methods.lora":
            raise ModuleNotFoundError("No module named 'apex'")
        return found(name)

    monkeypatch.setattr("harness.training.registry.importlib.import_module", broken)
    with pytest.raises(ConfigError) as raised:
        get_method("lora")
    assert "harness/methods/lora.py" in str(raised.value)
    assert "No module named 'apex'" in str(raised.value)
