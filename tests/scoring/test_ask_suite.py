from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from harness.config.project import Project
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.models.loaded import LabelClassifier, LanguageModel
from harness.scoring.ask import Subject, answers_in_english, ask_suite, cannot_be_asked
from harness.scoring.contract import get_kind
from harness.scoring.measures.text_metrics import TEXT_METRICS
from tests.scoring.conftest import MakeDomain


class Knows(LabelClassifier):
    def log_proba(self, texts, labels):  # type: ignore[no-untyped-def]
        return np.log(np.full((len(texts), len(labels)), 0.5))


def question(number: int, *choices: str) -> Question:
    return Question(
        id=f"q{number}",
        split="test",
        cluster=f"c{number}",
        text="text",
        prompt=f"when? {number}",
        choices=choices,
        answer="ten weeks",
    )


@pytest.fixture
def law(make_domain: MakeDomain) -> PreparedDomain:
    """Six questions of which four have something to choose from."""
    rows = [question(0), question(1, "ten weeks"), *(question(n, "ten weeks", "a year") for n in range(2, 6))]
    return make_domain({"answer": rows})


def change(project: Project, suite: str, pattern: str, replacement: str) -> Project:
    path = project.root / f"data/suites/{suite}.yaml"
    text, times = re.subn(pattern, replacement, path.read_text())
    assert times == 1
    path.write_text(text)
    return Project(project.root)


def test_free_text_is_scored_by_the_suites_own_metric(
    project: Project, law: PreparedDomain, tiny_lm: LanguageModel
) -> None:
    change(project, "answers", "max_new_tokens: .*", "max_new_tokens: 4")
    score, samples = ask_suite(Project(project.root), "answers", subject=Subject(tiny_lm, law))
    assert (score.kind, score.primary, score.column, score.reason) == ("generation", "token_f1", "score", None)
    assert score.metrics["token_f1"].n == len(samples) == 6
    assert len(score.protocol_hash) == 64


def test_questions_without_choices_are_left_out_and_counted(
    project: Project, law: PreparedDomain, tiny_lm: LanguageModel
) -> None:
    score, samples = ask_suite(project, "answer_choice", subject=Subject(tiny_lm, law))
    assert [sample.item_id for sample in samples] == ["q2", "q3", "q4", "q5"]
    assert score.metrics["accuracy_norm"].n == 4
    assert score.reason == "2 of 6 questions (answer) lack several different answers to choose from and were left out"


def test_a_cap_on_items_counts_questions_that_can_be_asked(
    project: Project, law: PreparedDomain, tiny_lm: LanguageModel
) -> None:
    project = change(project, "answer_choice", "items: .*", "items: 3")
    _, samples = ask_suite(project, "answer_choice", subject=Subject(tiny_lm, law))
    assert [sample.item_id for sample in samples] == ["q2", "q3", "q4"]


def test_settings_can_cap_a_single_suite(project: Project, law: PreparedDomain, tiny_lm: LanguageModel) -> None:
    project.params.scoring.items_of["answers"] = 2
    change(project, "answers", "max_new_tokens: .*", "max_new_tokens: 2")
    assert len(ask_suite(project, "answers", subject=Subject(tiny_lm, law))[1]) == 2
    assert len(ask_suite(project, "answers", subject=Subject(tiny_lm, law, items=1))[1]) == 1
    assert len(ask_suite(project, "answer_choice", subject=Subject(tiny_lm, law))[1]) == 4


def test_without_any_question_the_reason_is_the_domains(project: Project, make_domain: MakeDomain) -> None:
    domain = make_domain({"answer": [question(0), question(1, "ten weeks")]})
    for suite, reason in (
        ("answer_choice", "the domain has no answer with several different answers to choose from"),
        ("translation", "the domain has no translate"),
    ):
        score, samples = ask_suite(project, suite, subject=Subject(Knows(), domain))
        assert (score.reason, score.protocol_hash, score.metrics, samples) == (reason, "", {}, [])


def test_a_view_without_test_items_is_as_good_as_none(project: Project, make_domain: MakeDomain) -> None:
    domain = make_domain({"answer": [dataclasses.replace(question(0), split="train")]})
    for suite in ("answers", "answer_choice"):
        assert ask_suite(project, suite, subject=Subject(Knows(), domain))[0].reason == "the domain has no answer"


