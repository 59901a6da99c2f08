"""`python -m harness VERB`: the table of contents of the harness."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Sequence

VERBS = {
    "domain": "add your own domain from a file; show, list and remove domains",
    "check": "validate every YAML file of the tree, without any heavy import",
    "profile": "write params.yaml from a ready-made profile: smoke, cpu or gpu",
    "pipeline": "generate the stages of the families in dvc.yaml from recipes/",
    "plan": "what `dvc repro` would run, in which order, with time, memory and money",
    "memory": "predict the memory a recipe needs, from a model's configuration alone",
    "fingerprint": "hash the code that each stage uses, so that DVC re-runs what changed",
    "fetch": "download and verify the pinned sources",
    "base": "make the pretrained model of a role ready to load",
    "collect": "turn a domain's source into items, each in one split",
    "questions": "make the questions that suites bring along",
    "prepare": "decontaminate a domain's items; make its views and data card",
    "train": "run one recipe on a domain with a seed",
    "score": "score one run with every suite",
    "curve": "a recipe's learning curve: trained and scored with 8, 16, 32, 64 items",
    "tune": "choose a recipe's learning rate by validation items, from its declared grid",
    "export": "a finished run as a Hugging Face folder; --merge folds the adapter in",
    "ingest": "build the DuckDB store and its Parquet files from all records",
    "report": "write the boards from the Parquet files",
    "leaderboard": "show the board in the terminal",
    "compare": "two recipes or runs, suite by suite, with the items that flipped",
    "samples": "read the answers of a run, item by item",
    "query": "ask the store in SQL",
}
"""Verb -> what it does. `harness/verbs/<verb>.py` holds `main(argv) -> exit code`."""

NO_SPACE = "No space left on device"


def usage() -> str:
    """The text of `--help`."""
    width = max(map(len, VERBS))
    lines = [f"  {verb:<{width}}  {help_text}" for verb, help_text in VERBS.items()]
    return "\n".join(["usage: harness VERB [--help] ...", "", *lines, "", "`dvc repro` runs them all in order."])


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; an error that the user can mend is told without a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help"):
        print(usage())
        return 0
    try:
        from harness.display.plain_text import plain
        from harness.errors import HarnessError, did_you_mean

        verb = arguments[0]
        if verb not in VERBS:
            print(f'harness: unknown verb "{verb}": {did_you_mean(verb, VERBS)}', file=sys.stderr)
            return 2
        module = importlib.import_module(f"harness.verbs.{verb}")
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "harness":
            raise
        print(
            f"harness: the package {error.name!r} is not installed for {sys.executable}\n"
            "  hint: run `make setup`, then `source .venv/bin/activate`",
            file=sys.stderr,
        )
        return 1
    try:
        code = int(module.main(arguments[1:]))
        sys.stdout.flush()  # here and not at the end of Python, where nobody could catch a reader that has left
        return code
    except HarnessError as error:
        # names and texts of users' files stand in it, and must not steer the terminal
        print("\n".join(plain(line) for line in f"harness {verb}: {error}".split("\n")), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"harness {verb}: interrupted; nothing half-written is left", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it flushes again
        return 141  # as a program that SIGPIPE ends, such as in `harness query ... | head`
    except Exception as error:  # a full disk is an OSError here, a RuntimeError or another library's error there
        if getattr(error, "errno", None) != errno.ENOSPC and NO_SPACE not in str(error):
            raise
        print(
            f"harness {verb}: no space left on device ({getattr(error, 'filename', None) or 'unknown file'})\n"
            "  hint: free some (`dvc gc -w` drops old cached runs), then repeat; nothing half-written is left",
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main())
