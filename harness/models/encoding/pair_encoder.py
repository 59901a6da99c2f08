"""A prompt and its continuations as tokens, exactly as lm-eval encodes them, with each prompt encoded once.

lm-eval encodes `prompt + continuation` and takes what follows the prompt's own tokens. Special tokens split a text
before it is tokenised, so the text after one is encoded the same whatever stands before it. The end of the prompt from
its last special token on is therefore enough to find the continuation's tokens.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

PromptAndContinuation = tuple[list[int], list[int]]
"""Tokens of the prompt, and of the continuation."""

REMEMBERED = 100_000
"""Pairs of prompt end and continuation that are remembered; all are forgotten when there are more."""


def encode_pair(tokenizer: Any, prompt: str, continuation: str) -> PromptAndContinuation:
    """The rule of lm-eval (`TemplateLM._encode_pair`) for causal models, without special tokens of the tokenizer.

    Blanks at the end of the prompt are moved to the continuation, because tokens of words hold the blank before them.
    """
    stripped = prompt.rstrip()
    before = _ids(tokenizer, stripped)
    return before, _ids(tokenizer, prompt + continuation)[len(before) :]


class PairEncoder:
    """The tokens of `encode_pair`, without encoding a prompt again for each of its continuations.

    `encode_pair` itself is used for tokenizers without offsets (those written in Python) and for prompts without a
    special token.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self._prompt: tuple[str, list[int], str] = ("", [], "")
        self._continuations: dict[tuple[str, str], list[int]] = {}

    def encode(self, prompt: str, continuation: str) -> PromptAndContinuation:
        """See `encode_pair`."""
        stripped = prompt.rstrip()
        if not stripped or not self._splitting:
            return encode_pair(self.tokenizer, prompt, continuation)
        tokens, tail = self._encode_prompt(stripped)
        if not tail:
            return encode_pair(self.tokenizer, prompt, continuation)
        return list(tokens), list(self._encode_continuation(tail, prompt[len(stripped) :] + continuation))

    def _encode_prompt(self, prompt: str) -> tuple[list[int], str]:
        """The prompt's tokens, and its end from the last special token on; empty if there is no special token. The last
        prompt is remembered."""
        if self._prompt[0] != prompt:
            encoding = self.tokenizer(prompt, add_special_tokens=False).encodings[0]
            start = self._tail_start(prompt, encoding)
            self._prompt = (prompt, encoding.ids, "" if start is None else prompt[start:])
        return self._prompt[1], self._prompt[2]

    def _tail_start(self, prompt: str, encoding: Any) -> int | None:
        """Where the last special token begins that is far enough from the prompt's end: no special token that begins
        before the end and reaches past it can contain it."""
        ids = encoding.ids
        for place in range(len(ids) - 1, -1, -1):
            if ids[place] in self._splitting:
                start: int = encoding.token_to_chars(place)[0]
                if len(prompt) - start >= self._longest:
                    return start
        return None

    def _encode_continuation(self, tail: str, continuation: str) -> list[int]:
        key = (tail, continuation)
        if key not in self._continuations:
            if len(self._continuations) >= REMEMBERED:
                self._continuations.clear()
            before, whole = _ids(self.tokenizer, tail), _ids(self.tokenizer, tail + continuation)
            self._continuations[key] = whole[len(before) :]
        return self._continuations[key]

    @cached_property
    def _splitting(self) -> frozenset[int]:
        """Tokens that are cut out of a text as they stand, before it is normalised and whatever stands beside them."""
        if not getattr(self.tokenizer, "is_fast", False):
            return frozenset()
        return frozenset(
            token
            for token, added in self.tokenizer.added_tokens_decoder.items()
            if added.special and not added.normalized and not added.single_word
        )

    @cached_property
    def _longest(self) -> int:
        """Characters of the longest added token, of whatever kind."""
        return max(len(added.content) for added in self.tokenizer.added_tokens_decoder.values())


def _ids(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False).input_ids)
