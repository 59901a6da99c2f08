import pytest

from harness.bases.prepare import prepare_base
from harness.config.project import Project, RunKey
from harness.measure.device import prepare_device
from harness.models.sentence_encoder import SentenceEncoder
from harness.records.run_record import RunRecord
from harness.training.registry import get_method
from harness.training.train import load_context, train

KEY = RunKey("baseline", "encoder", ("hs_products",), 0)


@pytest.fixture
def trained(prepared: Project) -> tuple[Project, RunRecord]:
    prepare_base(prepared, "encoder")
    return prepared, train(prepared, KEY)


def test_nothing_is_trained_and_the_base_gives_vectors(trained: tuple[Project, RunRecord]) -> None:
    project, record = trained
    assert record.training is not None
    assert record.training.trainable_parameters == 0
    assert record.training.total_parameters > 10_000
    context = load_context(project, KEY, device=prepare_device("float32"))
    model = get_method("encoder").load(context)
    assert isinstance(model, SentenceEncoder)
    assert model.abilities == {"embeddings"}
    assert model.embed(["Horses; live"]).shape == (1, 64)


def test_no_weights_are_saved(trained: tuple[Project, RunRecord]) -> None:
    project, _ = trained
    assert not list(project.run_folder(KEY).rglob("*.safetensors"))
