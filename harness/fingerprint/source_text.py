"""The code of a Python file without comments, docstrings and blank lines."""

from __future__ import annotations

import ast
import hashlib
import io
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path


def source_hash(path: Path) -> str:
    """sha256 of the code of one file.

    The text is hashed and not a syntax tree, because trees and their dumps differ between Python versions.

    Raises:
        SyntaxError: the file is not Python.
    """
    with tokenize.open(path) as file:
        return hashlib.sha256(code_only(file.read()).encode("utf-8")).hexdigest()


def code_only(source: str) -> str:
    """The source without comments, blank lines and docstrings, including those of attributes. Other strings stay.

    Raises:
        SyntaxError: `source` is not Python.
    """
    lines = source.split("\n")
    docstrings = list(_docstrings(ast.parse(source)))
    cuts = [cut for docstring in docstrings for cut in _cuts(docstring, lines)]
    strings: set[int] = set()
    """Numbers (from 0) of lines that end inside a string: their blanks and empty lines belong to the string."""
    opened: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        first, last = token.start[0] - 1, token.end[0] - 1
        kind = tokenize.tok_name[token.type]
        if kind == "COMMENT":
            cuts.append((first, token.start[1], token.end[1]))
        elif kind == "STRING":
            strings.update(range(first, last))
        elif kind == "FSTRING_START":  # Python >= 3.12 splits an f-string into several tokens
            opened.append(first)
        elif kind == "FSTRING_END":
            strings.update(range(opened.pop(), last))
    strings.difference_update(*(range(node.lineno - 1, (node.end_lineno or 0) - 1) for node in docstrings))
    for line, start, end in sorted(cuts, reverse=True):
        lines[line] = lines[line][:start] + lines[line][end:]
    kept = (text if number in strings else text.rstrip() for number, text in enumerate(lines))
    return "".join(f"{text}\n" for number, text in enumerate(kept) if text or number in strings)


def _docstrings(tree: ast.Module) -> Iterator[ast.Expr]:
    """Statements that consist of a string alone: docstrings, also those below an attribute. They have no effect."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node


def _cuts(node: ast.Expr, lines: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Line, first and last character of each line of a statement."""
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    for line in range(first, last + 1):
        start = _characters(lines[line], node.col_offset) if line == first else 0
        end = _characters(lines[line], node.end_col_offset or 0) if line == last else len(lines[line])
        yield line, start, end


def _characters(line: str, offset: int) -> int:
    """The number of characters in `offset` bytes: ast counts bytes of UTF-8, tokenize counts characters."""
    return len(line.encode("utf-8")[:offset].decode("utf-8"))
