from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError
from harness.measure.device import prepare_device
from harness.models.base_roles import BASE_ROLES, CAUSAL_LM, SEQ2SEQ_LM
from harness.models.causal_lm import load_folder
from harness.models.loaded import LanguageModel
from harness.training.registry import get_method, method_names
from tests.tree import ROOT


def test_every_role_that_a_method_names_has_a_record() -> None:
    methods = [get_method(name) for name in method_names(ROOT)]
    named = {role for method in methods for role in (method.base, *method.other_bases) if role}
    assert named <= BASE_ROLES.keys()


@pytest.mark.parametrize("name", BASE_ROLES)
def test_transformers_and_peft_know_the_names_of_a_role(name: str) -> None:
    import peft
    import transformers

    role = BASE_ROLES[name]
    assert role.name == name
    assert hasattr(transformers, role.auto_class)
    assert role.peft_task_type is None or role.peft_task_type in peft.TaskType.__members__
    assert "text" in role.reads


def test_without_a_role_the_configuration_decides(tiny_writer: LanguageModel, tiny_t5: LanguageModel) -> None:
    assert LanguageModel(tiny_writer.model, tiny_writer.tokenizer).role is CAUSAL_LM
    assert LanguageModel(tiny_t5.model, tiny_t5.tokenizer).role is SEQ2SEQ_LM


def test_a_folder_with_a_model_of_another_role_is_refused(tiny_bases: Path) -> None:
    with pytest.raises(DataError, match="AutoModelForCausalLM cannot load a model of type t5") as raised:
        load_folder(tiny_bases / "seq2seq_lm", prepare_device("float32"), role=CAUSAL_LM)
    assert "expected: a model of the role causal_lm" in str(raised.value)
