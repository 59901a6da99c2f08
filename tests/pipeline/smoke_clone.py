"""What the tests of the whole pipeline share: a temporary clone with the smoke profile, run by `dvc repro`.

The profile is run in two clones, each with a part of its recipes, because two workers share the tests. All domains
are in the first; the second prepares them all, and runs its recipes on one.

`dvc repro` is the one of `harness repro`, which reads dvc.lock faster. It and its stages that load much run in a fork
server, because most of the time of a stage on a tiny model are imports. `harness repro --starter` runs the same
trainings in processes of their own, to the same bytes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from harness.config.project import Project
from harness.running.tasks.task import DVC
from harness.scoring.contract import get_kind
from tests.fork_server import write_python
from tests.tree import ROOT

VECTORS_ONLY = {"encoder", "mnrl"}
WITHOUT_SCORE = {*VECTORS_ONLY, "model", "judge", "teacher"}
"""Vectors, reward models and judges answer no question of the domain."""
KNOW_LABELS_ONLY = {"majority", "tfidf", "setfit", "heads"}
DOMAINS = {"hs_products", "construction_law"}
WITH_FILES = {"shapes_vqa": "easy_vqa", "vowels": "japanese_vowels"}
"""Domain with files that only the second clone prepares -> its source. `wine` is in both: commands of the docs train on
it."""
SERVED = (
    *("advise", "base", "board", "collect", "compare", "curve", "export", "fingerprint", "ingest", "prepare"),
    *("preferences", "questions", "report", "samples", "score", "search", "show", "train", "tune", "vectors"),
)
"""Verbs that run in the fork server."""

REFERENCE = "baseline/zero_shot"
"""In every clone: the reference of every difference."""


def in_first_clone(recipe: str) -> bool:
    """The baselines, and what most stands on."""
    return recipe.startswith("baseline/") or recipe in ("sft/full", "peft/lora")


def in_second_clone(recipe: str) -> bool:
    """The other adapters and families; `peft/lora` is what multi-task rows are compared with."""
    return recipe in (REFERENCE, "peft/lora") or not in_first_clone(recipe)


def run(clone: Path, *command: str, check: bool = True) -> str:
    """Output of a command in the clone, with this interpreter's programs first on the path."""
    done = subprocess.run(command, cwd=clone, env=environment(clone), capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, f"{command} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout + done.stderr


def environment(clone: Path, *, forks: bool = True) -> dict[str, str]:
    """With the fork server's `python` of a smoke clone first on the path, then this interpreter's programs."""
    folders = [*([programs_of(clone)] if forks else []), Path(sys.executable).parent, os.environ["PATH"]]
    return {**os.environ, "PATH": os.pathsep.join(map(str, folders))}


def programs_of(clone: Path) -> Path:
    """Where the `python` of a smoke clone is; beside it, or git would see it."""
    return clone.with_name(f"{clone.name}-programs")


def stages_run(output: str) -> list[str]:
    return re.findall(r"Running stage '([^']+)'", output)


def keep_recipes(params: Path, wanted: Callable[[str], bool]) -> None:
    """Take the other recipes out of the lists in params.yaml."""

    def kept(listed: re.Match[str]) -> str:
        indent, family, names = listed.groups()
        kept_names = [name for name in names.split(", ") if name and wanted(f"{family}/{name}")]
        return f"{indent}{family}: [{', '.join(kept_names)}]"

    text = params.read_text()
    for block in (r"(?ms)^(wide:.*?)(?=^official:)", r"(?ms)^(recipes:.*?)(?=^starter:)"):
        before, lists, after = re.split(block, text)
        text = before + re.sub(r"(?m)^( +)(\w+): \[(.*)\]", kept, lists) + after
    starter = re.search(r"(?m)^starter: \[(.*?)\]", text)
    assert starter
    started = ", ".join(recipe for recipe in starter.group(1).split(", ") if wanted(recipe))
    params.write_text(text[: starter.start()] + f"starter: [{started}]" + text[starter.end() :])


def keep_domains(params: Path, wanted: set[str]) -> None:
    """Run recipes on these alone; the others stay prepared."""
    text = params.read_text()
    domains = re.search(r"(?m)^domains: \[(.*?)\]", text)
    assert domains
    listed = domains.group(1).split(", ")
    kept = ", ".join(name for name in listed if name in wanted)
    params.write_text(text[: domains.start()] + f"domains: [{kept}]" + text[domains.end() :])


def without_files(params: Path) -> None:
    """Prepare fewer domains with files; the recipes that read them are in the other clone."""
    text = re.sub(r"(?ms)^domains_of:.*?^sequences:", "domains_of: {}\nsequences:", params.read_text())
    for domain, source in WITH_FILES.items():
        text = re.sub(rf"(?m)^(prepared_domains: .*), {domain}\b", r"\1", text)
        text = re.sub(rf"(?m)^(sources: .*), {source}\b", r"\1", text)
    params.write_text(text)


def shorten_answers(suites: Path) -> None:
    """Cut written answers off early: models of random weights write on to the end: half of a scoring."""
    for path in suites.glob("*.yaml"):
        suite = re.sub(r"(?m)^max_new_tokens: .*\n", "", path.read_text())
        kind = re.search(r"(?m)^kind: (\w+)", suite)
        assert kind
        if get_kind(kind.group(1)).generates:
            path.write_text(f"{suite}max_new_tokens: 8\n")


def smoke_clone(folder: Path, wanted: Callable[[str], bool], *, domains: set[str] = DOMAINS) -> Path:
    """A clone of the working tree with the wanted recipes of the smoke profile, after its first `dvc repro`."""
    committed_clone(folder)
    (folder / "dvc.lock").unlink()  # of the published runs; DVC reads and writes all of it at each stage
    shorten_answers(folder / "data/suites")
    python = write_python(programs_of(folder) / "python", verbs=SERVED)
    dvc = python.with_name("dvc")
    dvc.write_text(f'#!/bin/sh\nexec {python} -m {DVC} "$@"\n')
    dvc.chmod(0o755)
    run(folder, "python", "-m", "harness", "profile", "smoke", "--force")
    run(folder, "python", "-m", "harness", "check")
    keep_recipes(folder / "params.yaml", wanted)
    keep_domains(folder / "params.yaml", domains)
    if not wanted("multimodal/text_only"):
        without_files(folder / "params.yaml")
    run(folder, "python", "-m", "harness", "pipeline", "--write")  # the later steps of sequences name their recipes
    run(folder, "dvc", "repro")
    return folder


def committed_clone(folder: Path) -> Path:
    """A repository with the files of the working tree, committed ones and others that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    run(folder, "git", "init", "-q")
    run(folder, "git", "add", "-A")
    run(folder, "git", "-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-qm", "clone")
    return folder


def assert_all_on_the_board(clone: Path, wanted: Callable[[str], bool], *, domains: set[str] = DOMAINS) -> int:
    """Every wanted recipe of the profile has a sound row in each domain; how many rows there are.

    Recipes that learn sequences have a section of their own.
    """
    board = json.loads((clone / "reports/leaderboard.json").read_text())
    rows = {(row["domain"], f"{row['family']}/{row['recipe']}") for row in board["rows"]}
    project = Project(clone)
    params = project.params
    recipes = {
        f"{family}/{name}"
        for family, names in params.recipes.items()
        for name in names
        if not project.in_sequences(family)
    }
    expected = {(run.domains[0], run.recipe_id) for run in project.runs() if run.recipe_id in recipes}
    assert all(wanted(recipe) for recipe in recipes)
    asked_more = {f"{family}/{name}" for family, names in params.wide.recipes.items() for name in names}
    assert rows == expected
    assert {domain for domain, recipe in rows if not recipe.startswith("multimodal/")} == domains
    assert {row["status"] for row in board["rows"]} == {"ok"}
    for row in board["rows"]:
        if f"{row['family']}/{row['recipe']}" in asked_more:
            vectors = row["suites"]["embedding_labels"]["value"]
            assert (vectors is None) == (row["recipe"] in KNOW_LABELS_ONLY)
        score = row["score"]
        assert (score is None) == (row["recipe"] in WITHOUT_SCORE)
        if score:
            assert 0 <= score["low"] <= score["value"] <= score["high"] <= 1
            assert row["n"] > 0
        assert row["cost"]["train_seconds"] > 0
        assert row["memory"]["train_peak_mb"] > 0
    searched = {(domain, row["recipe"]) for domain, found in board["vectors"].items() for row in found["rows"]}
    assert searched == {(domain, recipe) for domain, recipe in rows if recipe.split("/")[1] in VECTORS_ONLY}
    markdown = (clone / "reports/leaderboard.md").read_text()
    assert all(recipe.split("/")[1] in markdown for recipe in recipes)
    return len(rows)
