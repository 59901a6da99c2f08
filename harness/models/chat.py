"""One way to turn a question into the text a language model sees, used by training and scoring alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.items.rows import Question

RENDERING = 1
"""Version of the rules below; raised when the same question becomes another prompt. Part of every protocol."""


def render(tokenizer: Any, prompt: str, *, shots: Sequence[Question] = ()) -> str:
    """The prompt up to where the model's answer begins.

    With a chat template: solved `shots` as earlier turns, then the question. Without one: plain text,
    a line for each question and answer.
    """
    if getattr(tokenizer, "chat_template", None):
        turns: list[dict[str, str]] = []
        for shot in shots:
            turns += [{"role": "user", "content": shot.prompt}, {"role": "assistant", "content": shot.answer}]
        turns.append({"role": "user", "content": prompt})
        return str(tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False))
    solved = "".join(f"{shot.prompt}\nAnswer:{answer_text(tokenizer, shot.answer)}\n\n" for shot in shots)
    return f"{solved}{prompt}\nAnswer:"


def answer_text(tokenizer: Any, answer: str) -> str:
    """The answer as it follows `render`'s prompt: without a chat template it begins with the blank after the colon.

    A blank at the end of the prompt would be cut off as a token of its own, which no text in pre-training has.
    """
    return answer if getattr(tokenizer, "chat_template", None) else f" {answer}"


def encode_example(
    tokenizer: Any, question: Question, *, max_length: int, shots: Sequence[Question] = ()
) -> tuple[list[int], list[int], bool]:
    """(input_ids, labels, truncated) of a solved question; labels are -100 outside answer and end token.

    `shots` are solved questions before it, as in `render`; their answers are not labelled.

    A prompt that does not fit is cut on the left, so that the question's end and the answer stay. An answer that
    leaves no room is cut on the right and then has no end token; the prompt keeps a quarter of the length.
    """
    prompt = render(tokenizer, question.prompt, shots=shots)
    answer = answer_text(tokenizer, question.answer)
    prompt_ids = tokenizer(prompt, add_special_tokens=False).input_ids
    whole = tokenizer(prompt + answer, add_special_tokens=False).input_ids
    # a tokenizer may merge across the border; then the answer is encoded on its own
    fits = whole[: len(prompt_ids)] == prompt_ids
    answer_ids = whole[len(prompt_ids) :] if fits else tokenizer(answer, add_special_tokens=False).input_ids
    answer_ids = [*answer_ids, tokenizer.eos_token_id]
    prompt_ids, answer_ids, truncated = _cut(prompt_ids, answer_ids, max_length)
    return prompt_ids + answer_ids, [-100] * len(prompt_ids) + answer_ids, truncated


def encode_for_encoder(
    tokenizer: Any, question: Question, *, max_length: int, shots: Sequence[Question] = ()
) -> tuple[list[int], list[int], bool]:
    """(input_ids, labels, truncated) for an encoder-decoder: it reads `input_ids`, the prompt with the special tokens
    that the tokenizer adds, and writes `labels`, the answer and the end token.

    Both together have at most `max_length` tokens, and are cut as in `encode_example`.
    """
    prompt_ids = tokenizer(render(tokenizer, question.prompt, shots=shots)).input_ids
    answer_ids = tokenizer(answer_text(tokenizer, question.answer), add_special_tokens=False).input_ids
    return _cut(prompt_ids, [*answer_ids, tokenizer.eos_token_id], max_length)


def _cut(prompt_ids: list[int], answer_ids: list[int], max_length: int) -> tuple[list[int], list[int], bool]:
    kept = max_length - min(len(prompt_ids), max(max_length // 4, 1))
    truncated = len(prompt_ids) + len(answer_ids) > max_length
    answer_ids = answer_ids[: max(kept, 1)]
    return prompt_ids[-max(max_length - len(answer_ids), 1) :], answer_ids, truncated
