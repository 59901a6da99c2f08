"""Does dvc.yaml have the stage groups of the families that exist?"""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from harness.config.complaints import Complaints
from harness.config.curve_key import CURVE_FAMILY, CURVE_STAGE
from harness.config.strict import read_yaml
from harness.errors import ConfigError, HarnessError

COMMON_STAGES = ("fingerprint", "fetch", "base", "collect", "questions", "prepare", "ingest", "report")
"""Stage groups of dvc.yaml that serve all families."""


def stage_problems(path: Path, families: list[str]) -> list[HarnessError]:
    """A train group `<family>` and a score group `score_<family>` for each family, one for curves, and no others."""
    try:
        content = read_yaml(path)
    except ConfigError as error:
        return [error]
    complaints = Complaints(path, content)
    stages = content.get("stages")
    if not isinstance(stages, CommentedMap):
        complaints.add("there are no stages", "stages", expected="a mapping `stages:`")
        return list(complaints.found)
    axes = {group: matrix_axes(family) for family in families for group in (family, f"score_{family}")}
    if CURVE_FAMILY in families:
        axes[CURVE_STAGE] = {axis: values for axis, values in matrix_axes(CURVE_FAMILY).items() if axis != "seed"}
    for group, expected in axes.items():
        if group not in stages:
            other = "copy that of another family and change the name"
            hint = "take it from the repository" if group == CURVE_STAGE else other
            complaints.add(f'the stage group "{group}" is missing', "stages", hint=hint)
        else:
            _matrix(complaints, group, expected)
    for group in stages:
        if group not in axes and group not in COMMON_STAGES:
            complaints.unknown("stage group", str(group), [*axes, *COMMON_STAGES], "stages", group)
    return list(complaints.found)


def matrix_axes(family: str) -> dict[str, str]:
    """The matrix of both groups of a family; order counts, it is the order of the parts of the run's name."""
    return {"recipe": f"${{recipes.{family}}}", "domain": "${domains}", "seed": f"${{seeds.{family}}}"}


def _matrix(complaints: Complaints, group: str, expected: dict[str, str]) -> None:
    stage = complaints.content["stages"][group]
    found = stage.get("matrix") if isinstance(stage, CommentedMap) else None
    if not isinstance(found, CommentedMap):
        wanted = ", ".join(f'{axis}: "{values}"' for axis, values in expected.items())
        complaints.add(f'the stage group "{group}" has no matrix', "stages", group, expected=f"matrix: {{{wanted}}}")
        return
    if list(found) != list(expected):
        given = ", ".join(map(str, found))
        complaints.add(f'the axes of "{group}" are {given}', "stages", group, "matrix", expected=", ".join(expected))
    for axis, values in expected.items():
        if axis in found and found[axis] != values:
            complaints.add(
                f'the axis {axis} of "{group}" is {found[axis]}',
                "stages",
                group,
                "matrix",
                axis,
                expected=f'"{values}"',
            )
