"""One encoder for several tasks, with a head for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.config.recipe import Recipe
from harness.errors import ConfigError, DataError, RunFailed
from harness.items.prepared import PreparedDomain
from harness.models.task_heads import TaskHeads, load_heads, wide_encoder
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel
from harness.training.lesson import Lesson
from harness.training.output_change import PROBES, largest_change
from harness.training.task_mix import OPTIONS, learnt_tasks, mix_notes, mix_refusals, task_lessons, task_probes


class Heads(Method):
    """A multi-task network (MT-DNN: Liu et al. 2019, arXiv 1901.11504): shared encoder, one linear head per task.

    What it optimises: cross-entropy of each task's answers, over all weights of the encoder and the heads. Every batch
        holds one task, and batches of all tasks come in mixed order.
    Data: `classify` and `claims` questions, whose answers are the same for every question; a head reads the item's text
        without the prompt. As many examples in all as any recipe, divided among the tasks.
    Cost: an encoder of 22 million parameters trains in a minute or two and answers in one pass.
    Use it: for many fixed tasks on the same texts, where a language model would be too slow or too dear.
    Not for: answers in words, or answers that differ from question to question.
    Related: `multitask/uniform`, the same tasks in a language model; `baseline/tfidf`, the same labels without weights
        from pre-training; `baseline/encoder`, what it starts from.
    Options: `tasks`, `mixing`, `cap` and `temperature` as in `multitask/uniform`.
    Example: `python -m harness train multitask/heads --domain hs_products --seed 0`
    """

    base = "encoder"
    views = ("classify", "claims")
    needs_train_settings = True
    options = OPTIONS

    def refusals(self, recipe: Recipe) -> Iterator[tuple[tuple[str, ...], ConfigError]]:
        """Tasks without fixed answers, invalid mixing rates, and a run to start from."""
        yield from mix_refusals(recipe, self.views)
        where = f"recipes/{recipe.id}.yaml"
        if recipe.run.parents:
            yield ("init",), ConfigError("its encoder starts from the base only", where=where)

    def learns(self, domain: PreparedDomain, recipe: Recipe) -> list[str]:
        """Those of the recipe's tasks that the domain has."""
        return learnt_tasks(domain, recipe, self.views)

    def train(self, context: TrainContext) -> TrainedModel:
        """Load the encoder, put heads on it, train both, check that the outputs changed, save.

        Raises:
            RunFailed: the loss is not finite, no output changed, or two tasks have the same answers.
        """
        from transformers import set_seed

        from harness.training.loops.heads_loop import fit_heads

        lessons = task_lessons(context, self.views)
        labels = answers_by_task(lessons)
        set_seed(context.seed)
        with context.phases("load"):
            model = self._start(context, labels)
        before = self._probed(model, context)
        outcome = fit_heads(model, lessons, context=context)
        change = largest_change(before, self._probed(model, context))
        with context.phases("save"):
            model.save(context.folder)
        texts = [lesson.question.text for lesson in lessons]
        size = sum(parameter.numel() for parameter in model.parameters())
        read = sum(min(length, model.max_length) for length in model.lengths(texts))
        return TrainedModel(
            trainable_parameters=size,
            total_parameters=size,
            examples=len(lessons),
            steps=outcome.steps,
            tokens=round(read * context.budget.epochs),
            truncated=model.cut(texts),
            output_change=change,
            curve=outcome.curve,
            notes=mix_notes(lessons),
        )

    def load(self, context: LoadContext) -> TaskHeads:
        """Encoder and heads. The base model is not needed."""
        return load_heads(context.folder, context.device)

    def _start(self, context: TrainContext, labels: dict[str, list[str]]) -> TaskHeads:
        if context.base is None:
            raise DataError("there is no base model of the role encoder", where=context.recipe.id)
        encoder = wide_encoder(context.base, context.device)
        longest = encoder.max_seq_length or context.budget.max_length
        return TaskHeads(encoder, labels, max_length=min(longest, context.budget.max_length))

    def _probed(self, model: TaskHeads, context: TrainContext) -> object:
        """Log-probabilities of validation questions of every task, in one flat tensor."""
        import torch

        probes = task_probes(context, self.views, number=PROBES)
        tables = [model.task_log_proba(task, [q.text for q in questions]) for task, questions in probes.items()]
        return torch.cat([torch.from_numpy(table).ravel() for table in tables])


def answers_by_task(lessons: Sequence[Lesson]) -> dict[str, list[str]]:
    """Task -> all answers that its questions allow in any of the domains, sorted.

    Raises:
        RunFailed: two tasks have the same answers, so that the answers would not identify the head to ask.
    """
    found: dict[str, set[str]] = {}
    for lesson in lessons:
        found.setdefault(lesson.task, set()).update(lesson.question.choices)
    labels = {task: sorted(names) for task, names in sorted(found.items())}
    if len({tuple(names) for names in labels.values()}) < len(labels):
        raise RunFailed(f"refused: two of the tasks {', '.join(labels)} have the same answers: {labels}")
    return labels
