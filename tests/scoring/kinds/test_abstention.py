from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import RunFailed
from harness.items.rows import Question
from harness.models.loaded import LanguageModel
from harness.records.run_record import Metric
from harness.scoring.asking.multiple_choice import Choices
from harness.scoring.contract import SuiteResult, SuiteRun
from harness.scoring.kinds.abstention import Abstention, Outcome, shared_answer, three_way

UNKNOWN = "No such code."


def pair(number: int) -> list[Question]:
    """About one code that exists, and one that does not."""
    known, one, other = f"meat {number}", f"wood {number}", f"iron {number}"
    return [
        _question(f"{number}-known", known, (one, known, UNKNOWN)),
        _question(f"{number}-missing", UNKNOWN, (UNKNOWN, one, other)),
    ]


def _question(name: str, answer: str, choices: tuple[str, ...]) -> Question:
    return Question(id=name, split="test", cluster=name[0], text=name, prompt=name, choices=choices, answer=answer)


TWO = [*pair(1), *pair(2)]


def run_of(questions: Sequence[Question], *, metric: str = "balanced_accuracy") -> SuiteRun:
    return SuiteRun("unanswerable", "unanswerable", questions, batch_size=2, metric=metric)


def prefers(question: Question, answer: str) -> list[float]:
    """One nat per byte for it, two for the others."""
    return [-len(choice.encode()) * (1.0 if choice == answer else 2.0) for choice in question.choices]


def ask(answers: Sequence[str], *, patch: pytest.MonkeyPatch, metric: str = "balanced_accuracy") -> SuiteResult:
    rows = [prefers(question, answer) for question, answer in zip(TWO, answers, strict=True)]
    patch.setattr("harness.scoring.kinds.abstention.choice_loglikelihoods", lambda model, run: Choices(rows, 3))
    return Abstention().ask(object(), run_of(TWO, metric=metric))  # type: ignore[arg-type]


def values(asked: SuiteResult) -> dict[str, float | None]:
    return {name: metric.value for name, metric in Abstention().aggregate(asked, run_of(TWO)).items()}


def test_all_right_is_the_best_of_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ask([question.answer for question in TWO], patch=monkeypatch)
    found = values(asked)
    best = {name: found[name] for name in ("balanced_accuracy", "accuracy", "auc", "f1", "abstained_on_missing")}
    assert set(best.values()) == {1.0}
    assert (found["correct"], found["wrong"], found["abstained"]) == (0.5, 0.0, 0.5)
    assert (found["error_among_attempted"], found["abstained_on_known"]) == (0.0, 0.0)
    assert asked.truncated == 3


def test_always_declining_is_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    found = values(ask([UNKNOWN] * 4, patch=monkeypatch))
    assert (found["balanced_accuracy"], found["accuracy"], found["auc"]) == (0.5, 0.5, 0.5)
    assert (found["correct"], found["wrong"], found["abstained"], found["f1"]) == (0.0, 0.0, 1.0, 0.0)
    assert found["error_among_attempted"] is None


def test_never_declining_is_chance_even_for_a_model_that_knows_every_code(monkeypatch: pytest.MonkeyPatch) -> None:
    found = values(ask(["meat 1", "wood 1", "meat 2", "iron 2"], patch=monkeypatch))
    assert (found["balanced_accuracy"], found["accuracy"]) == (0.5, 0.5)
    assert (found["correct"], found["wrong"], found["abstained"]) == (0.5, 0.5, 0.0)
    assert found["error_among_attempted"] == 0.5
    assert found["f1"] == pytest.approx(2 / (1 / (2 / 2) + 1 / (2 / 4)))


def test_a_wrong_answer_to_a_known_code_was_rightly_tried_and_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ask(["wood 1", UNKNOWN, UNKNOWN, "wood 2"], patch=monkeypatch)
    assert [(sample.gold, sample.answer, sample.correct) for sample in asked.samples] == [
        ("an answer", "answered: wood 1", 1.0),
        ("to abstain", "abstained", 1.0),
        ("an answer", "abstained", 0.0),
        ("to abstain", "answered: wood 2", 0.0),
    ]
    found = values(asked)
    assert (found["balanced_accuracy"], found["accuracy"], found["error_among_attempted"]) == (0.5, 0.25, 1.0)
    assert (found["abstained_on_missing"], found["abstained_on_known"]) == (0.5, 0.5)


def test_a_suite_that_shows_the_accuracy_counts_the_whole_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ask(["wood 1", UNKNOWN, "meat 2", "wood 2"], patch=monkeypatch, metric="accuracy")
    assert [sample.correct for sample in asked.samples] == [0.0, 1.0, 1.0, 0.0]
    assert (values(asked)["accuracy"], values(asked)["balanced_accuracy"]) == (0.5, 0.75)


