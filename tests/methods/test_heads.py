"""A shared encoder with a head per task, on the tiny encoder."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.bases.prepare import prepare_base
from harness.config.project import Project, RunKey
from harness.errors import RunFailed
from harness.items.prepared import PreparedDomain
from harness.measure.device import prepare_device
from harness.methods.heads import Heads, answers_by_task
from harness.models.task_heads import TaskHeads, load_heads
from harness.records.run_record import RunRecord
from harness.scoring.ask import Subject, ask_suite
from harness.training.lessons.lesson import Lesson
from harness.training.refusals.misfits import misfits
from harness.training.registry import get_method
from harness.training.train import load_context, train
from tests.curve_file import curve_steps, curve_values
from tests.fresh_process import told_elsewhere
from tests.mini_tree import edit
from tests.tree import set_rate

KEY = RunKey("multitask", "heads", ("hs_products",), 0)
VERDICTS = ["True", "False"]

PROBE = """
import json, sys
from pathlib import Path
from harness.config.project import Project
from tests.methods.test_heads import tables
print(json.dumps([table.tolist() for table in tables(Project(Path(sys.argv[1])))]))
"""


def domain_of(project: Project) -> PreparedDomain:
    return PreparedDomain.open(project.prepared_folder("hs_products"))


def load(project: Project) -> TaskHeads:
    context = load_context(project, KEY, device=prepare_device("float32"))
    loaded = get_method("heads").load(context)
    assert isinstance(loaded, TaskHeads)
    return loaded


def asked(project: Project) -> list[tuple[list[str], list[str]]]:
    """Texts and labels: of products and of claims."""
    domain = domain_of(project)
    products, claims = (domain.questions(view, "validation", limit=6) for view in ("classify", "claims"))
    return [([q.text for q in products], domain.labels), ([q.text for q in claims], VERDICTS)]


def tables(project: Project) -> list[Any]:
    model = load(project)
    return [model.log_proba(texts, labels) for texts, labels in asked(project)]


@pytest.fixture(scope="module")
def trained(prepared_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The project, the record, and the log-probabilities that the trained model had in memory."""
    root = tmp_path_factory.mktemp("heads") / "project"
    shutil.copytree(prepared_template, root)
    prepare_base(Project(root), "encoder")
    set_rate(root / "recipes/multitask/heads.yaml", "3e-3")
    edit(root / "recipes/multitask/heads.yaml", "epochs: 6", "epochs: 20")  # it starts from random weights
    project, found = Project(root), {}
    with pytest.MonkeyPatch.context() as patch:
        real = TaskHeads.save

        def save(self: TaskHeads, folder: Path) -> None:
            found["tables"] = [self.log_proba(texts, labels) for texts, labels in asked(project)]
            real(self, folder)

        patch.setattr(TaskHeads, "save", save)
        record = train(project, KEY)
    return {"project": project, "record": record, **found}


def test_it_learns_both_tasks_from_the_budgets_number_of_examples(trained: dict[str, Any]) -> None:
    record: RunRecord = trained["record"]
    assert (record.status, record.reason) == ("ok", None)
    assert record.training is not None
    assert record.training.examples == 64
    assert record.training.notes == {"examples_by_task": {"claims": 32, "classify": 32}}
    assert record.budget_overridden
    assert record.training.steps == 4 * record.budget["epochs"]
    assert (record.training.output_change or 0) > 0.1


def test_the_loss_of_the_curve_falls(trained: dict[str, Any]) -> None:
    curve = trained["project"].record_folder(KEY) / "train/curve.csv"
    assert curve_steps(curve)[-1] == trained["record"].training.steps
    losses, rates = curve_values(curve), curve_values(curve, "learning_rate")
    assert sum(losses[-5:]) < sum(losses[:5])
    assert rates[-1] < max(rates) == pytest.approx(3e-3, rel=0.1)


def test_in_a_fresh_process_it_gives_the_probabilities_it_was_trained_to(trained: dict[str, Any]) -> None:
    found = told_elsewhere(PROBE, trained["project"].root, forks=True)
    for saved, before in zip(found, trained["tables"], strict=True):
        np.testing.assert_allclose(saved, before, atol=1e-6)


def test_only_safetensors_and_text_are_saved_and_no_path_of_this_machine(trained: dict[str, Any]) -> None:
    folder = trained["project"].run_folder(KEY)
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "outcome.json"]
    assert {path.suffix for path in files} <= {".json", ".safetensors", ".jinja", ".txt"}
    texts = [path.read_text() for path in files if path.suffix == ".json"]
    assert not any(str(trained["project"].root) in text for text in texts)


