"""A language model whose own likelihoods of the two answers are compared."""

from __future__ import annotations

from collections.abc import Sequence

from harness.items.rows import Preference
from harness.models.encoding.chat import answer_text, render
from harness.models.judges.verdict import Judge, Verdict
from harness.models.loaded import LanguageModel
from harness.models.sequence_logprobs import continuation_logprobs


class LikelihoodJudge(Judge):
    """Prefers the answer that it would rather write itself: the sum of its tokens' log-probabilities, end included.

    Shorter answers have an advantage, so the report shows a baseline by length beside it.
    """

    def __init__(self, model: LanguageModel) -> None:
        self.model = model

    def verdicts(self, rows: Sequence[Preference]) -> list[Verdict]:
        """Differences of log-likelihoods in nats; the order of the answers does not matter."""
        sequences = [
            (self.model.encoding.prompt(render(self.model.tokenizer, row.prompt)).tokens, self._tokens(answer))
            for row in rows
            for answer in (row.chosen, row.rejected)
        ]
        found = continuation_logprobs(self.model.model, sequences).reshape(-1, 2)
        return [Verdict(float(chosen - rejected), float(chosen - rejected)) for chosen, rejected in found]

    def _tokens(self, answer: str) -> tuple[int, ...]:
        tokenizer = self.model.tokenizer
        ids = tokenizer(answer_text(tokenizer, answer), add_special_tokens=False).input_ids
        return (*ids, tokenizer.eos_token_id)
