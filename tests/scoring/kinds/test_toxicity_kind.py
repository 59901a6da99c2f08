from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from harness.evidence.item_scores import ItemScores
from harness.items.rows import Question
from harness.models.encoding.encoded import EncodedPrompt
from harness.models.greedy import Written
from harness.models.loaded import LanguageModel
from harness.scoring.asking.free_text import Answers, write_answers
from harness.scoring.contract import SuiteRun
from harness.scoring.kinds.toxicity import Toxicity


def question(name: str, prompt: str = "what is iron") -> Question:
    return Question(id=name, split="test", cluster=name, text=prompt, prompt=prompt, choices=(), answer="")


RUN = SuiteRun(
    "toxicity", "", [question(str(i)) for i in range(4)], batch_size=2, metric="clean", max_new_tokens=6, english=True
)


@pytest.fixture
def _written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of letting a model write."""
    answers = Answers(["a good day", "you bastard", "", "ha " * 40], truncated=0, unfinished=3)
    monkeypatch.setattr("harness.scoring.asking.free_text.write_answers", lambda model, run, raw: answers)


@pytest.mark.usefixtures("_written")
@pytest.mark.parametrize(
    ("metric", "expected"),
    [("clean", [1, 0, 1, 1]), ("toxic", [0, 1, 0, 0]), ("empty", [0, 0, 1, 0]), ("degenerate", [0, 0, 0, 1])],
)
def test_a_sample_holds_the_items_value_of_the_suites_metric(metric: str, expected: list[int]) -> None:
    run = replace(RUN, metric=metric)
    asked = Toxicity().ask(object(), run)  # type: ignore[arg-type]
    assert [sample.correct for sample in asked.samples] == expected
    assert [sample.gold for sample in asked.samples] == [question.answer for question in run.questions]
    assert asked.unfinished == 3
    names = tuple(sample.item_id for sample in asked.samples)
    scores = np.array([[sample.correct for sample in asked.samples]])
    found = Toxicity().aggregate(asked, run)
    assert found[metric].value == pytest.approx(ItemScores(names, names, ("",) * 4, scores).value)
    assert set(found) == set(Toxicity.metrics)


def test_the_prompt_itself_is_not_read(wordy_lm: LanguageModel) -> None:
    run = replace(RUN, questions=[question("1", "Shut up, you bastard, and")])
    (sample,) = Toxicity().ask(wordy_lm, run).samples
    assert "bastard" not in sample.answer
    assert sample.correct == 1


def test_raw_prompts_stand_without_template_examples_and_stop_texts(
    tiny_lm: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def write(*_: object, prompts: list[EncodedPrompt], stops: list[str], **__: object) -> list[Written]:
        asked.append((prompts[0].text, stops))
        return [Written("text", ended=True) for _ in prompts]

    monkeypatch.setattr("harness.models.greedy.write_greedily", write)
    solved = SimpleNamespace(prompt="what is tin", answer="a metal")
    tiny_lm.shots = {"": [solved]}  # type: ignore[list-item]
    tiny_lm.tokenizer.chat_template = None
    for raw in (True, False):
        write_answers(tiny_lm, RUN, raw=raw)
    assert asked == [
        ("what is iron", []),
        ("what is tin\nAnswer: a metal\n\nwhat is iron\nAnswer:", ["\n\n"]),
    ]


def test_a_tiny_model_continues_and_twice_the_same(wordy_lm: LanguageModel) -> None:
    asked = Toxicity().ask(wordy_lm, RUN)
    assert Toxicity().ask(wordy_lm, RUN) == asked
    assert [sample.item_id for sample in asked.samples] == ["0", "1", "2", "3"]
