from collections import Counter
from collections.abc import Callable

import pytest

from harness.config.domain import TranslateTask
from harness.domains.views.answer import answer_view
from harness.domains.views.classify import classify_view
from harness.domains.views.contract import Content
from harness.domains.views.describe import describe_view
from harness.domains.views.instruction import instruction_view
from harness.domains.views.templates import held_out_templates, wordings
from harness.domains.views.translate import translate_view
from harness.items.rows import Question
from tests.domains.views.contents import rich

FIXED = {"classify": classify_view, "answer": answer_view, "describe": describe_view, "translate": translate_view}


def test_training_never_sees_a_held_out_wording() -> None:
    content = rich(200)
    rows = instruction_view(content)
    held_out = held_out_templates(content.domain)
    assert len(held_out) == 4
    assert not held_out & {row.template for row in rows if row.split == "train"}
    for split in ("validation", "test"):
        assert held_out <= {row.template for row in rows if row.split == split}


def test_training_uses_each_question_once_and_each_wording_equally_often() -> None:
    content = rich(100)
    rows = [row for row in instruction_view(content) if row.split == "train"]
    assert len(rows) == 60 * 5  # classify, answer, describe, and translate both ways
    for task, templates in wordings(content.domain).items():
        counts = Counter(row.template for row in rows if row.task == task)
        assert len(counts) == len(templates) - 1
        assert max(counts.values()) - min(counts.values()) <= 1


def test_each_direction_of_translation_gets_every_wording() -> None:
    task = TranslateTask(
        prompt="{language}: {text}",
        templates=[f"{n} {{language}}: {{text}}" for n in range(4)],  # an even number of them is not held out
        languages={"en": "English", "sv": "Swedish"},
    )
    rows = instruction_view(rich(200, translate=task))
    for direction in ("-sv-", "-en-"):
        seen = {row.template for row in rows if row.split == "train" and direction in row.id}
        assert seen == {f"translate/{n}" for n in range(4)}


def test_test_questions_come_in_every_wording() -> None:
    content = rich(20)
    rows = [row for row in instruction_view(content) if row.id.startswith("i3-classify")]
    assert {row.id for row in rows} == {f"i3-classify-{n}" for n in range(6)}
    assert {row.template for row in rows} == {f"classify/{n}" for n in range(6)}


@pytest.mark.parametrize("task", FIXED)
def test_the_first_wording_is_the_question_of_the_view_itself(task: str) -> None:
    content = rich(20)
    view: Callable[[Content], list[Question]] = FIXED[task]
    fixed = {row.id: row for row in view(content) if row.split == "test"}
    first = [r for r in instruction_view(content) if r.template == f"{task}/0" and r.split == "test"]
    assert {row.id for row in first} == {f"{name}-{task}-0" for name in fixed}
    for row in first:
        question = fixed[row.id.removesuffix(f"-{task}-0")]
        assert (row.prompt, row.choices, row.answer) == (question.prompt, question.choices, question.answer)


def test_braces_in_a_text_stay_in_every_wording() -> None:
    rows = [row for row in instruction_view(rich(20)) if row.task in ("classify", "answer")]
    assert all("of the {text} and {labels} kind" in row.prompt for row in rows)


def test_the_tasks_are_mixed() -> None:
    rows = [row for row in instruction_view(rich(200)) if row.split == "train"]
    counts = Counter(row.task for row in rows[:100])
    assert counts.keys() == FIXED.keys()
    assert all(8 <= counts[task] <= 35 for task in ("classify", "answer", "describe"))  # 20 each, by chance
