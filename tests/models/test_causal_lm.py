from __future__ import annotations

from typing import Any

import torch

from harness.models.loaded import LanguageModel


def test_the_layer_that_gives_logits_reads_states_without_gaps(tiny_writer: LanguageModel) -> None:
    """On states with gaps torch copies a frozen layer's weights once per row: the same numbers, many times slower."""
    read: list[Any] = []
    head = tiny_writer.model.get_output_embeddings()
    head.register_forward_hook(lambda layer, inputs, output: read.append(inputs[0]))
    with torch.inference_mode():
        tiny_writer.model(input_ids=torch.zeros(3, 6, dtype=torch.long), logits_to_keep=2)
    (states,) = read
    assert states.shape[:2] == (3, 2)
    assert states.is_contiguous()


def test_a_folder_with_an_encoder_decoder_gives_one(tiny_t5: LanguageModel) -> None:
    assert type(tiny_t5.model).__name__ == "T5ForConditionalGeneration"
    assert tiny_t5.tokenizer.pad_token == "<pad>"
