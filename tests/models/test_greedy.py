from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

from harness.models.encoding.encoded import EncodedPrompt
from harness.models.greedy import Written, end_tokens, write_greedily

END, PAD, LETTERS = 0, 1, "..abcdefgh"


class Letters:
    """A tokenizer of eight letters; tokens 0 and 1 are special."""

    eos_token_id, pad_token_id, chat_template = END, PAD, "{{ messages }}"

    def decode(self, tokens: list[int], *, skip_special_tokens: bool) -> str:
        assert skip_special_tokens
        return "".join(LETTERS[token] for token in tokens if token > PAD)


class Scripted:
    """Says after each prompt what the script says for its last token, then padding."""

    device = "cpu"

    def __init__(self, script: dict[int, list[int]]) -> None:
        self.script = script
        self.config = SimpleNamespace(eos_token_id=None)
        self.generation_config = GenerationConfig(do_sample=True, temperature=2.0)
        self.batches: list[list[int]] = []
        self.seen: list[Any] = []
        self.extras: list[dict[str, Any]] = []

    def generate(self, *, input_ids: Any, attention_mask: Any, generation_config: Any, **extra: Any) -> Any:
        self.batches.append(attention_mask.sum(1).tolist())
        self.seen.append((generation_config, self.generation_config))
        self.extras.append(extra)
        longest = max(len(self.script[int(row[-1])]) for row in input_ids)
        new = [self.script[int(row[-1])] + [PAD] * (longest - len(self.script[int(row[-1])])) for row in input_ids]
        return torch.cat([input_ids, torch.tensor(new, dtype=torch.long).reshape(len(input_ids), longest)], dim=1)


def written(model: Any, prompts: list[tuple[int, ...]], **changes: Any) -> list[Written]:
    settings: dict[str, Any] = {"max_new_tokens": 4, "batch_size": 2} | changes
    return write_greedily(model, Letters(), prompts=[EncodedPrompt(tokens) for tokens in prompts], **settings)


def tiny_llama() -> LlamaForCausalLM:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=10, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, bos_token_id=0
    )
    return LlamaForCausalLM(config).eval()


def by_hand(model: Any, prompt: tuple[int, ...], steps: int) -> list[int]:
    tokens = list(prompt)
    with torch.inference_mode():
        for _ in range(steps):
            tokens.append(int(model(torch.tensor([tokens])).logits[0, -1].argmax()))
    return tokens[len(prompt) :]


PROMPTS = [(2, 3, 4), (5,), (6, 7, 8, 9, 2), (3, 3)]


@pytest.mark.parametrize("batch_size", [1, 2, 4])
def test_each_next_token_is_the_likeliest_whatever_shares_its_batch(batch_size: int) -> None:
    model = tiny_llama()
    model.config.eos_token_id = model.generation_config.eos_token_id = None
    for prompt, found in zip(PROMPTS, written(model, PROMPTS, batch_size=batch_size), strict=True):
        tokens = by_hand(model, prompt, 4)
        if END in tokens:
            tokens = tokens[: tokens.index(END)]
        assert found.text == Letters().decode(tokens, skip_special_tokens=True)
        assert found.ended == (len(tokens) < 4)


def test_the_settings_that_a_model_brings_along_change_nothing_and_are_given_back() -> None:
    plain = written(tiny_llama(), PROMPTS)
    model = tiny_llama()
    own = GenerationConfig(
        do_sample=True,
        temperature=5.0,
        top_k=3,
        repetition_penalty=7.0,
        no_repeat_ngram_size=1,
        suppress_tokens=[2, 3, 4, 5],
        num_beams=3,
        min_new_tokens=4,
        max_length=2,
    )
    model.generation_config = own
    assert written(model, PROMPTS) == plain
    assert model.generation_config is own


def test_an_answer_is_what_stands_before_the_first_end_of_turn() -> None:
    assert written(Scripted({2: [3, 4, END, 5]}), [(2,)]) == [Written("bc", ended=True)]


