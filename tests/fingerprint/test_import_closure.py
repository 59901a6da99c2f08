from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.errors import HarnessError
from harness.fingerprint.import_closure import LOADED_BY_NAME, Closure, Imports


def write(root: Path, **files: str) -> None:
    """`a__b="..."` writes harness/a/b.py."""
    for name, text in {"__init__": "", **files}.items():
        path = root / "harness" / ("__init__.py" if name == "__init__" else f"{name.replace('__', '/')}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def names(root: Path, closure: Closure) -> list[str]:
    return [path.relative_to(root / "harness").as_posix() for path in closure.modules]


def modules(root: Path, *roots: str) -> list[str]:
    return names(root, Imports(root).closure(roots or ("harness.start",)))


@pytest.mark.parametrize(
    "statement",
    [
        "import harness.other",
        "import harness.other as o",
        "from harness import other",
        "from harness.other import anything",
        "from harness.other import *",
        "from . import other",
        "from .other import anything",
        "def f():\n    from harness.other import anything",
        "class A:\n    def f(self):\n        if 1:\n            import harness.other",
        "if TYPE_CHECKING:\n    pass\nelse:\n    import harness.other",
        "try:\n    import harness.other\nexcept ImportError:\n    pass",
        "try:\n    pass\nexcept ValueError:\n    import harness.other\n",
        "with x:\n    import harness.other",
        "match x:\n    case 1:\n        import harness.other",
    ],
)
def test_every_form_of_import_is_followed(tmp_path: Path, statement: str) -> None:
    write(tmp_path, start=statement, other="", unused="")
    assert modules(tmp_path) == ["__init__.py", "other.py", "start.py"]


@pytest.mark.parametrize("test", ["TYPE_CHECKING", "typing.TYPE_CHECKING"])
def test_imports_for_the_type_checker_are_not_followed(tmp_path: Path, test: str) -> None:
    write(tmp_path, start=f"if {test}:\n    import harness.other\n    import torch", other="")
    assert modules(tmp_path) == ["__init__.py", "start.py"]
    assert Imports(tmp_path).closure(["harness.start"]).packages == {}


def test_parents_of_a_module_run_too_and_their_imports_count(tmp_path: Path) -> None:
    write(tmp_path, start="import harness.a.b.c", other="")
    for name, text in {"a/__init__": "import harness.other", "a/b/__init__": "", "a/b/c": ""}.items():
        path = tmp_path / f"harness/{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert modules(tmp_path) == ["__init__.py", "a/__init__.py", "a/b/__init__.py", "a/b/c.py", "other.py", "start.py"]


def test_circles_end(tmp_path: Path) -> None:
    write(tmp_path, start="import harness.a", a="import harness.b", b="import harness.a")
    assert modules(tmp_path) == ["__init__.py", "a.py", "b.py", "start.py"]


def test_relative_imports_from_a_package_file_start_in_it(tmp_path: Path) -> None:
    write(tmp_path, start="import harness.a", a____init__="", a__b="from ..other import x", other="")
    (tmp_path / "harness/a/__init__.py").write_text("from .b import x\nfrom . import b")
    assert modules(tmp_path) == ["__init__.py", "a/__init__.py", "a/b.py", "other.py", "start.py"]


def test_packages_are_told_with_their_place_and_the_standard_library_is_not(tmp_path: Path) -> None:
    write(
        tmp_path, start="import os, json.decoder\n\ndef f():\n    from torch.nn import Linear\n    import numpy as np"
    )
    closure = Imports(tmp_path).closure(["harness.start"])
    assert closure.packages == {"numpy": "harness/start.py:5", "torch": "harness/start.py:4"}
    assert closure.optional == frozenset()


def test_a_guarded_import_is_optional_unless_another_needs_it(tmp_path: Path) -> None:
    guarded = "try:\n    import pynvml\n    import torch\nexcept (ImportError, OSError):\n    pynvml = None\n"
    write(tmp_path, start=guarded + "import harness.other", other="import torch")
    closure = Imports(tmp_path).closure(["harness.start"])
    assert set(closure.packages) == {"torch"}
    assert closure.optional == {"pynvml"}


def test_what_a_loader_finds_by_name_belongs_to_it(tmp_path: Path) -> None:
    write(tmp_path, start="import harness.domains.collect", other="")
    write(tmp_path, domains__collect="", domains__builders__a="import harness.other", domains__builders___shared="")
    for folder in ("domains", "domains/builders"):
        (tmp_path / f"harness/{folder}/__init__.py").write_text("")
    found = modules(tmp_path)
    assert "domains/builders/a.py" in found
    assert "other.py" in found
    assert "domains/builders/_shared.py" not in found


def test_a_function_that_loads_by_name_belongs_to_those_who_import_it_and_to_no_others(tmp_path: Path) -> None:
    for folder in ("scoring", "scoring/kinds"):
        (tmp_path / "harness" / folder).mkdir(parents=True)
        (tmp_path / f"harness/{folder}/__init__.py").write_text("")
    write(tmp_path, scoring__contract="", scoring__kinds__bias="import harness.other", other="")
    write(tmp_path, start="from harness.scoring.contract import Sample")
    assert "scoring/kinds/bias.py" not in modules(tmp_path)
    write(tmp_path, start="def ask():\n    from harness.scoring.contract import Sample, get_kind")
    assert {"scoring/kinds/bias.py", "other.py"} <= set(modules(tmp_path))


def test_the_registry_of_methods_does_not_pull_in_any_method(tmp_path: Path) -> None:
    write(tmp_path, start="import harness.training.registry", training__registry="", methods__lora="")
    for folder in ("training", "methods"):
        (tmp_path / f"harness/{folder}/__init__.py").write_text("")
    assert "methods/lora.py" not in modules(tmp_path)


def test_an_import_of_what_does_not_exist_is_told_with_its_place(tmp_path: Path) -> None:
    write(tmp_path, start="\n\nimport harness.absent")
    with pytest.raises(HarnessError) as caught:
        modules(tmp_path)
    assert str(caught.value) == 'harness/start.py:3: imports "harness.absent", which does not exist'


def test_a_file_that_is_not_python_is_told_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, start="x = 1\ndef f(:\n")
    with pytest.raises(HarnessError) as caught:
        modules(tmp_path)
    assert f"{tmp_path}/harness/start.py:2: is not Python" in str(caught.value)


