"""A judge: a model that ranks the pairs of a domain instead of people."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from harness.config.mistakes import Mistake
from harness.config.recipe import Recipe
from harness.errors import DataError
from harness.models.judges.endpoint import EndpointJudge
from harness.models.judges.letters import LetterJudge
from harness.models.judges.likelihood import LikelihoodJudge
from harness.models.judges.verdict import Judge
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel
from harness.training.lessons.judged_pairs import report_on, write_verdicts
from harness.training.lessons.pair_mix import VIEWS, PairOptions, pairs_to_learn
from harness.training.start import load_start

REPLIES = "replies.jsonl"


class JudgeOptions(PairOptions):
    """Who judges, and when it abstains."""

    by: Literal["letters", "likelihood", "endpoint"] = "likelihood"
    """`letters`: asks which answer is better, A or B; `likelihood`: compares how likely the model would write each;
    `endpoint`: asks a model behind an OpenAI-compatible API."""
    margin: float = Field(default=0.0, ge=0)
    """Log-odds below which the judge abstains."""
    url: str | None = None
    """Of the endpoint, up to `/v1`."""
    model: str | None = None
    """The endpoint's name of the model."""
    api_key_env: str | None = None
    """Environment variable that holds the key; null: none is needed."""
    timeout: float = Field(default=60.0, gt=0)
    """Seconds to wait for one reply."""


class JudgePairs(Method):
    """Let a model rank the pairs of a domain, in both orders (RLAIF: Lee et al. 2023, arXiv 2309.00267).

    What it optimises: nothing is trained. Its verdicts on the training pairs are kept for the recipes that name it in
        the role `judge`, with a report: agreement with the right answers, leaning towards the first place, length.
    Data: `preferences`; which answer is the right one is used for the report alone.
    Cost: `letters`: two passes a pair; `likelihood`: one pass for each answer; `endpoint`: two requests a pair.
    Use it: where nobody has ranked answers. Read the report before you train.
    Not for: a small model that is asked for a letter: it may name the first place whatever stands there.
    Related: `reward/model` learns from pairs that the data rank; `rlaif/dpo` learns from these verdicts.
    Parents: `model`, whose model judges; without one the base judges. An endpoint needs neither.
    Options: `slices`, `half`, `by`, `margin`, `url`, `model`, `api_key_env`, `timeout`.
    Example: `python -m harness train rlaif/judge_letters --domain hs_products --seed 0`
    """

    base = "causal_lm"
    starts_from = "model"
    views = VIEWS
    options_model = JudgeOptions
    cannot_be_continued = "it compares answers and writes none"

    def refusals(self, recipe: Recipe) -> Iterator[Mistake]:
        """An endpoint without address or model, and their settings without an endpoint."""
        options = JudgeOptions.of(recipe)
        for name in ("url", "model"):
            given = getattr(options, name) is not None
            if options.by == "endpoint" and not given:
                yield Mistake(("run", "options"), f"`by: endpoint` needs `{name}`")
            if options.by != "endpoint" and given:
                yield Mistake(("run", "options", name), f"`{name}` has an effect with `by: endpoint` only")

    def train(self, context: TrainContext) -> TrainedModel:
        """Judge the budget's training pairs.

        Raises:
            RunFailed: the domain has no pairs.
            DataError: the endpoint gives no reply. Replies so far are kept, and the next run does not ask again.
        """
        options = JudgeOptions.of(context.recipe)
        rows, counted = pairs_to_learn(context, options)
        with context.phases("load"):
            judge = self._judge(context, memory=context.checkpoints / REPLIES)
        with context.phases("judge"):
            verdicts = judge.verdicts(rows)
        report = report_on(rows, verdicts, margin=options.margin)
        write_verdicts(rows, verdicts, report, context.folder)
        shutil.rmtree(context.checkpoints, ignore_errors=True)  # all replies are verdicts now
        used = dataclasses.asdict(judge.usage) if isinstance(judge, EndpointJudge) else {}
        return TrainedModel(
            trainable_parameters=0,
            total_parameters=0 if isinstance(judge, EndpointJudge) else _size(judge),
            examples=len(rows),
            notes={
                **counted,
                "judge": dataclasses.asdict(report),
                "seconds_per_pair": round(context.phases.seconds["judge"] / len(rows), 4),
                **({"endpoint": used} if used else {}),
            },
        )

    def load(self, context: LoadContext) -> Judge:
        """The judge, ready for other pairs."""
        return self._judge(context, memory=context.folder.parent / f".{context.folder.name}-{REPLIES}")

    def _judge(self, context: LoadContext, *, memory: Any) -> Judge:
        options = JudgeOptions.of(context.recipe)
        if options.by == "endpoint":
            key = os.environ.get(options.api_key_env) if options.api_key_env else None
            if options.api_key_env and not key:
                raise DataError(
                    f"the environment variable {options.api_key_env} is not set",
                    where=f"recipes/{context.recipe.id}.yaml: run.options.api_key_env",
                )
            return EndpointJudge(
                options.url or "", options.model or "", memory=memory, api_key=key, timeout=options.timeout
            )
        model = load_start(context)
        return LetterJudge(model) if options.by == "letters" else LikelihoodJudge(model)


def _size(judge: Any) -> int:
    return sum(parameter.numel() for parameter in judge.model.model.parameters())
