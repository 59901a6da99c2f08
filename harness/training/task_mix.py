"""Several tasks of a domain in one training: which of them, how many examples of each, in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice
from typing import Any

from harness.config.recipe import Recipe
from harness.errors import ConfigError, RunFailed, did_you_mean
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.training.contract import TrainContext, first_view
from harness.training.lesson import Lesson
from harness.training.mixing import allocate, examples_proportional, mixed, uniform

TASKS: tuple[str, ...] = ("classify", "answer", "claims", "unanswerable", "grounded", "describe", "translate")
"""Views that can be tasks: those of questions, in one wording each and in the domain's own language."""

PAIRED = frozenset({"claims", "unanswerable", "grounded", "translate"})
"""Of these, those whose rows stand in pairs: any even number has as many of one kind as of the other."""

MIXINGS = ("uniform", "proportional")

OPTIONS: Mapping[str, Any] = {"tasks": [], "mixing": "uniform", "cap": None, "temperature": None}
"""Options of every method that mixes tasks, and their defaults. `cap` null: no task is held to be smaller than it is;
`temperature` null: 1, which keeps the proportions."""

Refusal = tuple[tuple[str, ...], ConfigError]
"""Keys below `run`, and what is wrong there."""


def mix_refusals(recipe: Recipe, known: Sequence[str]) -> Iterator[Refusal]:
    """What is wrong with the options of a mixture of the tasks in `known`."""
    where = f"recipes/{recipe.id}.yaml"
    yield from _task_refusals(recipe.run.options.get("tasks"), known, where=where)
    yield from _rate_refusals({**OPTIONS, **recipe.run.options}, where=where)
    if recipe.run.subset is not None:
        what = f"method {recipe.run.method} mixes by `options` and draws no subset"
        yield ("subset",), ConfigError(what, where=where)


def _task_refusals(tasks: object, known: Sequence[str], *, where: str) -> Iterator[Refusal]:
    if not isinstance(tasks, list) or not tasks:
        hint = f"name some of {', '.join(known)}"
        yield ("options", "tasks"), ConfigError("`run.options.tasks` is no list of tasks", where=where, hint=hint)
        return
    for task in dict.fromkeys(map(str, tasks)):
        if task not in known:
            what, hint = f'"{task}" is no task that it learns', did_you_mean(task, known)
            yield ("options", "tasks"), ConfigError(what, where=where, expected=", ".join(known), hint=hint)
        elif tasks.count(task) > 1:
            yield ("options", "tasks"), ConfigError(f'the task "{task}" is named twice', where=where)


def _rate_refusals(options: Mapping[str, Any], *, where: str) -> Iterator[Refusal]:
    mixing, cap, temperature = options["mixing"], options["cap"], options["temperature"]
    if mixing not in MIXINGS:
        what, hint = f'unknown mixing "{mixing}"', did_you_mean(str(mixing), MIXINGS)
        yield ("options", "mixing"), ConfigError(what, where=where, expected=" or ".join(MIXINGS), hint=hint)
    for name in ("cap", "temperature"):
        if mixing == "uniform" and options[name] is not None:
            what = f"`{name}` has no meaning where all tasks have the same share"
            hint = "leave it out, or say `mixing: proportional`"
            yield ("options", name), ConfigError(what, where=where, hint=hint)
    if cap is not None and (type(cap) is not int or cap < 1):
        expected = "a whole number of examples, 1 or more"
        yield ("options", "cap"), ConfigError(f"the cap of the mixture is {cap}", where=where, expected=expected)
    if temperature is not None and (type(temperature) not in (int, float) or not temperature > 0):
        what, expected = f"the temperature of the mixture is {temperature}", "a number above 0; 1 keeps the proportions"
        yield ("options", "temperature"), ConfigError(what, where=where, expected=expected)


def learnt_tasks(domain: PreparedDomain, recipe: Recipe, known: Sequence[str]) -> list[str]:
    """Those of the recipe's tasks that the domain has training items for, in the order given.

    Raises:
        ConfigError: as `mix_refusals`.
        RunFailed: the domain has none of them.
    """
    for _, refusal in mix_refusals(recipe, known):
        raise refusal
    tasks = recipe.run.options["tasks"]
    first_view(domain, tasks)
    return [task for task in tasks if domain.count(task, "train")]


def example_counts(sizes: Mapping[str, int], total: int, options: Mapping[str, Any]) -> dict[str, int]:
    """Task -> examples, `total` in all, from the number of examples that each has. A task may get more than it has.

    Paired tasks get even numbers; what that leaves goes to the first task without pairs, else to the first of all.
    """
    if options["mixing"] == "uniform":
        shares = uniform(list(sizes))
    else:
        cap = options["cap"] or max(sizes.values())
        shares = examples_proportional(sizes, cap=cap, temperature=options["temperature"] or 1.0)
    counts = allocate(shares, total)
    odd = [task for task, count in counts.items() if task in PAIRED and count % 2]
    even = {task: count - (task in odd) for task, count in counts.items()}
    even[next((task for task in even if task not in PAIRED), next(iter(even)))] += len(odd)
    return even


def task_lessons(context: TrainContext, known: Sequence[str]) -> list[Lesson]:
    """The budget's number of examples, shared evenly by the domains and by the mixture among their tasks, interleaved.

    The same for all seeds. A task that has fewer rows than its share is gone through again from its beginning.

    Raises:
        ConfigError: as `mix_refusals`.
        RunFailed: a domain has none of the tasks.
    """
    options = {**OPTIONS, **context.recipe.run.options}
    share = context.budget.train_examples // len(context.domains)
    lessons: dict[str, list[Lesson]] = {}
    for domain in context.domains:
        rows = {task: domain.questions(task, "train") for task in learnt_tasks(domain, context.recipe, known)}
        counts = example_counts({task: len(found) for task, found in rows.items()}, share, options)
        for task, count in counts.items():
            lessons[f"{domain.name}/{task}"] = [Lesson(one, task) for one in islice(cycle(rows[task]), count)]
    return mixed(lessons, {name: len(found) for name, found in lessons.items()}, seed=0)


def task_probes(context: TrainContext, known: Sequence[str], *, number: int) -> dict[str, list[Question]]:
    """Task -> its first validation questions, about `number` over all tasks and domains, at least one of each.

    Raises:
        RunFailed: there are none.
    """
    learnt = [(domain, task) for domain in context.domains for task in learnt_tasks(domain, context.recipe, known)]
    of_each = max(number // len(learnt), 1)
    found: dict[str, list[Question]] = {}
    for domain, task in learnt:
        found.setdefault(task, []).extend(domain.questions(task, "validation", limit=of_each))
    if not any(found.values()):
        raise RunFailed(f"refused: {' and '.join(found)} have no validation item")
    return found


def mix_notes(lessons: Sequence[Lesson]) -> dict[str, dict[str, int]]:
    """For the record, for one task as well: task -> examples, and of these how many are there a second time or more."""
    counts = Counter(lesson.task for lesson in lessons)
    distinct = Counter(lesson.task for lesson in set(lessons))
    repeated = {task: counts[task] - distinct[task] for task in sorted(counts) if counts[task] > distinct[task]}
    return {"examples_by_task": dict(sorted(counts.items()))} | ({"repeated_by_task": repeated} if repeated else {})
