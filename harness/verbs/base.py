"""`harness base`: make the pretrained model of a role in params.yaml ready to load, in data/bases/<role>/.

harness base causal_lm
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.bases.prepare import prepare_base
from harness.config.project import Project
from harness.errors import ConfigError, did_you_mean
from harness.runtime.parent_watch import exit_with_parent
from harness.runtime.quiet import quiet_libraries


def main(argv: Sequence[str]) -> int:
    """Prepare one base model and print its name and size."""
    parser = argparse.ArgumentParser(
        prog="harness base",
        description="Make the pretrained model of a role ready to load: data/bases/ROLE/, a Hugging Face folder.",
        epilog="example: harness base causal_lm",
    )
    parser.add_argument("role", metavar="ROLE", help="a key of `base_models` in params.yaml")
    role = parser.parse_args(argv).role
    exit_with_parent()
    quiet_libraries()
    project = Project.here()
    specs = project.params.base_models
    if role not in specs:
        where = str(project.root / "params.yaml")
        raise ConfigError(f'unknown role "{role}"', where=where, hint=did_you_mean(role, specs))
    prepare_base(project, role)
    size = sum(path.stat().st_size for path in project.base_folder(role).rglob("*") if path.is_file())
    print(f"base {role}: {specs[role].name}, {size / 1e6:.0f} MB")
    return 0
