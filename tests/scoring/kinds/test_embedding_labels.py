from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from harness.errors import RunFailed
from harness.items.rows import Question
from harness.scoring.contract import SuiteResult, SuiteRun
from harness.scoring.kinds.embedding_labels import EmbeddingLabels
from tests.scoring.conftest import MakeDomain
from tests.scoring.vector_models import Chosen

LABELS = {"animals": (1.0, 0.0), "metals": (0.0, 1.0)}


def rows(split: str, count: int) -> list[Question]:
    return [
        Question(f"{split}-{label}-{place}", split, f"{label}-{place // 2}", f"{label} {split} {place}", "", (), label)  # type: ignore[arg-type]
        for place in range(count)
        for label in LABELS
    ]


TRAIN, TEST = rows("train", 10), rows("test", 6)


def vectors(*, noise: float) -> dict[str, list[float]]:
    rng = np.random.default_rng(0)
    return {row.text: list(np.array(LABELS[row.answer]) + noise * rng.normal(size=2)) for row in [*TRAIN, *TEST]}


def run_of(make_domain: MakeDomain, train: Sequence[Question] = TRAIN, test: Sequence[Question] = TEST) -> SuiteRun:
    domain = make_domain({"classify": [*train, *test]})
    return SuiteRun("embedding_labels", "classify", test, batch_size=4, metric="accuracy", domain=domain)


def asked(model: Chosen, run: SuiteRun) -> tuple[SuiteResult, dict[str, float | None]]:
    kind = EmbeddingLabels()
    found = kind.ask(model, run)
    return found, {name: metric.value for name, metric in kind.aggregate(found, run).items()}


def test_vectors_that_are_their_label_are_told_apart_by_every_task(make_domain: MakeDomain) -> None:
    found, values = asked(Chosen(vectors(noise=0)), run_of(make_domain))
    assert [sample.answer for sample in found.samples] == [row.answer for row in TEST]
    assert set(values) == set(EmbeddingLabels.metrics)
    for name in ("accuracy", "v_measure", "ami", "average_precision"):
        assert values[name] == pytest.approx(1)
    assert (values["spearman"] or 0) > 0.8  # vectors do not know the clusters within a label


def test_accuracy_is_the_mean_of_the_samples_and_what_mteb_says(
    make_domain: MakeDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    from harness.scoring.mteb import model as mteb_model

    said = {}
    own = mteb_model.evaluate

    def listen(*args: object, **more: object) -> object:
        found = own(*args, **more)  # type: ignore[arg-type]
        said.update(found["DomainClassification"]["test"][0])
        return found

    monkeypatch.setattr(mteb_model, "evaluate", listen)
    found, values = asked(Chosen(vectors(noise=1.0)), run_of(make_domain))
    shares = [sample.correct for sample in found.samples]
    assert 0 < sum(shares) < len(shares)
    assert values["accuracy"] == pytest.approx(sum(shares) / len(shares))
    assert values["accuracy"] == pytest.approx(said["accuracy"])


def test_twice_gives_the_same_and_a_second_suite_embeds_nothing_anew(make_domain: MakeDomain) -> None:
    from harness.scoring.mteb.model import PROBES

    run, model = run_of(make_domain), Chosen(vectors(noise=0.5))
    first = EmbeddingLabels().ask(model, run)
    own = [text for text in model.embedded if text not in PROBES]
    assert len(own) == len(set(own)) == 16 + len(TEST)  # eight training texts of each label
    assert EmbeddingLabels().ask(model, run) == first
    assert len([text for text in model.embedded if text not in PROBES]) == len(own)


def test_where_no_two_items_share_a_label_pairs_have_no_figure(make_domain: MakeDomain) -> None:
    found, values = asked(Chosen(vectors(noise=0)), run_of(make_domain, test=TEST[:2]))
    assert len(found.samples) == 2
    assert (values["average_precision"], values["spearman"]) == (None, None)
    assert values["accuracy"] == 1


@pytest.mark.parametrize(("train", "test"), [([], TEST), (TRAIN[:1], TEST), (TRAIN, TEST[:1])])
def test_too_few_labels_are_a_reason_and_no_crash(
    make_domain: MakeDomain, train: Sequence[Question], test: Sequence[Question]
) -> None:
    with pytest.raises(RunFailed, match="needs training items and questions of two labels"):
        EmbeddingLabels().ask(Chosen(vectors(noise=0)), run_of(make_domain, train, test))
