"""Our models as lm-eval models: language models with shared computation, and label classifiers."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

from lm_eval.api.model import LM
from lm_eval.models.huggingface import HFLM
from lm_eval.models.utils import normalize_gen_kwargs

from harness.errors import RunFailed
from harness.models.encoder_decoder import is_encoder_decoder
from harness.models.greedy import write_greedily
from harness.models.loaded import LabelClassifier, LanguageModel
from harness.models.pair_encoder import PairEncoder, PromptAndContinuation
from harness.runtime.progress import Progress
from harness.scoring.likelihood.tree_likelihood import Prompt, Scored, score_prompts

TOLERANCE = 1e-3
"""Nats by which shared computation may differ from stock before it is given up for a model."""

CHECKED = 2
"""Continuations of each checked prompt that are computed both ways."""


class TreeLM(HFLM):  # type: ignore[misc]
    """lm-eval's HFLM with the log-likelihoods of `score_prompts` and the texts of `write_greedily`.

    On the shortest and longest prompt it computes both ways, and again when a longer one comes; a model whose
    architecture does not allow the shared way (sliding windows, no 4-D masks) is scored the stock way from then on,
    and encoder-decoders are always.
    """

    def __init__(
        self, loaded: LanguageModel, *, batch_size: int, label: str, add_bos_token: bool | None = False
    ) -> None:
        """`add_bos_token=False` is for rendered prompts, which hold what the chat template wants; null: what the
        tokenizer does by itself, as for prompts of encoders always.
        """
        self.apart = is_encoder_decoder(loaded.model)
        """Whether prompt and answer go to different halves of the model: then each has all its positions."""
        super().__init__(
            pretrained=loaded.model,
            backend="seq2seq" if self.apart else "default",
            tokenizer=loaded.tokenizer,
            batch_size=batch_size,
            add_bos_token=None if self.apart else add_bos_token,
            device=str(loaded.model.device),
        )
        self.label = label
        self.truncated = 0
        """Prompts cut on the left to fit the model."""
        self.unfinished = 0
        """Answers cut off at the limit of tokens."""
        self.loaded = loaded
        self.pairs = PairEncoder(self.tokenizer)

    def loglikelihood(self, requests: list[Any], disable_tqdm: bool = True) -> list[Scored]:
        """As HFLM, without its progress bar for the tokenizer.

        Raises:
            RunFailed: a choice is empty, or a prompt of blanks has no token: there is nothing to score, or to score
                after. Or the model computes values that are no numbers, of which none is the likeliest.
        """
        for context, continuation in (request.args for request in requests):
            if not continuation:
                raise RunFailed(f"an empty choice cannot be scored: {_shown(context)}")
        results: list[Scored] = list(super().loglikelihood(requests, disable_tqdm=True))
        broken = sum(math.isnan(value) for value, _ in results)
        if broken:
            raise RunFailed(f"{broken} of {len(results)} likelihoods are no numbers (NaN)")
        return results

    def _encode_pair(self, context: str, continuation: str) -> PromptAndContinuation:
        if self.add_bos_token is not False:
            context_tokens, tokens = super()._encode_pair(context, continuation)
            return context_tokens, tokens
        return self.pairs.encode(context, continuation)

    def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
        """One text per request, whose arguments are (prompt, {"until": [...], "max_gen_toks": n}); always greedy.

        Raises:
            ValueError: a request asks for samples.
        """
        results: list[str] = [""] * len(requests)
        groups: dict[tuple[tuple[str, ...], int], list[int]] = defaultdict(list)
        for place, request in enumerate(requests):
            wanted = normalize_gen_kwargs(request.args[1], default_max_gen_toks=self.max_gen_toks)
            if wanted["do_sample"]:
                raise ValueError("texts are written greedily, so that twice gives the same")
            groups[tuple(wanted["until"]), wanted["max_gen_toks"]].append(place)
        with Progress(f"write {self.label}", total=len(requests)) as progress:
            for (stops, limit), places in groups.items():
                written = write_greedily(
                    self.model,
                    self.tokenizer,
                    prompts=[self._cut(self.tok_encode(requests[place].args[0]), limit) for place in places],
                    max_new_tokens=limit,
                    stops=stops,
                    batch_size=int(self.batch_size),
                    on_batch=progress.advance,
                )
                self.unfinished += sum(not one.ended for one in written)
                for place, one in zip(places, written, strict=True):
                    results[place] = one.text
        return results

    def _cut(self, prompt: list[int], limit: int) -> tuple[int, ...]:
        room = self.max_length if self.apart else max(self.max_length - limit, 1)
        self.truncated += len(prompt) > room
        return tuple(prompt[-room:])

    def _loglikelihood_tokens(
        self, requests: list[Any], disable_tqdm: bool = False, override_bs: int | None = None
    ) -> list[Scored]:
        groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for place, (texts, context, continuation) in enumerate(requests):
            if not continuation:  # merged into the prompt's last token
                raise RunFailed(f"the choice {texts[1]!r} has no token of its own: {_shown(texts[0])}")
            if not context:
                raise RunFailed(f"a prompt of blanks only cannot be answered: {_shown(texts[0])}")
            groups[tuple(context)].append(place)
        prompts = []
        for context, places in groups.items():
            continuations = tuple(tuple(requests[place][2]) for place in places)
            room = self.max_length if self.apart else max(self.max_length - max(map(len, continuations)), 1)
            self.truncated += len(context) > room
            prompts.append(Prompt(context[-room:], continuations))
        longest = max((len(prompt.tokens) for prompt in prompts), default=0)
        if not self.apart and self.loaded.shares and longest > self.loaded.shares_up_to:
            self.loaded.shares, self.loaded.shares_up_to = self._agrees(prompts), longest
        if self.apart or not self.loaded.shares:
            return list(super()._loglikelihood_tokens(requests, disable_tqdm=True, override_bs=override_bs))
        results: list[Scored] = [(0.0, False)] * len(requests)
        with Progress(f"score {self.label}", total=len(prompts)) as progress:
            scored = score_prompts(self.model, prompts, batch_size=int(self.batch_size), on_batch=progress.advance)
        for places, row in zip(groups.values(), scored, strict=True):
            for place, result in zip(places, row, strict=True):
                results[place] = result
        return results

    def _agrees(self, prompts: list[Prompt]) -> bool:
        # the shortest and the longest prompt in one batch, so that padding is put to the test as well
        order = sorted(range(len(prompts)), key=lambda place: len(prompts[place].tokens))
        ends = [prompts[place] for place in {order[0], order[-1]}]
        few = [Prompt(prompt.tokens, prompt.continuations[:CHECKED]) for prompt in ends]
        requests = [(("", ""), list(prompt.tokens), list(c)) for prompt in few for c in prompt.continuations]
        stock = super()._loglikelihood_tokens(requests, disable_tqdm=True)
        try:
            ours = [scored for row in score_prompts(self.model, few, batch_size=len(few)) for scored in row]
        except (TypeError, ValueError, AttributeError) as error:  # an architecture without 4-D masks or caches
            print(f"{self.label}: scored the stock way ({type(error).__name__}: {error})", flush=True)
            return False
        furthest = max(abs(a[0] - b[0]) for a, b in zip(stock, ours, strict=True))
        if furthest > self._tolerance():
            print(f"{self.label}: scored the stock way (shared computation is {furthest:.2g} nats off)", flush=True)
            return False
        return True

    def _tolerance(self) -> float:
        import torch

        # bfloat16 keeps 8 bits: two orders of summation differ by far more than in float32
        return TOLERANCE if next(self.model.parameters()).dtype == torch.float32 else 0.5


def _shown(prompt: str) -> str:
    """The end of a prompt, for messages."""
    return f"prompt {prompt[-60:]!r}"


class ClassifierLM(LM):  # type: ignore[misc]
    """A label classifier behind lm-eval's interface: the likelihood of a choice is the label's probability.

    Texts are read from the item itself (`doc["text"]`), without the prompt.
    """

    def __init__(self, classifier: LabelClassifier) -> None:
        super().__init__()
        self.classifier = classifier

    def loglikelihood(self, requests: list[Any]) -> list[Scored]:
        """One classification per item, looked up for each of its choices."""
        docs = {request.doc["id"]: request.doc for request in requests}
        labels = sorted({request.args[1] for request in requests})
        table = self.classifier.log_proba([doc["text"] for doc in docs.values()], labels)
        row_of = {doc_id: row for row, doc_id in enumerate(docs)}
        column_of = {label: column for column, label in enumerate(labels)}
        results = []
        for request in requests:
            row = table[row_of[request.doc["id"]]]
            value = float(row[column_of[request.args[1]]])
            results.append((value, value >= row.max()))
        return results

    def loglikelihood_rolling(self, requests: list[Any]) -> list[float]:
        """A classifier gives no probability to a text.

        Raises:
            TypeError: always.
        """
        raise TypeError("a label classifier has no likelihood of a whole text")

    def generate_until(self, requests: list[Any]) -> list[str]:
        """A classifier writes nothing.

        Raises:
            TypeError: always.
        """
        raise TypeError("a label classifier does not write text")
