"""Several tasks of a domain in one LoRA adapter, mixed at chosen rates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.config.recipe import Recipe
from harness.errors import ConfigError
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.methods.lora import Lora
from harness.training.contract import TrainContext, TrainedModel
from harness.training.lesson import Lesson
from harness.training.output_change import PROBES
from harness.training.task_mix import OPTIONS, TASKS, learnt_tasks, mix_notes, mix_refusals, task_lessons, task_probes


class MultiTask(Lora):
    """Multi-task learning (Caruana 1997) with the text-to-text mixtures of T5 (Raffel et al. 2020, arXiv 1910.10683).

    What it optimises: cross-entropy of the answer's tokens over one LoRA adapter, on examples of several tasks.
    Data: the views named in `tasks` that the domain has, as prompt and answer. As many examples in all as a
        single-task recipe has of its one task: each task gets a share of the budget, not a budget of its own.
    Cost: as `peft/lora`; tasks with long prompts take longer.
    Use it: where one model must do several things, or a small task may profit from a larger one.
    Not for: tasks that have nothing in common: each then has fewer examples and gains nothing. The table "Transfer
        between tasks" of the board shows which helped which.
    Related: `peft/lora`, the same adapter on `classify` alone, and recipes of this method with one task;
        `multitask/heads`, which shares an encoder instead.
    Options: `tasks`; `mixing`: `uniform`, the same share for each, or `proportional`, in proportion to
        min(examples, `cap`) ^ (1 / `temperature`). A task with fewer rows than its share repeats them, as in T5.
    Recipe: `run.peft` takes the arguments of peft.LoraConfig.
    Example: `python -m harness train multitask/uniform --domain hs_products --seed 0`
    """

    views = TASKS
    options = OPTIONS

    def refusals(self, recipe: Recipe) -> Iterator[tuple[tuple[str, ...], ConfigError]]:
        """Unknown tasks, and rates that are none."""
        yield from super().refusals(recipe)
        yield from mix_refusals(recipe, TASKS)

    def learns(self, domain: PreparedDomain, recipe: Recipe) -> list[str]:
        """Those of the recipe's tasks that the domain has."""
        return learnt_tasks(domain, recipe, TASKS)

    def before_loading(self, context: TrainContext) -> None:
        """Also refuse a domain without any of the tasks.

        Raises:
            ConfigError, RunFailed: see above.
        """
        super().before_loading(context)
        for domain in context.domains:
            self.learns(domain, context.recipe)

    def lessons(self, context: TrainContext) -> list[Lesson]:
        """The budget's number of examples over all tasks."""
        return task_lessons(context, TASKS)

    def probes(self, context: TrainContext) -> list[Question]:
        """Validation questions of every task."""
        return [question for of_task in task_probes(context, TASKS, number=PROBES).values() for question in of_task]

    def train(self, context: TrainContext) -> TrainedModel:
        """As LoRA; the record says how many examples each task had."""
        trained = super().train(context)
        return replace(trained, notes=trained.notes | mix_notes(self.lessons(context)))
