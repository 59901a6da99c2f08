from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.config.project import Project
from harness.config.suite import Suite
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.scoring.contract import get_kind
from harness.scoring.gather import Gathered, gather
from harness.suites.build import build_questions
from harness.suites.sets.out_of_scope import DECLINE, ScopeQuestion
from tests.scoring.conftest import MakeDomain

CLASSIFICATION = {"title": "T", "summary": "S", "kind": "classification", "version": 1, "metric": "accuracy"}


def suite(**keys: Any) -> Suite:
    return Suite.model_validate(CLASSIFICATION | {"column": "score"} | keys)


def asked(project: Project, wanted: Suite, domain: PreparedDomain) -> Gathered:
    return gather(project, wanted, kind=get_kind(wanted.kind), domain=domain)


def question(number: int) -> Question:
    return Question(
        id=f"q{number}", split="test", cluster=f"c{number}", text="t", prompt="p", choices=("a", "b"), answer="a"
    )


def test_questions_of_several_views_stay_apart_and_share_their_clusters(
    project: Project, make_domain: MakeDomain
) -> None:
    domain = make_domain({"classify_typos": [question(0), question(1)], "classify_upper": [question(0)]})
    found = asked(project, suite(views=["classify_typos", "classify_upper", "classify_emoji"]), domain)
    assert [row.id for row in found.questions] == ["q0:classify_typos", "q1:classify_typos", "q0:classify_upper"]
    assert [row.cluster for row in found.questions] == ["c0", "c1", "c0"]
    assert list(found.data) == ["law/classify_typos", "law/classify_upper"]


def test_the_cap_is_on_each_view(project: Project, make_domain: MakeDomain) -> None:
    domain = make_domain({"classify_typos": [question(0), question(1)], "classify_upper": [question(0), question(1)]})
    found = asked(project, suite(views=["classify_typos", "classify_upper"], items=1), domain)
    assert [row.id for row in found.questions] == ["q0:classify_typos", "q0:classify_upper"]


def test_own_questions_about_the_runs_own_domain_are_not_asked(prepared: Project) -> None:
    params = prepared.root / "params.yaml"
    text = params.read_text().replace("suites: [", "suites: [other_domains, ")
    params.write_text(text.replace("retention_domains: []", "retention_domains: [hs_products]"))
    project = Project(prepared.root)
    build_questions(project)
    wanted = suite(questions="other_domains", items=5)
    own = PreparedDomain.open(project.prepared_folder("hs_products"))
    assert asked(project, wanted, own) == Gathered(reason="there is no other domain to ask about")
    other = PreparedDomain("law", own.folder, own.meta)
    found = asked(project, wanted, other)
    assert len(found.questions) == 5
    assert list(found.data) == ["other_domains"]


@pytest.mark.parametrize(
    ("suite_name", "original", "kept"), [("reworded", "classification", 48), ("claims_few_shot", "claims", 40)]
)
def test_a_suite_in_other_words_asks_the_same_items_in_the_same_order(
    prepared: Project, suite_name: str, original: str, kept: int
) -> None:
    domain = PreparedDomain.open(prepared.prepared_folder("hs_products"))
    changed, plain = (asked(prepared, prepared.suite(name), domain) for name in (suite_name, original))
    assert [row.id for row in changed.questions] == [row.id for row in plain.questions[:kept]]
    assert all(a.prompt != b.prompt for a, b in zip(changed.questions, plain.questions, strict=False))
    assert changed.reason is None


@pytest.mark.parametrize("keys", [{}, {"views": ["classify"], "questions": "style"}])
def test_a_suite_asks_either_views_or_its_own_questions(keys: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="give either `views` or `questions`"):
        suite(**keys)


def test_the_settings_may_ask_for_fewer_items_than_the_suite_does(project: Project, make_domain: MakeDomain) -> None:
    params = project.root / "params.yaml"
    params.write_text(params.read_text().replace("  items: null", "  items: 2"))
    domain = make_domain({"classify": [question(n) for n in range(5)]})
    for own, expected in ((None, 2), (1, 1), (3, 2)):
        found = asked(Project(project.root), suite(views=["classify"], items=own), domain)
        assert len(found.questions) == expected


def test_another_split_is_another_protocol_and_the_test_split_is_as_it_was(
    project: Project, make_domain: MakeDomain
) -> None:
    held_out = [replace(question(n), split="validation") for n in range(3, 6)]
    domain = make_domain({"classify": [*map(question, range(3)), *held_out]})
    wanted = suite(views=["classify"])
    test = asked(project, wanted, domain)
    assert [row.id for row in test.questions] == ["q0", "q1", "q2"]
    assert list(test.data) == ["law/classify"]
    found = gather(project, wanted, kind=get_kind(wanted.kind), domain=domain, split="validation", items=2)
    assert [row.id for row in found.questions] == ["q3", "q4"]
    assert list(found.data) == ["law/classify:validation"]


def test_a_set_about_the_own_domain_asks_that_alone_and_other_domains_do_not_change_its_protocol(
    project: Project, make_domain: MakeDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain = make_domain({"classify": [question(0)]})
    mine, theirs = (
        ScopeQuestion(
            id=f"{name}/x", split="test", cluster="c", text="t", prompt="p", choices=("a", DECLINE), answer="a"
        )
        for name in (domain.name, "other")
    )
    wanted = suite(questions="out_of_scope", kind="scope", metric="auc")
    found = []
    for digest, rows in (("1", [mine]), ("2", [theirs, mine])):
        monkeypatch.setattr(
            "harness.scoring.gather.read_questions", lambda folder, name, rows=rows, digest=digest: (rows, digest)
        )
        found.append(asked(project, wanted, domain))
    assert found[0] == found[1]
    assert [row.id for row in found[0].questions] == [mine.id]
    monkeypatch.setattr("harness.scoring.gather.read_questions", lambda folder, name: ([theirs], "3"))
    assert asked(project, wanted, domain).reason == "the set out_of_scope has no questions about the domain"
