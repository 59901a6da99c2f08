"""Questions of ours as a task of lm-eval."""

from __future__ import annotations

from typing import Any

Doc = dict[str, Any]


def evaluate(lm: Any, name: str, *, docs: list[Doc], task: dict[str, Any]) -> list[Doc]:
    """Run one task that is described by `task` (the keys of an lm-eval YAML file) over `docs`.

    The prompt is `doc["query"]` as it stands. Gives lm-eval's own sample of each doc, in their order, with the
    model's answers in `resps`.
    """
    import lm_eval
    from lm_eval.tasks import TaskManager

    results = lm_eval.simple_evaluate(
        model=lm,
        tasks=[_described(name, docs) | task],
        task_manager=TaskManager(include_defaults=False),
        bootstrap_iters=0,  # intervals come from the samples, clustered and paired
        log_samples=True,
        verbosity="ERROR",
    )
    return sorted(results["samples"][name], key=lambda sample: sample["doc_id"])


def _described(name: str, docs: list[Doc]) -> dict[str, Any]:
    from datasets import Dataset

    def rows(**_: Any) -> dict[str, Any]:
        return {"test": Dataset.from_list(docs)}

    return {
        "task": name,
        "custom_dataset": rows,
        "test_split": "test",
        "doc_to_text": "query",
        "target_delimiter": "",  # the prompt ends where the answer begins
    }
