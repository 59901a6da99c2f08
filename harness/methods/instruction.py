"""Instruction tuning: every task in many wordings, some after solved examples."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from harness.errors import RunFailed
from harness.items.item import shuffle_key
from harness.items.prepared import PreparedDomain
from harness.items.rows import Instruction, Question
from harness.training.adapters.peft_lm import PeftLM
from harness.training.contract import TrainContext
from harness.training.lessons.lesson import Lesson
from harness.training.lessons.mixing import allocate, examples_proportional, mixed
from harness.training.method_options import MethodOptions
from harness.training.output_change import PROBES

VIEW = "instruction"

CAP = 3000
"""A larger task counts as if it had this many items, as in FLAN, so that it does not crowd out the others."""


class InstructionOptions(MethodOptions):
    """Which domains teach, and how many prompts follow solved examples."""

    domains: Literal["own", "prepared"] = "own"
    """`own`: the domains of the run; `prepared`: all prepared domains."""
    few_shot_share: float = Field(default=0.0, ge=0, le=1)
    """Share of the prompts that follow solved examples, 0 to 1."""
    shots: int = Field(default=2, ge=1)
    """Largest number of solved examples before a prompt."""


@dataclass(frozen=True)
class MixtureRow:
    """One instruction in the mixture of tasks."""

    task: str
    """Domain and task: `hs_products/classify`."""
    row: Instruction

    @property
    def id(self) -> str:
        """Identifier that is unique over all domains."""
        return f"{self.task}/{self.row.id}"


class InstructionTuning(PeftLM):
    """Instruction tuning (Wei et al. 2022, arXiv 2109.01652) with low-rank updates (`peft/lora`).

    What it optimises: cross-entropy of the answer's tokens, over LoRA's matrices. The prompts phrase each task in
        several wordings. Before a share of them stand solved examples of the same task in the same wording (mixed
        zero-shot and few-shot prompts, Longpre et al. 2023, arXiv 2301.13688).
    Data: the view `instruction` of the run's domain, or of all prepared domains: tasks in proportion to their sizes up
        to a cap, together as many examples as any other recipe. Equal shares would show a small domain's items far more
        often than other recipes of this budget see theirs. The held-out wordings never occur; the suite `reworded`
        asks in them.
    Cost: that of `peft/lora`; solved examples make prompts several times as long.
    Use it: where one model must follow many tasks, or requests in many wordings.
    Not for: the best score on one task in one wording: each task gets only a part of the examples.
    Related: `peft/lora` learns one task in one wording; `multitask/*` learns several tasks in one wording each.
    Options: `domains`, `few_shot_share`, `shots`. Solved examples are other training items of the run, so the run sees
        no more items than its budget has.
    Recipe: `run.peft` takes the arguments of peft.LoraConfig.
    Example: `python -m harness train instruction/multi_domain --domain hs_products --seed 0`
    """

    views = (VIEW,)
    reads_other_domains = True
    config_class = "LoraConfig"
    merges = True
    options_model = InstructionOptions
    takes_subset = False

    def lessons(self, context: TrainContext) -> list[Lesson]:
        """As many instructions as the budget has, the same for all seeds. The seed decides on the solved examples."""
        options = InstructionOptions.of(context.recipe)
        rows = mixture(_by_task(self._learnt(context)), context.budget.train_examples)
        shots = solved_examples(rows, share=options.few_shot_share, most=options.shots, seed=context.seed)
        several = len({one.task.partition("/")[0] for one in rows}) > 1
        return [
            Lesson(
                question_of(one.row),
                task=one.task if several else one.row.task,
                shots=tuple(map(question_of, shots.get(one.id, ()))),
            )
            for one in rows
        ]

    def probes(self, context: TrainContext) -> list[Question]:
        """Validation instructions of the run's own domains."""
        rows = [row for domain in context.domains for row in domain.rows(Instruction, VIEW, "validation", limit=PROBES)]
        if not rows:
            names = ", ".join(domain.name for domain in context.domains)
            raise RunFailed(f"refused: the view {VIEW} of {names} has no validation item")
        return [question_of(row) for row in rows[:PROBES]]

    def notes(self, lessons: Sequence[Lesson], context: TrainContext) -> dict[str, Any]:
        """Further facts: the domains that the run learned from (to it they are not foreign), and uses of shots."""
        return {
            **super().notes(lessons, context),
            "learnt_domains": sorted(domain.name for domain in self._learnt(context)),
            "examples_after_shots": sum(bool(lesson.shots) for lesson in lessons),
        }

    def _learnt(self, context: TrainContext) -> list[PreparedDomain]:
        """The domains of the run, and with `domains: prepared` all other domains that have instructions."""
        every = InstructionOptions.of(context.recipe).domains == "prepared"
        others = [domain for domain in context.others if domain.count(VIEW, "train")] if every else []
        return [*context.domains, *others]


def mixture(rows_by_task: Mapping[str, Sequence[Instruction]], total: int) -> list[MixtureRow]:
    """`total` rows, or all if there are fewer. Shares follow the tasks' sizes up to `CAP`; tasks are interleaved."""
    sizes = {task: len(rows) for task, rows in rows_by_task.items()}
    counts = allocate(examples_proportional(sizes, cap=CAP), min(total, sum(sizes.values())), available=sizes)
    wrapped = {task: [MixtureRow(task, row) for row in rows] for task, rows in rows_by_task.items()}
    return mixed(wrapped, counts, seed=0)


def solved_examples(rows: Sequence[MixtureRow], *, share: float, most: int, seed: int) -> dict[str, list[Instruction]]:
    """Id -> one to `most` other rows that are shown before this one, for `share` of the rows.

    The other rows have the same task and template but another cluster: a row of the same origin, such as the reverse
    of a translation, would give the answer away. If a row has no such others, a further row gets examples instead.
    """
    alike: dict[tuple[str, str], list[Instruction]] = {}
    for one in rows:
        alike.setdefault((one.task, one.row.template), []).append(one.row)
    possible = {
        one.id: [row for row in alike[one.task, one.row.template] if row.cluster != one.row.cluster] for one in rows
    }
    able = sorted((name for name, others in possible.items() if others), key=lambda name: shuffle_key(seed, name))
    found = {}
    for name in able[: round(share * len(rows))]:
        rng = random.Random(shuffle_key(seed, f"shots of {name}"))
        found[name] = rng.sample(possible[name], min(rng.randint(1, most), len(possible[name])))
    return found


def question_of(row: Instruction) -> Question:
    """The instruction as a question. Its whole prompt is the text that the question is about."""
    return Question(
        id=row.id,
        split=row.split,
        cluster=row.cluster,
        text=row.prompt,
        prompt=row.prompt,
        choices=row.choices,
        answer=row.answer,
    )


def _by_task(domains: Sequence[PreparedDomain]) -> dict[str, list[Instruction]]:
    """Domain and task -> training rows, sorted by domain: the order does not depend on which domain the run is for."""
    found: dict[str, list[Instruction]] = {}
    for domain in sorted(domains, key=lambda domain: domain.name):
        for row in domain.rows(Instruction, VIEW, "train"):
            found.setdefault(f"{domain.name}/{row.task}", []).append(row)
    return found
