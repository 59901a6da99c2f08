from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from harness.augment.augment import NOISES
from harness.config.project import Project, RunKey
from harness.errors import RunFailed
from harness.items.rows import Question
from harness.methods.augmented_lora import AugmentedLora, Way, changed_copies
from harness.records.run_record import RunRecord
from harness.training.contract import TrainContext
from harness.training.lessons.lesson import Lesson
from harness.training.refusals.misfits import misfits
from harness.training.train import train
from tests.mini_tree import edit

KEY = RunKey("lowresource", "fewshot_lora_augmented", ("hs_products",), 0)
RECIPE = "recipes/lowresource/fewshot_lora_augmented.yaml"
WAYS = ("typos", "swap", "deletion", "abbreviated")

HORSE = Question("0101", "train", "c", "Pure bred horses", "Which? Pure bred horses", ("animals", "art"), "animals")


def small(project: Project, items: int) -> Project:
    """The family's LoRA recipes with fewer items."""
    for name in ("fewshot_lora", "fewshot_lora_augmented"):
        edit(project.root / f"recipes/lowresource/{name}.yaml", "train_examples: 64", f"train_examples: {items}")
    return Project(project.root)


@pytest.fixture
def trained(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> tuple[RunRecord, list[Lesson]]:
    """The record of a training with sixteen items, and what it was shown."""
    shown: list[Lesson] = []
    lessons = AugmentedLora.lessons

    def remembered(self: AugmentedLora, context: TrainContext) -> list[Lesson]:
        shown[:] = lessons(self, context)
        return shown

    monkeypatch.setattr(AugmentedLora, "lessons", remembered)
    return train(small(prepared, 16), KEY), shown


def test_each_item_comes_once_as_it_is_and_four_times_changed(trained: tuple[RunRecord, list[Lesson]]) -> None:
    record, shown = trained
    assert record.status == "ok"
    assert len(shown) == 16 * 5
    originals = {lesson.question.id: lesson.question for lesson in shown[:16]}
    assert len(originals) == 16
    counts = Counter(lesson.question.id.partition("+")[0] for lesson in shown)
    assert set(counts.values()) == {5}
    for lesson in shown[16:]:
        item = originals[lesson.question.id.partition("+")[0]]
        assert (lesson.question.answer, lesson.question.split) == (item.answer, "train")
        assert lesson.question.text in lesson.question.prompt
    assert sum(lesson.question.text != originals[lesson.question.id.partition("+")[0]].text for lesson in shown) > 32


def test_it_takes_as_many_steps_as_without_copies(prepared: Project, trained: tuple[RunRecord, list[Lesson]]) -> None:
    plain = train(Project(prepared.root), replace(KEY, recipe="fewshot_lora"))
    assert plain.training is not None
    assert trained[0].training is not None
    assert trained[0].training.steps == plain.training.steps == 5


def test_copies_come_from_the_ways_in_turn() -> None:
    copies = changed_copies(HORSE, ways=WAYS[:2], copies=3, seed=0)
    assert [copy.id for copy in copies] == ["0101+typos-1", "0101+swap-1", "0101+typos-2"]


def test_where_the_ways_know_no_further_change_the_item_itself_stands_in() -> None:
    copies = changed_copies(HORSE, ways=["upper"], copies=3, seed=0)
    assert [copy.text for copy in copies] == ["PURE BRED HORSES", "Pure bred horses", "Pure bred horses"]


def test_a_prompt_without_the_text_is_a_row_that_says_so() -> None:
    with pytest.raises(RunFailed, match="refused: the prompt of question"):
        changed_copies(replace(HORSE, prompt="Which?"), ways=WAYS, copies=1, seed=0)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("ways: [typos,", "ways: [tipos,", "\"run.options.ways.0\" is 'tipos'"),
        ("ways: [typos,", "ways: [synonym,", "\"run.options.ways.0\" is 'synonym'"),
        ("ways: [typos, swap, deletion, abbreviated]", "ways: []", '"run.options.ways" is an empty list'),
        ("copies: 4", "copies: 0", '"run.options.copies" is 0'),
    ],
)
def test_options_that_make_no_copies_are_refused(project: Project, old: str, new: str, expected: str) -> None:
    path: Path = project.root / RECIPE
    edit(path, old, new)
    (mistake,) = misfits(AugmentedLora(), Project(project.root).recipe(KEY.recipe_id))
    assert mistake.what == expected


def test_a_known_way_with_a_slip_gets_a_suggestion(project: Project) -> None:
    edit(project.root / RECIPE, "ways: [typos,", "ways: [tipos,")
    (mistake,) = misfits(AugmentedLora(), Project(project.root).recipe(KEY.recipe_id))
    assert mistake.keys == ("run", "options", "ways", 0)
    assert mistake.hint == 'did you mean "typos"?'


def test_every_way_without_lists_of_the_domain_is_an_option() -> None:
    assert get_args(Way) == tuple(NOISES)
