from __future__ import annotations

from types import SimpleNamespace

from harness.models.encoder_decoder import decoder_start, is_encoder_decoder, prompt_tokens
from harness.models.loaded import LanguageModel


def test_an_adapter_does_not_hide_what_the_model_is(tiny_t5: LanguageModel, tiny_writer: LanguageModel) -> None:
    import peft

    adapted = peft.get_peft_model(tiny_t5.model, peft.LoraConfig(task_type="SEQ_2_SEQ_LM", target_modules=["q"]))
    assert is_encoder_decoder(adapted)
    assert not is_encoder_decoder(tiny_writer.model)
    assert not is_encoder_decoder(object())


def test_a_decoder_starts_with_the_token_that_its_settings_name_and_else_with_padding(
    tiny_t5: LanguageModel, tiny_writer: LanguageModel
) -> None:
    assert decoder_start(tiny_t5.model) == 0
    assert decoder_start(tiny_writer.model) is None
    config = SimpleNamespace(is_encoder_decoder=True, decoder_start_token_id=None, pad_token_id=7)
    assert decoder_start(SimpleNamespace(config=config)) == 7


def test_only_an_encoder_gets_the_special_tokens_of_its_tokenizer(
    tiny_t5: LanguageModel, tiny_writer: LanguageModel
) -> None:
    assert prompt_tokens(tiny_t5.model, tiny_t5.tokenizer, "iron")[-1] == tiny_t5.tokenizer.eos_token_id
    causal = prompt_tokens(tiny_writer.model, tiny_writer.tokenizer, "<|im_start|>user\niron")
    assert causal == tiny_writer.tokenizer("<|im_start|>user\niron", add_special_tokens=False).input_ids
