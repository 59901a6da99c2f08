"""Write the outcome of a search into the recipe's file: the value into `run`, the evidence into `tuned`.

Comments in the file are kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from harness.config.edits.yaml_edit import YamlEdit
from harness.config.grid import parameter_path
from harness.config.project import FAMILY_FILE
from harness.config.strict import read_yaml
from harness.config.tuned import Tried, Tuned, Value
from harness.runtime.atomic_output import atomic_file


def write_tuned(path: Path, tuned: Tuned) -> bool:
    """Rewrite the recipe file at `path`. Return whether `run` changed, so that `dvc repro` will train the recipe again.

    Raises:
        ConfigError: the file is not valid YAML.
    """
    edit = YamlEdit(path)
    spelled = _spellings(edit.content, path)
    changed = _set_value(edit.content["run"], parameter_path(tuned.parameter), spelled[tuned.chosen])
    edit.content["tuned"] = _block(tuned, spelled)
    with atomic_file(path) as working:
        working.write_bytes(edit.text().encode("utf-8"))
    return changed


def _spellings(content: CommentedMap, path: Path) -> dict[Value, Any]:
    """Value -> its spelling in the grid: `3e-4` is easier to read than 0.0003."""
    declared = content.get("tune") or read_yaml(path.with_name(FAMILY_FILE)).get("tune") or {}
    return {value: value for values in declared.values() for value in values}


def _set_value(run: CommentedMap, path: tuple[str, ...], value: Any) -> bool:
    node = run
    for key in path[:-1]:
        node = node.setdefault(key, CommentedMap())  # the family file may hold the other settings
    if node.get(path[-1]) == value:
        return False
    node[path[-1]] = value
    return True


def _block(tuned: Tuned, spelled: dict[Value, Any]) -> CommentedMap:
    block = CommentedMap(
        on=tuned.on,
        domain=tuned.domain,
        seed=tuned.seed,
        base_model=tuned.base_model,
        metric=tuned.metric,
        items=tuned.items,
        parameter=tuned.parameter,
        grid=CommentedSeq([spelled[value] for value in tuned.grid]),
        trials=CommentedSeq([_line(trial, spelled) for trial in tuned.trials]),
        chosen=spelled[tuned.chosen],
        validation_score=round(tuned.validation_score, 4),
    )
    block["grid"].fa.set_flow_style()
    block.yaml_add_eol_comment("by `harness tune`, on validation items", "on")
    return block


def _line(trial: Tried, spelled: dict[Value, Any]) -> CommentedMap:
    line = CommentedMap(value=spelled[trial.value])
    if trial.validation_score is not None:
        line["validation_score"] = round(trial.validation_score, 4)
    else:
        line["failed"] = trial.failed
    line["seconds"] = round(trial.seconds)
    line.fa.set_flow_style()
    return line
