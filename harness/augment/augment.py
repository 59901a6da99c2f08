"""Augment training questions: make changed copies of them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from harness.augment.noise import abbreviated, random_deletion, random_swap, typos, upper_case, with_emoji
from harness.augment.synonyms import Synonyms, replace_with_synonym
from harness.errors import ConfigError, DataError, did_you_mean
from harness.items.item import shuffle_key
from harness.items.rows import Question

SYNONYM = "synonym"

NOISES: dict[str, Callable[[str, random.Random], str]] = {
    "typos": lambda text, rng: typos(text, rng=rng),
    "swap": lambda text, rng: random_swap(text, rng=rng),
    "deletion": lambda text, rng: random_deletion(text, rng=rng),
    "upper": lambda text, _: upper_case(text),
    "emoji": lambda text, rng: with_emoji(text, rng=rng),
    "abbreviated": lambda text, _: abbreviated(text),
}
"""Name of a way to augment -> function that changes a text. `synonym` is the only other way."""


def augmented(
    questions: Sequence[Question], *, ways: Sequence[str], copies: int, seed: int, synonyms: Synonyms | None = None
) -> list[Question]:
    """Up to `copies` changed copies of each question for each way in `ways`, without the originals.

    Text, prompt and id change; a new id is the old one with the way and a number, such as `0101.21+typos-1`. A copy
    that equals its original or an earlier copy is left out. So a way without randomness gives at most one copy, and
    `synonym` gives none for a text without a known name. The text of a copy depends only on the seed and its id.

    Raises:
        ConfigError: a way is unknown, or `copies` is below 1.
        DataError: a question is not a training question, its prompt does not contain its text, or `ways` has
            `synonym` but the domain has no synonyms.
    """
    for way in ways:
        if way != SYNONYM and way not in NOISES:
            raise ConfigError(f'unknown way to augment "{way}"', hint=did_you_mean(way, [*NOISES, SYNONYM]))
    if copies < 1:
        raise ConfigError(f"the number of copies is {copies}", expected="1 or more")
    if SYNONYM in ways and synonyms is None:
        raise DataError("the domain lists no synonyms of its own", hint=f"remove `{SYNONYM}` from the ways to augment")
    made: list[Question] = []
    for question in questions:
        if question.split != "train":
            raise DataError(
                f'question "{question.id}" is for {question.split}',
                expected="training questions only",
                hint="held-out questions must stay as they are; changed test questions have their own views",
            )
        seen = {question.text}
        for way in ways:
            for number in range(1, copies + 1):
                name = f"{question.id}+{way}-{number}"
                rng = random.Random(shuffle_key(seed, name))
                text = _changed(question.text, way, rng=rng, synonyms=synonyms)
                if text and text not in seen:
                    seen.add(text)
                    made.append(replace(question, id=name, text=text, prompt=prompt_with(question, text)))
    return made


def prompt_with(question: Question, text: str) -> str:
    """The question's prompt with its text replaced by `text`.

    The last occurrence between word borders is replaced. Instructions and options mostly come before the text, so an
    earlier occurrence probably belongs to them.

    Raises:
        DataError: the prompt does not contain the question's text.
    """
    places = list(re.finditer(rf"(?<!\w){re.escape(question.text)}(?!\w)", question.prompt))
    if not places:
        raise DataError(
            f'the prompt of question "{question.id}" does not contain its text',
            expected="a view that puts the item's text into its prompt, such as `classify`",
        )
    return question.prompt[: places[-1].start()] + text + question.prompt[places[-1].end() :]


def _changed(text: str, way: str, *, rng: random.Random, synonyms: Synonyms | None) -> str | None:
    if way == SYNONYM:
        return replace_with_synonym(text, synonyms=synonyms, rng=rng)
    return NOISES[way](text, rng)
