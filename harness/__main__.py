"""`python -m harness VERB`: the table of contents of the harness, and the errors that end every verb.

harness help train
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from harness.verbs import VERBS

NO_SPACE = "No space left on device"


def usage() -> str:
    """The text of `harness --help`."""
    width = max(map(len, VERBS))
    lines = [f"  {verb:<{width}}  {help_text}" for verb, help_text in VERBS.items()]
    return "\n".join(
        [
            "usage: harness VERB [OPTION ...]",
            "       harness help VERB",
            "       harness --version",
            "",
            *lines,
            "",
            "`harness repro` runs the stages that are missing or stale; `harness plan` lists those that would run.",
        ]
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code; print an error that the user can act on without a traceback."""
    _replace_unprintable_characters()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["help"]:
        arguments = [*arguments[1:2], "--help"]
    match arguments:
        case [] | ["-h" | "--help", *_]:
            print(usage())
            return 0
        case ["--version", *_]:
            import harness

            print(f"harness {harness.__version__}")
            return 0
        case [verb, *rest] if verb in VERBS:
            module = _module_of(verb)
            return 1 if module is None else _run(verb, module, rest)
    from harness.errors import did_you_mean

    print(f'harness: unknown verb "{arguments[0]}": {did_you_mean(arguments[0], VERBS)}', file=sys.stderr)
    return 2


def _replace_unprintable_characters() -> None:
    """Print `?` for characters that the terminal's encoding lacks (a dash in ASCII) instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _module_of(verb: str) -> ModuleType | None:
    """The module of the verb; None, and a printed hint, if a package that it imports is not installed."""
    try:
        return importlib.import_module(f"harness.verbs.{verb.replace('-', '_')}")
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "harness":
            raise
        print(
            f"harness: the package {error.name!r} is not installed for {sys.executable}\n"
            "  hint: run `make setup`, then `source .venv/bin/activate`",
            file=sys.stderr,
        )
        return None


def _run(verb: str, module: ModuleType, arguments: Sequence[str]) -> int:
    from harness.display.plain_text import plain
    from harness.errors import HarnessError

    try:
        code = int(module.main(arguments))
        sys.stdout.flush()  # here, where a closed pipe can still be handled; Python's own flush at exit is too late
        return code
    except HarnessError as error:
        # the message may quote names and texts of users' files, which must not control the terminal
        print("\n".join(plain(line) for line in f"harness {verb}: {error}".split("\n")), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"harness {verb}: interrupted; no half-written output is left", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that Python's flush at exit does not fail
        return 141  # what a shell reports for SIGPIPE, as in `harness query ... | head`
    except Exception as error:  # a full disk is an OSError, a RuntimeError or a library's own error
        if getattr(error, "errno", None) != errno.ENOSPC and NO_SPACE not in str(error):
            raise
        print(
            f"harness {verb}: no space left on device ({getattr(error, 'filename', None) or 'unknown file'})\n"
            "  hint: free some space (`dvc gc -w` deletes old cached runs) and repeat; no half-written output is left",
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main())