def test_each_head_answers_for_its_labels(trained: dict[str, Any]) -> None:
    model = load(trained["project"])
    assert model.heads == {"classify", "claims"}
    for texts, labels in asked(trained["project"]):
        assert np.exp(model.log_proba(texts, labels)).sum(axis=1) == pytest.approx(1)
    swapped = model.log_proba(["a"], ["False", "True"])
    assert swapped[0].tolist() == model.log_proba(["a"], VERDICTS)[0][::-1].tolist()
    some = model.log_proba(["a"], [domain_of(trained["project"]).labels[0], "never seen"])
    assert some[0][1] <= some[0][0]
    with pytest.raises(RunFailed, match="no head of the model"):
        model.log_proba(["a"], ["yes", "no"])


def test_texts_of_any_length_in_one_batch_do_not_change_each_other(trained: dict[str, Any]) -> None:
    model = load(trained["project"])
    texts = ["horse", "Horse products; fresh " * 200]
    alone = np.concatenate([model.task_log_proba("classify", [text]) for text in texts])
    np.testing.assert_allclose(model.task_log_proba("classify", texts), alone, atol=1e-5)
    assert model.cut(texts) == 1


@pytest.mark.parametrize(("suite", "metric"), [("classification", "accuracy"), ("claims", "balanced_accuracy")])
def test_the_suites_of_its_tasks_can_be_asked(trained: dict[str, Any], suite: str, metric: str) -> None:
    project = trained["project"]
    score, samples = ask_suite(project, suite, subject=Subject(load(project), domain_of(project)))
    assert score.reason is None
    assert score.metrics[metric].n == len(samples) > 0
    if suite == "classification":
        assert (score.metrics[metric].value or 0) > 0.5  # each of six sections has its own noun


def test_a_head_that_was_not_trained_cannot_be_asked(trained: dict[str, Any]) -> None:
    project = trained["project"]
    model = load(project)
    model.heads = frozenset({"classify"})
    score, samples = ask_suite(project, "claims", subject=Subject(model, domain_of(project)))
    assert (score.reason, samples) == ("not applicable: this model only predicts labels", [])


def test_a_loss_that_is_no_number_is_a_row_that_says_so(trained: dict[str, Any], tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(trained["project"].root, root)
    edit(root / "recipes/multitask/heads.yaml", "learning_rate: 3e-3", "learning_rate: 10\n    max_grad_norm: 1e38")
    weights = root / "data/bases/encoder/model.safetensors"
    from safetensors.torch import load_file, save_file

    save_file({name: tensor * 1e18 for name, tensor in load_file(weights).items()}, weights, metadata={"format": "pt"})
    record = train(Project(root), KEY)
    assert record.status == "failed"
    assert "diverged" in (record.reason or "")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("[classify, claims]", "[classify, unanswerable]", "\"run.options.tasks.1\" is 'unanswerable'"),
        ("[classify, claims]", "[classify, claim]", 'did you mean "claims"?'),
        (
            "    learning_rate:",
            "    use_liger_kernel: true\n    learning_rate:",
            "work with `use_liger_kernel`",
        ),
        ("method: heads", "method: heads\n  init: sft/full", "cannot start from the run of another recipe"),
    ],
)
def test_what_it_cannot_do_is_refused_before_it_starts(project: Project, before: str, after: str, message: str) -> None:
    edit(project.root / "recipes/multitask/heads.yaml", before, after)
    (mistake,) = misfits(Heads(), Project(project.root).recipe("multitask/heads"))
    assert message in f"{mistake.what} {mistake.hint}"


def lessons_of(trained: dict[str, Any], **number: int) -> list[Lesson]:
    domain = domain_of(trained["project"])
    return [Lesson(q, task) for task, n in number.items() for q in domain.questions(task, "train", limit=n)]


def test_tasks_with_the_same_answers_are_refused(trained: dict[str, Any]) -> None:
    lessons = lessons_of(trained, classify=4, claims=4)
    assert sorted(answers_by_task(lessons)) == ["claims", "classify"]
    same = [replace(one, question=replace(one.question, choices=("True", "False"))) for one in lessons]
    with pytest.raises(RunFailed, match="two of the tasks claims, classify have the same answers"):
        answers_by_task(same)


def test_a_model_of_other_tasks_comes_back_with_them(trained: dict[str, Any], tmp_path: Path) -> None:
    model = load(trained["project"])
    model.save(tmp_path)
    again = load_heads(tmp_path, prepare_device("float32"))
    assert (again.labels, again.max_length) == (model.labels, model.max_length)
