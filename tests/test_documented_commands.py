"""Every command in README and docs names a verb, options and make targets that exist."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from harness.verbs import VERBS
from tests.documented_commands import PAGES, commands, words
from tests.tree import ROOT

FOR_ALL = {"--help", "--version"}
HARNESS = {command: page for command, page in commands("harness").items() if "VERB" not in command}


def test_the_pages_show_commands() -> None:
    assert {"harness leaderboard", "harness check"} <= {" ".join(words(command)[:2]) for command in HARNESS}


@pytest.mark.parametrize("command", sorted(HARNESS))
def test_a_documented_command_has_a_verb_and_options_that_exist(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, verb, *rest = words(command)
    if verb in FOR_ALL or verb == "help":
        return
    verbs = verb.split("|")  # `smoke|cpu|gpu` lists what can stand there
    assert set(verbs) <= set(VERBS), f"{HARNESS[command]}: {command}"
    options = {word.partition("=")[0] for word in rest if word.startswith("--")} - FOR_ALL
    known = "".join(help_of(name, rest, capsys) for name in verbs)
    assert all(re.search(rf"{option}\b", known) for option in options), f"{HARNESS[command]}: {command}"


def help_of(verb: str, rest: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What `--help` prints: of the verb, and of its own command (`harness domain add`) where it has some."""
    module = importlib.import_module(f"harness.verbs.{verb.replace('-', '_')}")
    texts = []
    for arguments in (["--help"], [*rest[:1], "--help"]):
        with pytest.raises(SystemExit):
            module.main(arguments)
        texts.append(capsys.readouterr().out)
    return "".join(texts)


def test_documented_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    named = {words(command)[1] for command in commands("make")}
    assert named <= targets, named - targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_to_files_and_headings(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\((?!\w+:)([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        found = page.parent / path if path else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


def anchors(page: Path) -> set[str]:
    """Names of the headings of a page, as git hosts make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
