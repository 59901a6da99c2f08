import json
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from harness.config.project import Project, RunKey
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question, content_hash, read_rows, write_rows
from harness.measure.device import prepare_device
from harness.methods.few_shot import choose_shots
from harness.models.loaded import LabelClassifier, LanguageModel
from harness.training.registry import get_method
from harness.training.train import load_context, train


def trained(project: Project, recipe: str) -> object:
    family, name = recipe.split("/")
    key = RunKey(family, name, ("hs_products",), 0)
    assert train(project, key).status == "ok"
    context = load_context(project, key, device=prepare_device("float32"))
    return get_method(context.recipe.run.method).load(context)


def test_majority_gives_each_label_its_smoothed_share(prepared: Project) -> None:
    model = trained(prepared, "baseline/majority")
    assert isinstance(model, LabelClassifier)
    domain = PreparedDomain.open(prepared.prepared_folder("hs_products"))
    answers = [q.answer for q in domain.questions("classify", "train", limit=64)]
    row = model.log_proba(["anything"], domain.labels)[0]
    assert np.exp(row).sum() == pytest.approx(1)
    for label, value in zip(domain.labels, row, strict=True):
        expected = (answers.count(label) + 1) / (64 + len(domain.labels))
        assert math.exp(value) == pytest.approx(expected)


def test_tfidf_learns_the_invented_products_and_comes_back_the_same(prepared: Project) -> None:
    model = trained(prepared, "baseline/tfidf")
    assert isinstance(model, LabelClassifier)
    questions = PreparedDomain.open(prepared.prepared_folder("hs_products")).questions("classify", "test")
    table = model.log_proba([q.text for q in questions], list(questions[0].choices))
    assert np.exp(table).sum(axis=1) == pytest.approx(1)
    right = [q.choices[row.argmax()] == q.answer for q, row in zip(questions, table, strict=True)]
    assert sum(right) / len(right) > 0.9  # each section has its own noun


def test_tfidf_gives_a_label_it_never_saw_its_smallest_odds(prepared: Project) -> None:
    model = trained(prepared, "baseline/tfidf")
    assert isinstance(model, LabelClassifier)
    domain = PreparedDomain.open(prepared.prepared_folder("hs_products"))
    row = model.log_proba(["horse"], [*domain.labels, "never seen"])[0]
    assert row[-1] == row[:-1].min()


def test_zero_shot_is_the_base_itself(prepared: Project) -> None:
    model = trained(prepared, "baseline/zero_shot")
    assert isinstance(model, LanguageModel)
    assert not model.shots


def test_few_shot_puts_solved_items_before_the_question(prepared: Project) -> None:
    model = trained(prepared, "baseline/few_shot")
    assert isinstance(model, LanguageModel)
    domain = PreparedDomain.open(prepared.prepared_folder("hs_products"))
    question = domain.questions("classify", "test", limit=1)[0]
    prompt = model.prompt(question, view="classify")
    shots = model.shots["classify"]
    assert len(shots) == 8
    assert all(shot.split == "train" for shot in shots)
    places = [prompt.index(shot.text) for shot in shots]
    assert places == sorted(places)
    assert places[-1] < prompt.index(question.text)
    assert prompt.endswith("<|im_start|>assistant\n")
    assert model.prompt(question, view="unknown").count("<|im_start|>user") == 1


def test_shots_are_of_different_answers_as_far_as_possible() -> None:
    def ask(name: str, answer: str) -> Question:
        return Question(name, "train", name, "t", "p", ("a", "b", "c"), answer)

    questions = [ask("1", "a"), ask("2", "a"), ask("3", "b"), ask("4", "a"), ask("5", "c")]
    assert [q.id for q in choose_shots(questions, 3)] == ["1", "3", "5"]
    assert [q.id for q in choose_shots(questions, 4)] == ["1", "3", "5", "2"]
    assert len(choose_shots(questions, 9)) == 5


def test_changed_questions_get_the_shots_of_the_questions_as_they_are(prepared: Project) -> None:
    model = trained(prepared, "baseline/few_shot")
    assert isinstance(model, LanguageModel)
    assert model.shots["classify_typos"] == model.shots["classify"]
    assert model.shots["classify_reworded"] == model.shots["classify"]


def test_claims_that_bring_their_solved_ones_get_no_others(prepared: Project) -> None:
    model = trained(prepared, "baseline/few_shot")
    assert isinstance(model, LanguageModel)
    domain = PreparedDomain.open(prepared.prepared_folder("hs_products"))
    question = domain.questions("claims_few_shot", "test", limit=1)[0]
    assert len(model.shots["claims"]) == 8
    assert model.prompt(question, view="claims_few_shot").count("<|im_start|>user") == 1


@pytest.mark.parametrize("split", ["train", "validation"])
def test_a_view_without_items_to_learn_from_is_a_row_that_says_so(prepared: Project, split: str) -> None:
    path = prepared.prepared_folder("hs_products") / "views.json"
    facts = json.loads(path.read_text())
    facts["views"]["classify"]["rows"][split] = 0
    path.write_text(json.dumps(facts))
    record = train(prepared, RunKey("baseline", "tfidf", ("hs_products",), 0))
    assert record.status == "failed"
    assert (record.reason or "").startswith("refused: ")


def classified(prepared: Project, change: Callable[[Question], Question]) -> None:
    """The prepared domain with other training questions."""
    folder = prepared.prepared_folder("hs_products")
    rows = read_rows(Question, folder / "views/classify.parquet")
    rows = [change(row) if row.split == "train" else row for row in rows]
    write_rows(Question, rows, folder / "views/classify.parquet")
    facts = json.loads((folder / "views.json").read_text())
    facts["views"]["classify"]["sha256"] = content_hash(rows)
    (folder / "views.json").write_text(json.dumps(facts))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda row: replace(row, answer=row.choices[0]), "refused: all 64 training items have the label"),
        (lambda row: replace(row, text="? !"), "refused: no training text has a word of two letters or more"),
    ],
)
def test_tfidf_refuses_what_it_cannot_fit(
    prepared: Project, change: Callable[[Question], Question], reason: str
) -> None:
    classified(prepared, change)
    record = train(prepared, RunKey("baseline", "tfidf", ("hs_products",), 0))
    assert record.status == "failed"
    assert (record.reason or "").startswith(reason)
