"""How long a language model lets one user wait: time to the first token, and tokens per second after it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from harness.models.encoder_decoder import prompt_tokens
from harness.models.loaded import LanguageModel
from harness.records.run_record import Latency


class _Clock:
    """As a streamer of `generate`: hears of the prompt, then of each token as soon as it is known."""

    def __init__(self, wait: Callable[[], None]) -> None:
        self.wait = wait
        self.ticks: list[float] = []

    def put(self, value: Any) -> None:
        self.wait()
        self.ticks.append(time.perf_counter())

    def end(self) -> None:
        """The last token has been heard already."""


def measure_latency(loaded: LanguageModel, prompts: Sequence[str], *, new_tokens: int, repeats: int) -> Latency:
    """Let the model answer each of the rendered `prompts` `repeats` times with exactly `new_tokens` tokens.

    Greedy, one at a time, whatever the model's own generation settings; a short answer before the first is not counted.
    A prompt that leaves no room for the answer is cut on the left.

    Raises:
        ValueError: no prompt, fewer than two tokens, no repeat, or a prompt without tokens.
    """
    if not prompts or new_tokens < 2 or repeats < 1:
        raise ValueError("latency needs a prompt, two tokens (of the first no speed is known) and one repeat")
    encoded = [_encode(loaded, prompt, new_tokens=new_tokens) for prompt in prompts]
    if not all(encoded):
        raise ValueError("latency needs prompts of at least one token")
    _answer(loaded, encoded[0], new_tokens=2)  # the first call compiles kernels and reserves memory
    firsts, rates = [], []
    for tokens in encoded:
        timed = [_answer(loaded, tokens, new_tokens=new_tokens) for _ in range(repeats)]
        firsts.append(statistics.median(first for first, _ in timed))
        rates.append((new_tokens - 1) / statistics.median(rest for _, rest in timed))
    return Latency(
        first_token_ms=round(1000 * statistics.median(firsts), 3),
        tokens_per_second=round(statistics.median(rates), 3),
        prompts=len(prompts),
        prompt_tokens=float(statistics.median(map(len, encoded))),
        new_tokens=new_tokens,
    )


def _encode(loaded: LanguageModel, prompt: str, *, new_tokens: int) -> list[int]:
    tokens = prompt_tokens(loaded.model, loaded.tokenizer, prompt)
    limit = getattr(loaded.model.config, "max_position_embeddings", None)
    return tokens[-max(limit - new_tokens, 1) :] if limit else tokens


def _answer(loaded: LanguageModel, tokens: list[int], *, new_tokens: int) -> tuple[float, float]:
    """Seconds to the first token, and from there to the last."""
    import torch

    model = loaded.model
    on_gpu = model.device.type == "cuda"
    clock = _Clock(torch.cuda.synchronize if on_gpu else _nothing)
    ids = torch.tensor([tokens], device=model.device)
    clock.wait()
    started = time.perf_counter()
    with torch.inference_mode():
        model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            streamer=clock,
            # what is given here goes before the model's own settings
            min_new_tokens=new_tokens,
            max_new_tokens=new_tokens,
            do_sample=False,
            num_beams=1,
            use_cache=True,
            pad_token_id=loaded.tokenizer.pad_token_id,
        )
    answer = clock.ticks[-new_tokens:]
    return answer[0] - started, answer[-1] - answer[0]


def _nothing() -> None:
    """A CPU has done its work when it returns."""
