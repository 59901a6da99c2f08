"""Short definitions of the words on the page."""

from __future__ import annotations

from harness.reports.page.escape import safe

WORDS = {
    "recipe": "One way to fine-tune with all its settings: one file in recipes/<family>/.",
    "row": "One recipe, trained on a domain, with all its seeds pooled.",
    "seed": "The number that fixes the random choices of a training. One seed describes one trained model; several "
    "describe the method.",
    "interval": "Where the true value lies, on as many of 100 boards as the protocol's confidence says (mostly 95).",
    "points": "A difference of two percentages: 75 % is 5 points more than 70 %.",
    "paired": "Both recipes answered the same questions, so that the difference is known better than either score.",
    "may be best": "Chance alone could explain why the row scores lower than the best one. These rows include every "
    "truly best recipe on 95 of 100 boards.",
    "dominated": "Another row is at least as good on both axes of the picture, and better on one.",
    "reference": "The row to which differences are taken: the base model without training.",
    "training memory": "Highest memory of the training process with its libraries; on a GPU what PyTorch reserved.",
    "cost": "Seconds of training and scoring times a dated price table, with the runs that a row starts from.",
    "first token": "Time from a prompt to the first token of the answer, one request at a time.",
    "retention": "What the model forgot outside the domain, against the same base model.",
    "hallucination": "Whether the model tells true statements about the domain from false ones.",
    "refusal, over-refusal": "Share of harmful requests, and of harmless look-alikes, that were refused.",
    "own budget": "The recipe does not learn from as many examples, or not as often, as the board's budget says.",
    "stale": "Something changed after the row was measured that may change its figures.",
    "protocol": "Questions, prompts, rules and versions of a suite. Only rows of one protocol are ranked together.",
}


def glossary() -> str:
    """A list of terms and definitions."""
    return "<dl>" + "".join(f"<dt>{safe(word)}</dt><dd>{safe(text)}</dd>" for word, text in WORDS.items()) + "</dl>"
