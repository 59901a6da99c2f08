import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.augment.paraphrase import Paraphrase, cleaned, paraphrases, with_models
from harness.bases.tiny import make_encoder, make_llama
from harness.errors import ConfigError, DataError
from harness.measure.device import prepare_device
from harness.models import greedy

ANGLES = {"a cat": 0, "one cat": 30, "a cat!": 1, "A CAT": 0, "a dog": 80, "a very cat": 5, "zero": None, "": None}
"""Text -> direction of its vector in degrees."""


def embed(texts: Sequence[str]) -> Any:
    angles = [ANGLES[text] for text in texts]
    rows = [
        (0, 0) if angle is None else (3 * np.cos(np.radians(angle)), 3 * np.sin(np.radians(angle))) for angle in angles
    ]
    return np.array(rows, dtype=np.float32)


def paraphrase_of_a_cat(written: str) -> Paraphrase | None:
    [result] = paraphrases(["a cat"], generate=lambda texts: [written], embed=embed)
    return result


def test_a_similar_text_in_other_words_is_kept_with_its_cosine() -> None:
    kept = paraphrase_of_a_cat('Paraphrase: "one cat"\n\nI hope this helps!')
    assert kept is not None
    assert kept.text == "one cat"
    assert kept.similarity == pytest.approx(np.cos(np.radians(30)))


@pytest.mark.parametrize("written", ["a dog", "a very cat", "A  CAT", "a cat!", "", "\n\n", "zero"])
def test_what_says_something_else_or_nothing_new_is_dropped(written: str) -> None:
    assert paraphrase_of_a_cat(written) is None


def test_the_bounds_belong_to_what_is_kept() -> None:
    exact = float(np.cos(np.radians(30)))
    for bounds, kept in (((exact - 1e-6, 1.0), True), ((exact + 1e-6, 1.0), False), ((-1.0, exact - 1e-6), False)):
        [result] = paraphrases(["a cat"], generate=lambda _: ["one cat"], embed=embed, keep_between=bounds)
        assert (result is not None) is kept


def test_the_same_words_are_no_paraphrase_whatever_the_bounds() -> None:
    assert paraphrases(["a cat"], generate=lambda _: ["a cat!"], embed=embed, keep_between=(-1, 1)) == [None]


def test_results_keep_the_order_of_the_texts() -> None:
    results = paraphrases(["a dog", "a cat"], generate=lambda _: ["zero", "one cat"], embed=embed)
    assert [result and result.text for result in results] == [None, "one cat"]
    assert paraphrases([], generate=lambda _: [], embed=embed) == []


@pytest.mark.parametrize("bounds", [(0.9, 0.8), (-2, 0.5), (0.5, 1.5), (float("nan"), 1)])
def test_impossible_bounds_are_refused(bounds: tuple[float, float]) -> None:
    with pytest.raises(ConfigError, match="paraphrases are kept if"):
        paraphrases(["a cat"], generate=lambda _: ["one cat"], embed=embed, keep_between=bounds)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("  Frozen fish,\nof all kinds \n\nThis means ...", "Frozen fish, of all kinds"),
        ("Rephrased version: frozen fish", "frozen fish"),
        ("“Frozen fish”", "Frozen fish"),
        ('"Fish" and "meat', '"Fish" and "meat'),
        ("Answers to questions", "Answers to questions"),
    ],
)
def test_the_wrapping_of_an_answer_is_taken_off(written: str, text: str) -> None:
    assert cleaned(written) == text


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    root = tmp_path_factory.mktemp("models")
    (root / "texts").mkdir()
    (root / "texts/a.json").write_text(json.dumps(["fresh fish and frozen fish", "woven fabrics of cotton"] * 20))
    make_llama(root / "texts", root / "base")
    make_encoder(root / "texts", root / "encoder")
    return root / "base", root / "encoder"


def test_prepared_models_write_and_embed(folders: tuple[Path, Path]) -> None:
    base, encoder = folders
    generate, embed_with_model = with_models(base, encoder, device=prepare_device("float32"), batch_size=2)
    texts = ["fresh fish", "woven fabrics", "fresh fish"]
    vectors = embed_with_model(texts)
    assert vectors.shape == (3, 64)
    assert np.allclose(vectors[0], vectors[2], atol=1e-5)
    assert not np.allclose(vectors[0], vectors[1], atol=1e-2)
    assert generate(texts) == generate(texts)
    assert len(paraphrases(texts, generate=generate, embed=embed_with_model)) == 3


def test_the_model_is_asked_in_its_chat_format_and_endless_answers_are_discarded(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    base, encoder = folders
    asked: list[str] = []

    def write(model: Any, tokenizer: Any, *, prompts: Sequence[Any], **options: Any) -> list[greedy.Written]:
        asked.extend(tokenizer.decode(prompt.tokens) for prompt in prompts)
        return [greedy.Written("fish that is fresh", ended=True), greedy.Written("fabrics fabrics", ended=False)]

    monkeypatch.setattr(greedy, "write_greedily", write)
    generate, _ = with_models(base, encoder, device=prepare_device("float32"))
    assert generate(["fresh fish", "woven fabrics"]) == ["fish that is fresh", ""]
    assert asked[0].startswith("<|im_start|>user\n")
    assert "fresh fish<|im_end|>" in asked[0]
    assert asked[0].endswith("<|im_start|>assistant\n")


def test_a_folder_without_a_model_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no model here"):
        with_models(tmp_path, tmp_path, device=prepare_device("float32"))
