"""`python -m dvc`, `python -m harness VERB` and `python -c CODE` without their imports, which take most of their time.

    test or stage -> program written by `write_python` -> socket -> fork server -> fork: python -m harness train ...

The fork server is one process for all tests of a worker. It has imported the libraries, and forks for each command. The
child gets the folder, the environment, the arguments and the open files of the program that asked, and does what a new
Python does with them: it imports the harness from the folders that a new process would search. Only libraries are
shared.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import types
import weakref
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from harness.running.tasks.task import DVC
from tests.tree import ROOT

LIBRARIES = (
    *("dvc.cli.parser", "dvc.cachemgr", "dvc.data_cloud", "dvc.repo.graph", "dvc.repo.index", "dvc.repo.plots"),
    *("dvc.stage.cache", "duckdb", "matplotlib.backends.backend_agg", "pyarrow.parquet", "pydantic", "rich.console"),
    *("mteb", "rouge_score.rouge_scorer", "ruamel.yaml", "sacrebleu", "yaml"),
    *("datasets", "peft", "sentence_transformers", "sklearn.feature_extraction.text", "sklearn.linear_model"),
    *("transformers.models.bert.modeling_bert", "transformers.models.llama.modeling_llama"),
    *("transformers.models.t5.modeling_t5", "transformers.trainer_seq2seq", "trl.trainer.sft_trainer"),
)
"""What the server imports. A command imports by itself what is not in the list."""

PROGRAM = """\
#!{python} -IS
# Written by tests/fork_server.py: the fork server runs some commands, the others are processes of their own.
import json, os, socket, sys

options = sys.argv[1:]
safe = options[:1] == ["-P"]
flag, code, *arguments = [*options[safe:], "", ""][: max(2, len(options) - safe)]
verbs = {verbs!r}
served = flag == "-c" and not verbs
if flag == "-m":
    served = code in ("dvc", {dvc!r}) or code == "harness" and (not verbs or "".join(arguments[:1]) in verbs)
if not served:
    os.execv({python!r}, [{python!r}, *options])
request = dict(
    folder=os.getcwd(), environment=dict(os.environ), safe=safe, module=flag == "-m", code=code, arguments=arguments,
)
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [b"files"], [0, 1, 2])
    server.recv(1)
    server.sendall(json.dumps(request).encode() + b"\\n")
    sys.exit(int(server.recv(8) or b"1"))
"""


def write_python(path: Path, *, verbs: Sequence[str] = ()) -> Path:
    """Write a program `python` whose `-m dvc`, `-m harness VERB` and `-c CODE` run in the fork server; it is returned.

    Args:
        verbs: serve the harness for these verbs only, and no `-c`. All other commands start the real Python.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PROGRAM.format(python=sys.executable, dvc=DVC, verbs=tuple(verbs), address=_address()))
    path.chmod(0o755)
    return path


@cache
def served_python() -> Path:
    """The program of `write_python` for all verbs."""
    return write_python(Path(_address()).with_name("python"))


@cache
def _address() -> str:
    """The socket of this process's fork server, which is started at the first call and ends with this process."""
    folder = Path(tempfile.mkdtemp(prefix="fork"))  # not pytest's: a socket's path may have about 100 characters
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fork_server", str(folder / "socket")],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stdout.readline() == b"ready\n", "the fork server did not start"
    _started.append(process)
    return str(folder / "socket")


_started: list[subprocess.Popen[bytes]] = []
"""The server. It ends when the pipe to it is closed, which happens when this process ends."""


def main(address: str) -> None:
    """Serve until stdin is closed. A child returns from `_wait` and becomes what was asked for."""
    _import_libraries()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)
        request = _wait(listener)
    if request:
        _become(**request)
    shutil.rmtree(Path(address).parent)
    os._exit(0)  # libraries would complain about what is left


def _wait(listener: socket.socket) -> dict[str, Any] | None:
    """In a child: what it was forked for. In the server: None, after stdin was closed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the processes that answer
    while listener in select.select([listener, sys.stdin], [], [])[0]:
        asking, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            return _child_that_answers(asking)
        asking.close()
    return None


def _child_that_answers(asking: socket.socket) -> dict[str, Any]:
    """In a further child: what it was forked for. This process waits for it and sends its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, files, _, _ = socket.recv_fds(asking, 16, 3)
    asking.sendall(b"+")
    with asking.makefile("rb") as lines:
        request: dict[str, Any] = json.loads(lines.readline())
    child = os.fork()
    if child == 0:
        asking.close()
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        return request
    for file in files:
        os.close(file)
    _, status = os.waitpid(child, 0)
    asking.sendall(str(os.waitstatus_to_exitcode(status) % 256).encode())
    os._exit(0)


def _become(
    *,
    folder: str,
    environment: dict[str, str],
    safe: bool,
    module: bool,
    code: str,
    arguments: list[str],
) -> None:
    """Do what `python -m code arguments` or `python -c code arguments` does after its start, and end this process."""
    # those of the server remember what kind of files they once had
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    given = [entry for entry in environment.get("PYTHONPATH", "").split(os.pathsep) if entry]
    sys.path[:1] = [*([] if safe else [folder if module else ""]), *given]
    for name in [name for name in sys.modules if name.split(".")[0] in ("harness", "tests")]:
        del sys.modules[name]
    sys.argv = [code if module else "-c", *arguments]
    status = 0
    try:
        if module:
            runpy.run_module(code, run_name="__main__", alter_sys=True)
        else:
            sys.modules["__main__"] = types.ModuleType("__main__")
            exec(compile(code, "<string>", "exec", dont_inherit=True), vars(sys.modules["__main__"]))
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        status = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # what Python does beyond this takes long with so many modules


def _import_libraries() -> None:
    from harness.runtime.compiler import without_compiler
    from harness.runtime.quiet import quiet_libraries

    quiet_libraries()
    without_compiler()
    for name in LIBRARIES:
        importlib.import_module(name)
    _forget_what_libraries_do_at_the_end()
    gc.collect()
    gc.freeze()  # collections in a child would copy the pages of all these modules


def _forget_what_libraries_do_at_the_end() -> None:
    """A child does at its end what it asked for itself. torch would take half a second to unregister its operators."""
    finalize: Any = weakref.finalize
    atexit._clear()
    for finalizer in finalize._registry.values():
        finalizer.atexit = False
    finalize._registered_with_atexit = False  # the first finalizer of a child asks again


if __name__ == "__main__":
    main(sys.argv[1])