@pytest.mark.parametrize("suite", ["answers", "answer_choice"])
def test_a_label_classifier_cannot_be_asked_and_the_protocol_is_known_all_the_same(
    project: Project, law: PreparedDomain, suite: str
) -> None:
    score, samples = ask_suite(project, suite, subject=Subject(Knows(), law))
    assert score.reason == "not applicable: this model only predicts labels"
    assert (len(score.protocol_hash), samples) == (64, [])


def test_only_a_classifier_with_heads_for_the_views_of_a_suite_has_that_ability(project: Project) -> None:
    plain, trained = Knows(), Knows()
    trained.heads = frozenset({"classify", "claims"})
    claims, facts = project.suite("claims"), project.suite("general_facts")
    assert plain.abilities_for(claims.views) == {"labels"}
    assert trained.abilities_for(claims.views) == {"labels", "heads"}
    assert cannot_be_asked(trained, get_kind("claims"), claims) is None
    for model, suite in ((plain, claims), (plain, facts), (trained, facts), (trained, project.suite("unanswerable"))):
        reason = cannot_be_asked(model, get_kind(suite.kind), suite)
        assert reason == "not applicable: this model only predicts labels"


def test_a_model_without_room_for_the_answers_is_told_for_this_suite_alone(
    project: Project, law: PreparedDomain, tiny_lm: LanguageModel
) -> None:
    tiny_lm.model.config.max_position_embeddings = 50
    score, samples = ask_suite(project, "answers", subject=Subject(tiny_lm, law))
    assert (score.metrics, samples) == ({}, [])
    assert score.reason == "a model of 50 tokens has no room for a prompt and 96 tokens of answer (suite answers)"


def test_the_protocol_follows_the_length_of_answers_their_language_and_the_versions_of_metrics(
    project: Project, law: PreparedDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def protocol(suite: str) -> str:
        return ask_suite(Project(project.root), suite, subject=Subject(Knows(), law))[0].protocol_hash

    hashes = [protocol("answers")]
    change(project, "answers", "max_new_tokens: 96\n", "")
    assert protocol("answers") == hashes[0]  # 96 is what it is anyway
    change(project, "answers", "column: score", "column: score\nmax_new_tokens: 95")
    hashes.append(protocol("answers"))
    law.meta["language"] = "sv"
    hashes.append(protocol("answers"))
    specs = {"token_f1": TEXT_METRICS["token_f1"], "chrf": dataclasses.replace(TEXT_METRICS["chrf"], version=2)}
    monkeypatch.setattr("harness.scoring.kinds.generation.Generation.metrics", specs)
    hashes.append(protocol("answers"))
    assert len(set(hashes)) == 4


@pytest.mark.parametrize(
    ("language", "view", "expected"),
    [("en", "answer", True), ("sv", "answer", False), ("en", "translate", False), ("en", "answer_foreign", False)],
)
def test_rules_for_english_words_hold_where_all_answers_are_english(
    make_domain: MakeDomain, language: str, view: str, expected: bool
) -> None:
    assert answers_in_english(make_domain({"answer": [question(0)]}, language=language), [view]) == expected


def test_a_label_classifier_is_not_asked_about_anything_but_its_domain(
    project: Project, make_domain: MakeDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain = make_domain({"answer": [question(0)]})
    monkeypatch.setattr("harness.scoring.gather.read_questions", lambda *_: ([question(1, "ten weeks", "no")], "0"))
    score, samples = ask_suite(project, "other_domains", subject=Subject(Knows(), domain))
    assert (score.reason, samples) == ("not applicable: this model only knows the labels of its own domain", [])
    assert len(score.protocol_hash) == 64


def test_a_label_classifier_is_not_asked_about_labels_that_it_never_learnt(
    project: Project, make_domain: MakeDomain
) -> None:
    """As the models of a sequence's first step are, about the domains that come later."""

    class Learnt(Knows):
        learnt_labels = frozenset({"metals", "wood"})

    def about(*choices: str) -> PreparedDomain:
        rows = [dataclasses.replace(question(n, *choices), answer=choices[0]) for n in range(3)]
        return make_domain({"classify": rows})

    known, _ = ask_suite(project, "classification", subject=Subject(Learnt(), about("metals", "paper")))
    assert known.metrics["accuracy"].n == 3
    unknown, samples = ask_suite(project, "classification", subject=Subject(Learnt(), about("eye", "ear")))
    assert unknown.reason == "not applicable: this model was trained on none of the labels of law"
    assert (unknown.metrics, samples, len(unknown.protocol_hash)) == ({}, [], 64)
