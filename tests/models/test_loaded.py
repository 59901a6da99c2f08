from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from harness.items.rows import Question
from harness.models.base_roles import SEQ2SEQ_LM, BaseRole
from harness.models.encoding.context_window import max_length
from harness.models.loaded import EmbeddingModel, LabelClassifier, LanguageModel


class Labels(LabelClassifier):
    def log_proba(self, texts: Any, labels: Any) -> Any:
        return np.zeros((len(texts), len(labels)))


class Vectors(EmbeddingModel):
    def embed(self, texts: Any, *, batch_size: int = 32) -> Any:
        return np.zeros((len(texts), 2))

    def cut(self, texts: Any) -> int:
        return 0


def test_a_language_model_writes_and_gives_vectors(tiny_writer: LanguageModel) -> None:
    assert tiny_writer.abilities_for(()) == {"text", "embeddings"}
    assert tiny_writer.described == "only produces embeddings and writes text"


def test_messages_name_what_a_model_does() -> None:
    assert (Labels().described, Vectors().described) == ("only predicts labels", "only produces embeddings")


def test_a_classifier_knows_nothing_outside_its_domain_and_more_where_it_has_heads() -> None:
    plain, headed = Labels(), Labels()
    headed.heads = frozenset({"classify", "claims"})
    assert plain.abilities_for(()) == headed.abilities_for(()) == frozenset()
    assert plain.abilities_for(["claims"]) == headed.abilities_for(["claims", "answer"]) == {"labels"}
    assert headed.abilities_for(["claims"]) == {"labels", "heads"}


def test_an_adapter_keeps_tokenizer_and_role_and_drops_what_was_checked_without_it(tiny_writer: LanguageModel) -> None:
    shot = Question("1", "train", "1", "t", "p", (), "a")
    tiny_writer.shots, tiny_writer.shares, tiny_writer.shares_up_to = {"classify": [shot]}, False, 99
    adapted = tiny_writer.with_adapter("the adapted model", seconds=1.5)
    assert (adapted.model, adapted.adapter_seconds, adapted.tokenizer) == (
        "the adapted model",
        1.5,
        tiny_writer.tokenizer,
    )
    assert adapted.role is tiny_writer.role
    assert (adapted.shots, adapted.shares, adapted.shares_up_to) == ({}, True, 0)


def test_a_model_reads_what_its_role_reads() -> None:
    role = BaseRole("eyes", "AutoModel", peft_task_type=None, reads=frozenset({"text", "image"}), writes_text=True)
    assert LanguageModel(None, None, base_role=role).reads == {"text", "image"}
    assert LanguageModel(None, None, base_role=SEQ2SEQ_LM).reads == {"text"}
    assert Labels().reads == {"text"}


@pytest.mark.parametrize(
    ("config", "longest", "virtual", "expected"),
    [
        ({"max_position_embeddings": 100}, 50, None, 100),
        ({"n_positions": 512, "max_position_embeddings": 100}, 50, None, 512),
        ({"text_config": SimpleNamespace(max_position_embeddings=70), "max_position_embeddings": 9}, 50, None, 70),
        ({}, 50, None, 50),
        ({}, 10**30, None, 2048),
        ({"max_position_embeddings": 100}, 50, 30, 70),
        ({"max_position_embeddings": 10}, 50, 30, 2),
    ],
)
def test_the_window_is_that_of_lm_eval_without_virtual_tokens(
    config: dict[str, Any], longest: int, virtual: int | None, expected: int
) -> None:
    peft = SimpleNamespace(num_virtual_tokens=virtual) if virtual else None
    model = SimpleNamespace(config=SimpleNamespace(**config), active_peft_config=peft)
    assert max_length(model, SimpleNamespace(model_max_length=longest)) == expected
