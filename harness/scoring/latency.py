"""How long one user waits for a language model: time to the first token, and tokens per second after it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from harness.models.encoding.encoded import EncodedPrompt
from harness.models.loaded import LanguageModel
from harness.records.run_record import Latency


class _Clock:
    """A streamer for `generate`, which calls `put` with the prompt and then with each token as soon as it is known."""

    def __init__(self, wait: Callable[[], None]) -> None:
        self.wait = wait
        self.ticks: list[float] = []

    def put(self, value: Any) -> None:
        self.wait()
        self.ticks.append(time.perf_counter())

    def end(self) -> None:
        """`generate` calls this after the last token, which `put` has timed already."""


def measure_latency(
    loaded: LanguageModel, prompts: Sequence[EncodedPrompt], *, new_tokens: int, repeats: int
) -> Latency:
    """Let the model answer each prompt `repeats` times with exactly `new_tokens` tokens, and take medians.

    Prompts are answered greedily, one at a time, whatever the model's own generation settings. One warm-up call is not
    timed. A prompt that leaves no room for the answer is cut on the left.

    Raises:
        ValueError: no prompt, a prompt without tokens, fewer than two new tokens, or no repeat.
    """
    if not prompts or new_tokens < 2 or repeats < 1:
        raise ValueError("latency needs a prompt, two new tokens (to measure the speed after the first) and one repeat")
    room = loaded.encoding.prompt_room(loaded.max_length, answer=new_tokens)
    fitted = [prompt.cut(room) for prompt in prompts]
    if not all(prompt.tokens for prompt in fitted):
        raise ValueError("latency needs prompts of at least one token")
    _answer(loaded, fitted[0], new_tokens=2)  # the first call compiles kernels and reserves memory
    firsts, rates = [], []
    for prompt in fitted:
        timed = [_answer(loaded, prompt, new_tokens=new_tokens) for _ in range(repeats)]
        firsts.append(statistics.median(first for first, _ in timed))
        rates.append((new_tokens - 1) / statistics.median(rest for _, rest in timed))
    return Latency(
        first_token_ms=round(1000 * statistics.median(firsts), 3),
        tokens_per_second=round(statistics.median(rates), 3),
        prompts=len(prompts),
        prompt_tokens=float(statistics.median(len(prompt.tokens) for prompt in fitted)),
        new_tokens=new_tokens,
    )


def _answer(loaded: LanguageModel, prompt: EncodedPrompt, *, new_tokens: int) -> tuple[float, float]:
    """Seconds to the first token, and seconds from the first token to the last."""
    import torch

    model = loaded.model
    on_gpu = model.device.type == "cuda"
    clock = _Clock(torch.cuda.synchronize if on_gpu else _nothing)
    ids = torch.tensor([prompt.tokens], device=model.device)
    clock.wait()
    started = time.perf_counter()
    with torch.inference_mode():
        model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            streamer=clock,
            # these arguments take precedence over the model's own generation settings
            min_new_tokens=new_tokens,
            max_new_tokens=new_tokens,
            do_sample=False,
            num_beams=1,
            use_cache=True,
            pad_token_id=loaded.tokenizer.pad_token_id,
            **prompt.extra,
        )
    answer = clock.ticks[-new_tokens:]
    return answer[0] - started, answer[-1] - answer[0]


def _nothing() -> None:
    """For a CPU, where a call returns only when its work is done."""
