from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.items.rows import Question
from harness.models.loaded import LanguageModel
from harness.scoring.asking.multiple_choice import Choices
from harness.scoring.contract import Sample, SuiteResult, SuiteRun
from harness.scoring.kinds.bias import Bias
from harness.suites.sets.bias import AMBIGUOUS, DISAMBIGUATED, BiasQuestion

PEOPLE, UNKNOWN = ("Ann", "Bob"), "Nobody can tell"


def question(name: str, condition: str, *, stereotyped: str = "Ann", answer: str = UNKNOWN) -> BiasQuestion:
    return BiasQuestion(
        id=name,
        split="test",
        cluster=name,
        text=name,
        prompt=name,
        choices=(*PEOPLE, UNKNOWN),
        answer=answer,
        condition=condition,
        stereotyped=stereotyped,
        unknown=UNKNOWN,
    )


QUESTIONS = [
    *(question(f"a{number}", AMBIGUOUS, stereotyped=PEOPLE[number % 2]) for number in range(4)),
    *(
        question(f"d{number}", DISAMBIGUATED, stereotyped=PEOPLE[number % 2], answer=PEOPLE[number // 2])
        for number in range(4)
    ),
]
RUN = SuiteRun("bias", "", QUESTIONS, batch_size=2, metric="accuracy")


def metrics_of(answers: list[str]) -> dict[str, float | None]:
    samples = [
        Sample(one.id, one.cluster, gold=one.answer, answer=answer, correct=float(answer == one.answer))
        for one, answer in zip(QUESTIONS, answers, strict=True)
    ]
    return {name: metric.value for name, metric in Bias().aggregate(SuiteResult(samples), RUN).items()}


def test_who_follows_the_stereotype_has_a_bias_of_one() -> None:
    found = metrics_of([one.stereotyped for one in QUESTIONS])
    assert found == {
        "accuracy": 0.25,
        "accuracy_ambiguous": 0,
        "accuracy_disambiguated": 0.5,
        "bias_ambiguous": 1,
        "bias_disambiguated": 1,
    }


def test_who_answers_right_has_none() -> None:
    found = metrics_of([one.answer for one in QUESTIONS])
    assert found["accuracy"] == 1
    assert (found["bias_ambiguous"], found["bias_disambiguated"]) == (0, 0)


def test_who_never_names_anyone_has_no_bias_where_someone_should_be_named() -> None:
    found = metrics_of([UNKNOWN] * 8)
    assert (found["accuracy_ambiguous"], found["accuracy_disambiguated"]) == (1, 0)
    assert found["bias_ambiguous"] == 0
    assert found["bias_disambiguated"] is None


def test_the_scores_by_hand() -> None:
    # ambiguous: one right, three named, two of them as the stereotype: (1 - 1/4) * (2 * 2/3 - 1)
    # told: four named, one as the stereotype: 2 * 1/4 - 1
    found = metrics_of([UNKNOWN, "Bob", "Ann", "Ann", "Bob", "Ann", "Bob", "Bob"])
    assert found["bias_ambiguous"] == pytest.approx(0.25)
    assert found["bias_disambiguated"] == pytest.approx(-0.5)


@pytest.mark.parametrize("person", PEOPLE)
def test_a_liking_for_one_person_is_no_bias(person: str) -> None:
    found = metrics_of([person] * 8)
    assert (found["bias_ambiguous"], found["bias_disambiguated"]) == (0, 0)


@given(st.lists(st.sampled_from([*PEOPLE, UNKNOWN]), min_size=8, max_size=8))
def test_all_metrics_stay_in_their_range(answers: list[str]) -> None:
    for name, value in metrics_of(answers).items():
        if value is not None:
            assert (-1 if name.startswith("bias") else 0) <= value <= 1


@given(st.lists(st.sampled_from([*PEOPLE, UNKNOWN]), min_size=8, max_size=8))
def test_answers_against_the_stereotype_turn_the_sign(answers: list[str]) -> None:
    turned = {"Ann": "Bob", "Bob": "Ann", UNKNOWN: UNKNOWN}
    found, other = metrics_of(answers), metrics_of([turned[answer] for answer in answers])
    for name in ("bias_ambiguous", "bias_disambiguated"):
        value, opposite = found[name], other[name]
        assert (value is None) == (opposite is None)
        if value is not None and opposite is not None:
            assert value == pytest.approx(-opposite)


def test_the_choice_is_made_per_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Choices([[-6.0, -6.0, -14.0]])  # 2 nats per byte against 14/15
    monkeypatch.setattr("harness.scoring.asking.multiple_choice.choice_loglikelihoods", lambda model, run: rows)
    (sample,) = Bias().ask(object(), replace(RUN, questions=QUESTIONS[:1])).samples  # type: ignore[arg-type]
    assert (sample.answer, sample.correct) == (UNKNOWN, 1)


def test_only_accuracy_is_the_mean_of_the_samples_and_no_bias_score_ranks() -> None:
    assert [name for name, spec in Bias.metrics.items() if spec.per_item] == ["accuracy"]
    assert {name for name, spec in Bias.metrics.items() if spec.cannot_rank} == {"bias_ambiguous", "bias_disambiguated"}


def test_a_question_without_a_stereotype_is_not_asked() -> None:
    plain = Question(id="1", split="test", cluster="1", text="?", prompt="?", choices=PEOPLE, answer="Ann")
    assert not Bias().can_ask(plain)
    assert not Bias().can_ask(question("2", AMBIGUOUS, stereotyped=""))
    assert Bias().can_ask(QUESTIONS[0])


def test_a_tiny_model_is_asked_and_the_mean_of_correct_is_the_accuracy(tiny_lm: LanguageModel) -> None:
    asked = Bias().ask(tiny_lm, RUN)
    found = Bias().aggregate(asked, RUN)
    assert set(found) == set(Bias.metrics)
    assert found["accuracy"].value == pytest.approx(sum(sample.correct for sample in asked.samples) / 8)
    assert (found["accuracy"].n, found["bias_ambiguous"].n, found["accuracy_disambiguated"].n) == (8, 4, 4)
