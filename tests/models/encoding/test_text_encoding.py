from __future__ import annotations

from copy import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.items.rows import Question
from harness.models.encoding.chat import answer_text, choice_texts, render
from harness.models.encoding.encoded import EncodedPrompt, Example, cut_left
from harness.models.encoding.text_encoding import CausalEncoding, EncoderDecoderEncoding
from harness.models.loaded import LanguageModel


def ask(prompt: str, answer: str) -> Question:
    return Question("1", "train", "1", prompt, prompt, (answer, "other"), answer)


def without_template(tokenizer: Any) -> Any:
    found = copy(tokenizer)
    found.chat_template = None
    return found


def with_bos(tokenizer: Any) -> Any:
    """A tokenizer without a chat template that begins every text with BOS and ends it with the end token by itself, as
    those of some base models do."""
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    begin, end = tokenizer.bos_token, tokenizer.eos_token
    inner = type(tokenizer.backend_tokenizer).from_str(tokenizer.backend_tokenizer.to_str())
    inner.post_processor = TemplateProcessing(
        single=f"{begin} $A {end}",
        special_tokens=[(begin, tokenizer.bos_token_id), (end, tokenizer.eos_token_id)],
    )
    return PreTrainedTokenizerFast(tokenizer_object=inner, bos_token=begin, eos_token=end, pad_token=end)


@pytest.fixture
def chat(tiny_writer: LanguageModel) -> Any:
    return tiny_writer.tokenizer


# --- examples to learn from -------------------------------------------------------------------------------------------


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(prompt=st.text(min_size=1, max_size=80), answer=st.text("abc é中", min_size=1, max_size=12))
def test_the_loss_covers_the_answer_and_its_end_and_nothing_else(chat: Any, prompt: str, answer: str) -> None:
    example = CausalEncoding(chat).example(ask(prompt, answer), max_length=4096)
    assert len(example.input_ids) == len(example.labels)
    assert not example.truncated
    assert example.input_ids == example.prompt + example.answer
    assert example.answer[-1] == chat.eos_token_id
    assert chat.decode(example.answer[:-1]) == answer


@pytest.mark.parametrize("prepared", [lambda chat: chat, without_template, with_bos])
def test_training_reads_the_prompt_that_scoring_reads(tiny_writer: LanguageModel, prepared: Any) -> None:
    model = LanguageModel(tiny_writer.model, prepared(tiny_writer.tokenizer))
    question = ask("Which section?", "metals")
    example = model.encode_example(question, max_length=512)
    assert tuple(example.prompt) == model.encode_prompt(question, view="classify").tokens


def test_a_base_without_a_chat_template_is_scored_on_the_tokens_it_was_trained_on(tiny_writer: LanguageModel) -> None:
    model = LanguageModel(tiny_writer.model, without_template(tiny_writer.tokenizer))
    question = ask("which?", "metal products")
    choices = model.encode_choices(question, view="classify")
    example = model.encode_example(question, max_length=256)
    assert example.input_ids == [*choices.prompt.tokens, *choices.continuations[0], model.tokenizer.eos_token_id]
    assert example.answer == [*choices.continuations[0], model.tokenizer.eos_token_id]


def test_a_long_prompt_is_cut_on_the_left_and_the_answer_stays(chat: Any) -> None:
    example = CausalEncoding(chat).example(ask("word " * 500, "metals"), max_length=40)
    assert example.truncated
    assert len(example.input_ids) == 40
    assert chat.decode(example.answer[:-1]) == "metals"
    assert chat.decode(example.input_ids).count("<|im_start|>assistant") == 1


def test_an_answer_that_leaves_no_room_is_cut_on_the_right_and_does_not_end(chat: Any) -> None:
    encoding = CausalEncoding(chat)
    example = encoding.example(ask("word " * 500, "metals " * 500), max_length=40)
    assert example.truncated
    assert (len(example.input_ids), len(example.answer)) == (40, 30)
    assert chat.eos_token_id not in example.answer
    other = encoding.example(ask("short", "metals " * 500), max_length=400)
    assert (len(other.input_ids), other.truncated) == (400, True)


def test_an_encoder_reads_the_prompt_and_the_labels_are_the_answer(tiny_t5: LanguageModel) -> None:
    t5 = tiny_t5.tokenizer
    example = tiny_t5.encode_example(ask("Q", "metals"), max_length=64, shots=[ask("P", "A")])
    assert t5.decode(example.input_ids) == "P\nAnswer: A\n\nQ\nAnswer:</s>"
    assert t5.decode(example.labels) == " metals</s>"
    assert (example.prompt, example.answer) == (example.input_ids, example.labels)
    assert not example.truncated


def test_prompt_and_answer_of_an_encoder_decoder_share_the_length(tiny_t5: LanguageModel) -> None:
    t5, encoding = tiny_t5.tokenizer, EncoderDecoderEncoding(tiny_t5.tokenizer)
    example = encoding.example(ask("word " * 500, "metals"), max_length=40)
    assert (len(example.input_ids) + len(example.labels), example.truncated) == (40, True)
    assert t5.decode(example.input_ids).endswith("Answer:</s>")
    assert t5.decode(example.labels) == " metals</s>"
    example = encoding.example(ask("word " * 500, "metals " * 500), max_length=40)
    assert (len(example.input_ids), len(example.labels), example.truncated) == (10, 30, True)
    assert t5.eos_token_id not in example.labels


def test_prompt_and_answer_of_an_example_are_told_apart_by_the_labels() -> None:
    causal, separate = Example([1, 2, 3], [-100, 2, 3], False), Example([1, 2, 3], [4, 5], False)
    assert (causal.prompt, causal.answer) == ([1], [2, 3])
    assert (separate.prompt, separate.answer) == ([1, 2, 3], [4, 5])


