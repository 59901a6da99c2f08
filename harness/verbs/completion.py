"""Verb `completion`: print a script that completes `harness` commands in a shell.

Example: `source <(harness completion bash)`
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.verbs import VERBS

# Options come from the verb's own help, so that they are never out of date. Recipes are files below recipes/.
BASH = """\
_harness() {
  local word="${COMP_WORDS[COMP_CWORD]}" verb="${COMP_WORDS[1]}" choices
  if [ "$COMP_CWORD" -eq 1 ] || { [ "$verb" = help ] && [ "$COMP_CWORD" -eq 2 ]; }; then
    choices="@VERBS@ help"
  elif [[ "$word" == -* ]]; then
    choices="$(harness "$verb" --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]*' | sort -u)"
  else
    choices="$(ls -d recipes/*/[!_]*.yaml 2>/dev/null | sed 's|^recipes/||; s|\\.yaml$||')"
  fi
  COMPREPLY=($(compgen -W "$choices" -- "$word"))
}
complete -o default -F _harness harness
"""
ZSH = "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n"
"""Lets zsh run the script for bash."""


def main(argv: Sequence[str]) -> int:
    """`harness completion bash|zsh`."""
    parser = argparse.ArgumentParser(
        prog="harness completion",
        description="Print a script that completes verbs, options and recipes in your shell.",
        epilog="example: source <(harness completion bash)",
    )
    parser.add_argument("shell", choices=("bash", "zsh"))
    options = parser.parse_args(argv)
    script = BASH.replace("@VERBS@", " ".join(VERBS))
    print(ZSH + script if options.shell == "zsh" else script, end="")
    return 0
