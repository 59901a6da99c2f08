"""Train on several tasks of a domain: which tasks, how many examples of each, in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from typing import Literal, get_args

from pydantic import Field, ValidationInfo, field_validator

from harness.errors import RunFailed
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.training.contract import TrainContext, first_view
from harness.training.lessons.lesson import Lesson
from harness.training.lessons.mixing import allocate, examples_proportional, mixed, uniform
from harness.training.method_options import MethodOptions

Task = Literal["classify", "answer", "claims", "unanswerable", "grounded", "describe", "translate"]
"""Views that can be tasks: their rows are questions in one wording, in the domain's own language."""

TASKS: tuple[str, ...] = get_args(Task)

PAIRED = frozenset({"claims", "unanswerable", "grounded", "translate"})
"""Tasks whose rows come in pairs: an even number of rows has as many of one kind as of the other."""


class MixOptions(MethodOptions):
    """Options of every method that mixes tasks."""

    tasks: Sequence[Task] = Field(min_length=1)
    """Tasks to learn, each once. A domain that lacks some of them is trained on the others."""
    mixing: Literal["uniform", "proportional"] = "uniform"
    """`uniform`: every task has the same share. `proportional`: shares are proportional to
    min(examples, `cap`) ^ (1 / `temperature`)."""
    cap: int | None = Field(default=None, ge=1)
    """Number of examples above which a larger task counts as this large; null: no limit."""
    temperature: float | None = Field(default=None, gt=0)
    """The higher it is, the more equal the shares; null: 1, which keeps them proportional."""

    @field_validator("tasks")
    @classmethod
    def _each_once(cls, tasks: Sequence[str]) -> Sequence[str]:
        if len(set(tasks)) < len(tasks):
            raise ValueError("each task only once")
        return tasks

    @field_validator("cap", "temperature")
    @classmethod
    def _only_proportional(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is not None and info.data.get("mixing") == "uniform":
            raise ValueError("no value: uniform mixing gives all tasks the same share; or write `mixing: proportional`")
        return value


def learnt_tasks(domain: PreparedDomain, tasks: Sequence[str]) -> list[str]:
    """Those of `tasks` that the domain has training items for, in the order given.

    Raises:
        RunFailed: the domain has none of them.
    """
    first_view(domain, tasks)
    return [task for task in tasks if domain.count(task, "train")]


def example_counts(sizes: Mapping[str, int], total: int, options: MixOptions) -> dict[str, int]:
    """Task -> number of examples, `total` together. `sizes` says how many each task has; it may be given more.

    Paired tasks get even numbers. What that leaves goes to the first task without pairs, or to the first task.
    """
    if options.mixing == "uniform":
        shares = uniform(list(sizes))
    else:
        cap = options.cap or max(sizes.values())
        shares = examples_proportional(sizes, cap=cap, temperature=options.temperature or 1.0)
    counts = allocate(shares, total)
    odd = [task for task, count in counts.items() if task in PAIRED and count % 2]
    even = {task: count - (task in odd) for task, count in counts.items()}
    even[next((task for task in even if task not in PAIRED), next(iter(even)))] += len(odd)
    return even


def task_lessons(context: TrainContext, options: MixOptions) -> list[Lesson]:
    """As many examples as the budget has, interleaved. Domains get equal parts, tasks of a domain the mixture's shares.

    All seeds get the same examples. A task with fewer rows than its share repeats them from the beginning.

    Raises:
        RunFailed: a domain has none of the tasks.
    """
    share = context.budget.train_examples // len(context.domains)
    lessons: dict[str, list[Lesson]] = {}
    for domain in context.domains:
        rows = {task: domain.questions(task, "train") for task in learnt_tasks(domain, options.tasks)}
        counts = example_counts({task: len(found) for task, found in rows.items()}, share, options)
        for task, count in counts.items():
            lessons[f"{domain.name}/{task}"] = [Lesson(one, task) for one in islice(cycle(rows[task]), count)]
    return mixed(lessons, {name: len(found) for name, found in lessons.items()}, seed=0)


def task_probes(context: TrainContext, tasks: Sequence[str], *, number: int) -> dict[str, list[Question]]:
    """Task -> its first validation questions: about `number` over all tasks and domains, at least one of each.

    Raises:
        RunFailed: the tasks have no validation question.
    """
    learnt = [(domain, task) for domain in context.domains for task in learnt_tasks(domain, tasks)]
    of_each = max(number // len(learnt), 1)
    found: dict[str, list[Question]] = {}
    for domain, task in learnt:
        found.setdefault(task, []).extend(domain.questions(task, "validation", limit=of_each))
    if not any(found.values()):
        raise RunFailed(f"refused: {' and '.join(found)} have no validation item")
    return found


def mix_notes(lessons: Sequence[Lesson]) -> dict[str, dict[str, int]]:
    """For the record: task -> number of examples, and task -> number of examples that repeat an earlier one."""
    counts = Counter(lesson.task for lesson in lessons)
    distinct = Counter(lesson.task for lesson in set(lessons))
    repeated = {task: counts[task] - distinct[task] for task in sorted(counts) if counts[task] > distinct[task]}
    return {"examples_by_task": dict(sorted(counts.items()))} | ({"repeated_by_task": repeated} if repeated else {})
