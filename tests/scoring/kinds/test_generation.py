from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch

from harness.errors import RunFailed
from harness.evidence.item_scores import ItemScores
from harness.items.rows import Question
from harness.models.greedy import Written
from harness.models.loaded import LabelClassifier, LanguageModel
from harness.scoring.asking.free_text import BLANK_LINE, ROWS, Answers, stop_texts, write_answers
from harness.scoring.contract import SuiteRun
from harness.scoring.kinds.generation import Generation
from harness.scoring.measures.text_metrics import ITEM_METRICS


def question(name: str, answer: str, *, prompt: str = "what is iron?", references: tuple[str, ...] = ()) -> Question:
    return Question(
        id=name,
        split="test",
        cluster=name,
        text=prompt,
        prompt=prompt,
        choices=(),
        answer=answer,
        references=references,
    )


def run_of(*questions: Question, **changes: Any) -> SuiteRun:
    run = SuiteRun("answers", "answer", questions, batch_size=2, metric="token_f1", max_new_tokens=6, english=True)
    return dataclasses.replace(run, **changes)


def says(monkeypatch: pytest.MonkeyPatch, *texts: str, unfinished: int = 0) -> None:
    """Instead of letting a model write."""
    answers = Answers(list(texts), truncated=0, unfinished=unfinished)
    monkeypatch.setattr("harness.scoring.asking.free_text.write_answers", lambda model, run, raw: answers)


RUN = run_of(
    question("1", "ten weeks", references=("70 days",)), question("2", "the municipality"), question("3", "no")
)


def test_a_sample_holds_the_items_value_of_the_suites_metric(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, "Ten days", "Municipality.", "")
    for metric, expected in (("token_f1", [0.5, 1, 0]), ("exact_match", [0, 1, 0]), ("empty", [0, 0, 1])):
        run = dataclasses.replace(RUN, metric=metric)
        asked = Generation().ask(object(), run)  # type: ignore[arg-type]
        assert [sample.correct for sample in asked.samples] == expected
        value = Generation().aggregate(asked, run)[metric].value
        scores = np.array([[sample.correct for sample in asked.samples]])
        names = tuple(sample.item_id for sample in asked.samples)
        assert value == pytest.approx(ItemScores(names, names, ("",) * 3, scores).value)  # what intervals are of


def test_all_metrics_are_computed_whichever_the_suite_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, "Ten days", "Municipality.", "", unfinished=2)
    found = {}
    for metric in [name for name in Generation.metrics if name != "unfinished"]:  # by which no suite can rank
        run = dataclasses.replace(RUN, metric=metric)
        found[metric] = Generation().aggregate(Generation().ask(object(), run), run)  # type: ignore[arg-type]
    (first, *others) = found.values()
    assert all(other == first for other in others)
    assert set(first) == set(Generation.metrics)
    assert {metric.n for metric in first.values()} == {3}
    assert first["token_f1"].value == pytest.approx(0.5)
    assert first["unfinished"].value == pytest.approx(2 / 3)


