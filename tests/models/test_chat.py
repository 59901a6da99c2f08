import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.config.project import Project
from harness.items.rows import Question
from harness.models.chat import encode_example, encode_for_encoder, render
from harness.models.loaded import LanguageModel


@pytest.fixture(scope="module")
def tokenizer(prepared_template):  # type: ignore[no-untyped-def]
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(Project(prepared_template).base_folder("causal_lm"))


def ask(prompt: str, answer: str) -> Question:
    return Question("1", "train", "1", prompt, prompt, (answer, "other"), answer)


@settings(max_examples=50)
@given(prompt=st.text(min_size=1, max_size=80), answer=st.text("abc é中", min_size=1, max_size=12))
def test_the_loss_covers_the_answer_and_its_end_and_nothing_else(tokenizer, prompt: str, answer: str) -> None:  # type: ignore[no-untyped-def]
    ids, labels, truncated = encode_example(tokenizer, ask(prompt, answer), max_length=4096)
    learned = [label for label in labels if label != -100]
    assert len(ids) == len(labels)
    assert not truncated
    assert ids[-len(learned) :] == learned
    assert learned[-1] == tokenizer.eos_token_id
    assert tokenizer.decode(learned[:-1]) == answer


def test_training_and_scoring_read_the_same_prompt(tokenizer) -> None:  # type: ignore[no-untyped-def]
    ids, labels, _ = encode_example(tokenizer, ask("Which section?", "metals"), max_length=512)
    prompt = [token for token, label in zip(ids, labels, strict=True) if label == -100]
    assert tokenizer.decode(prompt) == render(tokenizer, "Which section?")


def test_a_long_prompt_is_cut_on_the_left_and_the_answer_stays(tokenizer) -> None:  # type: ignore[no-untyped-def]
    ids, labels, truncated = encode_example(tokenizer, ask("word " * 500, "metals"), max_length=40)
    assert truncated
    assert len(ids) == 40
    assert tokenizer.decode([label for label in labels if label != -100][:-1]) == "metals"
    assert tokenizer.decode(ids).count("<|im_start|>assistant") == 1


def test_an_answer_that_leaves_no_room_is_cut_on_the_right_and_does_not_end(tokenizer) -> None:  # type: ignore[no-untyped-def]
    ids, labels, truncated = encode_example(tokenizer, ask("word " * 500, "metals " * 500), max_length=40)
    learned = [label for label in labels if label != -100]
    assert truncated
    assert len(ids) == 40
    assert len(learned) == 30
    assert tokenizer.eos_token_id not in learned
    ids, labels, truncated = encode_example(tokenizer, ask("short", "metals " * 500), max_length=400)
    assert (len(ids), truncated) == (400, True)


def test_without_a_chat_template_it_is_plain_text(tokenizer) -> None:  # type: ignore[no-untyped-def]
    from copy import copy

    plain = copy(tokenizer)
    plain.chat_template = None
    assert render(plain, "Q", shots=[ask("P", "A")]) == "P\nAnswer: A\n\nQ\nAnswer:"


def test_an_encoder_reads_the_prompt_and_the_labels_are_the_answer(tiny_t5: LanguageModel) -> None:
    t5 = tiny_t5.tokenizer
    ids, labels, truncated = encode_for_encoder(t5, ask("Q", "metals"), max_length=64, shots=[ask("P", "A")])
    assert t5.decode(ids) == "P\nAnswer: A\n\nQ\nAnswer:</s>"
    assert t5.decode(labels) == " metals</s>"
    assert not truncated


def test_prompt_and_answer_of_an_encoder_decoder_share_the_length(tiny_t5: LanguageModel) -> None:
    t5 = tiny_t5.tokenizer
    ids, labels, truncated = encode_for_encoder(t5, ask("word " * 500, "metals"), max_length=40)
    assert (len(ids) + len(labels), truncated) == (40, True)
    assert t5.decode(ids).endswith("Answer:</s>")
    assert t5.decode(labels) == " metals</s>"
    ids, labels, truncated = encode_for_encoder(t5, ask("word " * 500, "metals " * 500), max_length=40)
    assert (len(ids), len(labels), truncated) == (10, 30, True)
    assert t5.eos_token_id not in labels
