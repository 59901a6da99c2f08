"""Which of two statements that differ by a word or a name does the model find more likely, the true or the false one?

The statements are those of `general_facts`, without the question whether they are true. Small models answer that
question with the same word whatever the statement, while the likelihoods of the statements show what a model knows.
"""

from __future__ import annotations

from harness.items.rows import Question
from harness.suites.contract import Places, QuestionSet
from harness.suites.sets.general_facts import CLAIMS_FILE, PAIRS_FILE, Pair, in_turns, read_pairs

PROMPT = "Tell me a fact about {subject}."
SUBJECTS = {"facts": "the world"}
"""Topic -> its name in the prompt, where that differs."""


def general_knowledge(places: Places) -> list[Question]:
    """One question per pair. Questions alternate between topics, and between true and false statement first.

    Raises:
        DataError: as `read_pairs`.
    """
    pairs = read_pairs(places.suites / PAIRS_FILE, source=places.sources / CLAIMS_FILE)
    return [_question(name, pair, first=number % 2 == 0) for number, (name, pair) in enumerate(in_turns(pairs))]


def _question(name: str, pair: Pair, *, first: bool) -> Question:
    return Question(
        id=name,
        split="test",
        cluster=name,
        text=f"{pair.true} / {pair.false}" if first else f"{pair.false} / {pair.true}",
        prompt=PROMPT.format(subject=SUBJECTS.get(pair.topic, pair.topic)),
        choices=(pair.true, pair.false) if first else (pair.false, pair.true),
        answer=pair.true,
    )


SET = QuestionSet(general_knowledge, sources=("garak",))
