from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from harness.config.curve_key import CurveKey
from harness.config.project import Project
from harness.curves.curve import plan_curve
from harness.curves.learning_curve import curve
from harness.errors import ConfigError, DataError, RunFailed
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.measure.device import prepare_device
from harness.methods.tfidf import Tfidf
from harness.records.curve_record import CURVE_ITEM_COLUMNS, CurveRecord
from harness.records.run_record import read_record
from harness.verbs.curve import main
from tests.curves.curve_tree import with_curves
from tests.mini_tree import edit

TFIDF = CurveKey("lowresource", "tfidf", "hs_products")
LORA = CurveKey("lowresource", "fewshot_lora", "hs_products")
COMMAND = ["lowresource/tfidf", "--domain", "hs_products"]


@pytest.fixture
def tree(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A prepared project around the working directory, with curves of 8 and 16 items: all labels are drawn then."""
    monkeypatch.chdir(prepared.root)
    return with_curves(prepared, "curves: {k: [8, 16], subsets: 2, items: 12}")


def items_of(key: CurveKey, project: Project) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = pq.read_table(key.folder(project) / "points.parquet").to_pydict()
    return found


def test_every_k_is_drawn_several_times_and_every_item_is_kept(
    tree: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(COMMAND) == 0
    record = read_record(CurveRecord, TFIDF.folder(tree) / "points.json")
    assert [(point.k, point.draw) for point in record.points] == [(8, 0), (8, 1), (16, 0), (16, 1)]
    assert (record.suite, record.metric) == ("classification", "accuracy")
    assert record.protocol_hash
    items = items_of(TFIDF, tree)
    assert list(items) == list(CURVE_ITEM_COLUMNS)
    for place, point in enumerate(record.points):
        rows = slice(12 * place, 12 * (place + 1))
        assert set(items["k"][rows]) == {point.k}
        assert set(items["draw"][rows]) == {point.draw}
        assert (point.status, point.n) == ("ok", 12)
        assert point.value == pytest.approx(sum(items["correct"][rows]) / 12)
    assert len(set(items["item_id"])) == 12  # the same for all
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("curve lowresource/tfidf 1/4: k 8, draw 0: accuracy 0.")
    assert lines[0].endswith(" left)")
    assert lines[-1].startswith("lowresource/tfidf-hs_products: accuracy by items 8: 0.")


def test_the_items_asked_are_the_first_test_items(tree: Project) -> None:
    curve(tree, TFIDF)
    first = PreparedDomain.open(tree.prepared_folder("hs_products")).questions("classify", "test", limit=12)
    assert items_of(TFIDF, tree)["item_id"][:12] == [question.id for question in first]


def test_draws_learn_from_other_items(tree: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    learnt: list[set[str]] = []
    train = Tfidf.train

    def remembered(self: Tfidf, context: Any) -> Any:
        learnt.append({question.id for question in context.rows(Question, self.views, "train")})
        return train(self, context)

    monkeypatch.setattr(Tfidf, "train", remembered)
    curve(tree, TFIDF)
    assert [len(ids) for ids in learnt] == [8, 8, 16, 16]
    assert learnt[0] != learnt[1]
    assert learnt[0] <= learnt[2]  # a curve adds items and replaces none
    assert learnt[1] <= learnt[3]


def test_the_weights_and_what_was_kept_for_an_interruption_are_gone(tree: Project) -> None:
    curve(tree, TFIDF)
    assert not list((tree.root / "runs/.curves").rglob("*.*"))
    assert sorted(path.name for path in TFIDF.folder(tree).iterdir()) == ["points.json", "points.parquet"]


def test_the_same_curve_twice_gives_the_same_items(tree: Project) -> None:
    curve(tree, TFIDF)
    path = TFIDF.folder(tree) / "points.parquet"
    first = path.read_bytes()
    curve(Project(tree.root), TFIDF)
    assert path.read_bytes() == first


def test_an_interrupted_curve_goes_on_where_it_was(tree: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[str] = []
    train = Tfidf.train

    def interrupted(self: Tfidf, context: Any) -> Any:
        trained.append(context.label)
        if len(trained) == 3:
            raise KeyboardInterrupt
        return train(self, context)

    monkeypatch.setattr(Tfidf, "train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        curve(tree, TFIDF)
    assert not TFIDF.folder(tree).exists()
    record = curve(Project(tree.root), TFIDF)
    assert [label.rpartition("/")[2] for label in trained] == ["8-0", "8-1", "16-0", "16-0", "16-1"]
    assert {point.status for point in record.points} == {"ok"}


def test_points_of_another_configuration_are_drawn_again(tree: Project) -> None:
    plan = plan_curve(tree, TFIDF, device=prepare_device("float32"))
    done = plan.jobs[0].run()
    assert plan.jobs[0].finished() == done
    edit(tree.root / "recipes/lowresource/tfidf.yaml", "C: [10]", "C: [1]")
    changed = plan_curve(Project(tree.root), TFIDF, device=prepare_device("float32"))
    assert changed.jobs[0].finished() is None


def test_a_point_that_fails_keeps_its_reason_and_the_others_go_on(
    tree: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = Tfidf.train

    def failing(self: Tfidf, context: Any) -> Any:
        if (context.budget.train_examples, context.seed) == (8, 1):
            raise RunFailed("diverged: invented")
        return train(self, context)

    monkeypatch.setattr(Tfidf, "train", failing)
    record = curve(tree, TFIDF)
    assert [(point.status, point.reason) for point in record.points] == [
        ("ok", None),
        ("failed", "diverged: invented"),
        ("ok", None),
        ("ok", None),
    ]
    assert record.points[1].value is None
    assert {(k, draw) for k, draw in zip(items_of(TFIDF, tree)["k"], items_of(TFIDF, tree)["draw"], strict=True)} == {
        (8, 0),
        (16, 0),
        (16, 1),
    }


def test_more_items_than_the_domain_has_are_a_failed_point(tree: Project) -> None:
    edit(tree.root / "params.yaml", "k: [8, 16], subsets: 2", "k: [8, 100000], subsets: 1")
    record = curve(Project(tree.root), TFIDF)
    assert record.points[0].status == "ok"
    assert (record.points[1].reason or "").startswith(
        "refused: the recipe asks for 100000 training items, and there are "
    )


def test_a_domain_that_the_recipe_cannot_learn_from_is_a_curve_of_failed_points(
    tree: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tree.prepared_folder("hs_products") / "views.json"
    facts = json.loads(path.read_text())
    facts["views"] = {"documents": facts["views"]["documents"]}
    path.write_text(json.dumps(facts))
    assert main(COMMAND) == 0
    record = read_record(CurveRecord, TFIDF.folder(tree) / "points.json")
    assert len(record.points) == 4
    assert {point.reason for point in record.points} == {
        "refused: it learns from classify, and the domain hs_products has documents"
    }
    assert items_of(TFIDF, tree)["item_id"] == []
    assert "no point of the curve: refused: it learns from classify" in capsys.readouterr().out


def test_a_language_model_makes_as_many_steps_with_few_items_as_with_32(
    tree: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from harness.training.loops import sft_loop

    steps: list[tuple[int, int]] = []
    arguments = sft_loop.training_arguments

    def remembered(context: Any, **known: Any) -> Any:
        found = arguments(context, **known)
        steps.append((context.budget.train_examples, found.max_steps))
        return found

    monkeypatch.setattr(sft_loop, "training_arguments", remembered)
    edit(tree.root / "params.yaml", "k: [8, 16], subsets: 2", "k: [8, 64], subsets: 1")
    record = curve(Project(tree.root), LORA)
    assert [point.reason for point in record.points] == [None, None]
    assert steps == [(8, 10), (64, 20)]


@pytest.mark.parametrize("subset", ["", "  subset: {per_label: 8}\n"])
def test_a_recipe_that_does_not_draw_items_in_all_has_no_curve(tree: Project, subset: str) -> None:
    edit(tree.root / "recipes/lowresource/tfidf.yaml", "  subset: {}\n", subset)
    with pytest.raises(ConfigError, match="a learning curve needs a recipe that draws new items for each point"):
        main(COMMAND)


def test_without_settings_there_is_no_curve(tree: Project) -> None:
    edit(tree.root / "params.yaml", "curves: {k: [8, 16], subsets: 2, items: 12}", "")
    with pytest.raises(ConfigError, match="the key `curves` is missing"):
        main(COMMAND)


def test_a_base_that_is_not_there_is_told_before_anything_is_trained(tree: Project) -> None:
    shutil.rmtree(tree.base_folder("causal_lm"))
    with pytest.raises(DataError, match="the base model tiny-random-llama is not prepared"):
        main(["lowresource/fewshot_lora", "--domain", "hs_products"])


def test_a_domain_without_test_items_is_told(tree: Project) -> None:
    path: Path = tree.prepared_folder("hs_products") / "views.json"
    facts = json.loads(path.read_text())
    facts["views"]["classify"]["rows"]["test"] = 0
    path.write_text(json.dumps(facts))
    with pytest.raises(ConfigError, match="has no test item to judge by"):
        main(COMMAND)