def test_answers_that_are_none_are_scored_like_all_others(
    tiny_lm: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["", "\ufffd\ufffd", "ha " * 500, "half a \udc80 pair", " \n "]
    written = [Written(text, ended=bool(place % 2)) for place, text in enumerate(texts)]
    monkeypatch.setattr("harness.models.greedy.write_greedily", lambda *_, **__: written)
    run = run_of(*(question(str(place), "ha") for place in range(5)))
    asked = Generation().ask(tiny_lm, run)
    assert [sample.answer for sample in asked.samples] == [
        "",
        "\ufffd\ufffd",
        ("ha " * 500).strip(),
        "half a ? pair",
        "",
    ]
    metrics = Generation().aggregate(asked, run)
    assert metrics["empty"].value == pytest.approx(2 / 5)
    assert metrics["garbled"].value == pytest.approx(1 / 5)
    assert metrics["unfinished"].value == pytest.approx(3 / 5)
    assert metrics["token_f1"].value == pytest.approx(2 / 501 / 5)  # 1 word of 500 is wanted, the others got nothing


def test_a_tiny_model_answers_and_twice_the_same(wordy_lm: LanguageModel) -> None:
    run = run_of(*(question(str(i), "iron", prompt=f"{'what is ' * i} iron?") for i in range(5)))
    asked = Generation().ask(wordy_lm, run)
    assert [sample.item_id for sample in asked.samples] == [str(i) for i in range(5)]
    assert len({sample.answer for sample in asked.samples}) == 5
    wordy_lm.model.generation_config.repetition_penalty = 9.0
    assert Generation().ask(wordy_lm, run) == asked
    for metric in Generation().aggregate(asked, run).values():
        assert metric.value is not None
        assert 0 <= metric.value <= 1


def test_what_is_written_follows_the_rendered_prompt(tiny_lm: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def record(*_: object, **settings: Any) -> list[Written]:
        seen.update(settings)
        return [Written(" ten weeks\n", ended=True)]

    monkeypatch.setattr("harness.models.greedy.write_greedily", record)
    shot = question("shot", "solved", prompt="an earlier one")
    model = LanguageModel(tiny_lm.model, tiny_lm.tokenizer, shots={"answer": [shot]})
    run = run_of(question("1", "ten weeks"))
    assert write_answers(model, run).texts == ["ten weeks"]
    (prompt,) = seen["prompts"]
    assert prompt.tokens == tuple(model.tokenizer(model.prompt(run.questions[0], view="answer")).input_ids)
    assert (seen["max_new_tokens"], seen["batch_size"], seen["stops"]) == (6, 2 * ROWS, [])


def test_a_prompt_that_leaves_no_room_is_cut_on_the_left_and_counted(tiny_lm: LanguageModel) -> None:
    long, short = question("1", "iron", prompt="iron " * 5000), question("2", "iron")
    tiny_lm.model.config.max_position_embeddings = 64
    assert Generation().ask(tiny_lm, run_of(long, short)).truncated == 1


def test_a_model_without_room_for_an_answer_says_so(tiny_lm: LanguageModel) -> None:
    with pytest.raises(RunFailed, match="no room for a prompt and 4096 tokens of answer"):
        write_answers(tiny_lm, run_of(question("1", "iron"), max_new_tokens=4096))


@pytest.mark.parametrize("answer", ["[1, 2]", "5", "{{ id }}", "", "true"])
def test_right_answers_that_look_like_code_reach_the_samples_as_they_are(tiny_lm: LanguageModel, answer: str) -> None:
    (sample,) = Generation().ask(tiny_lm, run_of(question("1", answer, prompt="{{ id }}"))).samples
    assert sample.gold == answer


def test_without_a_chat_template_a_blank_line_ends_an_answer_unless_right_ones_have_some(
    tiny_lm: LanguageModel,
) -> None:
    plain, lines = question("1", "iron"), question("2", "iron", references=("iron\n\nor steel",))
    assert stop_texts(tiny_lm, run_of(plain)) == []
    tiny_lm.tokenizer.chat_template = None
    assert stop_texts(tiny_lm, run_of(plain)) == [BLANK_LINE]
    assert stop_texts(tiny_lm, run_of(plain, lines)) == []


def test_a_model_that_knows_labels_only_cannot_write() -> None:
    class Knows(LabelClassifier):
        def log_proba(self, texts, labels):  # type: ignore[no-untyped-def]
            raise AssertionError

    assert not Knows.abilities & Generation.asks
    with pytest.raises(TypeError, match="does not write"):
        write_answers(Knows(), RUN)


def test_every_metric_by_which_a_suite_can_rank_has_a_value_in_the_samples() -> None:
    ranking = {name for name, spec in Generation.metrics.items() if not spec.cannot_rank}
    assert {Generation.in_samples.get(name, name) for name in ranking} == set(ITEM_METRICS)


@pytest.mark.parametrize("kind", ["lora", "prompt"])
def test_a_model_with_an_adapter_writes_greedily_too(wordy_lm: LanguageModel, kind: str) -> None:
    from peft import LoraConfig, PromptTuningConfig, get_peft_model

    config = {
        "lora": LoraConfig(task_type="CAUSAL_LM", init_lora_weights=False, target_modules=["q_proj", "v_proj"]),
        "prompt": PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=4),
    }[kind]
    torch.manual_seed(0)
    model = LanguageModel(get_peft_model(wordy_lm.model, config).eval(), wordy_lm.tokenizer)
    own = model.model.generation_config
    run = run_of(*(question(str(i), "iron", prompt="what is " * i + "iron?") for i in range(3)))
    asked = Generation().ask(model, run)
    assert len({sample.answer for sample in asked.samples}) == 3
    own.repetition_penalty = 9.0
    assert Generation().ask(model, run) == asked
    assert model.model.generation_config is own
    one_by_one = Generation().ask(model, dataclasses.replace(run, batch_size=1))
    assert [sample.answer for sample in one_by_one.samples] == [sample.answer for sample in asked.samples]