def test_every_import_by_name_in_this_repository_is_accounted_for() -> None:
    root = Path(__file__).parents[2]
    files = {
        path.relative_to(root).as_posix()
        for path in (root / "harness").rglob("*.py")
        if re.search(r"\b(import_module|__import__|iter_modules)\(", path.read_text(encoding="utf-8"))
    }
    # A new one needs a line in LOADED_BY_NAME, or a reason beside it.
    assert files == {
        "harness/__main__.py",
        "harness/domains/collect.py",
        "harness/scoring/contract.py",
        "harness/store/exports/trackers/contract.py",  # MLflow and others, and nothing of the harness
        "harness/suites/contract.py",
        "harness/training/registry.py",
    }
    for loader, folder in LOADED_BY_NAME.items():
        module, _, function = loader.rpartition(".")
        is_function = Imports(root).file(loader) is None
        assert not is_function or f"def {function}(" in (Imports(root).file(module) or root).read_text()
        assert (root / folder).is_dir()


def test_the_look_up_of_kinds_is_imported_in_a_way_that_the_closure_sees() -> None:
    root, function = Path(__file__).parents[2], "get_kind"
    for path in (root / "harness").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if re.search(rf"\b{function}\(", text) and f"def {function}(" not in text:
            module = ".".join(path.relative_to(root).with_suffix("").parts)
            imported = {item.target for item in Imports(root).imports_of(module)}
            assert any(target in LOADED_BY_NAME for target in imported), path
