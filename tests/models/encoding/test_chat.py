import pytest

from harness.config.project import Project
from harness.items.rows import Question
from harness.models.encoding.chat import answer_text, choice_texts, needs_end, render


@pytest.fixture(scope="module")
def tokenizer(prepared_template):  # type: ignore[no-untyped-def]
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(Project(prepared_template).base_folder("causal_lm"))


@pytest.fixture
def plain(tokenizer):  # type: ignore[no-untyped-def]
    """The same tokenizer without its chat template."""
    from copy import copy

    found = copy(tokenizer)
    found.chat_template = None
    return found


SHOT = Question("1", "train", "1", "P", "P", ("A", "other"), "A")


def test_with_a_chat_template_solved_questions_are_earlier_turns(tokenizer) -> None:  # type: ignore[no-untyped-def]
    text = render(tokenizer, "Q", shots=[SHOT])
    assert text.count("<|im_start|>user") == 2
    assert text.endswith("<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\n")
    assert answer_text(tokenizer, "A") == "A"


def test_without_a_chat_template_it_is_plain_text(plain) -> None:  # type: ignore[no-untyped-def]
    assert render(plain, "Q", shots=[SHOT]) == "P\nAnswer: A\n\nQ\nAnswer:"
    assert answer_text(plain, "A") == " A"


@pytest.mark.parametrize(
    ("choices", "expected"),
    [(("art", "art history"), True), (("art", "history"), False), (("b", "ab"), False), (("x", "y", "xyz"), True)],
)
def test_a_choice_that_begins_another_needs_an_end(choices: tuple[str, ...], expected: bool) -> None:
    assert needs_end(choices) == expected


def test_choices_of_which_one_begins_another_all_get_the_end_token(tokenizer, plain) -> None:  # type: ignore[no-untyped-def]
    assert choice_texts(tokenizer, ["iron", "iron ore"]) == ["iron<|im_end|>", "iron ore<|im_end|>"]
    assert choice_texts(plain, ["iron", "wood"]) == [" iron", " wood"]
