from __future__ import annotations

import pytest

from harness.config.project import Project
from harness.domains.prepared import PreparedDomain
from harness.errors import ConfigError
from harness.tuning.validation import judged_views, judging_suites
from tests.mini_tree import edit


def domain_of(project: Project) -> PreparedDomain:
    return PreparedDomain.open(project.prepared_folder("hs_products"))


def test_the_suites_that_judge_are_those_that_rank_in_the_order_of_the_board(project: Project) -> None:
    assert judging_suites(project, "classify") == ["classification"]
    assert judging_suites(project, "answer") == ["answers", "answer_choice"]
    assert judging_suites(project, "claims") == []


def test_vectors_judge_only_after_scores(project: Project) -> None:
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


def test_what_is_learnt_is_judged(prepared: Project) -> None:
    assert judged_views(prepared, domain_of(prepared), ["classify"]) == ["classify"]


def test_what_no_suite_asks_is_judged_by_what_the_domain_is_about(prepared: Project) -> None:
    assert judged_views(prepared, domain_of(prepared), ["instruction"]) == ["classify"]


def test_a_task_without_a_suite_does_not_hide_the_others(prepared: Project) -> None:
    assert judged_views(prepared, domain_of(prepared), ["instruction", "classify"]) == ["classify"]


def test_without_a_suite_there_is_nothing_to_judge_by(prepared: Project) -> None:
    edit(prepared.root / "params.yaml", "suites: [classification, ", "suites: [")
    with pytest.raises(ConfigError, match="no active suite with one score asks for classify"):
        judged_views(Project(prepared.root), domain_of(prepared), ["classify"])


def test_without_validation_items_there_is_nothing_to_judge_by(prepared: Project) -> None:
    domain = domain_of(prepared)
    domain.meta["views"]["classify"]["rows"]["validation"] = 0
    with pytest.raises(ConfigError, match="has no validation item to judge by"):
        judged_views(prepared, domain, ["classify"])
