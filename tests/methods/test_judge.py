"""Judges on the tiny model, and what recipes learn from their verdicts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from harness.config.project import Project
from harness.errors import RunFailed
from harness.items.prepared import PreparedDomain
from harness.items.rows import Preference
from harness.measure.device import prepare_device
from harness.methods.judge import JudgePairs
from harness.models.causal_lm import load_folder
from harness.models.judges.letters import LetterJudge
from harness.models.judges.likelihood import LikelihoodJudge
from harness.models.judges.verdict import Verdict
from harness.models.sequence_logprobs import continuation_logprobs
from harness.training.contract import TrainContext
from harness.training.lessons.judged_pairs import judged_pairs, read_verdicts, report_on, write_verdicts
from harness.training.lessons.ranked_rows import ranked_rows
from tests.methods.test_preference_methods import context_of


def rows_of(project: Project, count: int) -> list[Preference]:
    domain = PreparedDomain.open(project.prepared_folder("hs_products"))
    return list(domain.rows(Preference, "preferences", "train"))[:count]


def sure(margin: float) -> Verdict:
    return Verdict(margin, margin)


def test_log_likelihoods_are_those_of_one_sequence_alone(prepared: Project) -> None:
    model = load_folder(prepared.base_folder("causal_lm"), prepare_device("float32")).model
    sequences = [((5, 6, 7), (8, 9)), ((5,), (6, 7, 8, 9, 10)), ((9, 9, 9, 9, 9, 9), (3,))]
    together = continuation_logprobs(model, sequences)
    for (prompt, answer), found in zip(sequences, together, strict=True):
        ids = torch.tensor([[*prompt, *answer]])
        with torch.inference_mode():
            logprobs = model(input_ids=ids).logits[0].float().log_softmax(-1)
        places = range(len(prompt) - 1, len(prompt) + len(answer) - 1)
        expected = sum(float(logprobs[place, ids[0, place + 1]]) for place in places)
        assert found == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("kind", [LetterJudge, LikelihoodJudge])
def test_exchanging_the_answers_exchanges_the_verdict(prepared: Project, kind: Any) -> None:
    judge = kind(load_folder(prepared.base_folder("causal_lm"), prepare_device("float32")))
    rows = rows_of(prepared, 6)
    turned = [replace(row, chosen=row.rejected, rejected=row.chosen) for row in rows]
    for verdict, other in zip(judge.verdicts(rows), judge.verdicts(turned), strict=True):
        assert verdict.margin == pytest.approx(-(other.margin or 0), abs=1e-4)


def test_a_report_shows_a_leaning_towards_the_first_place(prepared: Project) -> None:
    rows = rows_of(prepared, 20)
    report = report_on(rows, [Verdict(3.0, -3.0)] * 20, margin=0.0)
    assert (report.first_slot, report.same_in_both_orders, report.verdicts) == (1.0, 0.0, 0)
    assert report.at_chance
    good = report_on(rows, [sure(1.0)] * 20, margin=0.5)
    assert (good.agreement, good.kappa, good.first_slot) == (1.0, 1.0, 0.5)
    assert not good.at_chance


def test_inverting_the_judge_exchanges_chosen_and_rejected_exactly(prepared: Project) -> None:
    rows = rows_of(prepared, 12)
    verdicts = {row.id: sure(1.0 if place % 3 else -1.0) for place, row in enumerate(rows)}
    straight, facts = judged_pairs(rows, verdicts, margin=0.0)
    inverted, _ = judged_pairs(rows, {name: one.inverted() for name, one in verdicts.items()}, margin=0.0)
    assert facts == {"turned_round": 4, "no_verdict": 0}
    assert [(one.chosen, one.rejected) for one in straight] == [(one.rejected, one.chosen) for one in inverted]


def test_pairs_without_a_clear_verdict_are_left_out_and_counted(prepared: Project) -> None:
    rows = rows_of(prepared, 3)
    verdicts = {rows[0].id: sure(2.0), rows[1].id: sure(0.1), rows[2].id: Verdict(None, 1.0)}
    kept, facts = judged_pairs(rows, verdicts, margin=0.5)
    assert [row.id for row in kept] == [rows[0].id]
    assert facts == {"turned_round": 0, "no_verdict": 2}


def judged(context: TrainContext, rows: list[Preference], folder: Path, *, margin: float) -> TrainContext:
    folder.mkdir()
    verdicts = [sure(margin)] * len(rows)
    write_verdicts(rows, verdicts, report_on(rows, verdicts, margin=0.0), folder)
    return replace(context, parents={"judge": replace(context, folder=folder)})


def test_a_judge_at_chance_is_refused_unless_the_recipe_asks(prepared: Project, tmp_path: Path) -> None:
    context, rows = context_of(prepared, "rlaif/dpo", tmp_path / "run"), rows_of(prepared, 32)
    wrong = judged(context, rows, tmp_path / "judge", margin=-1.0)
    with pytest.raises(RunFailed, match=r"agrees with the data on 0% \[0%, 11%\]"):
        ranked_rows(rows, wrong)
    run = context.recipe.run.model_copy(update={"options": {"even_at_chance": True}})
    asked = replace(wrong, recipe=context.recipe.model_copy(update={"run": run}))
    kept, facts = ranked_rows(rows, asked)
    assert kept[0].chosen == rows[0].rejected
    assert facts["judge_agreement"] == 0.0


def test_a_judges_run_keeps_its_verdicts_and_its_report(prepared: Project, tmp_path: Path) -> None:
    context = context_of(prepared, "rlaif/judge_letters", tmp_path / "run")
    context.folder.mkdir(parents=True, exist_ok=True)
    trained = JudgePairs().train(context)
    verdicts, report = read_verdicts(context.folder)
    assert len(verdicts) == report.pairs == trained.examples == 32
    assert trained.notes["judge"]["first_slot"] == report.first_slot
    judge = JudgePairs().load(context)
    row = rows_of(prepared, 64)[-1]
    assert judge.verdicts([row])[0].margin is not None
