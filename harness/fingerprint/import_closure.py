"""Which modules of the harness, and which packages, a module can come to use."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from harness.errors import HarnessError

PACKAGE = "harness"

LOADED_BY_NAME = {
    "harness.domains.collect": "harness/domains/builders",
    "harness.suites.build": "harness/suites/sets",
    "harness.scoring.contract.get_kind": "harness/scoring/kinds",
}
"""Module or function -> folder whose modules it imports by a name from a YAML file, which no import statement shows.

Whoever imports the module, or this very function of a module, can come to use everything in the folder. A module that
imports only other names of `harness.scoring.contract` asks no suite, so the kinds do not belong to it.

Two look-ups are left out on purpose:

- `harness.training.registry.get_method`: a recipe uses one method, and its fingerprint starts from that method, so that
  editing a method re-runs only its own recipes.
- `harness.suites.contract.get_set`: reading questions depends on the questions, not on the code that made them.
"""


@dataclass(frozen=True)
class Import:
    """One imported name: `from harness.errors import HarnessError` is ("harness.errors", "HarnessError")."""

    module: str
    name: str | None
    line: int
    optional: bool
    """The import stands in a `try` that goes on without the module."""

    @property
    def target(self) -> str:
        """`harness.errors.HarnessError`."""
        return f"{self.module}.{self.name}" if self.name else self.module


@dataclass(frozen=True)
class Closure:
    """Everything that some modules, the roots, can come to use."""

    modules: tuple[Path, ...]
    """Files of the harness, sorted."""
    packages: dict[str, str]
    """First part of every imported name from outside -> place of the import (`harness/x.py:3`). Optional imports are
    left out, unless another import needs the package."""
    optional: frozenset[str]
    """First parts of the names of packages that may be absent."""


@dataclass
class _Steps:
    """What the import statements of one module lead to."""

    modules: list[tuple[str, str]] = field(default_factory=list)
    """Modules of the harness, each with the place of the import."""
    packages: dict[str, str] = field(default_factory=dict)
    optional: set[str] = field(default_factory=set)


class Imports:
    """Follows import statements below one project root, and remembers parsed files."""

    def __init__(self, root: Path, *, loaded_by_name: Mapping[str, str] = LOADED_BY_NAME) -> None:
        """`loaded_by_name`: module or function -> folder, as LOADED_BY_NAME."""
        self.root, self.loaded_by_name = root, loaded_by_name
        self.file, self.imports_of, self._steps = cache(self._file), cache(self._imports_of), cache(self._steps_from)

    def closure(self, roots: Iterable[str]) -> Closure:
        """Everything that the modules `roots` import, directly or not, also inside functions. No code runs.

        Raises:
            HarnessError: a module imports one of the harness that does not exist, or a file is not Python.
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
            waiting += [(module, where) for module in (*_parents(name), *self._loaded_by(name))]
            steps = self._steps(name)
            waiting += steps.modules
            optional |= steps.optional
            for package, place in steps.packages.items():
                packages.setdefault(package, place)
        stdlib = sys.stdlib_module_names
        return Closure(
            modules=tuple(sorted(found.values())),
            packages={name: packages[name] for name in sorted(packages) if name not in stdlib},
            optional=frozenset(optional - set(packages) - stdlib),
        )

    def _steps_from(self, name: str) -> _Steps:
        """What the import statements of one module lead to; many closures go through the same modules."""
        steps, path = _Steps(), self.file(name)
        for item in self.imports_of(name):
            place = f"{path and path.relative_to(self.root)}:{item.line}"
            steps.modules += [(module, place) for module in self._loaded_by(item.target)]
            first = item.module.split(".")[0]
            if first == PACKAGE:
                steps.modules += [(module, place) for module in self._targets(item)]
            elif item.optional:
                steps.optional.add(first)
            else:
                steps.packages.setdefault(first, place)
        return steps

    def _file(self, module: str) -> Path | None:
        """`harness.store` -> its `__init__.py`, `harness.errors` -> `harness/errors.py`; None if there is neither."""
        path = self.root.joinpath(*module.split("."))
        for candidate in (path.with_suffix(".py"), path / "__init__.py"):
            if candidate.is_file():
                return candidate
        return None

    def _targets(self, item: Import) -> list[str]:
        """The name in a `from` import is a submodule or something else in the module."""
        return [item.module, item.target] if item.name and self.file(item.target) else [item.module]

    def _loaded_by(self, name: str) -> list[str]:
        """The modules that `name` imports by their names, as LOADED_BY_NAME says."""
        folder = self.loaded_by_name.get(name)
        files = sorted((self.root / folder).glob("[!_]*.py")) if folder else []
        return [f"{str(folder).replace('/', '.')}.{path.stem}" for path in files]

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
