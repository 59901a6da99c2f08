import errno
import os
import subprocess
import sys
import types
from collections.abc import Callable

import duckdb
import pytest
from safetensors import SafetensorError

import harness
from harness.__main__ import main
from harness.errors import DataError, did_you_mean
from harness.verbs import VERBS
from tests.tree import ROOT


@pytest.fixture
def verb(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], list[str]]:
    """Replace the verb `check` by one that raises; returns its arguments."""

    def install(error: BaseException) -> list[str]:
        module = types.ModuleType("harness.verbs.check")

        def fail(argv: list[str]) -> int:
            raise error

        module.main = fail  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "harness.verbs.check", module)
        return ["check"]

    return install


def test_an_unknown_verb_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["leaderbord"]) == 2
    assert 'did you mean "leaderboard"?' in capsys.readouterr().err


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    text = capsys.readouterr().out
    assert all(verb in text for verb in VERBS)


def test_a_user_error_is_printed_without_a_traceback(
    verb: Callable[[BaseException], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    error = DataError("is empty", where="a.csv:3", expected="a row", hint="add one")
    assert main(verb(error)) == 1
    assert capsys.readouterr().err == ("harness check: a.csv:3: is empty\n  expected: a row\n  hint: add one\n")


def test_a_name_in_an_error_cannot_steer_the_terminal(
    verb: Callable[[BaseException], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(verb(DataError('no column "\x1b[31mred\x07"', hint="name it"))) == 1
    assert capsys.readouterr().err == 'harness check: no column " [31mred "\n  hint: name it\n'


def test_a_full_disk_says_what_to_do(
    verb: Callable[[BaseException], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(verb(OSError(errno.ENOSPC, "No space left on device", "model.safetensors"))) == 1
    text = capsys.readouterr().err
    assert "no space left" in text
    assert "model.safetensors" in text
    assert "dvc gc" in text


@pytest.mark.parametrize("kind", [RuntimeError, duckdb.IOException, SafetensorError])
def test_a_full_disk_is_recognised_in_errors_of_other_libraries(
    kind: type[Exception], verb: Callable[[BaseException], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(verb(kind("I/O error: No space left on device (os error 28)"))) == 1
    assert "dvc gc" in capsys.readouterr().err


def test_a_reader_that_closes_the_pipe_ends_a_verb_silently() -> None:
    code = (
        "import sys, types\n"
        "from harness.__main__ import main\n"
        "verb = types.ModuleType('harness.verbs.check')\n"
        "verb.main = lambda argv: print('line\\n' * int(argv[0])) or 0\n"
        "sys.modules['harness.verbs.check'] = verb\n"
        "sys.exit(main(['check', sys.argv[1]]))\n"
    )
    for lines in ("1", "100000"):  # less than a buffer, and more
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([sys.executable, "-c", code, lines], stdout=write, stderr=subprocess.PIPE, check=False)
        os.close(write)
        assert (done.returncode, done.stderr) == (141, b"")


def test_ctrl_c_ends_with_130(verb: Callable[[BaseException], list[str]]) -> None:
    assert main(verb(KeyboardInterrupt())) == 130


def test_a_bug_keeps_its_traceback(verb: Callable[[BaseException], list[str]]) -> None:
    with pytest.raises(ZeroDivisionError):
        main(verb(ZeroDivisionError()))
    with pytest.raises(PermissionError):
        main(verb(PermissionError(errno.EACCES, "denied")))
    with pytest.raises(RuntimeError, match="size mismatch"):
        main(verb(RuntimeError("size mismatch")))


def test_a_verb_is_one_line_of_help(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"])
    lines = capsys.readouterr().out.splitlines()
    for verb, about in VERBS.items():
        assert any(line.split() == [verb, *about.split()] for line in lines)


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"harness {harness.__version__}\n"


def test_help_of_a_verb_is_that_of_its_own_option(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for arguments in (["help", "check"], ["check", "--help"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert "usage: harness check" in texts[0]


def test_help_without_a_verb_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    text = capsys.readouterr().out
    assert all(verb in text for verb in VERBS)


def test_help_of_an_unknown_verb_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", "trian"]) == 2
    assert 'did you mean "train"?' in capsys.readouterr().err


@pytest.mark.parametrize(
    "settings",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=["ascii", "latin-1", "C"],
)
def test_a_terminal_without_unicode_shows_the_board(settings: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "harness", "leaderboard"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "300", **settings},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"baseline/tfidf" in done.stdout


def test_an_error_with_a_dash_reaches_an_ascii_terminal() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "harness", "domain", "show", "no—such"],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"no?such" in done.stderr
    assert b"Traceback" not in done.stderr


def test_suggestions_fall_back_to_the_known_names() -> None:
    assert did_you_mean("zzz", ["lora", "full"]) == "known: full, lora"
    assert did_you_mean("zzz", []) == "known: none"
