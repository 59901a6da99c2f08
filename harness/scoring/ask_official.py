"""Score one model on the tasks of lm-eval and MTEB that params.yaml names."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from harness.config.project import Project
from harness.items.prepared import PreparedDomain
from harness.measure.memory import free_cached_memory
from harness.measure.provenance import stable_hash
from harness.models.loaded import EMBEDDINGS, LanguageModel, LoadedModel
from harness.records.run_record import SuiteScore
from harness.scoring.contract import Sample
from harness.scoring.official import Official
from harness.scoring.protocol import FLOAT32, of_precision
from harness.training.refusals.attempt import attempt

Asks = Callable[[Sequence[str]], dict[str, Official]]


def ask_official(
    project: Project, model: LoadedModel, domains: Sequence[PreparedDomain], *, precision: str = FLOAT32
) -> list[tuple[SuiteScore, list[Sample]]]:
    """Score the model on every task once; the result is recorded for each domain that the run was trained on.

    A task that is not available, that does not apply to the model, or for which memory does not suffice gets a score
    with the reason and no protocol. `precision`: the dtype in which the device scores language models.
    """
    settings, batch_size = project.params.official, project.params.scoring.batch_size
    scored = []
    for kind, names in (("lm_eval", settings.lm_eval), ("mteb", settings.mteb)):
        ask = _asks(kind, model, items=settings.items, batch_size=batch_size)
        started = time.perf_counter()
        results, reason = (
            _answered(ask, names) if names and ask else ({}, f"not applicable: this model {model.described}")
        )
        seconds = time.perf_counter() - started
        for name in names:
            found = results.get(name) or Official(reason=reason)
            protocol = _protocol(name, found, precision) if found.metrics else ""
            for domain in domains:
                score = _score(name, found, kind=kind, domain=domain, protocol=protocol, seconds=seconds / len(names))
                scored.append((score, found.samples))
        free_cached_memory()
    return scored


def _answered(ask: Asks, names: Sequence[str]) -> tuple[dict[str, Official], str | None]:
    """The results by name; none and the reason if memory runs out."""
    results, reason = attempt(lambda: ask(names))
    return results or {}, reason


def _asks(kind: str, model: LoadedModel, *, items: int | None, batch_size: int) -> Asks | None:
    """How the model is scored on tasks of the kind; null if such tasks do not apply to it."""
    if kind == "lm_eval" and isinstance(model, LanguageModel):
        from harness.scoring.lm_eval.official import ask_official_lm_eval

        return lambda names: ask_official_lm_eval(model, names, items=items, batch_size=batch_size)
    if kind == "mteb" and EMBEDDINGS in model.abilities:
        from harness.scoring.mteb.official import ask_official_mteb

        return lambda names: ask_official_mteb(model, names, batch_size=batch_size)
    return None


def _protocol(name: str, found: Official, precision: str) -> str:
    facts = {"task": name, "version": found.version, "metric": found.metric}
    return stable_hash({**facts, **of_precision(precision)})


def _score(
    name: str, found: Official, *, kind: str, domain: PreparedDomain, protocol: str, seconds: float
) -> SuiteScore:
    return SuiteScore(
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
