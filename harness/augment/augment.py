"""Changed copies of training questions."""

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
"""Way -> how it changes a text. With `synonym` these are all ways."""


def augmented(
    questions: Sequence[Question], *, ways: Sequence[str], copies: int, seed: int, synonyms: Synonyms | None = None
) -> list[Question]:
    """Up to `copies` changed copies of each question by each of `ways`, without the originals.

    Text and prompt change, the rest stays; ids get the way and a number: `0101.21+typos-1`. A copy that is the same as
    its original or an earlier copy of it is left out, so a way that knows one spelling gives one copy at most, and
    `synonym` none for texts without a known name. What a copy says depends on the seed and its id only.

    Raises:
        ConfigError: an unknown way, fewer than one copy.
        DataError: a question that is not for training, one whose prompt does not contain its text, or the way
            `synonym` without synonyms.
    """
    for way in ways:
        if way != SYNONYM and way not in NOISES:
            raise ConfigError(f'unknown way to augment "{way}"', hint=did_you_mean(way, [*NOISES, SYNONYM]))
    if copies < 1:
        raise ConfigError(f"{copies} copies by each way", expected="1 or more")
    if SYNONYM in ways and synonyms is None:
        raise DataError("the domain lists no synonyms of its own", hint=f"leave out the way `{SYNONYM}`")
    made: list[Question] = []
    for question in questions:
        if question.split != "train":
            raise DataError(
                f'question "{question.id}" is for {question.split}',
                expected="training questions only",
                hint="a held-out question must be asked as it is; changed ones have views of their own",
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
    """The question's prompt with `text` in place of its own: its last occurrence that stands between words.

    Instructions and options mostly come before the text, so an earlier occurrence is likely one of theirs.

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
