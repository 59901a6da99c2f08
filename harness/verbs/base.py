"""Verb `base`: a role of params.base_models -> data/bases/<role>/, a plain Hugging Face folder."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.bases.prepare import prepare_base
from harness.config.project import Project
from harness.errors import ConfigError, did_you_mean
from harness.runtime.parent_watch import exit_with_parent
from harness.runtime.quiet import quiet_libraries


def main(argv: Sequence[str]) -> int:
    """`harness base ROLE`."""
    parser = argparse.ArgumentParser(prog="harness base", description=__doc__)
    parser.add_argument("role", help="a key of base_models in params.yaml")
    options = parser.parse_args(argv)
    exit_with_parent()
    quiet_libraries()
    project = Project.here()
    specs = project.params.base_models
    if options.role not in specs:
        raise ConfigError(
            f'unknown role "{options.role}"',
            where=str(project.root / "params.yaml"),
            hint=did_you_mean(options.role, specs),
        )
    spec = specs[options.role]
    prepare_base(project, options.role)
    size = sum(path.stat().st_size for path in project.base_folder(options.role).rglob("*") if path.is_file())
    print(f"base {options.role}: {spec.name}, {size / 1e6:.0f} MB")
    return 0
