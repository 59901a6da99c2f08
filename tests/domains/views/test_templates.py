import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.domain import AnswerTask, ClassifyTask
from harness.domains.views.templates import GENERIC, fill, held_out_templates, wordings
from tests.domains.views.contents import all_tasks, domain

NEEDED = {"classify": "{text}", "answer": "{text}", "describe": "{code}", "translate": "{text}"}


@given(st.text(), st.text())
def test_values_are_inserted_unchanged(text: str, labels: str) -> None:
    assert fill("{labels}|{text}|{other}", text=text, labels=labels) == f"{labels}|{text}|{{other}}"


def test_a_value_that_looks_like_a_placeholder_is_not_read_as_one() -> None:
    assert fill("{text} {labels}", text="{labels}", labels="{text}") == "{labels} {text}"


@pytest.mark.parametrize("task", GENERIC)
def test_the_generic_wordings_differ_and_contain_the_placeholder(task: str) -> None:
    templates = GENERIC[task]
    assert len(set(templates)) == len(templates) >= 4
    assert all(template.count(NEEDED[task]) == 1 for template in templates)
    assert task != "translate" or all("{language}" in template for template in templates)


def test_the_fixed_prompt_comes_first_and_then_the_wordings_of_the_domain() -> None:
    task = ClassifyTask(prompt="P {text}", templates=["Q {text}", "P {text}", "R {text}"])
    assert wordings(domain(classify=task)) == {"classify": ("P {text}", "Q {text}", "R {text}")}
    assert held_out_templates(domain(classify=task)) == {"classify/2"}


def test_a_domain_without_wordings_of_its_own_gets_the_generic_ones() -> None:
    found = wordings(all_tasks())
    assert found["answer"] == ("Reply: {text}", *GENERIC["answer"])
    assert held_out_templates(all_tasks()) == {f"{task}/5" for task in GENERIC}


def test_generic_wordings_list_the_labels_if_the_fixed_prompt_does() -> None:
    plain = wordings(domain(classify=ClassifyTask(prompt="Which? {text}")))["classify"]
    listing = wordings(domain(classify=ClassifyTask(prompt="Which of {labels}? {text}")))["classify"]
    assert not any("{labels}" in template for template in plain)
    assert all("{labels}" in template for template in listing)


def test_generic_wordings_name_the_system_of_the_codes() -> None:
    templates = wordings(all_tasks())["describe"][1:]
    assert all("Invented" in template and "{title}" not in template for template in templates)


def test_two_wordings_are_too_few_to_hold_one_out() -> None:
    assert held_out_templates(domain(answer=AnswerTask(prompt="{text}", templates=["Q: {text}"]))) == frozenset()
