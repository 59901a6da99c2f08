from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.config.domain import AnswerTask, ClassifyTask
from harness.domains.views.answer import answer_view
from harness.domains.views.classify import classify_view
from harness.domains.views.contract import Content
from harness.domains.views.instruction import instruction_view
from harness.domains.views.reworded import VIEWS, answer_reworded, classify_reworded
from harness.domains.views.templates import held_out_templates
from harness.items.rows import Question
from tests.domains.views.contents import rich

Build = Callable[[Content], list[Question]]
BOTH: list[tuple[str, Build, Build]] = [
    ("classify", classify_reworded, classify_view),
    ("answer", answer_reworded, answer_view),
]


@pytest.mark.parametrize(("task", "reworded", "fixed"), BOTH)
def test_the_held_out_questions_keep_their_order_and_only_the_prompt_changes(
    task: str, reworded: Build, fixed: Build
) -> None:
    content = rich()
    originals = [row for row in fixed(content) if row.split != "train"]
    rows = reworded(content)
    assert [replace(row, prompt=original.prompt) for row, original in zip(rows, originals, strict=True)] == originals
    assert all(row.prompt != original.prompt for row, original in zip(rows, originals, strict=True))
    assert {row.split for row in rows} == {"validation", "test"}


@pytest.mark.parametrize(("task", "reworded", "fixed"), BOTH)
def test_the_wording_is_that_of_the_held_out_instructions(task: str, reworded: Build, fixed: Build) -> None:
    content = rich()
    held_out = held_out_templates(content.domain)
    rows = [row for row in instruction_view(content) if row.task == task and row.template in held_out]
    assert {row.prompt for row in reworded(content)} == {row.prompt for row in rows}


def test_no_training_instruction_uses_the_held_out_wording() -> None:
    content = rich(200)
    trained = {row.prompt.split("thing")[0] for row in instruction_view(content) if row.split == "train"}
    assert not trained & {row.prompt.split("thing")[0] for row in classify_reworded(content)}


@pytest.mark.parametrize("name", VIEWS)
def test_without_a_held_out_wording_the_view_is_empty(name: str) -> None:
    classify = ClassifyTask(prompt="Which? {text}", templates=["Label: {text}"])
    answer = AnswerTask(prompt="Reply: {text}", templates=["Q: {text}"])
    assert not VIEWS[name].build(rich(classify=classify, answer=answer))
