"""`.eval_results/<domain>.yaml`: scores as the leaderboards of the Hugging Face hub read them.

The hub shows such an entry on the board of a data set that is registered there as a benchmark: its `eval.yaml` names
the task. So there are entries only for domains whose items come from a data set on the hub, or that the user published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ruamel.yaml import YAML

from harness import __version__
from harness.errors import ConfigError
from harness.export.scores import Facts

if TYPE_CHECKING:
    from huggingface_hub import EvalResultEntry

FOLDER = ".eval_results"
REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


def require_repository(name: str) -> str:
    """The name, if it can be one of a repository of the hub.

    Raises:
        ConfigError: it cannot.
    """
    if not REPOSITORY.fullmatch(name):
        raise ConfigError(
            f'"{name}" is not the name of a data set on the hub', where="--dataset", expected="OWNER/NAME"
        )
    return name


def write_eval_results(facts: Facts, folder: Path, *, dataset: str | None) -> list[str]:
    """Write a file for each domain that is a data set of the hub; their paths relative to `folder`.

    Args:
        facts: of the run.
        folder: the exported folder.
        dataset: data set of the hub that holds the items of the run's domain, for a domain that comes from elsewhere.
    """
    from huggingface_hub import eval_result_entries_to_yaml

    written = []
    for domain in facts.data:
        entries = list(_entries(facts, domain, dataset=dataset))
        if entries:
            path = Path(FOLDER) / f"{domain}.yaml"
            (folder / FOLDER).mkdir(exist_ok=True)
            with (folder / path).open("w", encoding="utf-8") as file:
                YAML().dump(eval_result_entries_to_yaml(entries), file)
            written.append(path.as_posix())
    return written


def _entries(facts: Facts, domain: str, *, dataset: str | None) -> Iterator[EvalResultEntry]:
    """One entry for each suite that asks about the domain's items; the task has the name of the suite."""
    from huggingface_hub import EvalResultEntry

    source = facts.data[domain].on_hub
    name = source.repo if source else dataset
    for score in facts.scores if name else ():
        metric = score.metrics[score.primary]
        if score.domain == domain and facts.asks_the_domain(score) and metric.value is not None:
            yield EvalResultEntry(
                dataset_id=str(name),
                task_id=score.suite,
                value=round(metric.value, 6),
                dataset_revision=source.revision if source else None,
                notes=f"{score.primary} of {metric.n} items, finetune-harness {__version__}, "
                f"protocol {score.protocol_hash[:12]}",
            )
