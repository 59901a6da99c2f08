"""The stages of the pipeline as DVC sees them, in the order of `dvc repro`, and what changed since each last ran."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import HarnessError


@dataclass(frozen=True)
class StageState:
    """The state of one stage on disk."""

    name: str
    """`peft@lora-hs_products-0`."""
    upstream: tuple[str, ...]
    """Names of the stages whose outputs it depends on."""
    never_ran: bool
    command_changed: bool
    changed_inputs: Mapping[str, str]
    """Path -> what changed, in words. Inputs that another stage makes are in `stale_inputs`."""
    stale_inputs: Mapping[str, str]
    """Path -> what changed, for inputs that a stage of `upstream` makes. DVC makes them again before this stage."""
    changed_outputs: Mapping[str, str]
    """Path -> what changed, in words."""
    outputs_in_cache: bool
    """Whether DVC can restore the outputs of the last run from its cache."""
    locked_inputs: Mapping[str, str | None]
    """Path of each input file -> md5 when the stage last ran."""
    resources: Mapping[str, Any]
    """`meta.resources` of dvc.yaml."""


def read_stages(root: Path) -> list[StageState]:
    """All stages, each after the stages that it depends on.

    Raises:
        HarnessError: `root` is not a DVC repository, DVC is busy, or dvc.yaml cannot be read.
    """
    from dvc.exceptions import DvcException, NotDvcRepoError
    from dvc.lock import LockError
    from dvc.repo import Repo
    from dvc.repo.reproduce import get_active_graph, plan_repro

    try:
        with Repo(str(root)) as repo:
            graph = get_active_graph(repo.index.graph)
            changes = repo.status()
            maker = _maker(graph)
            return [
                _state(stage, changes.get(stage.addressing, []), set(graph.successors(stage)), maker)
                for stage in plan_repro(graph)
            ]
    except NotDvcRepoError:
        raise HarnessError(
            "is not a DVC repository",
            where=str(root),
            hint="run `git init && dvc init` there, or use a clone of the harness",
        ) from None
    except LockError:
        raise HarnessError(
            "another DVC process is running here", where=str(root), hint="try again when it has finished"
        ) from None
    except DvcException as error:
        raise HarnessError(
            f"DVC cannot read the pipeline: {error}", where=str(root), hint="see `dvc status`"
        ) from error


def _state(stage: Any, changes: list[Any], upstream: set[Any], maker: Callable[[str], Any]) -> StageState:
    inputs: dict[str, str] = {}
    stale: dict[str, str] = {}
    outputs: dict[str, str] = {}
    paths = {dependency.def_path: dependency.fs_path for dependency in stage.deps}
    for change in changes:
        if isinstance(change, dict):
            outputs.update(change.get("changed outs", {}))
            for path, what in change.get("changed deps", {}).items():
                made = path in paths and maker(paths[path]) in upstream
                (stale if made else inputs)[path] = _in_words(what)
    return StageState(
        name=stage.addressing,
        upstream=tuple(sorted(other.addressing for other in upstream)),
        never_ran=bool(changes) and not any(part.hash_info for part in (*stage.deps, *stage.outs)),
        command_changed="changed command" in changes or "always changed" in changes,
        changed_inputs=inputs,
        stale_inputs=stale,
        changed_outputs=outputs,
        outputs_in_cache=bool(outputs) and all(_in_cache(out) for out in stage.outs),
        locked_inputs={part.def_path: part.hash_info.value for part in stage.deps if part.hash_info.name == "md5"},
        resources=(stage.meta or {}).get("resources", {}),
    )


def _in_cache(out: Any) -> bool:
    """Whether DVC's cache has the output. The run cache also keeps the outputs that are in git."""
    kept = copy(out)
    kept.use_cache = True
    return bool(kept.hash_info) and not kept.changed_cache()


def _maker(graph: Any) -> Callable[[str], Any]:
    """Function from a path to the stage that makes it, something inside it, or a folder around it."""
    makers = {Path(out.fs_path): stage for stage in graph for out in stage.outs}

    def of(path: str) -> Any:
        wanted = Path(path)
        for folder in (wanted, *wanted.parents):
            if folder in makers:
                return makers[folder]
        return next((stage for out, stage in makers.items() if wanted in out.parents), None)

    return of


def _in_words(what: str | Mapping[str, str]) -> str:
    """DVC gives one word for a file, and one word per key for a parameter file; this joins them."""
    return what if isinstance(what, str) else ", ".join(f"{key} {word}" for key, word in what.items())
