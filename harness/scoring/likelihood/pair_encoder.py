"""Prompts and their continuations as tokens, exactly as lm-eval encodes them, without encoding each prompt many times.

lm-eval encodes `context + continuation` and takes what follows the context's own tokens. Special tokens split a text
before it is tokenised, so what follows one is encoded the same whatever stands before it: a tail of the context that
begins at a special token is enough to find the continuation's tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

Encoded = tuple[list[int], list[int]]
"""Tokens of the context, and of the continuation."""

REMEMBERED = 100_000
"""Pairs of tail and continuation; forgotten all at once when there are more."""


class PairEncoder:
    """What `TemplateLM._encode_pair` of lm-eval gives, each distinct context encoded once.

    `stock` is that function; it is called for tokenizers without offsets (those written in Python) and for contexts
    without a special token.
    """

    def __init__(self, tokenizer: Any, stock: Callable[[str, str], Encoded]) -> None:
        self.tokenizer = tokenizer
        self.stock = stock
        self._context: tuple[str, list[int], str] = ("", [], "")
        self._continuations: dict[tuple[str, str], list[int]] = {}

    def encode(self, context: str, continuation: str) -> Encoded:
        """Blanks at the end of the context go to the continuation, where the words' tokens hold them."""
        stripped = context.rstrip()
        if not stripped or not self._splitting:
            return self.stock(context, continuation)
        tokens, tail = self._encode_context(stripped)
        if not tail:
            return self.stock(context, continuation)
        return list(tokens), list(self._encode_continuation(tail, context[len(stripped) :] + continuation))

    def _encode_context(self, context: str) -> tuple[list[int], str]:
        """Its tokens and its tail, empty if there is none. The requests of one context come one after another."""
        if self._context[0] != context:
            encoding = self.tokenizer(context, add_special_tokens=False).encodings[0]
            start = self._tail_start(context, encoding)
            self._context = (context, encoding.ids, "" if start is None else context[start:])
        return self._context[1], self._context[2]

    def _tail_start(self, context: str, encoding: Any) -> int | None:
        """Where the last special token begins that no special token reaching past the context could swallow."""
        ids = encoding.ids
        for place in range(len(ids) - 1, -1, -1):
            if ids[place] in self._splitting:
                start: int = encoding.token_to_chars(place)[0]
                if len(context) - start >= self._longest:
                    return start
        return None

    def _encode_continuation(self, tail: str, continuation: str) -> list[int]:
        key = (tail, continuation)
        if key not in self._continuations:
            if len(self._continuations) >= REMEMBERED:
                self._continuations.clear()
            before, whole = self._ids(tail), self._ids(tail + continuation)
            self._continuations[key] = whole[len(before) :]
        return self._continuations[key]

    def _ids(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False).input_ids)

    @cached_property
    def _splitting(self) -> frozenset[int]:
        """Tokens that are cut out of a text as it stands, before it is normalised and whatever stands beside them."""
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
