"""Put the tasks of lm-eval and MTEB that params.yaml names to one model."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from harness.config.project import Project
from harness.items.prepared import PreparedDomain
from harness.measure.provenance import stable_hash
from harness.models.loaded import EmbeddingModel, LanguageModel, LoadedModel
from harness.records.run_record import SuiteScore
from harness.scoring.contract import Sample
from harness.scoring.official import Official

Asks = Callable[[Sequence[str]], dict[str, Official]]


def ask_official(
    project: Project, model: LoadedModel, domains: Sequence[PreparedDomain]
) -> list[tuple[SuiteScore, list[Sample]]]:
    """Every task once; its result stands with each domain that the run was trained on.

    A task that cannot be had, or that the model cannot be asked, is a score with the reason and no protocol.
    """
    settings, batch_size = project.params.official, project.params.scoring.batch_size
    scored = []
    for kind, names in (("lm_eval", settings.lm_eval), ("mteb", settings.mteb)):
        ask = _asks(kind, model, items=settings.items, batch_size=batch_size)
        started = time.perf_counter()
        results = ask(names) if names and ask else {}
        seconds = time.perf_counter() - started
        for name in names:
            found = results.get(name) or _refused(model)
            scored += [_scored(name, found, kind=kind, domain=one, seconds=seconds / len(names)) for one in domains]
    return scored


def _asks(kind: str, model: LoadedModel, *, items: int | None, batch_size: int) -> Asks | None:
    """How the model is asked tasks of the kind; null if it cannot be."""
    if kind == "lm_eval" and isinstance(model, LanguageModel):
        from harness.scoring.lm_eval.official import ask_official_lm_eval

        return lambda names: ask_official_lm_eval(model, names, items=items, batch_size=batch_size)
    if kind == "mteb" and isinstance(model, LanguageModel | EmbeddingModel):
        from harness.scoring.mteb.official import ask_official_mteb

        return lambda names: ask_official_mteb(model, names, batch_size=batch_size)
    return None


def _refused(model: LoadedModel) -> Official:
    reason = f"a model that gives {model.ability} only cannot be asked"
    return Official(metric="", metrics={}, samples=[], version="", reason=reason)


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
