from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.bases.tiny import make_llama
from harness.measure.device import prepare_device
from harness.models.causal_lm import load_folder
from harness.models.loaded import LanguageModel
from harness.records.run_record import Latency
from harness.scoring import latency
from harness.scoring.latency import measure_latency
from tests.tree import write_hs_source

PROMPTS = ["one", "two words and more", "three"]


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = tmp_path_factory.mktemp("latency")
    write_hs_source(root / "texts")
    make_llama(root / "texts", root / "model")
    return root / "model"


@pytest.fixture(scope="module")
def tiny(tiny_folder: Path) -> LanguageModel:
    return load_folder(tiny_folder, prepare_device("float32"))


def measured(model: LanguageModel, texts: list[str], **settings: int) -> Latency:
    return measure_latency(model, [model.encode_text(text) for text in texts], **settings)


class Scripted:
    """`generate` of a model that takes what the script says: (seconds to the first token, seconds of each other)."""

    def __init__(self, tiny: LanguageModel, script: list[tuple[float, float]], ticks: list[float]) -> None:
        self.device, self.config = tiny.model.device, tiny.model.config
        self.script, self.ticks = iter(script), ticks
        self.asked: list[dict[str, Any]] = []

    def generate(self, **settings: Any) -> None:
        self.asked.append(settings)
        first, other = next(self.script)
        settings["streamer"].put(settings["input_ids"])
        for place in range(settings["max_new_tokens"]):
            self.ticks[0] += other if place else first
            settings["streamer"].put(place)
        settings["streamer"].end()


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """A clock that stands still unless told."""
    now = [100.0]
    monkeypatch.setattr("harness.scoring.latency.time.perf_counter", lambda: now[0])
    return now  # type: ignore[return-value]


def test_medians_over_prompts_of_medians_over_repeats_without_the_warm_up(
    tiny: LanguageModel, ticks: list[float]
) -> None:
    warm_up = [(99.0, 99.0)]
    script = [(0.1, 0.5), (0.2, 0.25), (9.0, 9.0)] + [(0.3, 0.2)] * 3 + [(0.4, 0.1)] * 3
    model = Scripted(tiny, warm_up + script, ticks)
    found = measured(LanguageModel(model, tiny.tokenizer), PROMPTS, new_tokens=5, repeats=3)
    lengths = sorted(len(settings["input_ids"][0]) for settings in model.asked[1::3])
    assert found == Latency(
        first_token_ms=300.0, tokens_per_second=5.0, prompts=3, prompt_tokens=lengths[1], new_tokens=5
    )
    assert len(model.asked) == 1 + 3 * 3


def test_each_request_is_alone_greedy_and_of_the_same_length(tiny: LanguageModel, ticks: list[float]) -> None:
    model = Scripted(tiny, [(0.1, 0.1)] * 4, ticks)
    measured(LanguageModel(model, tiny.tokenizer), PROMPTS, new_tokens=4, repeats=1)
    for settings in model.asked[1:]:
        assert settings["input_ids"].shape[0] == settings["num_beams"] == 1
        assert settings["min_new_tokens"] == settings["max_new_tokens"] == 4
        assert not settings["do_sample"]


def test_a_model_that_would_end_at_once_goes_on_and_its_own_settings_do_not_count(
    tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    heard: list[int] = []
    put = latency._Clock.put

    def hear(self: Any, value: Any) -> None:
        heard.append(value.numel())
        put(self, value)

    monkeypatch.setattr(latency._Clock, "put", hear)
    monkeypatch.setattr(tiny.model.generation_config, "num_beams", 3)
    monkeypatch.setattr(tiny.model.generation_config, "do_sample", True)
    end = torch.tensor([tiny.tokenizer.eos_token_id])
    ending = tiny.model.lm_head.register_forward_hook(lambda layer, given, logits: logits.index_fill(-1, end, 1e4))
    try:
        ids = torch.tensor([[5, 6, 7]])
        assert tiny.model.generate(ids, do_sample=False, num_beams=1, max_new_tokens=6).shape == (1, 4)
        found = measured(tiny, ["one"], new_tokens=6, repeats=1)
    finally:
        ending.remove()
    warm_up, timed = heard[:3], heard[3:]
    assert warm_up[1:] == [1] * 2
    assert timed[1:] == [1] * 6
    assert found.first_token_ms > 0
    assert found.tokens_per_second > 0


@pytest.mark.parametrize("kind", ["LoraConfig", "PrefixTuningConfig", "PromptTuningConfig"])
def test_a_model_with_an_adapter_is_timed_in_the_same_way(tiny_folder: Path, kind: str) -> None:
    import peft

    virtual = {} if kind == "LoraConfig" else {"num_virtual_tokens": 4}
    base = load_folder(tiny_folder, prepare_device("float32"))
    adapted = peft.get_peft_model(base.model, getattr(peft, kind)(task_type="CAUSAL_LM", **virtual)).eval()
    found = measured(LanguageModel(adapted, base.tokenizer), PROMPTS, new_tokens=4, repeats=1)
    assert found.new_tokens == 4
    assert found.tokens_per_second > 0


def test_a_prompt_longer_than_the_model_is_cut_on_the_left(tiny: LanguageModel, ticks: list[float]) -> None:
    model = Scripted(tiny, [(0.1, 0.1)] * 2, ticks)
    measured(LanguageModel(model, tiny.tokenizer), ["word " * 50_000 + "end"], new_tokens=8, repeats=1)
    (asked,) = {tuple(settings["input_ids"][0].tolist()) for settings in model.asked}
    assert len(asked) == tiny.model.config.max_position_embeddings - 8
    assert tiny.tokenizer.decode(asked).endswith("end")


@pytest.mark.parametrize(
    ("prompts", "new_tokens", "repeats"), [([], 4, 1), (["one"], 1, 1), (["one"], 4, 0), (["one", ""], 4, 1)]
)
def test_what_cannot_be_timed_is_refused(
    tiny: LanguageModel, prompts: list[str], new_tokens: int, repeats: int
) -> None:
    with pytest.raises(ValueError, match="latency needs"):
        measured(tiny, prompts, new_tokens=new_tokens, repeats=repeats)
