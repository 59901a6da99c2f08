from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.project import Project, RunKey
from harness.config.recipe import Subset
from harness.errors import RunFailed
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.measure.device import prepare_device
from harness.models.loaded import LanguageModel
from harness.training.lessons.subset import draw, of_same_items
from harness.training.registry import get_method
from harness.training.train import load_context, train

LABELS = ("a", "b", "c")
TOTAL = Subset()


def question(name: str, answer: str = "a") -> Question:
    return Question(name, "train", name, f"text {name}", f"prompt {name}", LABELS, answer)


def questions_of(sizes: list[int]) -> list[Question]:
    return [question(f"{label}{n}", label) for label, size in zip(LABELS, sizes, strict=True) for n in range(size)]


sizes_of_labels = st.lists(st.integers(min_value=1, max_value=8), min_size=3, max_size=3)
seeds = st.integers(min_value=0, max_value=2**32 - 1)


@given(sizes_of_labels, seeds, st.randoms())
def test_a_draw_depends_on_the_seed_and_not_on_the_order_given(sizes: list[int], seed: int, random: object) -> None:
    questions = questions_of(sizes)
    shuffled = list(questions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert draw(shuffled, 3, subset=TOTAL, seed=seed) == draw(questions, 3, subset=TOTAL, seed=seed)


@given(sizes_of_labels, seeds, st.data())
def test_a_smaller_draw_is_the_beginning_of_a_larger_one(sizes: list[int], seed: int, data: st.DataObject) -> None:
    questions = questions_of(sizes)
    more = data.draw(st.integers(min_value=1, max_value=len(questions)))
    fewer = data.draw(st.integers(min_value=1, max_value=more))
    larger = draw(questions, more, subset=TOTAL, seed=seed)
    assert len({one.id for one in larger}) == more
    assert draw(questions, fewer, subset=TOTAL, seed=seed) == larger[:fewer]


@given(sizes_of_labels, seeds, st.data())
def test_each_label_gets_as_many_and_keeps_those_of_a_smaller_draw(
    sizes: list[int], seed: int, data: st.DataObject
) -> None:
    questions = questions_of(sizes)
    more = data.draw(st.integers(min_value=1, max_value=min(sizes)))
    fewer = data.draw(st.integers(min_value=1, max_value=more))
    larger = draw(questions, 1, subset=Subset(per_label=more), seed=seed)
    smaller = draw(questions, 1, subset=Subset(per_label=fewer), seed=seed)
    assert Counter(one.answer for one in larger) == dict.fromkeys(LABELS, more)
    assert set(smaller) <= set(larger)


def test_another_seed_draws_other_items() -> None:
    questions = [question(f"{n:03d}") for n in range(100)]
    first, second = ({one.id for one in draw(questions, 8, subset=TOTAL, seed=seed)} for seed in (0, 1))
    assert first != second


def test_more_items_than_there_are_are_refused() -> None:
    with pytest.raises(RunFailed, match="asks for 4 training items, and there are 3"):
        draw(questions_of([1, 1, 1]), 4, subset=TOTAL, seed=0)


def test_more_of_a_label_than_there_are_are_refused_with_its_name_and_count() -> None:
    with pytest.raises(RunFailed, match="asks for 5 training items of each label, and 'b' has 2"):
        draw(questions_of([5, 2, 9]), 1, subset=Subset(per_label=5), seed=0)


def test_a_label_without_any_item_is_no_label_to_leave_out() -> None:
    with pytest.raises(RunFailed, match="asks for 1 training items of each label, and 'c' has 0"):
        draw(questions_of([5, 5, 0]), 1, subset=Subset(per_label=1), seed=0)


def test_other_views_of_the_chosen_items_are_found_by_their_ids() -> None:
    others = [question(name) for name in ("0101", "0101-true", "01012-true", "0102-true")]
    found = of_same_items(others, [question("0101")])
    assert [one.id for one in found] == ["0101", "0101-true"]


def few_shot_with(project: Project, subset: str, *, budget: str = "{train_examples: 12}") -> Project:
    path = project.root / "recipes/baseline/few_shot.yaml"
    path.write_text(path.read_text() + f"  budget: {budget}\n  subset: {subset}\n")
    return Project(project.root)


def shots_of(project: Project, seed: int = 0) -> dict[str, list[Question]]:
    key = RunKey("baseline", "few_shot", ("hs_products",), seed)
    assert train(project, key).reason is None
    model = get_method("few_shot").load(load_context(project, key, device=prepare_device("float32")))
    assert isinstance(model, LanguageModel)
    return {view: list(shots) for view, shots in model.shots.items()}


@pytest.mark.parametrize("subset", ["{}", "{per_label: 2}"])
def test_shots_of_every_view_are_made_of_the_same_few_items(prepared: Project, subset: str) -> None:
    shots = shots_of(few_shot_with(prepared, subset), seed=1)
    domain = PreparedDomain.open(prepared.prepared_folder("hs_products"))
    limits = Subset(per_label=2) if "2" in subset else TOTAL
    items = {one.id for one in draw(domain.questions("classify", "train"), 12, subset=limits, seed=1)}
    assert len(items) == 12  # six labels in the invented source
    assert {one.id for one in shots["classify"]} <= items
    assert {one.id for one in shots["describe"]} <= items
    assert {one.id.rpartition("-")[0] for one in shots["claims"]} <= items


def test_a_class_smaller_than_k_is_a_row_that_says_so(prepared: Project) -> None:
    path = prepared.root / "recipes/baseline/tfidf.yaml"
    path.write_text(path.read_text() + "  subset: {per_label: 1000}\n")
    record = train(Project(prepared.root), RunKey("baseline", "tfidf", ("hs_products",), 0))
    assert record.status == "failed"
    assert (record.reason or "").startswith("refused: the recipe asks for 1000 training items of each label, and '")


def test_the_few_items_of_a_run_follow_its_seed(prepared: Project) -> None:
    path: Path = prepared.root / "recipes/baseline/majority.yaml"
    path.write_text(path.read_text() + "  budget: {train_examples: 5}\n  subset: {}\n")
    project = Project(prepared.root)
    contents = []
    for seed in (0, 0, 1, 2):
        key = RunKey("baseline", "majority", ("hs_products",), seed)
        record = train(project, key)
        assert record.training is not None
        assert (record.training.examples, record.budget_overridden) == (5, True)
        (saved,) = [p for p in project.run_folder(key).glob("*.json") if p.name != "outcome.json"]
        contents.append(saved.read_text())
    assert contents[0] == contents[1]
    assert len(set(contents[1:])) > 1
