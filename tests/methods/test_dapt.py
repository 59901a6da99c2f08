"""Domain-adaptive pre-training on the tiny model."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from harness.config.project import Project
from harness.errors import RunFailed
from harness.items.prepared import PreparedDomain
from harness.measure.device import prepare_device
from harness.methods.dapt import bits_per_byte
from harness.models.causal_lm import load_folder
from harness.models.greedy import Written
from harness.models.loaded import LanguageModel
from harness.training.contract import TrainContext
from harness.training.registry import get_method
from tests.bench.training import bench_context

EXAMPLES = 24


def context_of(project: Project, recipe: str, folder: Path) -> TrainContext:
    device = prepare_device("float32")
    context = bench_context(project, project.recipe(recipe), device=device, folder=folder, examples=EXAMPLES)
    domain = PreparedDomain.open(project.prepared_folder("hs_products"))
    budget = context.budget.model_copy(update={"max_length": 64})
    return replace(context, base_name="tiny", domains=(domain,), budget=budget)


def base_of(project: Project) -> LanguageModel:
    return load_folder(project.base_folder("causal_lm"), prepare_device("float32"))


def test_each_document_ends_with_the_end_token_and_every_token_is_learnt(project: Project, tmp_path: Path) -> None:
    model = base_of(project)
    context = context_of(project, "dapt/documents", tmp_path / "run")
    encoded = get_method("dapt").examples(context, model)  # type: ignore[attr-defined]
    end = model.tokenizer.eos_token_id
    assert sum(one.input_ids[-1] == end for one in encoded.examples) == EXAMPLES == encoded.notes["documents"]
    assert all(one.labels == one.input_ids and len(one.input_ids) <= 64 for one in encoded.examples)
    assert encoded.supervised_tokens == encoded.tokens


@pytest.fixture
def project(prepared: Project) -> Project:
    return prepared


def test_reading_makes_held_out_texts_likelier_and_says_so(project: Project, tmp_path: Path) -> None:
    context = context_of(project, "dapt/documents", tmp_path / "run")
    budget = context.budget.model_copy(update={"epochs": 4})
    trained = get_method("dapt").train(replace(context, budget=budget))
    bits = trained.notes["bits_per_byte"]
    assert bits["after"] < bits["before"]
    assert set(trained.notes["ended"]) == {"before", "after"}
    assert isinstance(get_method("dapt").load(context), LanguageModel)


def test_bits_per_byte_of_a_model_that_knows_nothing(project: Project) -> None:
    model = base_of(project)
    for parameter in model.model.parameters():
        torch.nn.init.zeros_(parameter)  # every token is equally likely
    text = "Horses; live, pure-bred breeding animals"
    ids = list(model.encode_text(text).tokens)
    size = len(model.tokenizer.decode(ids[1:]).encode())
    expected = (len(ids) - 1) * math.log2(model.model.config.vocab_size) / size
    assert bits_per_byte(model, [text, text], max_length=256) == pytest.approx(expected, abs=1e-3)


def test_chats_are_the_models_own_replies_that_end(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of(project, "dapt/documents_replay", tmp_path / "run")
    model, method = base_of(project), get_method("dapt")

    def replies(*args: object, prompts: list[object], **kwargs: object) -> list[Written]:
        return [Written(f"Sure, {place}.", ended=place != 0) for place in range(len(prompts))]

    monkeypatch.setattr("harness.models.greedy.write_greedily", replies)
    encoded = method.examples(context, model)  # type: ignore[attr-defined]
    assert encoded.notes["chats"] == round(0.2 * EXAMPLES) - 1
    chat = encoded.examples[-1]
    assert model.tokenizer.decode(chat.answer[:-1]).startswith("Sure, ")
    assert len(chat.answer) < len(chat.input_ids)
    monkeypatch.setattr(
        "harness.models.greedy.write_greedily", lambda *a, prompts, **k: [Written("x", False)] * len(prompts)
    )
    with pytest.raises(RunFailed, match="none of the model's 5 replies ended"):
        method.examples(context, model)  # type: ignore[attr-defined]
