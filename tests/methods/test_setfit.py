from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.bases.prepare import prepare_base
from harness.config.project import Project, RunKey
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.measure.device import prepare_device
from harness.methods.setfit import SetFit
from harness.models.loaded import LabelClassifier
from harness.records.run_record import RunRecord
from harness.training.lessons.contrastive_pairs import contrastive_pairs
from harness.training.refusals.misfits import misfits
from harness.training.registry import get_method
from harness.training.train import load_context, train
from tests.fresh_process import told_elsewhere
from tests.mini_tree import edit
from tests.tree import set_rate

KEY = RunKey("lowresource", "setfit", ("hs_products",), 0)
RECIPE = "recipes/lowresource/setfit.yaml"

PROBE = """
import json, sys
from pathlib import Path
from harness.config.project import Project
from tests.methods.test_setfit import odds_of
print(json.dumps(odds_of(Project(Path(sys.argv[1]))).tolist()))
"""


def odds_of(project: Project) -> Any:
    context = load_context(project, KEY, device=prepare_device("float32"))
    model = get_method("setfit").load(context)
    assert isinstance(model, LabelClassifier)
    domain = PreparedDomain.open(project.prepared_folder("hs_products"))
    texts = [question.text for question in domain.questions("classify", "test")]
    return model.log_proba(texts, [*domain.labels, "never seen"])


@pytest.fixture(scope="module")
def trained(prepared_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, RunRecord]:
    root = tmp_path_factory.mktemp("setfit") / "project"
    shutil.copytree(prepared_template, root)
    set_rate(root / RECIPE, "3e-4")  # the tiny encoder is random
    edit(root / RECIPE, "C: 1.0", "C: 100")
    project = Project(root)
    prepare_base(project, "encoder")
    return project, train(project, KEY)


def test_it_learns_the_invented_products(trained: tuple[Project, RunRecord]) -> None:
    project, record = trained
    assert (record.status, record.reason) == ("ok", None)
    questions = PreparedDomain.open(project.prepared_folder("hs_products")).questions("classify", "test")
    odds = odds_of(project)
    labels = questions[0].choices
    right = [labels[row[: len(labels)].argmax()] == q.answer for q, row in zip(questions, odds, strict=True)]
    assert sum(right) / len(right) > 0.5  # six labels


def test_its_record_counts_pairs_and_what_moved(trained: tuple[Project, RunRecord]) -> None:
    training = trained[1].training
    assert training is not None
    assert training.examples == 64
    assert training.notes["pairs"] == 64 * 10  # each of the six labels has several items
    assert training.notes["positive_pairs"] == 64 * 5
    assert training.steps == 40
    assert training.tokens > training.notes["pairs"] * 2
    assert training.output_change is not None
    assert training.output_change > 1e-4


def test_probabilities_add_up_and_an_unseen_label_gets_the_smallest(trained: tuple[Project, RunRecord]) -> None:
    odds = odds_of(trained[0])
    assert np.exp(odds[:, :-1]).sum(axis=1) == pytest.approx(1)
    assert (odds[:, -1] == odds[:, :-1].min(axis=1)).all()


def test_in_a_fresh_process_it_gives_the_same_odds(trained: tuple[Project, RunRecord]) -> None:
    found = np.array(told_elsewhere(PROBE, trained[0].root, forks=True))
    assert found == pytest.approx(odds_of(trained[0]), abs=1e-5)


def test_only_safetensors_and_text_are_saved_and_no_path_of_this_machine(trained: tuple[Project, RunRecord]) -> None:
    project, _ = trained
    files = [path for path in project.run_folder(KEY).rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= {".safetensors", ".json", ".txt", ".parquet", ".jinja"}
    for path in files:
        if path.suffix in (".json", ".txt"):
            assert str(project.root) not in path.read_text()


def test_items_of_one_label_are_a_row_that_says_so(trained: tuple[Project, RunRecord], tmp_path: Path) -> None:
    shutil.copytree(trained[0].root, tmp_path / "project")
    edit(tmp_path / "project" / RECIPE, "train_examples: 64", "train_examples: 1")
    record = train(Project(tmp_path / "project"), KEY)
    assert (record.reason or "").startswith("refused: all 1 training items have the label")


def test_a_training_that_moves_nothing_is_noticed(
    trained: tuple[Project, RunRecord], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "harness.training.loops.encoder_loop.SentenceTransformerTrainer.train", lambda self, **kwargs: None
    )
    shutil.copytree(trained[0].root, tmp_path / "project")
    record = train(Project(tmp_path / "project"), KEY)
    assert record.reason == "training changed no vector: the trained weights are not in use"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("rounds: 5", "rounds: 0", '"run.options.rounds" is 0'),
        ("C: 1.0", "C: 0", '"run.options.C" is 0'),
        ("C: 1.0", "C: true", '"run.options.C" is True'),
    ],
)
def test_options_that_make_no_model_are_refused(project: Project, old: str, new: str, what: str) -> None:
    edit(project.root / RECIPE, old, new)
    (mistake,) = misfits(SetFit(), Project(project.root).recipe(KEY.recipe_id))
    assert mistake.what == what


def question(name: str, answer: str) -> Question:
    return Question(name, "train", name, f"text {name}", "p", ("a", "b", "c"), answer)


ITEMS = [question("1", "a"), question("2", "a"), question("3", "b"), question("4", "b"), question("5", "c")]


def test_pairs_are_alike_within_a_label_and_unlike_across() -> None:
    label = {one.text: one.answer for one in ITEMS}
    pairs = contrastive_pairs(ITEMS, rounds=4, seed=0)
    assert all((label[pair.first] == label[pair.second]) == (pair.similarity == 1) for pair in pairs)
    assert all(pair.first != pair.second for pair in pairs)
    counts = Counter((pair.first, pair.similarity) for pair in pairs)
    assert counts == {(one.text, s): 4 for one in ITEMS for s in (0.0, 1.0) if (one.answer, s) != ("c", 1.0)}


def test_pairs_depend_on_the_seed_and_not_on_the_order_of_the_items() -> None:
    assert contrastive_pairs(ITEMS[::-1], rounds=4, seed=0) == contrastive_pairs(ITEMS, rounds=4, seed=0)
    assert contrastive_pairs(ITEMS, rounds=4, seed=1) != contrastive_pairs(ITEMS, rounds=4, seed=0)


def test_vectors_are_float32_where_the_device_computes_in_bfloat16(trained: tuple[Project, RunRecord]) -> None:
    """The regression was fitted to float32 vectors."""
    project = trained[0]
    narrow = replace(prepare_device("float32"), dtype="bfloat16")
    model = get_method("setfit").load(load_context(project, KEY, device=narrow))
    assert isinstance(model, LabelClassifier)
    domain = PreparedDomain.open(project.prepared_folder("hs_products"))
    texts = [question.text for question in domain.questions("classify", "test")]
    assert (model.log_proba(texts, [*domain.labels, "never seen"]) == odds_of(project)).all()
