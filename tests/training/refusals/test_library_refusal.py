"""A library that refuses settings makes a failed run; a bug of ours stays a bug."""

from types import ModuleType
from typing import Any

import pytest

from harness.errors import RunFailed
from harness.training.refusals.library_refusal import library_refusal


def package(name: str, **names: Any) -> ModuleType:
    """A library with a function that raises, and one that calls back."""
    module = ModuleType(name)
    code = """
def refuse(error):
    raise error

def call(function):
    function()
"""
    vars(module).update(names)
    exec(compile(code, f"{name}.py", "exec"), vars(module))
    return module


@pytest.mark.parametrize("error", [ValueError("r is -1"), TypeError("r is -1"), NotImplementedError("r is -1")])
def test_a_refusal_of_the_library_is_a_failed_run(error: Exception) -> None:
    with pytest.raises(RunFailed) as raised, library_refusal("fancy"):
        package("fancy.config").refuse(error)
    assert raised.value.what == "refused by fancy: r is -1"
    assert raised.value.__cause__ is error


def test_what_a_library_below_the_library_raises_is_a_refusal_as_well() -> None:
    fancy = package("fancy", below=package("below"))
    exec("def call_below(error):\n    below.refuse(error)", vars(fancy))
    with pytest.raises(RunFailed, match="refused by fancy: no such kernel"), library_refusal("fancy"):
        fancy.call_below(ValueError("no such kernel"))


def test_a_note_follows_the_reason() -> None:
    with pytest.raises(RunFailed) as raised, library_refusal("fancy", note="possible: a, b"):
        package("fancy").refuse(ValueError("no module c"))
    assert raised.value.what == "refused by fancy: no module c (possible: a, b)"


def test_a_reason_of_several_lines_becomes_one_line() -> None:
    with pytest.raises(RunFailed) as raised, library_refusal("fancy"):
        package("fancy").refuse(ValueError("first\n    second"))
    assert raised.value.what == "refused by fancy: first second"


def test_an_error_of_our_own_code_stays_a_bug() -> None:
    with pytest.raises(ValueError, match="ours"), library_refusal("fancy"):
        raise ValueError("ours")


def test_a_call_with_a_wrong_argument_of_ours_stays_a_bug() -> None:
    with pytest.raises(TypeError, match="unexpected keyword"), library_refusal("fancy"):
        package("fancy").refuse(errror=1)


def test_an_error_in_our_callback_stays_a_bug() -> None:
    def callback() -> None:
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"), library_refusal("fancy"):
        package("fancy").call(callback)


def test_an_error_of_another_library_stays_a_bug() -> None:
    with pytest.raises(ValueError, match="other"), library_refusal("fancy"):
        package("other").refuse(ValueError("other"))


def test_other_kinds_of_errors_stay_what_they_are() -> None:
    with pytest.raises(RuntimeError, match="size mismatch"), library_refusal("fancy"):
        package("fancy").refuse(RuntimeError("size mismatch"))


def test_peft_refuses_its_own_settings() -> None:
    import peft

    with pytest.raises(RunFailed, match=r"refused by peft: .*layers_to_transform"), library_refusal("peft"):
        peft.LoraConfig(target_modules="q_proj", layers_to_transform=[0])
