from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.pipeline.generated_section import write_section
from tests.mini_tree import add_domain, add_family, edit, only, set_everywhere, told, write_mini_tree

FAMILY = "title: Continual learning\norder: 7\nruns_on: sequences\nrun: {}\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with a family that learns the domains `goods` and `services` one after another."""
    root = write_mini_tree(tmp_path)
    add_domain(root, "services")
    add_family(root, "continual", FAMILY, naive="lora")
    set_everywhere(root, "sequences: {}", "sequences: {trade: [goods, services]}")
    write_section(Project(root))
    assert told(root) == []
    return root


@pytest.mark.parametrize(
    ("sequences", "expected"),
    [
        ("{trade: [goods]}", 'the sequence "trade" has 1 domain\n  expected: at least two domains'),
        ("{trade: []}", 'the sequence "trade" has 0 domains'),
        ("{trade: [goods, services, goods]}", 'the domain "goods" is listed 2 times'),
        ("{trade: [goods, servises]}", 'unknown domain "servises"\n  hint: did you mean "services"?'),
        ("{trade: [goods, unready]}", 'the sequence "trade" learns the domain "unready", which is not prepared'),
        ("{trade: goods}", "\"sequences.trade\" is 'goods'"),
    ],
)
def test_a_wrong_sequence_is_reported_with_its_line(tree: Path, sequences: str, expected: str) -> None:
    (tree / "data/domains/unready.yaml").write_text((tree / "data/domains/goods.yaml").read_text())
    edit(tree / "params.yaml", "sequences: {trade: [goods, services]}", f"sequences: {sequences}")
    found = [problem for problem in told(tree) if expected in problem]
    assert len(found) == 1, told(tree)
    assert re.match(r"params\.yaml:\d+: ", found[0])


SLICES = "slices: {a: {of: goods, labels: [animals]}, b: {of: goods, labels: [books]}}"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[books]", "[animals]", 'the label "animals" is in two slices of the sequence "trade": a and b'),
        ("[books]", "[animal]", 'unknown label of goods "animal"\n  hint: did you mean "animals"?'),
        ("[books]", "[books, books]", 'the label "books" is listed 2 times'),
        ("b: {of: goods", "b: {of: good", 'unknown prepared domain "good"'),
        ("{trade: [a, b]}", "{trade: [goods, b]}", 'the sequence "trade" learns goods and a slice of it'),
        ("{trade: [a, b]}", "{trade: [a]}", 'the sequence "trade" has 1 domain'),
        ("[books]", "[]", "is an empty list"),
        ("labels: [books]", "clusters: []", "is an empty list"),
        ("labels: [books]", "clusters: [x, x]", 'the cluster "x" is listed 2 times'),
        ("labels: [books]", "clusters: [x]", 'the label "animals" is in two slices of the sequence "trade": a and b'),
        ("slices: {a:", "slices: {services:", 'the slice "services" has the name of a domain'),
    ],
)
def test_a_wrong_slice_is_reported_with_its_line(tree: Path, old: str, new: str, expected: str) -> None:
    set_everywhere(tree, "sequences: {trade: [goods, services]}", f"sequences: {{trade: [a, b]}}\n{SLICES}")
    write_section(Project(tree))
    edit(tree / "params.yaml", old, new)
    found = [problem for problem in told(tree) if expected in problem]
    assert found, told(tree)
    assert re.match(r"params\.yaml:\d+: ", found[0])


@pytest.mark.parametrize(
    ("second", "shared"),
    [('"2002-08"', False), ('"2002-07-3"', True), ('"2002-06", "2002"', True)],
)
def test_slices_by_clusters_may_not_overlap(tree: Path, second: str, shared: bool) -> None:
    slices = f'slices: {{a: {{of: goods, clusters: ["2002-07"]}}, b: {{of: goods, clusters: [{second}]}}}}'
    set_everywhere(tree, "sequences: {trade: [goods, services]}", f"sequences: {{trade: [a, b]}}\n{slices}")
    write_section(Project(tree))
    what = 'the cluster "2002-07" is in two slices of the sequence "trade": a and b'
    assert any(what in problem for problem in told(tree)) == shared


