"""An encoder-decoder from one pretrained encoder: a copy of it reads, and a copy writes (Rothe et al. 2020)."""

from __future__ import annotations

from pathlib import Path

from harness.errors import DataError

SEED = 0


def make_bert2bert(model: Path, folder: Path) -> None:
    """Both halves with the weights of the BERT-like encoder in the folder `model` (arXiv 1907.12461).

    What an encoder lacks is random: the cross-attention of the writing half, and the layer before its output
    embeddings, which are those of the input. So the model has to be trained before it writes anything.

    Raises:
        DataError: the folder holds no encoder that transformers can use as a decoder, or its tokenizer has no tokens
            for the beginning and the end of a text.
    """
    import torch
    from transformers import AutoTokenizer, EncoderDecoderModel

    torch.manual_seed(SEED)
    expected = "the folder of a BERT-like encoder: config.json, weights and a tokenizer with [CLS] and [SEP]"
    try:
        both = EncoderDecoderModel.from_encoder_decoder_pretrained(str(model), str(model))
        tokenizer = AutoTokenizer.from_pretrained(model)
    except (OSError, ValueError) as error:
        what = f"the encoder cannot be both halves of an encoder-decoder: {error}"
        raise DataError(what, where=str(model), expected=expected) from error
    if tokenizer.cls_token_id is None or tokenizer.sep_token_id is None:
        what = "the tokenizer has no token for the beginning or the end of a text"
        raise DataError(what, where=str(model), expected=expected)
    tokenizer.bos_token, tokenizer.eos_token = tokenizer.cls_token, tokenizer.sep_token
    for settings in (both.config, both.generation_config):
        settings.decoder_start_token_id = settings.bos_token_id = tokenizer.cls_token_id
        settings.eos_token_id, settings.pad_token_id = tokenizer.sep_token_id, tokenizer.pad_token_id
    both.config.vocab_size = both.config.decoder.vocab_size
    for config in (both.config, both.config.encoder, both.config.decoder):
        config.name_or_path = ""  # else the folder would name this machine's path
    both.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
