"""The project with other choices than params.yaml makes: other recipes, domains or seeds. No file is edited."""

from __future__ import annotations

from pathlib import Path

from harness.config.params import Params
from harness.config.project import Project


class ChosenProject(Project):
    """The project in `root` with the settings `params` in place of those in params.yaml."""

    def __init__(self, root: Path, params: Params) -> None:
        super().__init__(root)
        self.__dict__["params"] = params  # where the cached property of Project keeps what it read
