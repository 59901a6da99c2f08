"""Which modules of the harness, and which packages, a module can come to use."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness.errors import HarnessError

PACKAGE = "harness"

LOADED_BY_NAME = {
    "harness.domains.collect": "harness/domains/builders",
    "harness.suites.build": "harness/suites/sets",
    "harness.scoring.score": "harness/scoring/kinds",
    "harness.scoring.metric_registry": "harness/scoring/kinds",
}
"""Loader -> folder whose modules it imports by a name from a YAML file, which no import statement shows.

`harness.training.registry` does the same and is left out on purpose: a recipe uses one method, and its
fingerprint names that method as a root, so that editing a method re-runs its own recipes only. So is
`harness.scoring.contract`, where the look-up of kinds stands: methods may import it without asking any suite; and
`harness.suites.contract`: who reads questions depends on the questions, not on how they are made.
"""


@dataclass(frozen=True)
class Import:
    """One imported name: `from harness.errors import HarnessError` is ("harness.errors", "HarnessError")."""

    module: str
    name: str | None
    line: int
    optional: bool
    """It stands in a `try` that goes on without it."""


@dataclass(frozen=True)
class Closure:
    """Everything that the roots can come to use."""

    modules: tuple[Path, ...]
    """Files of the harness, sorted."""
    packages: dict[str, str]
    """Top name of every import from outside -> where it stands (`harness/x.py:3`); optional ones are left out
    unless some other import needs them."""
    optional: frozenset[str]
    """Top names of imports that may be absent."""


class Imports:
    """Follows import statements below one project root; parsed files are remembered."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.imports_of = cache(self._imports_of)

    def closure(self, roots: Iterable[str]) -> Closure:
        """All that the modules `roots` import, statically, also inside functions.

        Raises:
            HarnessError: an import of a harness module that does not exist, or a file that is not Python.
        """
        found: dict[str, Path] = {}
        packages: dict[str, str] = {}
        optional: set[str] = set()
        waiting = [(name, "") for name in roots]
        while waiting:
            name, where = waiting.pop()
            if name in found:
                continue
            path = self.file(name)
            if path is None:
                raise HarnessError(f'imports "{name}", which does not exist', where=where or str(self.root))
            found[name] = path
            waiting += [(parent, where) for parent in _parents(name)]
            if name in LOADED_BY_NAME:
                waiting += [(module, where) for module in self._folder(LOADED_BY_NAME[name])]
            for item in self.imports_of(name):
                place = f"{path.relative_to(self.root)}:{item.line}"
                if item.module.split(".")[0] == PACKAGE:
                    waiting += [(module, place) for module in self._targets(item)]
                elif item.optional:
                    optional.add(item.module.split(".")[0])
                else:
                    packages.setdefault(item.module.split(".")[0], place)
        stdlib = sys.stdlib_module_names
        return Closure(
            modules=tuple(sorted(found.values())),
            packages={name: packages[name] for name in sorted(packages) if name not in stdlib},
            optional=frozenset(optional - set(packages) - stdlib),
        )

    def file(self, module: str) -> Path | None:
        """`harness.store` -> its `__init__.py`, `harness.errors` -> `harness/errors.py`; None if there is neither."""
        path = self.root.joinpath(*module.split("."))
        for candidate in (path.with_suffix(".py"), path / "__init__.py"):
            if candidate.is_file():
                return candidate
        return None

    def _targets(self, item: Import) -> list[str]:
        """A `from` import may name a submodule or something in the module."""
        inner = f"{item.module}.{item.name}" if item.name else None
        return [item.module, inner] if inner and self.file(inner) else [item.module]

    def _folder(self, folder: str) -> list[str]:
        return [f"{folder.replace('/', '.')}.{path.stem}" for path in sorted((self.root / folder).glob("[!_]*.py"))]

    def _imports_of(self, module: str) -> tuple[Import, ...]:
        path = self.file(module)
        assert path is not None
        try:
            tree = ast.parse(path.read_bytes())
        except SyntaxError as error:
            raise HarnessError(f"is not Python: {error.msg}", where=f"{path}:{error.lineno}") from None
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        return tuple(_imports_in(tree, package, optional=False))


def _parents(module: str) -> list[str]:
    """`a.b.c` -> `a`, `a.b`: importing a module runs the `__init__.py` of each."""
    parts = module.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _imports_in(node: ast.AST, package: str, *, optional: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, None, node.lineno, optional)
    elif isinstance(node, ast.ImportFrom):
        module = _absolute(node, package)
        for alias in node.names:
            yield Import(module, alias.name, node.lineno, optional)
    elif isinstance(node, ast.If) and _is_type_checking(node.test):
        for branch in node.orelse:
            yield from _imports_in(branch, package, optional=optional)
    elif isinstance(node, ast.Try):
        guarded = optional or any(_catches_import_error(handler.type) for handler in node.handlers)
        for statement in node.body:
            yield from _imports_in(statement, package, optional=guarded)
        for other in (*node.handlers, *node.orelse, *node.finalbody):
            yield from _imports_in(other, package, optional=optional)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _imports_in(child, package, optional=optional)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    base = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _catches_import_error(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(isinstance(k, ast.Name) and k.id in ("ImportError", "ModuleNotFoundError") for k in kinds)
