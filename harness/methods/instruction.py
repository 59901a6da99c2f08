"""Instruction tuning: every task in many wordings, some after solved examples."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.config.recipe import Recipe
from harness.errors import ConfigError, RunFailed, did_you_mean
from harness.items.item import shuffle_key
from harness.items.prepared import PreparedDomain
from harness.items.rows import Instruction, Question
from harness.training.contract import TrainContext, TrainedModel
from harness.training.lesson import Lesson
from harness.training.mixing import allocate, examples_proportional, mixed
from harness.training.output_change import PROBES
from harness.training.peft_lm import PeftLM

VIEW = "instruction"

OWN, PREPARED = "own", "prepared"

CAP = 3000
"""A larger task counts as one of so many items in the mixture, as in FLAN: it does not crowd out the others."""


@dataclass(frozen=True)
class MixtureRow:
    """A row of the mixture."""

    task: str
    """`hs_products/classify`: the same task of two domains is two tasks."""
    row: Instruction

    @property
    def id(self) -> str:
        """Unique over domains."""
        return f"{self.task}/{self.row.id}"


class InstructionTuning(PeftLM):
    """Instruction tuning (Wei et al. 2022, arXiv 2109.01652) with low-rank updates (`peft/lora`).

    What it optimises: cross-entropy of the answer's tokens, over LoRA's matrices; the prompts put each task in several
        wordings, and a share of them follows solved examples of the same task in the same wording (mixed zero-shot and
        few-shot prompts, Longpre et al. 2023, arXiv 2301.13688).
    Data: the view `instruction` of the run's domain, or of all prepared domains: tasks in proportion to their sizes up
        to a cap, as many examples in all as any recipe. Equal shares would show a small domain's items far more often
        than other recipes of the budget see theirs. The held-out wordings never occur; `reworded` asks in them.
    Cost: that of `peft/lora`; solved examples make prompts several times as long.
    Use it: where one model is to follow many tasks or requests in many words.
    Not for: the best score on one task in one wording: each task gets a part of the examples.
    Related: `peft/lora` learns one task in one wording; `multitask/*` several tasks in one wording each.
    Options: `domains`: `own`, or `prepared` for all prepared domains; `few_shot_share`: of the prompts, which follow
        solved examples (0 to 1); `shots`: at most so many. Examples are other lessons of the run, so that it sees no
        more items than its budget has.
    Recipe: `run.peft` takes the arguments of peft.LoraConfig.
    Example: `python -m harness train instruction/multi_domain --domain hs_products --seed 0`
    """

    views = (VIEW,)
    reads_other_domains = True
    config_class = "LoraConfig"
    merges = exports_merged = True
    options = {"domains": OWN, "few_shot_share": 0.0, "shots": 2}

    def refusals(self, recipe: Recipe) -> Iterator[tuple[tuple[str, ...], ConfigError]]:
        """Options of impossible values, and a subset, which would be of no single task."""
        where = f"recipes/{recipe.id}.yaml"
        chosen = {**self.options, **recipe.run.options}
        domains, share, shots = chosen["domains"], chosen["few_shot_share"], chosen["shots"]
        if domains not in (OWN, PREPARED):
            what, hint = f"`run.options.domains` is {domains!r}", did_you_mean(str(domains), (OWN, PREPARED))
            yield ("options", "domains"), ConfigError(what, where=where, hint=hint)
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            what = f"`run.options.few_shot_share` is {share!r}"
            yield ("options", "few_shot_share"), ConfigError(what, where=where, expected="a number from 0 to 1")
        if isinstance(shots, bool) or not isinstance(shots, int) or shots < 1:
            what = f"`run.options.shots` is {shots!r}"
            yield ("options", "shots"), ConfigError(what, where=where, expected="a whole number of at least 1")
        if recipe.run.subset is not None:
            what = f"method {recipe.run.method} mixes tasks and draws no subset"
            yield ("subset",), ConfigError(what, where=where, hint="set `run.budget.train_examples`")

    def lessons(self, context: TrainContext) -> list[Lesson]:
        """The budget's number of instructions over all tasks, the same for all seeds; a seed draws solved examples."""
        chosen = self.chosen_options(context.recipe)
        told = mixture(_by_task(self._learnt(context)), context.budget.train_examples)
        shots = solved_examples(told, share=chosen["few_shot_share"], most=chosen["shots"], seed=context.seed)
        several = len({one.task.partition("/")[0] for one in told}) > 1
        return [
            Lesson(
                question_of(one.row),
                task=one.task if several else one.row.task,
                shots=tuple(map(question_of, shots.get(one.id, ()))),
            )
            for one in told
        ]

    def probes(self, context: TrainContext) -> list[Question]:
        """Validation instructions of the run's own domain."""
        rows = [row for domain in context.domains for row in domain.rows(Instruction, VIEW, "validation", limit=PROBES)]
        if not rows:
            names = ", ".join(domain.name for domain in context.domains)
            raise RunFailed(f"refused: the view {VIEW} of {names} has no validation item")
        return [question_of(row) for row in rows[:PROBES]]

    def train(self, context: TrainContext) -> TrainedModel:
        """As any adapter; the record tells which domains taught, since those are no longer other domains to it."""
        trained = super().train(context)
        told = {
            "learnt_domains": sorted(domain.name for domain in self._learnt(context)),
            "examples_after_shots": sum(bool(lesson.shots) for lesson in self.lessons(context)),
        }
        return replace(trained, notes={**trained.notes, **told})

    def _learnt(self, context: TrainContext) -> list[PreparedDomain]:
        """The domains that teach; of the others those that have something to teach."""
        every = self.chosen_options(context.recipe)["domains"] == PREPARED
        others = [domain for domain in context.others if domain.count(VIEW, "train")] if every else []
        return [*context.domains, *others]


