"""Our language models as models of lm-eval, for lm-eval's own tasks."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from lm_eval.models.huggingface import HFLM
from lm_eval.models.utils import normalize_gen_kwargs

from harness.errors import RunFailed
from harness.models.encoding.encoded import EncodedChoices, EncodedPrompt
from harness.models.encoding.pair_encoder import PairEncoder, PromptAndContinuation
from harness.models.greedy import write_greedily
from harness.models.loaded import LanguageModel
from harness.runtime.progress import Progress
from harness.scoring.likelihood.continuations import continuation_loglikelihoods
from harness.scoring.likelihood.token_logprobs import Scored


class TreeLM(HFLM):  # type: ignore[misc]
    """lm-eval's HFLM with the log-likelihoods and the texts that our own suites use.

    Log-likelihoods come from `continuation_loglikelihoods`, texts from `write_greedily`.
    """

    def __init__(
        self, loaded: LanguageModel, *, batch_size: int, label: str, add_bos_token: bool | None = False
    ) -> None:
        """`add_bos_token=False` is for prompts that a chat template wrote, with all special tokens in them; null: the
        tokenizer decides, which is always so for encoder-decoders.
        """
        separate = loaded.role.encoder_decoder
        super().__init__(
            pretrained=loaded.model,
            backend="seq2seq" if separate else "default",
            tokenizer=loaded.tokenizer,
            batch_size=batch_size,
            add_bos_token=None if separate else add_bos_token,
            device=str(loaded.model.device),
        )
        self.label = label
        """Name of the task in progress lines and messages."""
        self.loaded = loaded
        self.pairs = PairEncoder(self.tokenizer)

    def loglikelihood(self, requests: list[Any], disable_tqdm: bool = True) -> list[Scored]:
        """As HFLM, without its progress bar for the tokenizer.

        Raises:
            RunFailed: a continuation is empty, a prompt has no token, or a log-likelihood is not a number.
        """
        for context, continuation in (request.args for request in requests):
            if not continuation:
                raise RunFailed(f"an empty choice cannot be scored: prompt {context[-60:]!r}")
        return list(super().loglikelihood(requests, disable_tqdm=True))

    def _encode_pair(self, context: str, continuation: str) -> PromptAndContinuation:
        if self.add_bos_token is not False:
            context_tokens, tokens = super()._encode_pair(context, continuation)
            return context_tokens, tokens
        return self.pairs.encode(context, continuation)

    def _loglikelihood_tokens(
        self, requests: list[Any], disable_tqdm: bool = False, override_bs: int | None = None
    ) -> list[Scored]:
        """A request is (the texts of prompt and continuation, or null; the prompt's tokens; the continuation's)."""
        asked = []
        for texts, context, continuation in requests:
            before, after = texts or ("", "…")
            asked.append(EncodedChoices(EncodedPrompt(tuple(context), before), (tuple(continuation),), (after,)))
        found = continuation_loglikelihoods(self.loaded, asked, batch_size=int(self.batch_size), label=self.label)
        return [scored for (scored,) in found.rows]

    def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
        """One text per request, whose arguments are (prompt, {"until": [...], "max_gen_toks": n}); always greedy.

        Raises:
            ValueError: a request asks for sampling.
        """
        results: list[str] = [""] * len(requests)
        groups: dict[tuple[tuple[str, ...], int], list[int]] = defaultdict(list)
        for place, request in enumerate(requests):
            wanted = normalize_gen_kwargs(request.args[1], default_max_gen_toks=self.max_gen_toks)
            if wanted["do_sample"]:
                raise ValueError("sampling is not supported: texts are written greedily, so that they can be repeated")
            groups[tuple(wanted["until"]), wanted["max_gen_toks"]].append(place)
        with Progress(f"write {self.label}", total=len(requests)) as progress:
            for (stops, limit), places in groups.items():
                room = self.loaded.encoding.prompt_room(self.loaded.max_length, answer=limit)
                written = write_greedily(
                    self.model,
                    self.tokenizer,
                    prompts=[EncodedPrompt(tuple(self.tok_encode(requests[at].args[0]))).cut(room) for at in places],
                    max_new_tokens=limit,
                    stops=stops,
                    batch_size=int(self.batch_size),
                    on_batch=progress.advance,
                )
                for place, one in zip(places, written, strict=True):
                    results[place] = one.text
        return results
