"""The start of an encoder: its soft tokens are near to the words that describe a file."""

from __future__ import annotations

from types import SimpleNamespace

import torch
from torch import nn

from harness.models.media_tokens.encoders import ColumnEncoder, FileEncoder, FrameEncoder, Projector
from harness.models.media_tokens.warm_start import telling_words, warm_start

CLASSES, HIDDEN, FILES = 3, 12, 60


def test_soft_tokens_of_new_files_point_to_the_words_of_their_class() -> None:
    torch.manual_seed(0)
    words = torch.randn(CLASSES, HIDDEN)
    kind = torch.arange(FILES) % CLASSES
    centres = torch.randn(CLASSES, 4, 3)
    vectors = centres[kind] + 0.1 * torch.randn(FILES, 4, 3)

    encoders: list[FileEncoder] = [
        Projector(3, HIDDEN, places=4, size=0.1),
        FrameEncoder(3, HIDDEN, tokens=2, size=0.1),
    ]
    for encoder in encoders:
        warm_start(encoder, encoder.solved, vectors[:40], words[kind[:40]])
        soft = encoder(vectors[40:])
        nearest = nn.functional.normalize(soft, dim=-1) @ nn.functional.normalize(words - words.mean(0), dim=-1).T
        assert float((nearest.mean(1).argmax(-1) == kind[40:]).float().mean()) > 0.9
        assert soft.requires_grad


def test_columns_have_a_layer_to_solve_for() -> None:
    torch.manual_seed(0)
    rows = torch.stack((torch.randn(FILES, 2), torch.zeros(FILES, 2), torch.zeros(FILES, 2)), dim=-1)
    encoder = ColumnEncoder(2, 1, HIDDEN, tokens=2, size=0.1)
    large = (rows[:, 0, 0] > 0).long()
    words = torch.randn(2, HIDDEN)
    warm_start(encoder, encoder.solved, rows, words[large])
    toward = encoder(rows).mean(1) @ (words[1] - words[0])
    assert float(((toward > toward.median()).long() == large).float().mean()) > 0.8


def test_words_that_all_answers_share_tell_nothing() -> None:
    table = nn.Embedding(10, 4)
    model = SimpleNamespace(get_input_embeddings=lambda: table)
    found = telling_words(model, [[1, 2, 3, 9], [1, 4, 3, 9], [1, 3, 9]])
    assert torch.allclose(found[:2], table.weight[[2, 4]].detach())
    assert torch.allclose(found[2], table.weight[[1, 3, 9]].sum(0).detach())