def mixture(rows_by_task: Mapping[str, Sequence[Instruction]], total: int) -> list[MixtureRow]:
    """`total` rows, or all if there are fewer, tasks in proportion to their sizes up to `CAP`, interleaved."""
    sizes = {task: len(rows) for task, rows in rows_by_task.items()}
    counts = allocate(examples_proportional(sizes, cap=CAP), min(total, sum(sizes.values())), available=sizes)
    told = {task: [MixtureRow(task, row) for row in rows] for task, rows in rows_by_task.items()}
    return mixed(told, counts, seed=0)


def solved_examples(told: Sequence[MixtureRow], *, share: float, most: int, seed: int) -> dict[str, list[Instruction]]:
    """Id -> one to `most` other rows that stand before it, for `share` of the rows.

    They are of the same task and template, and of other clusters: a row of the same origin, such as the way back of a
    translation, would give the answer away. Rows without such company get none; others do in their place.
    """
    alike: dict[tuple[str, str], list[Instruction]] = {}
    for one in told:
        alike.setdefault((one.task, one.row.template), []).append(one.row)
    company = {
        one.id: [row for row in alike[one.task, one.row.template] if row.cluster != one.row.cluster] for one in told
    }
    able = sorted((name for name, rows in company.items() if rows), key=lambda name: shuffle_key(seed, name))
    found = {}
    for name in able[: round(share * len(told))]:
        rng = random.Random(shuffle_key(seed, f"shots of {name}"))
        found[name] = rng.sample(company[name], min(rng.randint(1, most), len(company[name])))
    return found


def question_of(row: Instruction) -> Question:
    """The instruction as a question; what it asks about is its prompt."""
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
    """By domain name, so that the mixture of all is the same whichever of them the run is named after."""
    found: dict[str, list[Instruction]] = {}
    for domain in sorted(domains, key=lambda domain: domain.name):
        for row in domain.rows(Instruction, VIEW, "train"):
            found.setdefault(f"{domain.name}/{row.task}", []).append(row)
    return found
