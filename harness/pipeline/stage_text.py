"""A stage group of dvc.yaml as text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class StageGroup:
    """One stage group: DVC makes a stage of it for each combination of values of its matrix."""

    name: str
    description: str
    matrix: Mapping[str, str]
    """Axis -> values as YAML."""
    command: str
    deps: Sequence[str]
    params: Sequence[str]
    """Keys of params.yaml, or what `tracked_keys` gives for another file."""
    outs: Sequence[str] = ()
    """Folders that DVC keeps in its cache."""
    records: Sequence[str] = ()
    """Folders of records: outs that git keeps."""
    persist: bool = False
    """Whether DVC leaves the earlier records in place when the stage starts, so that it can keep parts of them."""
    resources: Mapping[str, float] = field(default_factory=dict)
    """`cpus`, `gpus`, `memory_gb`: hints for planning and for `harness repro --jobs N`. DVC ignores them."""

    def text(self) -> str:
        """The group as YAML below `stages:`, with a final newline."""
        matrix = ", ".join(f"{axis}: {values}" for axis, values in self.matrix.items())
        record = "{cache: false, persist: true}" if self.persist else "{cache: false}"
        lines = [
            f"{self.name}:",
            f"  desc: {_scalar(self.description)}",
            f"  matrix: {{{matrix}}}",
            f"  cmd: {self.command}",
            *_list("deps", self.deps),
            *_list("params", self.params),
            *_list("outs", [*self.outs, *(f"{folder}: {record}" for folder in self.records)]),
        ]
        if self.resources:
            hints = ", ".join(f"{name}: {value:g}" for name, value in self.resources.items())
            lines.append(f"  meta: {{resources: {{{hints}}}}}")
        return "".join(f"  {line}\n" for line in lines)


def tracked_keys(path: str, *keys: str) -> str:
    """An entry of `params`: the keys of another YAML file than params.yaml that DVC tracks."""
    return f'"{path}": [{", ".join(keys)}]'


def _list(key: str, entries: Sequence[str]) -> list[str]:
    return [f"  {key}:", *(f"    - {entry}" for entry in entries)]


def _scalar(text: str) -> str:
    """A text that YAML might read as something else gets quotes."""
    plain = text[:1].isalpha() and not any(mark in text for mark in (": ", " #", "\n")) and not text.endswith(":")
    return text if plain else json.dumps(text, ensure_ascii=False)
