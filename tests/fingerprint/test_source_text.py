from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.fingerprint.source_text import code_only, source_hash

ROOT = Path(__file__).parents[2]

MODULE = '''\
"""A module."""

from __future__ import annotations

import os  # the system


# what follows is well known
@decorated(  # with an argument
    "not a docstring"
)
class Thing:
    """A class."""

    size: int = 1
    """A field."""

    async def go(self, x):
        r"""A raw
        docstring of several lines.

        """

        def inner():
            \'\'\'Another.\'\'\'
            return f"{x!r:>{10}} # no comment {os.sep}"

        return inner() + """two
~~~~~~~~
   # lines, still no comment

""" + f"""{x}

#{x}
"""  # but this is one


class Empty:
    """Only a docstring."""
'''.replace("~", " ")

CODE = '''\
from __future__ import annotations
import os
@decorated(
    "not a docstring"
)
class Thing:
    size: int = 1
    async def go(self, x):
        def inner():
            return f"{x!r:>{10}} # no comment {os.sep}"
        return inner() + """two
~~~~~~~~
   # lines, still no comment

""" + f"""{x}

#{x}
"""
class Empty:
'''.replace("~", " ")


def test_only_comments_docstrings_and_blank_lines_go() -> None:
    assert code_only(MODULE) == CODE


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ""),
        ("# only a comment", ""),
        ('"""Only a docstring."""', ""),
        ('"""Doc."""; x = 1  # one line', "; x = 1\n"),
        ("def f(): 'doc'", "def f():\n"),
        ("def f(): 'doc'; return 1", "def f(): ; return 1\n"),
        ("class A: pass  # nothing", "class A: pass\n"),
        ("lambda: 'no docstring'", "lambda: 'no docstring'\n"),
        ("'doc' 'and more'\nx = 1", "x = 1\n"),
        ("('doc'  # first\n 'more')\nx = 1", "x = 1\n"),
        ("'äöü — 🙂'; x = 'ä'  # ü", "; x = 'ä'\n"),
        ("def f():\n    f'no {1} docstring'\n", "def f():\n    f'no {1} docstring'\n"),
        ("def f():\n    b'no docstring'\n", "def f():\n    b'no docstring'\n"),
        ("if x:\n    'does nothing'\n", "if x:\n"),
        ("x = 1\n'of the attribute'\n", "x = 1\n"),
        ("x = [\n\n    1,  # one\n\n    2,\n]\n", "x = [\n    1,\n    2,\n]\n"),
        ("x = ('a'  # one\n     'b')\n", "x = ('a'\n     'b')\n"),
        ("x = f'{a}' f'''{b}\n\n{c}'''  # c\n", "x = f'{a}' f'''{b}\n\n{c}'''\n"),
        ("'''doc\n\nmore'''; x = '''a\n\nb'''", "; x = '''a\n\nb'''\n"),
        ("x = 1 \\\n    + 2   \n", "x = 1 \\\n    + 2\n"),
        ("x = '\\\n'  # c", "x = '\\\n'\n"),
    ],
)
def test_odd_sources_are_cut_at_the_right_place(source: str, expected: str) -> None:
    assert code_only(source) == expected


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a mark"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["unix", "windows"])
def test_the_hash_does_not_depend_on_line_ends_or_a_mark(tmp_path: Path, end: bytes, mark: bytes) -> None:
    path, other = tmp_path / "a.py", tmp_path / "b.py"
    path.write_bytes(mark + MODULE.encode().replace(b"\n", end))
    other.write_text(CODE + "    pass\n")
    path.write_bytes(path.read_bytes() + b"    pass" + end)
    assert source_hash(path) == source_hash(other)


def test_a_changed_word_of_code_changes_the_hash(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(MODULE)
    before = source_hash(path)
    for old, new in (
        ("A module.", "Anything"),
        ("A field.", "A number."),
        ("well known", "new"),
        ("\n\n\n", "\n\n\n\n"),
        ("# the system", ""),
    ):
        path.write_text(MODULE.replace(old, new))
        assert source_hash(path) == before, old
    for old, new in (
        ("size: int = 1", "size: int = 2"),
        ("# no comment", "#"),
        ("   # lines", "  # lines"),
        (".go", ".go"),
    ):
        path.write_text(MODULE.replace(old, new))
        assert (source_hash(path) == before) == (old == new), old


def test_our_own_files_keep_every_name_and_lose_every_docstring() -> None:
    for path in sorted((ROOT / "harness").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        left = code_only(source)
        tree = ast.parse(source)
        assert all(node.id in left for node in ast.walk(tree) if isinstance(node, ast.Name)), path
        docstring = ast.get_docstring(tree, clean=False)
        assert docstring is None or docstring not in left, path


TEXT = st.text(alphabet="aä🙂 #'\"\\\n\t{}", max_size=30)


@given(strings=st.lists(TEXT, min_size=1, max_size=4), comment=st.text(alphabet="ab #'\"ü", max_size=10))
def test_strings_survive_whatever_is_in_them(strings: list[str], comment: str) -> None:
    lines = [f"x{number} = {string!r}  #{comment}" for number, string in enumerate(strings)]
    triple = [f'y{number} = """{string}\n"""  #{comment}' for number, string in enumerate(strings) if _plain(string)]
    source = "\n\n".join([f'"""{comment}."""' if '"' not in comment else "", *lines, *triple]) + "\n"
    bare: dict[str, object] = {}
    full: dict[str, object] = {}
    exec(code_only(source), bare)
    exec(source, full)
    assert {key: value for key, value in bare.items() if key[0] in "xy"} == {
        key: value for key, value in full.items() if key[0] in "xy"
    }


def _plain(string: str) -> bool:
    return '"' not in string and "\\" not in string
