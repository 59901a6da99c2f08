from __future__ import annotations

from pathlib import Path

import pytest

from harness.config.project import Project
from harness.pipeline.generated_section import write_section
from tests.mini_tree import add_domain, add_family, edit, only, set_everywhere, told, write_mini_tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree whose family `multimodal` has a recipe for table rows."""
    root = write_mini_tree(tmp_path)
    add_domain(root, "rows")
    edit(root / "data/domains/rows.yaml", "builder: table", "media: table\nbuilder: table")
    (root / "harness/methods/boosting.py").write_text("")
    add_family(root, "multimodal", "title: Multi-modal\norder: 2\nrun: {}\n", trees="boosting")
    edit(root / "recipes/multimodal/trees.yaml", "run:", "media: [table]\nrun:")
    (root / "data/suites/extra.yaml").write_text((root / "data/suites/classification.yaml").read_text())
    add_domain(root, "parts")
    few = "recipes_on: {parts: [peft/lora]}"
    own = f"domains_of: {{multimodal: [rows]}}\n{few}\nmore_suites: {{multimodal: [extra]}}"
    set_everywhere(root, "domains: [goods]", f"domains: [goods]\n{own}")
    write_section(Project(root))
    assert told(root) == []
    return root


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("{multimodal: [rows]}", "{multimodl: [rows]}", 'did you mean "multimodal"?'),
        ("{multimodal: [rows]}", "{multimodal: [row]}", 'unknown domain "row"\n  hint: did you mean "rows"?'),
        ("{multimodal: [rows]}", "{multimodal: [rows, rows]}", 'the domain "rows" is listed 2 times'),
        ("prepared_domains: [parts, rows, ", "prepared_domains: [parts, ", 'the domain "rows" is not prepared'),
        (
            "{multimodal: [rows]}",
            "{multimodal: [goods]}",
            "multimodal/trees reads table, and no domain of multimodal has",
        ),
        ("{multimodal: [rows]}", "{}", "multimodal/trees reads table, and no domain of multimodal has such files"),
        ("{parts: [peft/lora]}", "{part: [peft/lora]}", 'unknown domain "part"\n  hint: did you mean "parts"?'),
        ("{parts: [peft/lora]}", "{goods: [peft/lora]}", "goods is in `domains` or `domains_of`, where every recipe"),
        ("{parts: [peft/lora]}", "{parts: [peft/lra]}", 'unknown recipe "peft/lra"'),
        ("{parts: [peft/lora]}", "{parts: [peft/lora, peft/lora]}", 'the recipe "peft/lora" is listed 2 times'),
        ("peft: [lora, prompt]", "peft: [prompt]", "peft/lora does not run\n  hint: add lora to recipes.peft"),
        ("prepared_domains: [parts, ", "prepared_domains: [", 'the domain "parts" is not prepared'),
        ("{multimodal: [extra]}", "{multimodal: [extr]}", 'unknown suite "extr"'),
        ("{multimodal: [extra]}", "{multimodal: [classification]}", "classification is in `suites` or `wide.suites`"),
    ],
)
def test_a_wrong_list_of_a_family_is_reported_with_its_line(tree: Path, old: str, new: str, expected: str) -> None:
    edit(tree / "params.yaml", old, new)
    found = [problem for problem in told(tree) if expected in problem and problem.startswith("params.yaml:")]
    assert len(found) == 1, told(tree)


def test_media_of_a_recipe_must_be_what_its_method_reads(tree: Path) -> None:
    edit(tree / "recipes/multimodal/trees.yaml", "media: [table]", "media: [image]")
    assert any("method boosting reads files of the kind table" in problem for problem in told(tree))
    edit(tree / "recipes/multimodal/trees.yaml", "media: [image]", "media: [table]")
    edit(tree / "recipes/peft/lora.yaml", "run:", "media: [table]\nrun:")
    assert "method lora does not need files of some kind" in only(tree)


def test_the_reference_of_a_family_must_be_one_of_its_recipes(tree: Path) -> None:
    edit(tree / "recipes/multimodal/_family.yaml", "order: 2", "order: 2\nreference: treees")
    assert "names multimodal/treees, which does not exist" in only(tree)
