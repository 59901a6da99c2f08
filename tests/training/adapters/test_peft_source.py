"""What is read from peft's source agrees with what peft itself says."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from harness.training.adapters import peft_source
from harness.training.adapters.peft_source import argument_names, config_classes
from tests.tree import ROOT


def test_every_type_and_every_argument_of_peft_is_found() -> None:
    from peft.mapping import PEFT_TYPE_TO_CONFIG_MAPPING

    real = {str(kind.value): config for kind, config in PEFT_TYPE_TO_CONFIG_MAPPING.items()}
    assert config_classes() == {kind: config.__name__ for kind, config in real.items()}
    for config in real.values():
        taken = frozenset(field.name for field in dataclasses.fields(config) if field.init)
        assert argument_names(config.__name__) == taken, config.__name__


def test_peft_and_torch_are_not_imported() -> None:
    code = (
        "import sys\n"
        "from harness.training.adapters.peft_source import argument_names, config_classes\n"
        "assert 'r' in argument_names(config_classes()['LORA'])\n"
        "assert not {'peft', 'torch', 'transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_a_class_that_peft_does_not_define_is_not_known() -> None:
    assert argument_names("NoSuchConfig") is None


def test_nothing_is_known_without_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peft_source, "find_spec", lambda name: None)
    assert argument_names.__wrapped__("LoraConfig") is None
    assert config_classes.__wrapped__() is None


def test_a_base_class_from_outside_peft_makes_the_arguments_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.py").write_text("class OddConfig(Elsewhere):\n    r: int = 8\n")
    monkeypatch.setattr(peft_source, "_files", lambda pattern: sorted(tmp_path.glob(pattern)))
    assert argument_names.__wrapped__("OddConfig") is None
