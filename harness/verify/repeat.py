"""Train and score a run again, each in a process of its own, as in the pipeline: both start with little memory."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from harness.config.project import Project, RunKey
from harness.config.seen import as_seen_by
from harness.errors import DataError, HarnessError
from harness.runtime.quiet import quiet_libraries
from harness.training.parents import parent_runs
from harness.training.train import base_of, opened
from harness.verify.elsewhere import Elsewhere

Stage = Literal["train", "score"]


@dataclass(frozen=True)
class Repetition:
    """Where runs are repeated."""

    project: Project
    folder: Path
    """A temporary one, outside everything that git or DVC tracks."""
    run_ids: Collection[str]
    """The runs that are repeated here: those asked for, and parents without weights."""

    def records(self, key: RunKey) -> Path:
        """Where the repetition of a run leaves its records."""
        return Elsewhere(self.project.root, folder=self.folder, run_ids=self.run_ids).record_folder(key)

    def run(self, key: RunKey) -> Path:
        """Train and score a run; its record folder.

        Raises:
            HarnessError: as `train` and `score`, or the process was killed.
        """
        self.stage(key, "train")
        self.stage(key, "score")
        return self.records(key)

    def forget_weights(self, key: RunKey) -> None:
        """Remove the weights of a repeated run, so that many runs need little space."""
        weights = Elsewhere(self.project.root, folder=self.folder, run_ids=self.run_ids).run_folder(key)
        shutil.rmtree(weights, ignore_errors=True)

    def stage(self, key: RunKey, stage: Stage) -> None:
        """One stage of a run in a new process. What it prints goes to stderr.

        Raises:
            HarnessError: as `run`.
        """
        context = multiprocessing.get_context("spawn")
        receiver, sender = context.Pipe(duplex=False)
        ids = tuple(self.run_ids)
        process = context.Process(target=_stage, args=(sender, self.project.root, self.folder, ids, key, stage))
        process.start()
        sender.close()
        try:
            error = receiver.recv()
        except EOFError:  # it ended without a word
            error = None
        except BaseException:
            process.terminate()
            raise
        finally:
            process.join()
        if error:
            what, where, expected, hint = error
            raise HarnessError(what, where=where, expected=expected, hint=hint)
        if process.exitcode:
            raise HarnessError(
                f"the process that should {stage} {key.id} ended with exit code {process.exitcode}",
                hint="the traceback is above; -9: the system killed it, most likely for lack of memory",
            )


def lineage(project: Project, key: RunKey) -> set[RunKey]:
    """Every run that a run starts from, directly or through its parents."""
    parents = set(parent_runs(project, key).values())
    return parents.union(*(lineage(project, parent) for parent in parents))


def needed_runs(project: Project, keys: Collection[RunKey]) -> list[RunKey]:
    """The runs to repeat, parents first: `keys`, and every ancestor of them whose weights are not here."""
    found: dict[str, RunKey] = {}

    def add(key: RunKey) -> None:
        for parent in parent_runs(project, key).values():
            if parent in keys or not project.run_folder(parent).is_dir():
                add(parent)
        found.setdefault(key.id, key)

    for key in keys:
        add(key)
    return list(found.values())


def require_inputs(project: Project, keys: Collection[RunKey]) -> None:
    """Find out before hours of work whether data and base models are here.

    Raises:
        DataError: a domain is not prepared, or a base model is missing.
        ConfigError: a recipe does not exist any more.
    """
    for key in keys:
        opened(project, project.scored_domains(key))
        base, name = base_of(project, project.recipe(key.recipe_id))
        if base is not None and not base.is_dir():
            raise DataError(f"the base model {name} is not here", where=str(base), hint="run `dvc repro base`")


def _stage(sender: Connection, root: Path, folder: Path, run_ids: tuple[str, ...], key: RunKey, stage: Stage) -> None:
    """What the new process does."""
    os.dup2(2, 1)  # standard output belongs to the result
    quiet_libraries()
    project = as_seen_by(Elsewhere(root, folder=folder, run_ids=run_ids), key)
    try:
        if stage == "train":
            from harness.training.train import train

            train(project, key)
        else:
            from harness.scoring.score import score

            score(project, key)
    except HarnessError as error:
        sender.send((error.what, error.where, error.expected, error.hint))
    else:
        sender.send(None)
    finally:
        sender.close()
