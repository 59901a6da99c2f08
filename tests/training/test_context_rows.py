"""`TrainContext.rows`: which rows a method trains on."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.config.recipe import Subset
from harness.errors import RunFailed
from harness.items.item import shuffle_key
from harness.items.prepared import PreparedDomain
from harness.items.rows import Document, Preference, Question
from harness.measure.device import prepare_device
from harness.training.contract import TrainContext
from tests.bench.training import bench_context

BUDGET = 12


@pytest.fixture
def domain(prepared: Project) -> PreparedDomain:
    return PreparedDomain.open(prepared.prepared_folder("hs_products"))


@pytest.fixture
def context(prepared: Project, domain: PreparedDomain, tmp_path: Path) -> TrainContext:
    recipe = prepared.recipe("peft/lora")
    made = bench_context(prepared, recipe, device=prepare_device("float32"), folder=tmp_path, examples=BUDGET)
    return replace(made, domains=(domain,))


def with_subset(context: TrainContext, subset: Subset, *, seed: int = 0) -> TrainContext:
    run = context.recipe.run.model_copy(update={"subset": subset})
    return replace(context, recipe=context.recipe.model_copy(update={"run": run}), seed=seed)


def without(domain: PreparedDomain, *views: str) -> PreparedDomain:
    """The domain as if it had not these views."""
    left = {name: facts for name, facts in domain.meta["views"].items() if name not in views}
    return replace(domain, meta={**domain.meta, "views": left})


def renamed(domain: PreparedDomain, name: str) -> PreparedDomain:
    """A second domain of the same rows."""
    folder = domain.folder.with_name(name)
    shutil.copytree(domain.folder, folder, dirs_exist_ok=True)
    return replace(domain, name=name, folder=folder)


def test_training_rows_are_the_budgets_first_of_the_view_in_one_mixed_order(
    context: TrainContext, domain: PreparedDomain
) -> None:
    first = domain.questions("classify", "train", limit=BUDGET)
    expected = sorted(first, key=lambda question: shuffle_key(0, question.id))
    assert context.rows(Question, ["classify", "answer"], "train") == expected
    assert replace(context, seed=1).rows(Question, ["classify"], "train") == expected


def test_validation_rows_are_all_rows_in_the_views_order(context: TrainContext, domain: PreparedDomain) -> None:
    rows = context.rows(Question, ["classify"], "validation")
    assert rows == domain.questions("classify", "validation")
    assert len(rows) > BUDGET


def test_rows_of_other_kinds_follow_the_same_rule(context: TrainContext, domain: PreparedDomain) -> None:
    for kind, view in ((Preference, "preferences"), (Document, "documents")):
        first = domain.rows(kind, view, "train", limit=BUDGET)
        assert sorted(one.id for one in first) == sorted(one.id for one in context.rows(kind, [view], "train"))
        assert all(isinstance(row, kind) for row in context.rows(kind, [view], "train"))


def test_domains_share_the_budget_and_are_mixed(context: TrainContext, domain: PreparedDomain) -> None:
    other = renamed(domain, "other")
    rows = replace(context, domains=(domain, other)).rows(Question, ["classify"], "train")
    half = domain.questions("classify", "train", limit=BUDGET // 2)
    assert sorted(one.id for one in rows) == sorted(2 * [one.id for one in half])
    assert rows == sorted(rows, key=lambda row: shuffle_key(0, row.id))


def test_each_domain_gives_the_first_view_that_it_has(context: TrainContext, domain: PreparedDomain) -> None:
    other = without(renamed(domain, "other"), "classify")
    rows = replace(context, domains=(domain, other)).rows(Question, ["classify", "claims"], "train")
    expected = [domain.questions(view, "train", limit=BUDGET // 2) for view in ("classify", "claims")]
    assert sorted(row.id for row in rows) == sorted(one.id for rows_ in expected for one in rows_)


def test_a_domain_without_any_of_the_views_is_refused_by_name(context: TrainContext, domain: PreparedDomain) -> None:
    domains = (domain, without(renamed(domain, "other"), "preferences"))
    with pytest.raises(RunFailed, match="learns from preferences, and the domain other has"):
        replace(context, domains=domains).rows(Preference, ["preferences"], "train")


def test_a_split_without_rows_is_refused_by_name(context: TrainContext, domain: PreparedDomain) -> None:
    facts = domain.meta["views"]["preferences"]
    empty = {**facts, "rows": {**facts["rows"], "validation": 0}}
    views = {**domain.meta["views"], "preferences": empty}
    changed = replace(domain, meta={**domain.meta, "views": views})
    message = "refused: the view preferences of the domain hs_products has no validation item"
    with pytest.raises(RunFailed, match=message):
        replace(context, domains=(changed,)).rows(Preference, ["preferences"], "validation")


def test_a_subset_is_drawn_by_the_seed(context: TrainContext) -> None:
    drawn = [
        {row.id for row in with_subset(context, Subset(), seed=seed).rows(Preference, ["preferences"], "train")}
        for seed in (0, 0, 1)
    ]
    assert [len(ids) for ids in drawn] == [BUDGET] * 3
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_subset_by_label_holds_as_many_of_each(context: TrainContext) -> None:
    rows = with_subset(context, Subset(per_label=3)).rows(Question, ["classify"], "train")
    assert set(Counter(row.answer for row in rows).values()) == {3}


def test_a_subset_by_label_of_rows_without_an_answer_is_refused(context: TrainContext) -> None:
    with pytest.raises(RunFailed, match="draws by answer, and rows of the class Preference have none"):
        with_subset(context, Subset(per_label=3)).rows(Preference, ["preferences"], "train")
