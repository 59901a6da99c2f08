from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.bases.tiny import make_llama
from harness.measure.device import prepare_device
from harness.models.causal_lm import load_folder
from harness.models.encoding.pair_encoder import PairEncoder, encode_pair
from harness.models.loaded import LanguageModel
from tests.tree import write_hs_source

CONTEXTS = [
    "<|im_start|>user\nwhich chapter?<|im_end|>\n<|im_start|>assistant\n",
    "<|im_start|>assistant",
    "no special token: which chapter is it?\nAnswer:",
    "it ends with one <|im_end|>",
    "<|im_start|>user\nblanks at the end<|im_end|>\n<|im_start|>assistant \t \n ",
    "half of one at the end <|im_start|>assistant, then it says <|im",
    "<|im_end|>one, then a long text without any. " + "word " * 60,
    "日本語 <|im_start|>assistant\n ünïcödé\u00a0",
]
CONTINUATIONS = [
    "metal",
    " metal",
    "  metal",
    "\n",
    "_end|>",
    "<|im_end|>",
    "s",
    "木",
    "é",
    "\u0301",
    " ",
    "<|im_start|>x",
]


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from lm_eval.models.huggingface import HFLM

    root = tmp_path_factory.mktemp("stock")
    write_hs_source(root / "texts")
    make_llama(root / "texts", root / "model")
    loaded: LanguageModel = load_folder(Path(root / "model"), prepare_device("float32"))
    return HFLM(pretrained=loaded.model, tokenizer=loaded.tokenizer, add_bos_token=False, device="cpu")


@pytest.fixture(scope="module")
def encoder(stock: Any) -> PairEncoder:
    return PairEncoder(stock.tokenizer)


def unequal(encoder: PairEncoder, stock: Any, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pair for pair in pairs if encoder.encode(*pair) != stock._encode_pair(*pair)]


def test_every_pair_is_encoded_as_stock_does(encoder: PairEncoder, stock: Any) -> None:
    assert unequal(encoder, stock, [(a, b) for a in CONTEXTS for b in CONTINUATIONS]) == []


pieces = st.one_of(
    st.sampled_from(
        ["<|im_start|>", "<|im_end|>", "<|pad|>", "<|im_", "end|>", "assistant\n", " ", "\n", "metal", "é"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
texts = st.lists(pieces, max_size=8).map("".join)


@given(context=texts.filter(bool), continuations=st.lists(texts.filter(bool), min_size=1, max_size=3))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_text_is_encoded_as_stock_does(
    encoder: PairEncoder, stock: Any, context: str, continuations: list[str]
) -> None:
    assert unequal(encoder, stock, [(context, one) for one in continuations]) == []


@given(context=texts.filter(bool), continuation=texts.filter(bool))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_after_a_chat_prompt_any_continuation_is_encoded_as_stock_does(
    encoder: PairEncoder, stock: Any, context: str, continuation: str
) -> None:
    chat = f"<|im_start|>user\n{context}<|im_end|>\n<|im_start|>assistant\n"
    assert unequal(encoder, stock, [(chat, continuation)]) == []


class Counting:
    """A tokenizer that counts the texts it encodes."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.texts: list[str] = []

    def __call__(self, text: str, **settings: Any) -> Any:
        self.texts.append(text)
        return self.tokenizer(text, **settings)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tokenizer, name)


def test_a_context_is_encoded_once_and_a_label_once_for_all_contexts(stock: Any) -> None:
    counting = Counting(stock.tokenizer)
    encoder = PairEncoder(counting)
    contexts = [f"<|im_start|>user\nitem {n}<|im_end|>\n<|im_start|>assistant\n" for n in range(5)]
    for context in contexts:
        for label in ("iron", "wood", "glass"):
            encoder.encode(context, label)
    assert sum(text.startswith("<|im_start|>user") for text in counting.texts) == len(contexts)
    assert len(counting.texts) == len(contexts) + 2 * 3


@pytest.mark.parametrize("context", ["which chapter?\nAnswer:", "<|im_end|>", "   ", "it ends in <|im_start|>user"])
def test_without_a_special_token_far_enough_from_the_end_the_whole_text_is_encoded(stock: Any, context: str) -> None:
    counting = Counting(stock.tokenizer)
    encoder = PairEncoder(counting)
    encoder._longest = 40
    assert encoder.encode(context, "x") == encode_pair(stock.tokenizer, context, "x")
    assert context + "x" in counting.texts


def test_a_tokenizer_without_offsets_encodes_the_whole_text(stock: Any) -> None:
    slow = Counting(stock.tokenizer)
    slow.is_fast = False  # type: ignore[attr-defined]
    PairEncoder(slow).encode(CONTEXTS[0], "x")
    assert slow.texts == [CONTEXTS[0].rstrip(), CONTEXTS[0] + "x"]


def test_what_is_given_can_be_changed_without_harm(encoder: PairEncoder, stock: Any) -> None:
    for tokens in encoder.encode(CONTEXTS[0], "metal"):
        tokens.clear()
    assert encoder.encode(CONTEXTS[0], "metal") == stock._encode_pair(CONTEXTS[0], "metal")


def test_tokens_that_swallow_their_neighbours_are_encoded_as_stock_does(stock: Any) -> None:
    from copy import deepcopy

    from transformers import AddedToken

    other = deepcopy(stock)
    other.tokenizer.add_special_tokens(
        {
            "additional_special_tokens": [
                AddedToken("<|left|>", lstrip=True, special=True, normalized=False),
                AddedToken("<|right|>", rstrip=True, special=True, normalized=False),
                AddedToken("<|word|>", single_word=True, special=True, normalized=False),
                AddedToken("<|im_end|><|im_start|>!", special=True, normalized=False),
                AddedToken("<|", special=True, normalized=False),
            ]
        }
    )
    encoder = PairEncoder(other.tokenizer)
    tokens = ["<|left|>", "<|right|>", "<|word|>", "<|im_start|>assistant", "<|", "<|im_end|>"]
    long = "some words that are longer than every token"
    contexts = [f"x {a}{gap}{b}{end}" for a in tokens for b in [*tokens, long] for gap in " -" for end in ("", " ")]
    contexts.append("x<|im_end|><|im_start|>")  # which "!" makes one token
    pairs = [(context, one) for context in contexts for one in ("!", " x", "x", "|>", "im_end|>", "  <|left|>")]
    assert unequal(encoder, other, pairs) == []