def test_the_model_may_name_further_tokens_that_end_a_turn() -> None:
    model = Scripted({2: [3, 9, 4]})
    model.generation_config.eos_token_id = [9, 8]
    assert end_tokens(model, Letters()) == [END, 8, 9]
    assert written(model, [(2,)]) == [Written("b", ended=True)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([END], Written("", ended=True)),
        ([PAD, PAD, PAD, PAD], Written("", ended=False)),
        ([3, 3, 3, 3], Written("bbbb", ended=False)),
        ([], Written("", ended=False)),
    ],
)
def test_nothing_special_tokens_only_and_endless_repetition_are_answers(said: list[int], expected: Written) -> None:
    assert written(Scripted({2: said}), [(2,)]) == [expected]


def test_a_stop_text_ends_an_answer_and_is_no_part_of_it() -> None:
    assert written(Scripted({2: [3, 4, 5, 6]}), [(2,)], stops=["de", "x"]) == [Written("bc", ended=True)]


def test_prompts_of_similar_length_share_a_batch_and_answers_keep_their_order() -> None:
    model = Scripted({2: [3], 4: [5], 6: [7], 8: [9]})
    done: list[int] = []
    found = written(model, [(2,), (4,) * 9, (6, 6), (8,) * 8], on_batch=done.append)
    assert [one.text for one in found] == ["b", "d", "f", "h"]
    assert model.batches == [[9, 8], [2, 1]]
    assert done == [2, 2]


def test_weights_that_are_no_numbers_give_an_answer_nonetheless() -> None:
    model = tiny_llama()
    with torch.no_grad():
        model.lm_head.weight.fill_(float("nan"))
    assert len(written(model, PROMPTS)) == len(PROMPTS)


def test_no_prompt_gives_no_answer() -> None:
    assert written(tiny_llama(), []) == []


def test_a_prompt_with_further_inputs_is_a_batch_of_its_own_with_them() -> None:
    model = Scripted({2: [3, END], 5: [4, END]})
    prompts = [EncodedPrompt((2,)), EncodedPrompt((5,), extra={"pixels": "a picture"}), EncodedPrompt((2,))]
    answers = write_greedily(model, Letters(), prompts=prompts, max_new_tokens=4, batch_size=3)
    assert [answer.text for answer in answers] == ["b", "c", "b"]
    assert model.extras == [{}, {"pixels": "a picture"}, {}]


def test_what_all_prompts_begin_with_is_read_once_and_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_llama()
    prompts = [(7, 8, 9, *rest) for rest in PROMPTS]
    apart = [written(model, [prompt])[0] for prompt in prompts]
    read: list[int] = []
    generate = model.generate

    def counted(**inputs: Any) -> Any:
        read.append(inputs["past_key_values"].get_seq_length())
        return generate(**inputs)

    monkeypatch.setattr(model, "generate", counted)
    assert written(model, prompts, batch_size=4) == apart
    assert read == [3]


def test_tokens_that_tie_in_bfloat16_are_told_apart_in_float32() -> None:
    """Two tokens' logits near 20 differ by less than bfloat16 can show; the likelier one has the higher number."""
    model = tiny_llama().to(torch.bfloat16)
    model.config.eos_token_id = model.generation_config.eos_token_id = None
    prompt = (2, 3, 4)
    with torch.inference_mode():
        state = model.model(torch.tensor([prompt])).last_hidden_state[0, -1]
        model.lm_head.weight.zero_()
        model.lm_head.weight[5] = (20 * state / state.float().square().sum()).to(torch.bfloat16)
        model.lm_head.weight[6] = model.lm_head.weight[5]
        model.lm_head.weight[6, 0] = model.lm_head.weight[5, 0] * (1 + 2**-7)
        small = model.lm_head.weight[5, 0] * state[0]
        if small < 0:  # then the larger weight makes the token less likely
            model.lm_head.weight[6, 0] = model.lm_head.weight[5, 0] * (1 - 2**-7)
        logits = model(torch.tensor([prompt])).logits[0, -1]
        assert logits[5] == logits[6] == logits.max()
    assert written(model, [prompt], max_new_tokens=1)[0].text == "e"