def test_slices_have_a_stage_and_are_scored_on_their_domain(tree: Path) -> None:
    edit(tree / "recipes/continual/_family.yaml", "run: {}", "untrained: zero\nrun: {}")
    (tree / "harness/methods/zero_shot.py").touch()
    (tree / "recipes/continual/zero.yaml").write_text("about: {title: Base}\nrun: {method: zero_shot}\n")
    set_everywhere(tree, "continual: [naive]", "continual: [zero, naive]")
    set_everywhere(tree, "sequences: {trade: [goods, services]}", f"sequences: {{trade: [a, b]}}\n{SLICES}")
    project = Project(tree)
    write_section(project)
    assert told(tree) == []
    assert [run.id for run in project.runs() if run.family == "continual"] == [
        "continual/zero-a-0",  # trains nothing: the first step only
        "continual/naive-a-0",
        "continual/naive-a+b-0",
    ]
    text = (tree / "dvc.yaml").read_text()
    assert "matrix: {slice: [a, b]}" in text
    second = text.partition("  continual-2-a-b:\n")[2].partition("\n\n")[0]
    assert "recipe: [naive]" in second
    assert "- data/slices/b/views" in second
    scoring = text.partition("  score_continual-2-a-b:\n")[2].partition("\n\n")[0]
    assert "- data/prepared/goods/views" in scoring
    assert "data/slices" not in scoring


def test_a_recipe_that_the_matrix_needs_must_exist(tree: Path) -> None:
    edit(tree / "recipes/continual/_family.yaml", "run: {}", "upper_bound: joined\nrun: {}")
    assert "names continual/joined, which does not exist" in only(tree)
    edit(tree / "recipes/peft/_family.yaml", "order: 1", "order: 1\nupper_bound: lora")
    assert "go with `runs_on: sequences`" in "\n".join(told(tree))


def test_a_family_on_sequences_needs_one(tree: Path) -> None:
    set_everywhere(tree, "sequences: {trade: [goods, services]}", "sequences: {}")
    write_section(Project(tree))
    what = "the recipes of continual learn one domain after another, and there are no sequences"
    assert [what in problem for problem in told(tree)] == [True, True]
    set_everywhere(tree, "continual: [naive]", "continual: []")
    assert told(tree) == []


def test_another_sequence_makes_dvc_yaml_out_of_date(tree: Path) -> None:
    set_everywhere(tree, "[goods, services]", "[services, goods]")
    assert "run `harness pipeline --write`" in only(tree)
    write_section(Project(tree))
    assert told(tree) == []


def test_curves_do_not_go_with_sequences(tree: Path) -> None:
    edit(tree / "recipes/continual/_family.yaml", "run: {}", "learning_curves: true\nrun: {}")
    assert "a learning curve belongs to one domain" in "\n".join(told(tree))


def test_the_parent_of_a_first_step_must_run_on_its_domain(tree: Path) -> None:
    edit(tree / "recipes/continual/naive.yaml", "method: lora", "method: lora\n  init: peft/prompt")
    write_section(Project(tree))
    assert told(tree) == []
    set_everywhere(tree, "[goods, services]", "[services, goods]")
    write_section(Project(tree))
    assert "continual/naive starts from peft/prompt, which does not run on services" in only(tree)


def test_a_method_whose_runs_cannot_be_continued_learns_no_sequence(tree: Path) -> None:
    (tree / "harness/methods/prompt_tuning.py").touch()
    edit(tree / "recipes/continual/naive.yaml", "method: lora", "method: prompt_tuning")
    assert "continual/naive cannot continue from its own run: " in only(tree)
