"""Score a model on tasks that lm-eval defines (`hellaswag`, `mmlu`, `ifeval`...)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from harness.errors import RunFailed, did_you_mean
from harness.measure.provenance import stable_hash
from harness.models.loaded import LanguageModel
from harness.scoring.lm_eval.results import main_metric, metrics_of, samples_of, shown_name
from harness.scoring.official import UNAVAILABLE, Official

_COMMIT = re.compile(r"@([0-9a-f]{40})/")  # in the addresses of downloaded files that `datasets` keeps


def ask_official_lm_eval(
    model: LanguageModel,
    names: Sequence[str],
    *,
    items: int | None,
    batch_size: int,
    own_tasks: Path | None = None,
) -> dict[str, Official]:
    """Score each task, group or tag; one that is not available gets a reason, and the others run.

    `items`: at most this many documents of each task. `own_tasks`: a folder of YAML files instead of lm-eval's own
    13,000 tasks, whose index takes 9 s to make. Data come from the hub, or from the cache of `datasets`. With
    HF_HUB_OFFLINE=1, which the harness sets unless it is set already, they come only from the cache. Prompts are
    rendered with the model's chat template if it has one.
    """
    if not names:
        return {}
    from lm_eval.tasks import TaskManager

    from harness.scoring.lm_eval.models import TreeLM

    manager = TaskManager(include_path=own_tasks and str(own_tasks), include_defaults=own_tasks is None)
    chat = bool(getattr(model.tokenizer, "chat_template", None))
    lm = TreeLM(model, batch_size=batch_size, label="official", add_bos_token=False if chat else None)
    return {name: _ask(lm, name, manager=manager, items=items, chat=chat) for name in names}


def _ask(lm: Any, name: str, *, manager: Any, items: int | None, chat: bool) -> Official:
    specs, reason = _probe(manager, name)
    if not specs:
        return Official(reason=f"{UNAVAILABLE}{reason}")
    lm.label = name
    try:
        results, tasks = _evaluate(lm, specs, manager=manager, items=items, chat=chat)
        key = main_metric(results, list(tasks))
    except RunFailed as error:
        return Official(reason=error.what)
    # raised by tasks that need code to be run, images, sampling, or word lists and packages that are not installed
    except (ValueError, LookupError, ImportError, OSError) as error:
        return Official(reason=f"failed: {_one_line(error)}")
    metrics = metrics_of(results, name=name, tasks=list(tasks))
    return Official(
        metric=shown_name(key),
        metrics=metrics,
        samples=samples_of(results, key=key, tasks=list(tasks), value=metrics[shown_name(key)].value),
        version=_version(results, tasks, chat=chat),
    )


def _probe(manager: Any, name: str) -> tuple[list[Any], str]:
    """The tasks or the group of lm-eval with their data; or nothing, and the reason on one line."""
    from datasets.exceptions import DatasetsError

    if name not in manager.task_index:
        near = did_you_mean(name, manager.all_tasks)
        return [], f'lm-eval has no task "{name}"' + (f"; {near}" if near.startswith("did you mean") else "")
    try:
        loaded = manager.load([name])
    # the hub raises OSErrors; the others come from data sets with a script of their own, from incomplete caches and
    # from tasks that do not work with the installed packages
    except (
        OSError,
        ValueError,
        LookupError,
        ImportError,
        RuntimeError,
        TypeError,
        AttributeError,
        DatasetsError,
    ) as error:
        return [], _one_line(error)
    group = loaded["groups"].get(name)
    return ([group] if group else list(loaded["tasks"].values())), "it holds no task"


def _evaluate(
    lm: Any, specs: Sequence[Any], *, manager: Any, items: int | None, chat: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """lm-eval's results, and the single tasks that they consist of, by name."""
    import lm_eval

    results = lm_eval.simple_evaluate(
        model=lm,
        tasks=list(specs),
        task_manager=manager,
        limit=items,
        apply_chat_template=chat,
        bootstrap_iters=0,  # intervals come from the samples
        log_samples=True,
    )
    tasks = manager.load(list(specs))["tasks"]
    return results, {name: tasks[name] for name in sorted(results["samples"])}


def _version(results: dict[str, Any], tasks: dict[str, Any], *, chat: bool) -> str:
    """Everything that determines the questions: version of lm-eval, task, shots, data, and use of a chat template."""
    import lm_eval

    described = [_described(results, name, task) for name, task in tasks.items()]
    what = described[0] if len(described) == 1 else f"{len(described)} tasks {stable_hash(described)[:12]}"
    return f"lm-eval {lm_eval.__version__}, {what}, {'with' if chat else 'without'} chat template"


def _described(results: dict[str, Any], name: str, task: Any) -> str:
    asked = sorted({(int(one["doc_id"]), one["doc_hash"]) for one in results["samples"][name]})
    path = "/".join(part for part in (task.DATASET_PATH, task.DATASET_NAME) if part)
    data = f"{path or 'own data'}{_revision(task)}, {len(asked)} items {stable_hash(asked)[:12]}"
    return f"{name} version {results['versions'][name]}, {results['n-shot'][name]} shots, {data}"


def _revision(task: Any) -> str:
    """`@commit` of the data set's repository, pinned by the task or else as downloaded; empty for local files."""
    pinned = (task.config.dataset_kwargs or {}).get("revision")
    found = {commit for address in _addresses(task.dataset) for commit in _COMMIT.findall(address)}
    commits = [pinned] if pinned else sorted(found)
    return f"@{'+'.join(commits)}" if commits else ""


def _addresses(dataset: Any) -> Iterable[str]:
    for split in (dataset or {}).values():
        yield from getattr(split.info, "download_checksums", None) or ()


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
