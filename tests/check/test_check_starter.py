from __future__ import annotations

from pathlib import Path

from tests.mini_tree import only, set_everywhere, told, write_mini_tree


def test_an_unknown_starter_row_is_a_problem_with_a_suggestion(tmp_path: Path) -> None:
    root = write_mini_tree(tmp_path)
    set_everywhere(root, "recipes:\n", "starter: [peft/lorra]\nrecipes:\n")
    assert 'unknown recipe "peft/lorra"' in only(root)
    assert 'did you mean "peft/lora"?' in only(root)


def test_a_starter_row_that_does_not_run_is_no_problem(tmp_path: Path) -> None:
    root = write_mini_tree(tmp_path)
    set_everywhere(root, "recipes:\n", "starter: [peft/prompt]\nrecipes:\n")
    set_everywhere(root, "[lora, prompt]", "[lora]")
    assert told(root) == []
