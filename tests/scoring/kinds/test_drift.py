from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from harness.errors import RunFailed
from harness.evidence.item_scores import ItemScores
from harness.items.rows import Question
from harness.models.loaded import LabelClassifier, LanguageModel
from harness.scoring.contract import SuiteRun, get_kind
from harness.scoring.kinds.drift import Drift


def question(name: str, answer: str, *, prompt: str = "what is iron?") -> Question:
    return Question(id=name, split="test", cluster=name, text=prompt, prompt=prompt, choices=(), answer=answer)


QUESTIONS = (
    question("1", "a heavy metal that rusts"),
    question("2", "the horse", prompt="which animal carries people over land?"),
    question("3", "of wood, of plastics and of glass, as everyone knows", prompt="of what?"),
)


def run_of(*questions: Question, base: Callable[[], LanguageModel] | None, **changes: Any) -> SuiteRun:
    run = SuiteRun("general_text", "", questions, batch_size=2, metric="agreement", base=base)
    return dataclasses.replace(run, **changes)


def copied(model: LanguageModel) -> LanguageModel:
    return LanguageModel(copy.deepcopy(model.model), model.tokenizer)


def changed(model: LanguageModel) -> LanguageModel:
    """A copy with other weights."""
    other = copied(model)
    torch.manual_seed(1)
    for weights in other.model.parameters():
        weights.data += 0.05 * torch.randn_like(weights)
    return other


def test_a_model_that_is_its_base_has_not_drifted_at_all(wordy_lm: LanguageModel) -> None:
    run = run_of(*QUESTIONS, base=lambda: copied(wordy_lm))
    asked = Drift().ask(wordy_lm, run)
    metrics = {name: metric.value for name, metric in Drift().aggregate(asked, run).items()}
    assert [sample.correct for sample in asked.samples] == [1, 1, 1]
    assert (metrics["agreement"], metrics["cross_entropy_change"], metrics["kl_to_base"]) == (1, 0, 0)


def test_other_weights_show_in_every_metric(wordy_lm: LanguageModel) -> None:
    run = run_of(*QUESTIONS, base=lambda: changed(wordy_lm))
    asked = Drift().ask(wordy_lm, run)
    metrics = Drift().aggregate(asked, run)
    assert set(metrics) == set(Drift.metrics)
    assert {metric.n for metric in metrics.values()} == {3}
    values = {name: metric.value or 0.0 for name, metric in metrics.items()}
    assert 0 <= values["agreement"] < 1
    assert values["kl_to_base"] > 0
    assert values["cross_entropy_change"] != 0
    scores = np.array([[sample.correct for sample in asked.samples]])
    names = tuple(sample.item_id for sample in asked.samples)
    assert values["agreement"] == pytest.approx(ItemScores(names, names, ("",) * 3, scores).value)


def test_cross_entropy_is_the_loss_that_transformers_computes_of_the_answer(wordy_lm: LanguageModel) -> None:
    base = changed(wordy_lm)
    run = run_of(*QUESTIONS, base=lambda: base)
    asked = Drift().ask(wordy_lm, run)
    losses: dict[int, list[float]] = {0: [], 1: []}
    for row in QUESTIONS:
        ids, labels, _ = wordy_lm.encode_example(row, max_length=2048)
        for place, one in enumerate((wordy_lm, base)):
            with torch.inference_mode():
                loss = one.model(input_ids=torch.tensor([ids]), labels=torch.tensor([labels])).loss
            losses[place].append(float(loss))
    metrics = Drift().aggregate(asked, run)
    own, others = (sum(several) / 3 for several in losses.values())
    assert metrics["cross_entropy"].value == pytest.approx(own, abs=1e-4)
    assert metrics["cross_entropy_change"].value == pytest.approx(own - others, abs=1e-4)