@given(st.lists(st.sampled_from([0, 1, 2]), min_size=4, max_size=4))
def test_the_primary_metric_is_the_mean_over_the_gold_classes_of_what_samples_say(places: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        chosen = [question.choices[place] for question, place in zip(TWO, places, strict=True)]
        asked = ask(chosen, patch=patch)
        found = values(asked)
        strict = ask(chosen, patch=patch, metric="accuracy")
    groups = [
        [sample.correct for sample in asked.samples if sample.gold == gold] for gold in ("an answer", "to abstain")
    ]
    assert found["balanced_accuracy"] == pytest.approx(sum(sum(group) / len(group) for group in groups) / 2)
    assert found["accuracy"] == pytest.approx(sum(sample.correct for sample in strict.samples) / 4)
    assert sum(found[name] or 0.0 for name in ("correct", "wrong", "abstained")) == pytest.approx(1)


def test_the_auc_sees_through_a_preference_for_declining(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = []
    for question in TWO:
        bonus = 0.9 if question.answer == UNKNOWN else 0.7  # nats per byte; declines always
        rows.append([-len(c) * (1.0 - bonus if c == UNKNOWN else 1.0) for c in question.choices])
    monkeypatch.setattr("harness.scoring.kinds.abstention.choice_loglikelihoods", lambda model, run: Choices(rows))
    found = values(Abstention().ask(object(), run_of(TWO)))  # type: ignore[arg-type]
    assert (found["balanced_accuracy"], found["abstained"], found["auc"]) == (0.5, 1.0, 1.0)


def test_length_does_not_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "a description that is much longer than the words that decline"
    questions = [_question("1-known", long, (UNKNOWN, long)), _question("2-missing", UNKNOWN, ("wood", UNKNOWN))]
    rows = [[-2.0 * len(UNKNOWN), -1.0 * len(long)], [-3.0 * len("wood"), -1.0 * len(UNKNOWN)]]
    assert rows[0][0] > rows[0][1]  # as a whole, the short text is likelier
    monkeypatch.setattr("harness.scoring.kinds.abstention.choice_loglikelihoods", lambda model, run: Choices(rows))
    asked = Abstention().ask(object(), run_of(questions))  # type: ignore[arg-type]
    assert [sample.answer for sample in asked.samples] == [f"answered: {long}", "abstained"]


def test_the_words_that_decline_are_what_all_questions_share() -> None:
    assert shared_answer(TWO) == UNKNOWN


def test_of_choices_that_all_questions_share_the_one_that_is_right_most_often_declines() -> None:
    choices = ("meat", "wood", UNKNOWN)
    questions = [_question(str(n), answer, choices) for n, answer in enumerate(("meat", UNKNOWN, "wood", UNKNOWN))]
    assert shared_answer(questions) == UNKNOWN


@pytest.mark.parametrize(
    "questions",
    [
        [_question("1", "a", ("a", "b")), _question("2", "c", ("c", "d"))],  # nothing shared
        [_question("1", "a", ("a", "b")), _question("2", "b", ("a", "b"))],  # which of the two?
        [_question("1", "a", ("a", "b")), _question("2", "a", ("a", "c"))],  # nothing to answer
        [_question("1", "a", ("a", "b", "c")), _question("2", "d", ("d", "c"))],  # never right
    ],
)
def test_questions_that_do_not_show_how_to_decline_are_refused(questions: list[Question]) -> None:
    with pytest.raises(RunFailed, match="do not show which of their choices says that there is no answer"):
        shared_answer(questions)


def test_f1_is_the_harmonic_mean_of_its_two_shares() -> None:
    outcomes = [
        Outcome(missing=False, abstained=False, right=True),
        Outcome(missing=False, abstained=False, right=False),
        Outcome(missing=False, abstained=True, right=False),
        Outcome(missing=True, abstained=True, right=True),
        Outcome(missing=True, abstained=False, right=False),
    ]
    found = three_way(outcomes)
    of_known, of_attempted = 1 / 3, 1 / 3
    assert found["f1"].value == pytest.approx(2 / (1 / of_known + 1 / of_attempted))
    assert found["error_among_attempted"] == Metric(value=2 / 3, n=3)
    assert found["accuracy"] == Metric(value=2 / 5, n=5)


def test_without_missing_questions_nothing_is_said_of_them() -> None:
    found = three_way([Outcome(missing=False, abstained=True, right=False)])
    assert found["abstained_on_missing"] == found["error_among_attempted"] == Metric(value=None, n=0)
    assert found["f1"].value == 0.0


def test_all_metrics_that_are_promised_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert values(ask([UNKNOWN] * 4, patch=monkeypatch)).keys() == Abstention.metrics.keys()


@pytest.mark.parametrize(
    ("choices", "expected"),
    [((), False), (("a",), False), (("a", "a"), False), (("b", "c"), False), (("b", "a"), True)],
)
def test_a_question_needs_its_answer_and_another_one_to_choose_from(choices: tuple[str, ...], expected: bool) -> None:
    assert Abstention().can_ask(_question("1", "a", choices)) == expected


def test_a_tiny_model_is_asked_and_scored(tiny_lm: LanguageModel) -> None:
    run = run_of(TWO)
    asked = Abstention().ask(tiny_lm, run)
    metrics = Abstention().aggregate(asked, run)
    assert {sample.gold for sample in asked.samples} == {"an answer", "to abstain"}
    assert all(sample.log_odds is not None for sample in asked.samples)
    shares = (metrics["correct"].value, metrics["wrong"].value, metrics["abstained"].value)
    assert sum(share or 0.0 for share in shares) == pytest.approx(1)
