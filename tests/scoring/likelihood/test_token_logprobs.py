from __future__ import annotations

from typing import Any

import pytest
import torch

from harness.scoring.likelihood import token_logprobs as module
from harness.scoring.likelihood.token_logprobs import token_logprobs

VOCABULARY = 4099
LOGITS = 5 * torch.randn(3, 7, VOCABULARY, generator=torch.Generator().manual_seed(0))
WANTED = [
    (row, at, (17 * row + 91 * at + step) % VOCABULARY) for row in range(3) for at in range(7) for step in range(4)
]


@pytest.mark.parametrize("positions", [1, 2, 5, 100])
def test_chunks_of_any_size_give_the_bits_of_the_whole_table(positions: int) -> None:
    whole = LOGITS.log_softmax(-1)
    found = token_logprobs(LOGITS, WANTED, chunk_bytes=4 * VOCABULARY * positions)
    assert found.keys() == set(WANTED)
    assert all(value == float(whole[place]) for place, (value, _) in found.items())


def test_the_likeliest_token_is_marked() -> None:
    best = LOGITS.argmax(-1)
    places = [(row, at, int(best[row, at])) for row in range(3) for at in range(7)]
    assert all(likeliest for _, likeliest in token_logprobs(LOGITS, places).values())
    assert sum(likeliest for _, likeliest in token_logprobs(LOGITS, WANTED).values()) < len(WANTED) / 10


def test_no_chunk_is_larger_than_allowed_and_only_wanted_positions_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    picked = module._picked

    def recorded(logits: Any, positions: list[tuple[int, int]], pairs: list[tuple[int, int]]) -> Any:
        read.append(len(positions))
        return picked(logits, positions, pairs)

    monkeypatch.setattr(module, "_picked", recorded)
    token_logprobs(LOGITS, WANTED[:36], chunk_bytes=4 * VOCABULARY * 4)
    assert read == [4, 4, 1]


def test_narrow_logits_are_normalised_in_float32() -> None:
    narrow = LOGITS.bfloat16()
    expected = narrow.float().log_softmax(-1)
    assert all(value == float(expected[place]) for place, (value, _) in token_logprobs(narrow, WANTED).items())


def test_nothing_wanted_is_nothing_found() -> None:
    assert token_logprobs(LOGITS, []) == {}