def test_samples_are_in_order_and_can_be_read(wordy_lm: LanguageModel) -> None:
    run = run_of(*QUESTIONS, base=lambda: changed(wordy_lm))
    asked = Drift().ask(wordy_lm, run)
    assert [(sample.item_id, sample.gold) for sample in asked.samples] == [(row.id, row.answer) for row in QUESTIONS]
    assert len({sample.answer for sample in asked.samples}) == 3
    for sample, row in zip(asked.samples, QUESTIONS, strict=True):
        tokens = len(wordy_lm.tokenizer(row.answer).input_ids) + 1  # the end token is one of the answer's
        assert sample.correct * tokens == pytest.approx(round(sample.correct * tokens))
        assert sample.gold_loglikelihood is not None
        assert sample.gold_loglikelihood < 0


def test_batches_change_nothing(wordy_lm: LanguageModel) -> None:
    base = changed(wordy_lm)
    runs = [run_of(*QUESTIONS, base=lambda: base, batch_size=size) for size in (1, 2, 16)]
    first, *others = [Drift().ask(wordy_lm, run) for run in runs]
    for other in others:
        for found, expected in zip(other.samples, first.samples, strict=True):
            assert (found.answer, found.correct) == (expected.answer, expected.correct)
            assert found.gold_loglikelihood == pytest.approx(expected.gold_loglikelihood, rel=1e-3, abs=1e-4)
        for name, metric in first.figures.items():
            assert other.figures[name].value == pytest.approx(metric.value, rel=1e-3, abs=1e-4)


def test_examples_before_the_questions_stay_away(wordy_lm: LanguageModel) -> None:
    shots = {view: [question("shot", "solved", prompt="an earlier one")] for view in ("", "answer")}
    model = LanguageModel(wordy_lm.model, wordy_lm.tokenizer, shots=shots)
    for view in shots:
        run = dataclasses.replace(run_of(*QUESTIONS, base=lambda: copied(wordy_lm)), view=view)
        assert [sample.correct for sample in Drift().ask(model, run).samples] == [1, 1, 1]


def test_texts_that_do_not_fit_are_cut_and_counted(wordy_lm: LanguageModel) -> None:
    long = question("4", "a metal", prompt="iron " * 50_000)
    longer = question("5", "iron " * 5000)
    run = run_of(QUESTIONS[0], long, longer, base=lambda: copied(wordy_lm))
    wordy_lm.model.config.max_position_embeddings = 64
    asked = Drift().ask(wordy_lm, run)
    assert asked.truncated == 2
    assert [sample.correct for sample in asked.samples] == [1, 1, 1]


def test_the_base_is_loaded_once_however_many_questions_there_are(tiny_lm: LanguageModel) -> None:
    loads = []

    def load() -> LanguageModel:
        loads.append(1)
        return copied(tiny_lm)

    Drift().ask(tiny_lm, run_of(*QUESTIONS, base=load))
    assert loads == [1]


def test_a_run_without_a_base_is_told_so(tiny_lm: LanguageModel) -> None:
    with pytest.raises(RunFailed, match="no base language model"):
        Drift().ask(tiny_lm, run_of(*QUESTIONS, base=None))


def test_a_model_with_other_tokens_than_its_base_is_told_so(tiny_lm: LanguageModel) -> None:
    base = LanguageModel(tiny_lm.model, copy.deepcopy(tiny_lm.tokenizer))
    base.tokenizer.add_tokens(["<new>"])
    with pytest.raises(RunFailed, match="different vocabularies"):
        Drift().ask(tiny_lm, run_of(*QUESTIONS, base=lambda: base))


def test_a_suite_can_only_rank_by_the_agreement() -> None:
    assert [name for name, spec in Drift.metrics.items() if not spec.cannot_rank] == ["agreement"]


def test_only_language_models_are_asked() -> None:
    class Knows(LabelClassifier):
        def log_proba(self, texts, labels):  # type: ignore[no-untyped-def]
            raise AssertionError

    assert not Knows.abilities & Drift.asks
    with pytest.raises(TypeError, match="does not predict tokens"):
        Drift().ask(Knows(), run_of(*QUESTIONS, base=None))


def test_questions_need_an_answer() -> None:
    kind = get_kind("drift")
    assert kind.can_ask(QUESTIONS[0])
    assert not kind.can_ask(question("1", " \n"))
