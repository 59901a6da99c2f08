import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.verbs.completion import main


def completed(script: str, line: str, folder: Path) -> list[str]:
    """What bash offers at the end of `line`, with the tests' own `harness` on the path."""
    words = line.split(" ")
    call = (
        f"{script}\nCOMP_WORDS=({' '.join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}\n"
        '_harness; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", call], capture_output=True, text=True, check=True, cwd=folder, env={**os.environ, "PATH": path}
    )
    return done.stdout.split()


@pytest.fixture
def script(capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["bash"]) == 0
    return capsys.readouterr().out


def test_bash_completes_verbs_options_and_recipes(script: str, tmp_path: Path) -> None:
    (tmp_path / "recipes/peft").mkdir(parents=True)
    for name in ("lora", "_family"):
        (tmp_path / f"recipes/peft/{name}.yaml").touch()
    assert completed(script, "harness lead", tmp_path) == ["leaderboard"]
    assert completed(script, "harness train peft/", tmp_path) == ["peft/lora"]
    assert completed(script, "harness train --do", tmp_path) == ["--domain"]


def test_zsh_gets_the_same_script_after_its_bridge_to_bash(script: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["zsh"]) == 0
    bridge, found = capsys.readouterr().out.split("_harness() {", 1)
    assert "bashcompinit" in bridge
    assert script == "_harness() {" + found
