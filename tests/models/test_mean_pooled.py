from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from harness.errors import RunFailed
from harness.models.loaded import LabelClassifier, LanguageModel
from harness.models.mean_pooled import MeanPooled, as_embedder

TEXTS = ["Horses", "Iron products; heavy, in bulk, item 141600, and many more words behind it", "Åäö 中文 🐎", "Acid"]


def by_hand(loaded: LanguageModel, text: str) -> Any:
    """One text without padding, from the hidden states of all layers; its own positions are the last ones."""
    ids = torch.tensor([loaded.tokenizer(text)["input_ids"]])
    with torch.inference_mode():
        states = loaded.model(input_ids=ids, output_hidden_states=True).hidden_states[-1]
    mean = states[0, -ids.shape[1] :].mean(0).numpy()
    return mean / np.linalg.norm(mean)


def adapted(loaded: LanguageModel, config: Any) -> LanguageModel:
    import peft

    torch.manual_seed(1)
    return LanguageModel(peft.get_peft_model(loaded.model, config).eval(), loaded.tokenizer)


@pytest.mark.parametrize("batch_size", [1, 3, 32])
def test_a_vector_is_the_mean_of_the_last_states_whatever_shares_its_batch(
    tiny_writer: LanguageModel, batch_size: int
) -> None:
    vectors = MeanPooled(tiny_writer).embed(TEXTS, batch_size=batch_size)
    assert vectors.shape == (4, 64)
    assert vectors.dtype == np.float32
    for vector, text in zip(vectors, TEXTS, strict=True):
        assert vector == pytest.approx(by_hand(tiny_writer, text), abs=1e-5)


@pytest.mark.parametrize("adapter", [False, True])
def test_of_an_encoder_decoder_it_is_the_encoders_mean(tiny_t5: LanguageModel, adapter: bool) -> None:
    import peft

    before = MeanPooled(tiny_t5).embed(TEXTS)
    config = peft.LoraConfig(task_type="SEQ_2_SEQ_LM", target_modules=["q"], init_lora_weights=False)
    loaded = adapted(tiny_t5, config) if adapter else tiny_t5
    vectors = MeanPooled(loaded).embed(TEXTS, batch_size=3)
    assert (abs(vectors - before).max() > 1e-4) == adapter  # the adapter is part of it
    for vector, text in zip(vectors, TEXTS, strict=True):
        ids = torch.tensor([loaded.tokenizer(text).input_ids])
        with torch.inference_mode():
            states = loaded.model(input_ids=ids, decoder_input_ids=torch.tensor([[0]])).encoder_last_hidden_state
        mean = states[0].mean(0).numpy()
        assert vector == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)


@pytest.mark.parametrize("name", ["lora", "prompt", "prefix", "p_tuning"])
def test_it_works_with_adapters_also_where_they_add_positions(tiny_writer: LanguageModel, name: str) -> None:
    import peft

    before = MeanPooled(tiny_writer).embed(TEXTS)
    task = {"task_type": "CAUSAL_LM"}
    configs = {
        "lora": lambda: peft.LoraConfig(**task, target_modules=["q_proj"], init_lora_weights=False),
        "prompt": lambda: peft.PromptTuningConfig(**task, num_virtual_tokens=5),
        "prefix": lambda: peft.PrefixTuningConfig(**task, num_virtual_tokens=5),
        "p_tuning": lambda: peft.PromptEncoderConfig(**task, num_virtual_tokens=5, encoder_hidden_size=16),
    }
    loaded = adapted(tiny_writer, configs[name]())
    vectors = MeanPooled(loaded).embed(TEXTS)
    assert abs(vectors - before).max() > 1e-4  # the adapter is part of it
    for vector, text in zip(vectors, TEXTS, strict=True):
        assert vector == pytest.approx(by_hand(loaded, text), abs=1e-5)


def test_the_head_over_the_vocabulary_is_not_computed_for_whole_texts(tiny_writer: LanguageModel) -> None:
    shapes = []
    tiny_writer.model.lm_head.register_forward_hook(lambda module, args, output: shapes.append(output.shape[1]))
    MeanPooled(tiny_writer).embed(TEXTS)
    assert shapes == [1]


def test_an_empty_text_has_a_vector_and_no_texts_have_none(tiny_writer: LanguageModel) -> None:
    model = MeanPooled(tiny_writer)
    assert np.linalg.norm(model.embed([""]), axis=1) == pytest.approx(1)
    assert model.embed([]).shape == (0, 64)
    assert model.cut([]) == 0


def test_a_text_longer_than_the_model_reads_counts_by_its_beginning(tiny_writer: LanguageModel) -> None:
    tiny_writer.model.config.max_position_embeddings = 8
    model = MeanPooled(tiny_writer)
    ids = tiny_writer.tokenizer("a b c d e f g h i j k l m n o")["input_ids"]
    assert len(ids) > 8
    long, short = (tiny_writer.tokenizer.decode(part) for part in (ids, ids[:8]))
    assert model.cut([long, short, "a"]) == 1
    first, second = model.embed([long, short])
    assert first == pytest.approx(second, abs=1e-6)


def test_virtual_tokens_take_their_places(tiny_writer: LanguageModel) -> None:
    import peft

    tiny_writer.model.config.max_position_embeddings = 16
    config = peft.PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=12)
    text = "a b c d e f g"
    assert MeanPooled(tiny_writer).cut([text]) == 0
    assert MeanPooled(adapted(tiny_writer, config)).cut([text]) == 1


def test_a_model_that_computes_no_numbers_is_refused(tiny_writer: LanguageModel) -> None:
    with torch.no_grad():
        tiny_writer.model.model.norm.weight.fill_(float("nan"))
    with pytest.raises(RunFailed, match="not finite"):
        MeanPooled(tiny_writer).embed(["Horses"])


def test_no_hook_stays_behind(tiny_writer: LanguageModel) -> None:
    MeanPooled(tiny_writer).embed(TEXTS)
    assert not tiny_writer.model.base_model._forward_hooks


def test_who_gives_vectors_is_taken_as_it_is_and_labels_alone_are_refused(tiny_writer: LanguageModel) -> None:
    pooled = as_embedder(tiny_writer)
    assert isinstance(pooled, MeanPooled)
    assert as_embedder(pooled) is pooled

    class Labels(LabelClassifier):
        def log_proba(self, texts: Any, labels: Any) -> Any:
            return np.zeros((len(texts), len(labels)))

    with pytest.raises(TypeError, match="Labels does not produce embeddings"):
        as_embedder(Labels())
