"""A language model whose questions may show files: it puts the files' ids into the token ids.

Import this module only to compute: it loads torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

from harness.errors import RunFailed
from harness.items.media import Media
from harness.items.rows import Question
from harness.models.encoding.chat import render
from harness.models.encoding.encoded import IGNORED, EncodedChoices, EncodedPrompt, Example, Tokens
from harness.models.loaded import LanguageModel
from harness.models.media_tokens.shown import Shown, shown_to
from harness.models.prefix import common_prefix

MARK = "[files]"
"""Stands in for a question's text where it is looked up at which token the user's turn begins."""


@dataclass
class MediaLanguageModel(LanguageModel):
    """The ids of a question's files stand at the start of its turn, before its text, or behind it
    (`Shown.after_text`). A question without files is encoded as any language model would, so that its logits are those
    of the base."""

    @classmethod
    def of(cls, model: LanguageModel) -> Self:
        """The same model, on which a `Shown` hangs (`shown.py`)."""
        return cls(**{one.name: getattr(model, one.name) for one in fields(LanguageModel)})

    @property
    def reads(self) -> frozenset[str]:
        """Text, and the kinds of files."""
        return frozenset({"text"} | set(self._files.kinds))

    def encode_prompt(self, question: Question, *, view: str) -> EncodedPrompt:
        """See `LanguageModel`. Solved examples show no files."""
        return self._with_files(super().encode_prompt(question, view=view), question, self.shots.get(view, ()))

    def encode_choices(self, question: Question, *, view: str) -> EncodedChoices:
        """See `LanguageModel`."""
        found = super().encode_choices(question, view=view)
        return replace(found, prompt=self._with_files(found.prompt, question, self.shots.get(view, ())))

    def encode_example(self, question: Question, *, max_length: int, shots: Sequence[Question] = ()) -> Example:
        """See `LanguageModel`. The ids of the files count to `max_length`, have no label and are never cut."""
        room = max_length - self._room(question.media)
        if room < 2:
            raise RunFailed(f"refused: the files of a question take {max_length - room} of {max_length} tokens")
        found = super().encode_example(question, max_length=room, shots=shots)
        if not question.media:
            return found
        answer = found.answer
        prompt = self._joined(tuple(found.prompt), question.media, shots)
        return Example([*prompt, *answer], [IGNORED] * len(prompt) + answer, found.truncated)

    def _with_files(self, prompt: EncodedPrompt, question: Question, shots: Sequence[Question]) -> EncodedPrompt:
        if not question.media:
            return prompt
        return replace(prompt, tokens=self._joined(prompt.tokens, question.media, shots))

    def _room(self, files: Sequence[Media]) -> int:
        """Further tokens that the files take."""
        return len(files) * self._files.ids.span

    def _joined(self, tokens: Tokens, files: Sequence[Media], shots: Sequence[Question]) -> Tokens:
        """The tokens of a prompt with those of the files."""
        begin = self._turn_ends(tokens, shots) if self._files.after_text else self._turn_begins(tokens, shots)
        self._add(files)
        soft = [one for media in files for one in self._files.ids.tokens(media)]
        return (*tokens[:begin], *soft, *tokens[begin:])

    def _add(self, files: Sequence[Media]) -> None:
        for media in files:
            if media.kind not in self._files.kinds:
                raise ValueError(
                    f"a model that reads {sorted(self._files.kinds)} was shown a file of kind {media.kind}"
                )
            self._files.store.add(media)

    def _turn_begins(self, tokens: Tokens, shots: Sequence[Question]) -> int:
        """Number of tokens before the text of the question; of a prompt that was cut on the left, what is left of
        them."""
        head = render(self.tokenizer, MARK, shots=shots).partition(MARK)[0]
        return common_prefix([self.encoding.prompt(head).tokens, tokens])

    def _turn_ends(self, tokens: Tokens, shots: Sequence[Question]) -> int:
        """Number of tokens up to the end of the question's text. Blanks at the end of a prompt may be left out."""
        tail = render(self.tokenizer, MARK, shots=shots).rpartition(MARK)[2]
        backwards = tokens[::-1]
        ends = (self.tokenizer(one, add_special_tokens=False).input_ids[::-1] for one in (tail, tail.rstrip()))
        return len(tokens) - max(common_prefix([tuple(end), backwards]) for end in ends)

    @property
    def _files(self) -> Shown:
        return shown_to(self.model)


class MarkedLanguageModel(MediaLanguageModel):
    """No tokens are added: the ids of a question's own tokens say which file they look at. So any part of a prompt
    that goes through the model by itself, such as what follows a cached beginning, still says so."""

    def _room(self, files: Sequence[Media]) -> int:
        return 0

    def _joined(self, tokens: Tokens, files: Sequence[Media], shots: Sequence[Question]) -> Tokens:
        if len(files) > 1:
            raise RunFailed(f"refused: a question shows {len(files)} files; this model looks at one")
        self._add(files)
        begin = self._turn_begins(tokens, shots)
        return (*tokens[:begin], *(self._files.ids.marked(token, files[0]) for token in tokens[begin:]))
