import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from harness.config.project import Project
from harness.measure.device import prepare_device
from harness.models.causal_lm import load_folder
from harness.models.loaded import LanguageModel
from harness.scoring.likelihood.tree_likelihood import PADDING, Prompt, batches, score_prompts


@pytest.fixture(scope="module")
def tiny(prepared_template: object) -> LanguageModel:
    return load_folder(Project(prepared_template).base_folder("causal_lm"), prepare_device("float32"))  # type: ignore[arg-type]


def plain_loglikelihood(model: object, prompt: tuple[int, ...], continuation: tuple[int, ...]) -> tuple[float, bool]:
    """One forward pass over the whole text, nothing shared."""
    with torch.inference_mode():
        logits = model(torch.tensor([prompt + continuation])).logits[0].log_softmax(-1)  # type: ignore[operator]
    rows = logits[len(prompt) - 1 : -1]
    picked = [float(rows[i, token]) for i, token in enumerate(continuation)]
    return sum(picked), all(int(rows[i].argmax()) == token for i, token in enumerate(continuation))


PROMPTS = [
    Prompt((5, 6, 7, 8, 9, 10, 11), ((20,), (20, 21), (20, 21, 22), (30, 31))),
    Prompt((5, 6, 7, 8), ((40,), (41,))),
    Prompt((5, 6, 7, 12, 13), ((20, 21, 22, 23, 24), (25,))),
    Prompt((5, 6, 99), ((7, 8, 9),)),
]


@pytest.mark.parametrize("batch_size", [1, 2, 4])
def test_sharing_gives_the_likelihoods_of_plain_forward_passes(tiny: LanguageModel, batch_size: int) -> None:
    scored = score_prompts(tiny.model, PROMPTS, batch_size=batch_size)
    for prompt, row in zip(PROMPTS, scored, strict=True):
        for continuation, (value, greedy) in zip(prompt.continuations, row, strict=True):
            expected, expected_greedy = plain_loglikelihood(tiny.model, prompt.tokens, continuation)
            assert value == pytest.approx(expected, abs=1e-4)
            assert greedy == expected_greedy


def test_greedy_is_true_for_what_the_model_would_write(tiny: LanguageModel) -> None:
    prompt = (5, 6, 7)
    with torch.inference_mode():
        first = int(tiny.model(torch.tensor([prompt])).logits[0, -1].argmax())
    ((_, greedy), (_, other)) = score_prompts(tiny.model, [Prompt(prompt, ((first,), (first + 1,)))], batch_size=1)[0]
    assert greedy
    assert not other


def test_no_prompt_gives_no_result(tiny: LanguageModel) -> None:
    assert score_prompts(tiny.model, [], batch_size=4) == []


def test_one_batch_at_a_time_is_reported(tiny: LanguageModel) -> None:
    finished: list[int] = []
    score_prompts(tiny.model, PROMPTS[:1] * 4, batch_size=3, on_batch=finished.append)
    assert finished == [3, 1]


@given(st.lists(st.tuples(st.integers(1, 300), st.integers(0, 200)), max_size=60), st.integers(1, 16))
def test_every_prompt_is_in_one_batch_and_padding_stays_a_small_part(sizes: list[tuple[int, int]], most: int) -> None:
    found = batches(sizes, most=most)
    assert sorted(place for places in found for place in places) == list(range(len(sizes)))
    for places in found:
        assert 1 <= len(places) <= most
        width = sum(max(sizes[place][part] for place in places) for part in (0, 1))
        assert sum(sum(sizes[place]) for place in places) >= (1 - PADDING) * width * len(places)


def test_prompts_of_one_size_fill_their_batches() -> None:
    assert batches([(5, 2)] * 7, most=3) == [[0, 1, 2], [3, 4, 5], [6]]
