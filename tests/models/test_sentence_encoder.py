from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.errors import DataError
from harness.measure.device import prepare_device
from harness.models.sentence_encoder import SentenceEncoder, load_encoder


@pytest.fixture
def encoder(tiny_bases: Path) -> SentenceEncoder:
    return load_encoder(tiny_bases / "encoder", prepare_device("float32"))


def test_vectors_have_length_one_and_do_not_depend_on_the_batch(encoder: SentenceEncoder) -> None:
    texts = ["Horses; live", "Pumps for liquids, of iron, with many more words", ""]
    vectors = encoder.embed(texts)
    assert vectors.shape == (3, 64)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
    assert encoder.embed(texts, batch_size=1) == pytest.approx(vectors, abs=1e-5)


def test_no_texts_have_no_vectors(encoder: SentenceEncoder) -> None:
    assert encoder.embed([]).shape == (0, 64)
    assert encoder.cut([]) == 0


def test_prompts_that_an_encoder_brings_along_are_not_used(encoder: SentenceEncoder) -> None:
    before = encoder.embed(["Horses"])
    encoder.model.prompts = {"query": "Find what this asks for: "}
    encoder.model.default_prompt_name = "query"
    assert (encoder.embed(["Horses"]) == before).all()


def test_texts_longer_than_it_reads_are_counted(encoder: SentenceEncoder) -> None:
    long = "horse " * 600
    assert encoder.cut(["horse", long]) == 1
    first, second = encoder.embed([long, long + "pumps of iron"])
    assert first == pytest.approx(second, abs=1e-6)


def test_a_folder_without_such_a_model_is_named(tiny_bases: Path) -> None:
    with pytest.raises(DataError) as raised:
        load_encoder(tiny_bases / "causal_lm", prepare_device("float32"))
    assert "modules.json" in str(raised.value)
    assert "causal_lm" in str(raised.value)