# --- the same tokens as lm-eval ---------------------------------------------------------------------------------------

PROMPTS = ["Which section?", "blanks at the end  ", "日本語 ünïcödé\u00a0", "two\n\nlines\n"]
CHOICES = ["iron", "iron ore", " blank first", "木", "wood"]


def stock_of(model: LanguageModel, *, add_bos: bool | None) -> Any:
    from lm_eval.models.huggingface import HFLM

    backend = "seq2seq" if model.role.encoder_decoder else "default"
    settings: dict[str, Any] = {"backend": backend, "add_bos_token": add_bos, "device": "cpu"}
    return HFLM(pretrained=model.model, tokenizer=model.tokenizer, **settings)


def unlike_stock(model: LanguageModel, stock: Any) -> list[str]:
    """Prompts whose tokens, or whose choices' tokens, are not those of lm-eval."""
    found = []
    for text in PROMPTS:
        question = Question("1", "test", "1", text, text, tuple(CHOICES), CHOICES[0])
        prompt = render(model.tokenizer, text)
        ours = model.encode_choices(question, view="")
        pairs = [stock._encode_pair(prompt, choice) for choice in choice_texts(model.tokenizer, CHOICES)]
        if [(list(ours.prompt.tokens), list(tokens)) for tokens in ours.continuations] != pairs:
            found.append(f"choices after {text!r}")
        if list(model.encode_prompt(question, view="").tokens) != stock.tok_encode(prompt):
            found.append(f"prompt {text!r}")
    return found


def test_after_a_chat_template_tokens_are_those_of_lm_eval(tiny_writer: LanguageModel) -> None:
    assert unlike_stock(tiny_writer, stock_of(tiny_writer, add_bos=False)) == []


def test_without_a_chat_template_tokens_are_those_of_lm_eval(tiny_writer: LanguageModel) -> None:
    model = LanguageModel(tiny_writer.model, without_template(tiny_writer.tokenizer))
    assert unlike_stock(model, stock_of(model, add_bos=False)) == []


def test_tokens_of_an_encoder_decoder_are_those_of_lm_eval(tiny_t5: LanguageModel) -> None:
    assert unlike_stock(tiny_t5, stock_of(tiny_t5, add_bos=None)) == []


# --- BOS --------------------------------------------------------------------------------------------------------------


def test_without_a_chat_template_a_prompt_begins_with_bos_if_the_tokenizer_adds_it(chat: Any) -> None:
    tokenizer = with_bos(chat)
    encoding, bos = CausalEncoding(tokenizer), tokenizer.bos_token_id
    text = render(tokenizer, "Which section?")
    plain = CausalEncoding(without_template(chat))
    assert encoding.prompt(text).tokens == (bos, *plain.prompt(text).tokens)  # and no end token
    assert encoding.plain_text("iron").tokens == (bos, *plain.plain_text("iron").tokens)
    choices, others = encoding.choices(text, [" iron"]), plain.choices(text, [" iron"])
    assert choices.prompt.tokens == (bos, *others.prompt.tokens)
    assert choices.continuations == others.continuations
    example, other = encoding.example(ask("Q", "iron"), max_length=64), plain.example(ask("Q", "iron"), max_length=64)
    assert example.input_ids == [bos, *other.input_ids]
    assert example.labels == [-100, *other.labels]


def test_a_text_that_begins_with_bos_gets_no_second_one(chat: Any) -> None:
    tokenizer = with_bos(chat)
    tokens = CausalEncoding(tokenizer).prompt(f"{tokenizer.bos_token}iron").tokens
    assert tokens.count(tokenizer.bos_token_id) == 1


def test_a_chat_template_writes_bos_itself(chat: Any) -> None:
    tokenizer = with_bos(chat)
    tokenizer.chat_template = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
    assert CausalEncoding(tokenizer).prompt("iron").tokens[0] != tokenizer.bos_token_id


def test_bos_stays_when_a_prompt_is_cut(chat: Any) -> None:
    tokenizer = with_bos(chat)
    prompt = CausalEncoding(tokenizer).prompt("word " * 100).cut(10)
    assert (len(prompt.tokens), prompt.tokens[0]) == (10, tokenizer.bos_token_id)
    example = CausalEncoding(tokenizer).example(ask("word " * 500, "metals"), max_length=40)
    assert (len(example.input_ids), example.input_ids[0]) == (40, tokenizer.bos_token_id)


@pytest.mark.parametrize(
    ("room", "kept", "expected"),
    [(5, 0, [1, 2, 3, 4, 5]), (2, 0, [4, 5]), (3, 1, [1, 4, 5]), (1, 1, [5]), (9, 1, [1, 2, 3, 4, 5])],
)
def test_the_last_tokens_stay_behind_those_that_are_kept(room: int, kept: int, expected: list[int]) -> None:
    assert cut_left([1, 2, 3, 4, 5], room, kept=kept) == expected


def test_a_prompt_that_fits_is_not_cut() -> None:
    prompt = EncodedPrompt((1, 2, 3))
    assert prompt.cut(3) is prompt
    assert prompt.cut(2).tokens == (2, 3)


def test_prompt_and_answer_of_an_encoder_decoder_each_have_all_positions(chat: Any, tiny_t5: LanguageModel) -> None:
    assert CausalEncoding(chat).prompt_room(100, answer=30) == 70
    assert CausalEncoding(chat).prompt_room(10, answer=30) == 1
    assert EncoderDecoderEncoding(tiny_t5.tokenizer).prompt_room(100, answer=30) == 100
    assert answer_text(tiny_t5.tokenizer, "iron") == " iron"
