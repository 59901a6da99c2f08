"""What changed in each stage since its last run: dvc.yaml, dvc.lock and the files here, compared as DVC does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.errors import HarnessError
from harness.freshness.content_hashes import ContentHashes
from harness.freshness.lock_file import Locked, plain, read_lock
from harness.freshness.stages import read_stages
from harness.freshness.yaml_1_2 import read_yaml_1_2


@dataclass(frozen=True)
class StageState:
    """The state of one stage."""

    name: str
    """`peft@lora-hs_products-0`."""
    upstream: tuple[str, ...] = ()
    """Names of the stages whose outputs it depends on."""
    never_ran: bool = False
    command_changed: bool = False
    changed_inputs: Mapping[str, str] = field(default_factory=dict)
    """Path -> what changed, in words. Inputs that another stage makes are in `stale_inputs`."""
    stale_inputs: Mapping[str, str] = field(default_factory=dict)
    """Path -> what changed, for inputs that stages of `upstream` make; DVC makes these first."""
    absent_inputs: tuple[str, ...] = ()
    """Inputs that are not here. `dvc repro --allow-missing` does not mind as long as dvc.lock says that they are
    as they were, unless the stage has to run."""
    changed_outputs: Mapping[str, str] = field(default_factory=dict)
    """Path -> what changed, in words, for outputs that are here."""
    missing_outputs: tuple[str, ...] = ()
    """Outputs that are not here."""
    locked_inputs: Mapping[str, str] = field(default_factory=dict)
    """Path of each input file -> md5 when the stage last ran."""
    locked_outputs: Mapping[str, str] = field(default_factory=dict)
    """Path of each output -> md5 when the stage last ran."""
    cached_outputs: frozenset[str] = frozenset()
    """Outputs that DVC keeps in its cache; git keeps the others."""
    resources: Mapping[str, Any] = field(default_factory=dict)
    """`meta.resources` of dvc.yaml."""


class Pipeline:
    """The stages of a project, and what is on disk beside them.

    Raises:
        ConfigError: dvc.yaml, dvc.lock or a file of parameters cannot be read.
    """

    def __init__(self, root: Path, *, large_files: bool = True) -> None:
        """`large_files`: read what DVC keeps in its cache, such as weights. Else dvc.lock is believed about these."""
        self.root = root
        self.large_files = large_files
        self.stages = {stage.name: stage for stage in read_stages(root)}
        self.lock = read_lock(root)
        self.hashes = ContentHashes(root)
        self._params: dict[str, Any] = {}

    def states(self) -> list[StageState]:
        """All stages, each after the stages that it depends on."""
        states = [self.state(name) for name in self.order]
        self.hashes.remember()
        return states

    @cached_property
    def order(self) -> list[str]:
        """Names of all stages, each after those that it depends on, else as in dvc.yaml."""
        done: dict[str, None] = {}
        for name in self.stages:
            stack = [name]
            while stack:
                waiting = [other for other in self.upstream(stack[-1]) if other not in done and other not in stack]
                if waiting:
                    stack.append(waiting[0])
                else:
                    done[stack.pop()] = None
        return list(done)

    def upstream(self, name: str) -> tuple[str, ...]:
        """The stages that make what the stage depends on."""
        found = {maker for path in self.stages[name].deps for maker in self.makers(path)}
        return tuple(sorted(found - {name}))

    def makers(self, path: str) -> Sequence[str]:
        """The stages that make a path, something inside it, or a folder around it."""
        parts = path.rstrip("/").split("/")
        for length in range(len(parts), 0, -1):
            if maker := self._maker_of.get("/".join(parts[:length])):
                return (maker,)
        return self._makers_below.get(path.rstrip("/"), ())

    def state(self, name: str) -> StageState:
        """What changed in one stage."""
        stage, locked = self.stages[name], self.lock.get(name)
        own: dict[str, Any] = {
            "name": name,
            "upstream": self.upstream(name),
            "absent_inputs": tuple(path for path in stage.deps if not (self.root / path).exists()),
            "cached_outputs": frozenset(out.path for out in stage.outs if out.cached),
            "resources": stage.resources,
        }
        if locked is None:
            return StageState(**own, never_ran=True)
        inputs = {path: what for path in stage.deps if (what := self._changed_dep(path, locked))}
        params = {
            file: what
            for file, keys in stage.params.items()
            if (what := self._changed_params(file, keys, locked.params.get(file)))
        }
        made = {path for path in inputs if self.makers(path)}
        read = [out.path for out in stage.outs if self.large_files or not out.cached]
        here = {path: self.hashes.md5(path) for path in read}
        return StageState(
            **own,
            command_changed=locked.command != stage.command,
            changed_inputs={path: what for path, what in inputs.items() if path not in made} | params,
            stale_inputs={path: inputs[path] for path in inputs if path in made},
            changed_outputs={
                path: "modified" if path in locked.outs else "new"
                for path, md5 in here.items()
                if md5 is not None and md5 != locked.outs.get(path)
            },
            missing_outputs=tuple(path for path, md5 in here.items() if md5 is None),
            locked_inputs=locked.deps,
            locked_outputs=locked.outs,
        )

    def _changed_dep(self, path: str, locked: Locked) -> str | None:
        """`modified`, `new` or `deleted`; null if it is as it was, or is not here and nothing says that it changed."""
        before = locked.deps.get(path)
        if before is None:
            return "new"
        makers = self.makers(path)
        believed = not self.large_files and path in self._maker_of
        now = None if believed else self.hashes.md5(path)
        if now is not None:
            return "modified" if now != before else None
        if not makers:
            return "deleted"
        made = self.lock[makers[0]].outs.get(path) if makers[0] in self.lock else None
        return "modified" if made is not None and made != before else None

    def _changed_params(self, file: str, keys: tuple[str, ...], locked: Mapping[str, Any] | None) -> str | None:
        """`r modified, dropout new`: which keys changed; null if none did."""
        if not (self.root / file).is_file():
            return "deleted"
        if locked is None:
            return "new"
        actual = self._values(file)
        whole = not keys
        words = []
        for key in keys or dict.fromkeys([*actual, *locked]):
            value, found = (actual.get(key), key in actual) if whole else _looked_up(actual, key)
            if not found:
                words.append(f"{key} deleted")
            elif key not in locked:
                words.append(f"{key} new")
            elif value != locked[key]:
                words.append(f"{key} modified")
        return ", ".join(words) or None

    def _values(self, file: str) -> Any:
        if file not in self._params:
            self._params[file] = plain(read_yaml_1_2(self.root / file) or {})
        return self._params[file]

    @cached_property
    def _maker_of(self) -> dict[str, str]:
        return {out.path: stage.name for stage in self.stages.values() for out in stage.outs}

    @cached_property
    def _makers_below(self) -> dict[str, list[str]]:
        """Folder -> the stages that make something below it."""
        found: dict[str, list[str]] = {}
        for path, maker in self._maker_of.items():
            for folder in _folders_around(path):
                found.setdefault(folder, []).append(maker)
        return {folder: sorted(set(makers)) for folder, makers in found.items()}


def _folders_around(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _looked_up(values: Any, key: str) -> tuple[Any, bool]:
    """The value of a key such as `scoring.items`, and whether it is there."""
    for part in key.split("."):
        if not isinstance(values, Mapping) or part not in values:
            return None, False
        values = values[part]
    return values, True


def require_dvc(root: Path) -> None:
    """Refuse a folder in which `dvc repro` cannot run.

    Raises:
        HarnessError: it is not a DVC repository.
    """
    if not (root / ".dvc").is_dir():
        hint = "run `git init && dvc init` there, or use a clone of the harness"
        raise HarnessError("is not a DVC repository", where=str(root), hint=hint)
