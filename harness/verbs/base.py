"""`harness base`: add your own base model, choose among base models, or make the one of a role ready to load.

harness base add my-model --path ../models/my-model
harness base list
harness base use SmolLM2-135M-Instruct
harness base causal_lm
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from harness.config.project import Project
from harness.errors import ConfigError, did_you_mean
from harness.runtime.parent_watch import exit_with_parent
from harness.runtime.quiet import quiet_libraries

ACTIONS = ("add", "list", "use", "remove")


def main(argv: Sequence[str]) -> int:
    """`harness base add | list | use | remove`, or `harness base ROLE`, which the stage `base` runs."""
    arguments = list(argv)
    if arguments and arguments[0] not in (*ACTIONS, "-h", "--help"):
        return _prepare(arguments)
    options = _parser().parse_args(arguments)
    project = Project.here()
    match options.action:
        case "add":
            lines = _add(project, options)
        case "list":
            from harness.user_bases.known import table_lines

            lines = table_lines(project)
        case "use":
            from harness.user_bases.choice import use

            lines = use(project, options.name)
        case _:
            from harness.user_bases.choice import remove

            lines = remove(project, options.name)
    print("\n".join(lines))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness base",
        usage="harness base ACTION [OPTION ...]\n       harness base ROLE",
        description="Add your own base model, or choose which one the recipes start from. "
        "`harness base ROLE` makes the model of a role in params.yaml ready to load, in data/bases/ROLE/; "
        "`dvc repro` does that for you.",
        epilog="example: harness base add my-model --path ../models/my-model",
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="check a model of your own and let the recipes start from it")
    add.add_argument("name", metavar="NAME", help="name of the model on boards and in `harness base use`")
    place = add.add_mutually_exclusive_group(required=True)
    place.add_argument("--path", metavar="FOLDER", type=Path, help="a folder as `save_pretrained` writes it")
    place.add_argument(
        "--hub", metavar="ID[@REV]", help="a repository of the Hugging Face hub; it is pinned by its commit"
    )
    add.add_argument(
        "--role", metavar="R", help="causal_lm, seq2seq_lm or encoder (default: as its configuration says)"
    )
    add.add_argument("--licence", metavar="SPDX", help="licence of the weights (default: the hub's, else proprietary)")
    add.add_argument("--origin", metavar="TEXT", help="whom to credit for the model")
    add.add_argument("--no-use", action="store_true", help="describe it only; the recipes start from what they did")
    add.add_argument("--replace", action="store_true", help="describe a model of this name anew, after it has changed")
    actions.add_parser("list", help="print the base models that were added and those of the profiles")
    use = actions.add_parser("use", help="let the recipes start from another base model")
    use.add_argument("name", metavar="NAME")
    remove = actions.add_parser("remove", help="forget a base model that you added")
    remove.add_argument("name", metavar="NAME")
    return parser


def _add(project: Project, options: argparse.Namespace) -> list[str]:
    os.environ.setdefault("HF_HUB_OFFLINE", "0")  # the commit and the configuration may come from the hub
    quiet_libraries()
    from harness.user_bases.add import Request, add

    request = Request(
        name=options.name,
        path=options.path,
        hub=options.hub,
        role=options.role,
        licence=options.licence,
        origin=options.origin,
        use=not options.no_use,
        replace=options.replace,
    )
    return add(project, request)


def _prepare(argv: Sequence[str]) -> int:
    """Prepare one base model and print its name and size."""
    from harness.bases.prepare import prepare_base

    parser = argparse.ArgumentParser(prog="harness base", usage="harness base ROLE")
    parser.add_argument("role", metavar="ROLE", help="a key of `base_models` in params.yaml")
    role = parser.parse_args(argv).role
    exit_with_parent()
    quiet_libraries()
    project = Project.here()
    specs = project.params.base_models
    if role not in specs:
        where = str(project.root / "params.yaml")
        raise ConfigError(f'unknown role or action "{role}"', where=where, hint=did_you_mean(role, [*specs, *ACTIONS]))
    prepare_base(project, role)
    size = sum(path.stat().st_size for path in project.base_folder(role).rglob("*") if path.is_file())
    print(f"base {role}: {specs[role].name}, {size / 1e6:.0f} MB")
    return 0
