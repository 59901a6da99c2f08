"""Score one model on the tasks of lm-eval and MTEB that params.yaml names."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from harness.config.project import Project
from harness.items.prepared import PreparedDomain
from harness.measure.provenance import stable_hash
from harness.models.loaded import EMBEDDINGS, LanguageModel, LoadedModel
from harness.records.run_record import SuiteScore
from harness.scoring.contract import Sample
from harness.scoring.official import Official

Asks = Callable[[Sequence[str]], dict[str, Official]]


def ask_official(
    project: Project, model: LoadedModel, domains: Sequence[PreparedDomain]
) -> list[tuple[SuiteScore, list[Sample]]]:
    """Score the model on every task once; the result is recorded for each domain that the run was trained on.

    A task that is not available, or that does not apply to the model, gets a score with the reason and no protocol.
    """
    settings, batch_size = project.params.official, project.params.scoring.batch_size
    scored = []
    for kind, names in (("lm_eval", settings.lm_eval), ("mteb", settings.mteb)):
        ask = _asks(kind, model, items=settings.items, batch_size=batch_size)
        started = time.perf_counter()
        results = ask(names) if names and ask else {}
        seconds = time.perf_counter() - started
        for name in names:
            found = results.get(name) or Official(reason=f"not applicable: this model {model.described}")
            scored += [_scored(name, found, kind=kind, domain=one, seconds=seconds / len(names)) for one in domains]
    return scored


def _asks(kind: str, model: LoadedModel, *, items: int | None, batch_size: int) -> Asks | None:
    """How the model is scored on tasks of the kind; null if such tasks do not apply to it."""
    if kind == "lm_eval" and isinstance(model, LanguageModel):
        from harness.scoring.lm_eval.official import ask_official_lm_eval

        return lambda names: ask_official_lm_eval(model, names, items=items, batch_size=batch_size)
    if kind == "mteb" and EMBEDDINGS in model.abilities:
        from harness.scoring.mteb.official import ask_official_mteb

        return lambda names: ask_official_mteb(model, names, batch_size=batch_size)
    return None


def _scored(
    name: str, found: Official, *, kind: str, domain: PreparedDomain, seconds: float
) -> tuple[SuiteScore, list[Sample]]:
    protocol = stable_hash({"task": name, "version": found.version, "metric": found.metric}) if found.metrics else ""
    score = SuiteScore(
        suite=name,
        domain=domain.name,
        kind=kind,
        column="official",
        primary=found.metric,
        protocol_hash=protocol,
        metrics=found.metrics,
        seconds=round(seconds, 3) if found.metrics else None,
        reason=found.reason,
    )
    return score, found.samples
