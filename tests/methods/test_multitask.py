"""Several tasks in one adapter, on the tiny model."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from harness.check.recipes import recipe_problems
from harness.config.project import Project, RunKey
from harness.errors import ConfigError, RunFailed
from harness.items.prepared import PreparedDomain
from harness.measure.device import prepare_device
from harness.methods.multitask import MultiTask
from harness.models.loaded import LanguageModel
from harness.records.run_record import RunRecord
from harness.training.output_change import probe_logits
from harness.training.registry import get_method
from harness.training.train import load_context, train
from tests.mini_tree import edit

UNIFORM = RunKey("multitask", "uniform", ("hs_products",), 0)
CLAIMS = RunKey("multitask", "only_claims", ("hs_products",), 0)


def domain_of(project: Project) -> PreparedDomain:
    return PreparedDomain.open(project.prepared_folder("hs_products"))


def without(project: Project, *views: str) -> None:
    """The prepared domain as if it had no such views."""
    path = project.prepared_folder("hs_products") / "views.json"
    facts = json.loads(path.read_text())
    facts["views"] = {name: view for name, view in facts["views"].items() if name not in views}
    path.write_text(json.dumps(facts))


def notes_of(record: RunRecord) -> dict[str, dict[str, int]]:
    assert (record.status, record.reason) == ("ok", None)
    assert record.training is not None
    return record.training.notes


def test_it_trains_on_the_budgets_number_of_examples_over_all_tasks(prepared: Project) -> None:
    record = train(prepared, UNIFORM)
    assert notes_of(record) == {"examples_by_task": {"claims": 20, "classify": 24, "unanswerable": 20}}
    assert record.training is not None
    assert record.training.examples == 64
    assert (record.training.output_change or 0) > 1e-4
    context = load_context(prepared, UNIFORM, device=prepare_device("float32"))
    loaded = get_method("multitask").load(context)
    assert isinstance(loaded, LanguageModel)
    questions = domain_of(prepared).questions("claims", "validation", limit=2)
    assert probe_logits(loaded.model, loaded.tokenizer, questions).isfinite().all()


def test_one_task_alone_is_in_the_record_too_and_repeats_its_rows_up_to_the_budget(prepared: Project) -> None:
    assert domain_of(prepared).count("claims", "train") == 40
    assert notes_of(train(prepared, CLAIMS)) == {"examples_by_task": {"claims": 64}, "repeated_by_task": {"claims": 24}}


def test_tasks_that_the_domain_lacks_are_left_out(prepared: Project) -> None:
    without(prepared, "unanswerable")
    assert MultiTask().learns(domain_of(prepared), prepared.recipe("multitask/uniform")) == ["classify", "claims"]
    assert notes_of(train(prepared, UNIFORM)) == {"examples_by_task": {"claims": 32, "classify": 32}}


def test_a_domain_without_any_of_the_tasks_is_a_row_that_says_so(prepared: Project) -> None:
    without(prepared, "claims")
    record = train(prepared, CLAIMS)
    assert record.status == "failed"
    assert "it learns from claims, and the domain hs_products has classify" in (record.reason or "")
    with pytest.raises(RunFailed):
        MultiTask().learns(domain_of(prepared), prepared.recipe("multitask/only_claims"))


def test_pairs_stand_together_and_lessons_are_mixed(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    real = MultiTask.lessons

    def lessons(self: MultiTask, context: object) -> object:
        seen.append(real(self, context))  # type: ignore[arg-type]
        return seen[-1]

    monkeypatch.setattr(MultiTask, "lessons", lessons)
    train(prepared, UNIFORM)
    order = [lesson.task for lesson in seen[0]]
    assert len(re.findall(r"(\w)\1{20,}", "".join(task[1] for task in order))) == 0
    answers = Counter(lesson.question.answer for lesson in seen[0] if lesson.task == "claims")
    assert set(answers.values()) == {10}
    train(prepared, replace(UNIFORM, seed=1))
    assert seen[0] == seen[1]  # the same for all seeds, and made once for each training
    assert len(seen) == 2


def test_a_wrong_option_is_told_by_check_with_its_line_and_before_training_and_tuning(prepared: Project) -> None:
    path = prepared.root / "recipes/multitask/proportional.yaml"
    edit(path, "temperature: 2", "temperature: -2")
    methods = prepared.root / "harness/methods"
    methods.mkdir(parents=True)
    (methods / "multitask.py").touch()
    changed, wrong = Project(prepared.root), '"run.options.temperature" is -2'
    line = next(number for number, text in enumerate(path.read_text().splitlines(), 1) if "temperature" in text)
    told = [str(problem) for problem in recipe_problems(changed)[1]]
    assert any(f"multitask/proportional.yaml:{line}: {wrong}" in problem for problem in told)
    with pytest.raises(ConfigError, match=wrong):
        train(changed, RunKey("multitask", "proportional", ("hs_products",), 0))
    with pytest.raises(ConfigError, match=wrong):
        MultiTask().learns(domain_of(prepared), changed.recipe("multitask/proportional"))


def test_what_is_saved_is_an_adapter_of_the_base(prepared: Project) -> None:
    train(prepared, CLAIMS)
    folder: Path = prepared.run_folder(CLAIMS) / "adapter"
    assert {"adapter_model.safetensors", "base.json"} <= {path.name for path in folder.iterdir()}
