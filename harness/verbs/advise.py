"""`harness advise`: which recipe for this domain, this memory and this money?

harness advise --domain hs_products --max-memory 4GB
harness advise --data path/to/tickets.csv --max-cost 5
harness advise --backtest
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.advice.advise import Question, Rescale, advise
from harness.advice.answer.backtest_text import backtest_text
from harness.advice.answer.fragment import settings_for, write_settings
from harness.advice.answer.text import advice_text
from harness.advice.backtest import backtest_of
from harness.advice.evidence.domain_profile import DomainProfile, profile_of, profile_of_items, profiles_of
from harness.advice.evidence.read import Evidence, read_evidence
from harness.advice.ranking.larger_model import parameters_of, planner, with_model
from harness.advice.ranking.limits import Limits, parse_memory, parse_milliseconds, parse_share
from harness.config.project import Project
from harness.display.plain_text import plain
from harness.errors import ConfigError
from harness.models.base_roles import CAUSAL_LM
from harness.runtime.quiet import quiet_libraries
from harness.user_files.reading import read_items
from harness.verbs.memory import planned_device

if TYPE_CHECKING:
    from harness.advice.evidence.arm import Arm

NAME_OF_FILE = "mine"
"""Name of a domain that is only a file yet, where the name of the file is taken or cannot be one."""


def main(argv: Sequence[str]) -> int:
    """Print the advice; no choice for want of evidence is an answer, too, and ends with 0."""
    options = _parser().parse_args(argv)
    _refuse_combinations(options)
    limits = _limits(options)
    project = Project.here()
    if options.domain:
        project.domain(options.domain)
    quiet_libraries()
    evidence = read_evidence(project)
    if options.backtest:
        return _backtest(project, evidence, as_json=options.json)
    question = Question(_profile(project, options), limits, registered=options.domain is not None)
    notes: list[str] = []
    rescale = _rescale(project, options.model, options.device, notes) if options.model else list
    advice = advise(evidence, question, profiles_of(project, evidence.arms), rescale=rescale, notes=notes)
    print(json.dumps(asdict(advice), indent=2) if options.json else plain_lines(advice_text(advice)))
    if options.write:
        if advice.choice is None:
            print(f"nothing was written to {options.write}: there is no choice")
            return 0
        settings = settings_for(project, recipe=advice.choice, domain=options.domain, reference=evidence.reference)
        print(write_settings(options.write, settings, recipe=advice.choice, domain=advice.domain))
    return 0


def plain_lines(text: str) -> str:
    """The text without what could control the terminal: titles and reasons come from files."""
    return "\n".join(plain(line) for line in text.split("\n"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness advise",
        description="Choose a recipe for a domain from measured rows: hard limits first, then the cheapest recipe that "
        "cannot be told from the best. It says what would flip the choice, and which experiment would decide.",
        epilog="example: harness advise --domain hs_products --max-memory 4GB --max-cost 0.01",
    )
    parser.add_argument("--domain", metavar="D", help="a domain of the project, measured or not")
    parser.add_argument("--data", metavar="FILE", type=Path, help="a file of records that is not a domain yet")
    parser.add_argument("--max-memory", metavar="SIZE", help="peak of training and scoring, such as 24GB")
    parser.add_argument("--max-cost", metavar="MONEY", type=float, help="of one run, in the currency of the prices")
    parser.add_argument("--max-latency", metavar="TIME", help="to the first token at batch size 1, such as 50ms")
    parser.add_argument(
        "--min-retention", metavar="SHARE", help="of the base model's ability that is left, such as 0.9"
    )
    parser.add_argument("--max-overrefusal", metavar="SHARE", help="of harmless requests refused, such as 5%%")
    parser.add_argument(
        "--model",
        metavar="NAME",
        help="a larger base model, as in `harness memory`: memory is planned, costs are scaled",
    )
    parser.add_argument("--device", choices=("cpu", "cuda"), help="to plan the memory of --model for")
    parser.add_argument(
        "--write",
        metavar="FILE",
        type=Path,
        help="write the settings that run the choice; params.yaml is changed in place",
    )
    parser.add_argument("--backtest", action="store_true", help="test the advice on the measured domains instead")
    parser.add_argument("--json", action="store_true", help="print all of it as JSON")
    return parser


def _refuse_combinations(options: argparse.Namespace) -> None:
    asked = [name for name in ("domain", "data", "backtest") if getattr(options, name)]
    if len(asked) != 1:
        raise ConfigError(
            "give one of --domain, --data and --backtest", where="harness advise", hint="harness advise --domain D"
        )
    if options.device and not options.model:
        raise ConfigError("--device plans the memory of another model", where="--device", hint="give --model, too")
    if options.backtest and options.write:
        raise ConfigError("--backtest makes no choice that could be written", where="--write")


def _limits(options: argparse.Namespace) -> Limits:
    memory, latency = options.max_memory, options.max_latency
    retention, refusal = options.min_retention, options.max_overrefusal
    return Limits(
        memory_mb=parse_memory(memory) if memory else None,
        cost=options.max_cost,
        latency_ms=parse_milliseconds(latency) if latency else None,
        retention=parse_share(retention, option="--min-retention") if retention else None,
        over_refusal=parse_share(refusal, option="--max-overrefusal") if refusal else None,
    )


def _profile(project: Project, options: argparse.Namespace) -> DomainProfile:
    if options.domain:
        return profile_of(project, options.domain)
    name = options.data.name.split(".")[0].casefold()
    taken = not name.isidentifier() or name in project.domain_names
    return profile_of_items(NAME_OF_FILE if taken else name, read_items(options.data).items)


def _rescale(project: Project, model: str, device: str | None, notes: list[str]) -> Rescale:
    """Turns arms into those of the larger model, and notes once what that means."""
    os.environ.setdefault("HF_HUB_OFFLINE", "0")  # a configuration may come from the hub; weights never do
    from harness.memory_plan.model_config import model_config

    config = model_config(model)
    parameters = parameters_of(config)
    planned, autocast = planned_device(device, "auto")
    plan = cache(planner(project, config, planned, autocast=autocast))  # seconds per recipe, asked for every domain
    base = project.params.base_models.get(CAUSAL_LM.name)

    def rescale(arms: Sequence[Arm]) -> list[Arm]:
        larger = with_model(
            arms, model=model, instead_of=base.name if base else "", parameters=parameters, planned_mb=plan
        )
        notes.extend(note for note in larger.notes if note not in notes)
        return larger.arms

    return rescale


def _backtest(project: Project, evidence: Evidence, *, as_json: bool) -> int:
    found = backtest_of(project, evidence)
    print(json.dumps(asdict(found), indent=2) if as_json else plain_lines(backtest_text(found)))
    return 0
