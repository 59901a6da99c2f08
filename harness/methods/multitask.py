"""Several tasks of a domain in one LoRA adapter, mixed at chosen rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.config.recipe import Recipe
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.methods.lora import Lora
from harness.training.contract import TrainContext
from harness.training.lessons.lesson import Lesson
from harness.training.lessons.task_mix import TASKS, MixOptions, learnt_tasks, mix_notes, task_lessons, task_probes
from harness.training.output_change import PROBES


class MultiTask(Lora):
    """Multi-task learning (Caruana 1997) with the text-to-text mixtures of T5 (Raffel et al. 2020, arXiv 1910.10683).

    What it optimises: cross-entropy of the answer's tokens over one LoRA adapter, on examples of several tasks.
    Data: the views named in `tasks` that the domain has, as prompt and answer. All tasks together have as many
        examples as a single-task recipe has for its one task.
    Cost: as `peft/lora`; tasks with long prompts take longer.
    Use it: where one model must do several things, or where a small task may profit from a larger one.
    Not for: tasks that have nothing in common: each then has fewer examples and gains nothing. The table "Transfer
        between tasks" of the board shows which task helped which.
    Related: `peft/lora`, the same adapter on `classify` alone; `multitask/only_claims`, this method with one task;
        `multitask/heads`, which shares an encoder instead.
    Options: `tasks`, `mixing`, `cap` and `temperature`. A task with fewer rows than its share repeats them, as in T5.
    Recipe: `run.peft` takes the arguments of peft.LoraConfig.
    Example: `python -m harness train multitask/uniform --domain hs_products --seed 0`
    """

    views = TASKS
    options_model = MixOptions
    takes_subset = False

    def learns(self, domain: PreparedDomain, recipe: Recipe) -> list[str]:
        """The recipe's tasks that the domain has."""
        return learnt_tasks(domain, MixOptions.of(recipe).tasks)

    def before_loading(self, context: TrainContext) -> None:
        """Try the recipe's configuration, and refuse a domain without any of the tasks, before a model is loaded.

        Raises:
            ConfigError: the recipe's options or peft arguments are wrong.
            RunFailed: peft refuses a value, or a domain has none of the tasks.
        """
        super().before_loading(context)
        for domain in context.domains:
            self.learns(domain, context.recipe)

    def lessons(self, context: TrainContext) -> list[Lesson]:
        """As many examples as the budget has, over all tasks."""
        return task_lessons(context, MixOptions.of(context.recipe))

    def probes(self, context: TrainContext) -> list[Question]:
        """Validation questions of every task."""
        by_task = task_probes(context, MixOptions.of(context.recipe).tasks, number=PROBES)
        return [question for questions in by_task.values() for question in questions]

    def notes(self, lessons: Sequence[Lesson], context: TrainContext) -> dict[str, Any]:
        """How many examples each task had, and how many of them were repetitions."""
        return dict(mix_notes(lessons))
