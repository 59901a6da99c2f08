"""A language model that is asked which of two answers is better, A or B."""

from __future__ import annotations

from collections.abc import Sequence

from harness.items.rows import Preference
from harness.models.encoding.chat import answer_text, render
from harness.models.judges.verdict import Judge, Verdict
from harness.models.loaded import LanguageModel
from harness.models.sequence_logprobs import continuation_logprobs

PROMPT = """\
Here are a question and two answers. Which answer is better?

Question: {prompt}

Answer A: {first}

Answer B: {second}

Reply with the letter of the better answer, A or B, and nothing else."""
LETTERS = ("A", "B")


class LetterJudge(Judge):
    """Compares the likelihoods of the letters A and B, in both orders. No answer is written, so none is unreadable."""

    def __init__(self, model: LanguageModel) -> None:
        self.model = model

    def verdicts(self, rows: Sequence[Preference]) -> list[Verdict]:
        """Log-odds of the letters, in nats."""
        pairs = [(row.prompt, *order) for row in rows for order in orders(row)]
        prompts = [self.model.encoding.prompt(render(self.model.tokenizer, question(*pair))).tokens for pair in pairs]
        letters = [self._tokens(letter) for letter in LETTERS]
        found = continuation_logprobs(
            self.model.model, [(prompt, letter) for prompt in prompts for letter in letters]
        ).reshape(-1, len(LETTERS))
        leads = [float(first - second) for first, second in found]
        return [Verdict(leads[place], -leads[place + 1]) for place in range(0, len(leads), 2)]

    def _tokens(self, letter: str) -> tuple[int, ...]:
        text = answer_text(self.model.tokenizer, letter)
        return tuple(self.model.tokenizer(text, add_special_tokens=False).input_ids)


def orders(row: Preference) -> tuple[tuple[str, str], tuple[str, str]]:
    """The two answers with the chosen one first, then with it second."""
    return (row.chosen, row.rejected), (row.rejected, row.chosen)


def question(prompt: str, first: str, second: str) -> str:
    """The question to the judge."""
    return PROMPT.format(prompt=prompt, first=first, second=second)
