from __future__ import annotations

import pytest

from harness.bases.prepare import prepare_base
from harness.config.project import Project, RunKey
from harness.errors import ConfigError
from harness.items.prepared import PreparedDomain
from harness.measure.device import prepare_device
from harness.methods.multitask import MultiTask
from harness.training.train import train
from harness.tuning.judging import judge, judged_views, judging_suites
from tests.mini_tree import edit
from tests.tree import ROOT


def domain_of(project: Project) -> PreparedDomain:
    return PreparedDomain.open(project.prepared_folder("hs_products"))


def test_the_suites_that_rank_on_the_board_judge_in_its_order(project: Project) -> None:
    assert judging_suites(project, "classify") == ["classification"]
    assert judging_suites(project, "answer") == ["answers", "answer_choice"]
    assert judging_suites(project, "claims") == ["claims"]


def test_recipes_that_learn_the_main_task_are_judged_by_the_suites_that_rank() -> None:
    board = Project(ROOT)
    assert judging_suites(board, "classify") == ["classification", "written_labels", "embedding_labels"]
    assert judging_suites(board, "answer") == ["answers", "answer_choice"]
    assert {board.suite(judging_suites(board, view)[0]).column for view in ("classify", "answer")} == {"score"}


@pytest.mark.parametrize("view", ["claims", "unanswerable", "grounded"])
def test_another_task_is_judged_by_the_suite_that_asks_it(view: str) -> None:
    assert judging_suites(Project(ROOT), view) == [view]


def test_safety_style_and_retention_never_judge() -> None:
    board = Project(ROOT)
    views = {view for name in board.params.suites for view in board.suite(name).views}
    judges = {name for view in views for name in judging_suites(board, view)}
    assert {board.suite(name).column for name in judges} == {"score", "hallucination", "embedding"}


def test_embedding_suites_judge_last(project: Project) -> None:
    edit(project.root / "params.yaml", "suites: [", "suites: [embedding_labels, embedding_retrieval, ")
    changed = Project(project.root)
    assert judging_suites(changed, "classify") == ["classification", "embedding_labels"]
    assert judging_suites(changed, "pairs") == ["embedding_retrieval"]


def test_a_suite_that_compares_or_mixes_views_does_not_judge(project: Project) -> None:
    path = project.root / "data/suites/classification.yaml"
    path.write_text(path.read_text() + "against: answers\n")
    edit(project.root / "data/suites/answers.yaml", "views: [answer]", "views: [answer, describe]")
    assert judging_suites(project, "classify") == []
    assert judging_suites(project, "answer") == ["answer_choice"]


def test_suites_of_reworded_questions_do_not_judge(project: Project) -> None:
    edit(project.root / "params.yaml", "suites: [", "suites: [reworded, reworded_answers, ")
    changed = Project(project.root)
    assert judging_suites(changed, "classify") == ["classification"]
    assert judging_suites(changed, "answer") == ["answers", "answer_choice"]


def test_the_learned_view_is_judged(prepared: Project) -> None:
    assert judged_views(prepared, domain_of(prepared), ["classify"]) == ["classify"]


def test_a_view_that_no_suite_asks_is_judged_by_the_main_view(prepared: Project) -> None:
    assert judged_views(prepared, domain_of(prepared), ["instruction"]) == ["classify"]


def test_a_task_without_a_suite_does_not_hide_the_others(prepared: Project) -> None:
    assert judged_views(prepared, domain_of(prepared), ["instruction", "classify"]) == ["classify"]


def test_every_learned_task_with_a_suite_is_judged(prepared: Project) -> None:
    learnt = MultiTask().learns(domain_of(prepared), prepared.recipe("multitask/uniform"))
    assert learnt == ["classify", "claims", "unanswerable"]
    assert judged_views(prepared, domain_of(prepared), learnt) == ["classify", "claims"]  # of these there are suites
    assert judged_views(prepared, domain_of(prepared), ["claims"]) == ["claims"]


def test_a_classifier_with_a_head_for_claims_is_judged_by_both_of_its_tasks(prepared: Project) -> None:
    prepare_base(prepared, "encoder")
    key = RunKey("multitask", "heads", ("hs_products",), 0)
    train(prepared, key)
    judged = judge(
        prepared,
        key,
        domain=domain_of(prepared),
        views=["classify", "claims"],
        items=40,
        device=prepare_device("float32"),
    )
    assert (judged.metric, judged.items) == ("accuracy + auc", 40)


def test_without_a_suite_there_is_nothing_to_judge_by(prepared: Project) -> None:
    edit(prepared.root / "params.yaml", "suites: [classification, ", "suites: [")
    with pytest.raises(ConfigError, match="no active suite with a single score asks classify"):
        judged_views(Project(prepared.root), domain_of(prepared), ["classify"])


def test_without_validation_items_there_is_nothing_to_judge_by(prepared: Project) -> None:
    domain = domain_of(prepared)
    domain.meta["views"]["classify"]["rows"]["validation"] = 0
    with pytest.raises(ConfigError, match="has no validation item to judge by"):
        judged_views(prepared, domain, ["classify"])
