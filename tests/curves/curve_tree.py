"""A prepared project whose low-resource recipes are few and small."""

from __future__ import annotations

from harness.config.project import Project
from tests.mini_tree import edit

CURVES = "curves: {k: [4, 8], subsets: 2, items: 12}"


def with_lowresource(project: Project, *names: str) -> Project:
    """The tree with these recipes of the family active."""
    params = project.root / "params.yaml"
    edit(params, "  lowresource: []", f"  lowresource: [{', '.join(names)}]")
    return Project(project.root)


def with_curves(project: Project, curves: str) -> Project:
    """The tree with other settings of the curves."""
    edit(project.root / "params.yaml", CURVES, curves)
    return Project(project.root)
