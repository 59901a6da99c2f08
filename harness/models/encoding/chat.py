"""How a question becomes the text that a language model reads: one rule for training and scoring."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from harness.items.rows import Question

RENDERING = 1
"""Version of the rules below, and part of every protocol. Raise it when the same question becomes another text. Tokens
that the tokenizer adds to the text (BOS) are not counted here: like the chat template, they come with the model."""


def has_chat_template(tokenizer: Any) -> bool:
    """Whether the model was made for chats and says how one is written."""
    return bool(getattr(tokenizer, "chat_template", None))


def render(tokenizer: Any, prompt: str, *, shots: Sequence[Question] = ()) -> str:
    """The text up to where the model's answer begins.

    With a chat template: the solved `shots` as earlier turns, then the question. Without one: plain text with a line
    for each question and each answer.
    """
    if has_chat_template(tokenizer):
        turns: list[dict[str, str]] = []
        for shot in shots:
            turns += [{"role": "user", "content": shot.prompt}, {"role": "assistant", "content": shot.answer}]
        turns.append({"role": "user", "content": prompt})
        return str(tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False))
    solved = "".join(f"{shot.prompt}\nAnswer:{answer_text(tokenizer, shot.answer)}\n\n" for shot in shots)
    return f"{solved}{prompt}\nAnswer:"


def answer_text(tokenizer: Any, answer: str) -> str:
    """The answer as it follows the prompt of `render`. Without a chat template it begins with a blank.

    A blank at the end of the prompt would become a token of its own, which texts in pre-training do not have there.
    """
    return answer if has_chat_template(tokenizer) else f" {answer}"


def choice_texts(tokenizer: Any, choices: Sequence[str]) -> list[str]:
    """The choices as they follow the prompt of `render`, each with the end token if `needs_end`."""
    end = tokenizer.eos_token if needs_end(choices) else ""
    return [answer_text(tokenizer, choice) + end for choice in choices]


def needs_end(choices: Sequence[str]) -> bool:
    """Whether one choice is the beginning of another.

    The shorter one would then be at least as likely, whatever the question. Scoring every choice together with the
    token that ends the answer prevents that.
    """
    ordered = sorted(choices)
    return any(later.startswith(earlier) for earlier, later in pairwise(ordered))
