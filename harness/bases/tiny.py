"""Create tiny models with random weights and a real tokenizer in seconds, to run the pipeline without a download.

The models know nothing and learn little. A board made with them tests the harness, not a method.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.errors import DataError

SEED = 0
VOCABULARY = 2048
CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def make_llama(texts: Path, folder: Path) -> None:
    """A 2-layer Llama of about 0.2 million parameters with a ChatML template.

    `texts`: folder of the fetched source; its JSON strings train the byte-level BPE tokenizer.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = _tokenizer(texts)
    torch.manual_seed(SEED)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def make_t5(texts: Path, folder: Path) -> None:
    """A 2-layer T5 of about 0.3 million parameters with FLAN-T5's gated layers and no chat template."""
    import torch
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

    bpe = _bpe(texts, special_tokens=["<pad>", "</s>"])
    # the input of the encoder ends with the end token; so does the output, because training adds it to the labels
    bpe.post_processor = TemplateProcessing(single="$A </s>", special_tokens=[("</s>", bpe.token_to_id("</s>"))])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="</s>", pad_token="<pad>", padding_side="right")
    torch.manual_seed(SEED)
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=64,
        d_kv=16,
        d_ff=128,
        num_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        decoder_start_token_id=tokenizer.pad_token_id,
    )
    T5ForConditionalGeneration(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def make_encoder(texts: Path, folder: Path) -> None:
    """A 2-layer BERT with mean pooling and 64-dimensional embeddings, as a sentence-transformers folder."""
    import tempfile

    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel

    tokenizer = _tokenizer(texts)
    torch.manual_seed(SEED)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=512,
        pad_token_id=tokenizer.pad_token_id,
    )
    with tempfile.TemporaryDirectory() as scratch:
        BertModel(config).save_pretrained(scratch)
        tokenizer.save_pretrained(scratch)
        words = Transformer(scratch, max_seq_length=256)
        SentenceTransformer(modules=[words, Pooling(config.hidden_size, "mean")], device="cpu").save(
            str(folder), create_model_card=False
        )


def _tokenizer(texts: Path) -> Any:
    """A tokenizer with the special tokens and the template of ChatML."""
    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=_bpe(texts, special_tokens=["<|im_start|>", "<|im_end|>", "<|pad|>"]),
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|pad|>",
    )
    tokenizer.chat_template = CHATML
    return tokenizer


def _bpe(texts: Path, *, special_tokens: list[str]) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=special_tokens,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),  # so that any text can be encoded
        show_progress=False,
    )
    bpe.train_from_iterator(sorted(set(_strings(texts))), trainer)
    return bpe


def _strings(folder: Path) -> Iterator[str]:
    """Every string value in the JSON files below a folder."""
    files = [path for path in sorted(folder.rglob("*.json")) if path.name != "ORIGIN.json"]
    if not files:
        hint = "check `source` and `path` of the base model in params.yaml"
        raise DataError("the folder holds no JSON file to train a tokenizer on", where=str(folder), hint=hint)
    stack: list[Any] = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict):
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
