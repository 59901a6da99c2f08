from pathlib import Path

from safetensors.numpy import load_file

from harness.config.project import Project, RunKey
from harness.measure.device import prepare_device
from harness.training.registry import get_method
from harness.training.train import load_context, train

KEY = RunKey("sft", "full", ("hs_products",), 0)


def test_every_weight_learns_and_the_saved_model_stands_alone(prepared: Project) -> None:
    record = train(prepared, KEY)
    assert record.training is not None
    assert record.training.trainable_parameters == record.training.total_parameters
    base = load_file(prepared.base_folder("causal_lm") / "model.safetensors")
    saved = load_file(prepared.run_folder(KEY) / "train/model/model.safetensors")
    assert set(saved) == set(base)
    assert all((saved[name] != base[name]).any() for name in base)
    for path in Path(prepared.base_folder("causal_lm")).iterdir():
        path.unlink()  # the base is not needed any more
    context = load_context(prepared, KEY, device=prepare_device("float32"))
    loaded = get_method("full").load(context)
    assert loaded.abilities == {"text", "embeddings"}
