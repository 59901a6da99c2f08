from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers.processors import TemplateProcessing
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from harness.bases.bert2bert import make_bert2bert
from harness.bases.tiny import make_encoder
from harness.errors import DataError
from harness.models.base_roles import text_role_of
from harness.models.encoder_decoder import decoder_start, prompt_tokens
from tests.tree import write_hs_source


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny encoder whose tokenizer marks neither beginning nor end."""
    folder = tmp_path_factory.mktemp("encoder")
    write_hs_source(folder / "texts")
    make_encoder(folder / "texts", folder / "model")
    return folder / "model"


@pytest.fixture(scope="module")
def encoder(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a tokenizer like BERT's."""
    folder = tmp_path_factory.mktemp("bert") / "model"
    folder.mkdir()
    for name in ("config.json", "model.safetensors"):
        (folder / name).write_bytes((plain / name).read_bytes())
    tokenizer = AutoTokenizer.from_pretrained(plain)
    tokenizer.cls_token, tokenizer.sep_token = "<|im_start|>", "<|im_end|>"
    begin, end = tokenizer.cls_token, tokenizer.sep_token
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single=f"{begin} $A {end}",
        special_tokens=[(begin, tokenizer.cls_token_id), (end, tokenizer.sep_token_id)],
    )
    tokenizer.save_pretrained(folder)
    return folder


def test_both_halves_have_the_weights_of_the_encoder(encoder: Path, tmp_path: Path) -> None:
    make_bert2bert(encoder, tmp_path / "made")
    model = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "made")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "made")
    reading, writing = model.encoder.state_dict(), model.decoder.bert.state_dict()
    name = "encoder.layer.1.attention.self.query.weight"
    assert reading[name].equal(writing[name])
    assert model.decoder.get_output_embeddings().weight.equal(model.encoder.get_input_embeddings().weight)
    assert any("crossattention" in key for key in writing)
    assert text_role_of(model.config).name == "seq2seq_lm"
    assert decoder_start(model) == tokenizer.cls_token_id
    assert prompt_tokens(model, tokenizer, "iron")[-1] == tokenizer.eos_token_id == model.config.eos_token_id
    assert str(encoder) not in (tmp_path / "made/config.json").read_text()


def test_it_is_the_same_every_time(encoder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_bert2bert(encoder, tmp_path / name)
    first, second = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("a", "b"))
    assert first == second


def test_an_encoder_without_marks_of_beginning_and_end_is_refused(plain: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no token for the beginning or the end"):
        make_bert2bert(plain, tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_a_folder_that_is_no_encoder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="cannot be both halves"):
        make_bert2bert(tmp_path / "empty", tmp_path / "made")
