"""How text becomes the token ids that a language model reads: one rule for training and scoring.

`CausalEncoding` is for models that read prompt and answer as one text, `EncoderDecoderEncoding` for models whose
encoder reads the prompt and whose decoder writes the answer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from harness.items.rows import Question
from harness.models.encoding.chat import answer_text, has_chat_template, render
from harness.models.encoding.encoded import IGNORED, EncodedChoices, EncodedPrompt, Example, Tokens
from harness.models.encoding.pair_encoder import PairEncoder


class Encoding(ABC):
    """The rules of one kind of language model."""

    shares_positions: ClassVar[bool]
    """Whether prompt and answer together must fit the model's positions; if not, each may fill all of them."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer

    @abstractmethod
    def prompt(self, text: str) -> EncodedPrompt:
        """The tokens of a prompt that `render` wrote."""

    @abstractmethod
    def plain_text(self, text: str) -> EncodedPrompt:
        """The tokens of a text without chat template."""

    @abstractmethod
    def choices(self, text: str, continuations: Sequence[str]) -> EncodedChoices:
        """The tokens of a prompt that `render` wrote, and of texts that may follow it."""

    @abstractmethod
    def example(self, question: Question, *, max_length: int, shots: Sequence[Question] = ()) -> Example:
        """A solved question with at most `max_length` tokens, prompt and answer together.

        `shots` are solved questions before it, as in `render`; their answers are outside the loss. A prompt that does
        not fit is cut on the left, so that the question's end and the answer stay. An answer that leaves no room is cut
        on the right and then has no end token; the prompt keeps a quarter of the length.
        """

    def prompt_room(self, positions: int, *, answer: int) -> int:
        """How many tokens a prompt may have before an answer of `answer` tokens; at least 1."""
        return max(positions - answer, 1) if self.shares_positions else positions

    def _ids(self, text: str, *, special: bool = False) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=special).input_ids)


class CausalEncoding(Encoding):
    """Prompt and answer are one text.

    A chat template writes all special tokens itself. Without one, a prompt begins with the BOS token if the tokenizer
    adds one by itself, as those of Llama, Mistral and Gemma do: every text that these models were trained on began with
    it. No end token is added to a prompt, even if the tokenizer adds one by itself.
    """

    shares_positions = True

    def prompt(self, text: str) -> EncodedPrompt:
        """See `Encoding.prompt`."""
        return self._begun(text, self._ids(text), () if has_chat_template(self.tokenizer) else self._bos)

    def plain_text(self, text: str) -> EncodedPrompt:
        """See `Encoding.plain_text`."""
        return self._begun(text, self._ids(text), self._bos)

    def choices(self, text: str, continuations: Sequence[str]) -> EncodedChoices:
        """The tokens that lm-eval finds (`PairEncoder`), after BOS where `prompt` begins with it."""
        pairs = [self._pairs.encode(text, continuation) for continuation in continuations]
        begin = () if has_chat_template(self.tokenizer) else self._bos
        prompt = self._begun(text, pairs[0][0] if pairs else [], begin)
        return EncodedChoices(prompt, tuple(tuple(tokens) for _, tokens in pairs), tuple(continuations))

    def example(self, question: Question, *, max_length: int, shots: Sequence[Question] = ()) -> Example:
        """See `Encoding.example`. Labels are -100 outside answer and end token."""
        text = render(self.tokenizer, question.prompt, shots=shots)
        answer = answer_text(self.tokenizer, question.answer)
        prompt, whole = self.prompt(text), self._ids(text + answer)
        plain = list(prompt.tokens[prompt.kept :])
        # a tokenizer may merge across the border; then the answer is encoded on its own
        answer_ids = whole[len(plain) :] if whole[: len(plain)] == plain else self._ids(answer)
        prompt_ids, answer_ids, truncated = _fitted(
            prompt, [*answer_ids, self.tokenizer.eos_token_id], max_length=max_length
        )
        return Example(prompt_ids + answer_ids, [IGNORED] * len(prompt_ids) + answer_ids, truncated)

    def _begun(self, text: str, tokens: Sequence[int], begin: Tokens) -> EncodedPrompt:
        """The tokens with `begin` before them, unless the text itself begins with those tokens."""
        added = begin if tuple(tokens[: len(begin)]) != begin else ()
        return EncodedPrompt((*added, *tokens), text, kept=len(added))

    @cached_property
    def _bos(self) -> Tokens:
        """The BOS token if the tokenizer puts it before a text by itself; else nothing."""
        bos = self.tokenizer.bos_token_id
        with_special, plain = self._ids("a", special=True), self._ids("a")
        return (bos,) if bos is not None and with_special[:1] == [bos] and plain[:1] != [bos] else ()

    @cached_property
    def _pairs(self) -> PairEncoder:
        return PairEncoder(self.tokenizer)


class EncoderDecoderEncoding(Encoding):
    """The encoder reads the prompt with the special tokens that the tokenizer adds by itself. One of them is the end
    token, which ended every text that T5 was trained on. The decoder writes the answer.
    """

    shares_positions = False

    def prompt(self, text: str) -> EncodedPrompt:
        """See `Encoding.prompt`."""
        return EncodedPrompt(tuple(self._ids(text, special=True)), text)

    def plain_text(self, text: str) -> EncodedPrompt:
        """See `Encoding.plain_text`."""
        return self.prompt(text)

    def choices(self, text: str, continuations: Sequence[str]) -> EncodedChoices:
        """Blanks at the end of the prompt go to the continuations, as in lm-eval."""
        stripped = text.rstrip()
        blanks = text[len(stripped) :]
        tokens = tuple(tuple(self._ids(blanks + continuation)) for continuation in continuations)
        return EncodedChoices(self.prompt(stripped), tokens, tuple(continuations))

    def example(self, question: Question, *, max_length: int, shots: Sequence[Question] = ()) -> Example:
        """See `Encoding.example`. `input_ids` is the prompt, `labels` is the answer with its end token."""
        prompt = self.prompt(render(self.tokenizer, question.prompt, shots=shots))
        answer_ids = self._ids(answer_text(self.tokenizer, question.answer))
        return Example(*_fitted(prompt, [*answer_ids, self.tokenizer.eos_token_id], max_length=max_length))


def _fitted(prompt: EncodedPrompt, answer: list[int], *, max_length: int) -> tuple[list[int], list[int], bool]:
    """Tokens of prompt and answer that fit, and whether any were cut."""
    size = len(prompt.tokens)
    answer_room = max_length - min(size, max(max_length // 4, 1))
    kept = answer[: max(answer_room, 1)]
    return list(prompt.cut(max(max_length - len(kept), 1)).tokens), kept, size + len(answer) > max_length
