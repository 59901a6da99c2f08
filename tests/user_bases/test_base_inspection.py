from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.errors import DataError
from harness.user_bases.inspection import Inspected, inspect_folder
from harness.user_bases.own_folder import own_folder
from harness.user_bases.weights import read_weights
from tests.user_bases.conftest import Make


def inspected(path: Path, *, root: Path | None = None, role: str | None = None) -> Inspected:
    folder = own_folder(path, root=root or path.parent / "project")
    return inspect_folder(folder, role=role, weights=read_weights(folder, where=str(path)), where=str(path))


def edit_config(folder: Path, **changes: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.parametrize(
    ("name", "role", "format_"),
    [
        ("llama", "causal_lm", "transformers"),
        ("t5", "seq2seq_lm", "transformers"),
        ("encoder", "encoder", "sentence_transformers"),
    ],
)
def test_the_role_is_read_from_the_folder(models: Path, name: str, role: str, format_: str) -> None:
    found = inspected(models / name)
    assert (found.role, found.format) == (role, format_)
    assert found.chat_template == (name != "t5")
    assert found.tokens == found.config.vocab_size


@pytest.mark.parametrize(
    ("name", "role", "what"),
    [
        ("encoder", "causal_lm", "is an encoder, and the role causal_lm needs a causal language model"),
        ("llama", "seq2seq_lm", "is a causal language model, and the role seq2seq_lm needs an encoder-decoder"),
        ("llama", "causal_llm", 'unknown role "causal_llm"'),
    ],
)
def test_a_wrong_role_is_refused(models: Path, name: str, role: str, what: str) -> None:
    with pytest.raises(DataError, match=what):
        inspected(models / name, role=role)


def as_adapter(folder: Path) -> None:
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "Qwen/Qwen2.5-7B"}')


def as_gguf(folder: Path) -> None:
    (folder / "config.json").unlink()
    (folder / "model.Q4_1.gguf").write_bytes(b"GGUF1234")


def cut_weights(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])


def point_at_weights(folder: Path) -> None:
    (folder / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\nsize 1\n")


def lose_shard(folder: Path) -> None:
    index = {"weight_map": {"a": "model.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def without_tokenizer(folder: Path) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink()


def with_old_weights(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def with_longer_tokenizer(folder: Path) -> None:
    path = folder / "tokenizer.json"
    content = json.loads(path.read_text())
    size = json.loads((folder / "config.json").read_text())["vocab_size"]
    extra = {"id": size, "content": "<extra>", "special": True}
    content["added_tokens"].append({**content["added_tokens"][0], **extra})
    path.write_text(json.dumps(content))


MISTAKES: list[tuple[Callable[[Path], object], str, str]] = [
    (lambda folder: (folder / "config.json").unlink(), "has no config.json; it holds chat_template.jinja", "itself"),
    (as_adapter, "an adapter for Qwen/Qwen2.5-7B, not a whole model", "merge_and_unload"),
    (as_gguf, "it holds the GGUF file model.Q4_1.gguf", "gguf_file"),
    (cut_weights, "model.safetensors cannot be read", "again"),
    (point_at_weights, "is a pointer of Git LFS", "git lfs pull"),
    (lose_shard, "1 of 2 weight files are missing: model-00002-of-00002.safetensors", "again"),
    (with_old_weights, "its weights are in pytorch_model.bin", "save_pretrained"),
    (lambda folder: (folder / "model.safetensors").unlink(), "there are no weights", "save_pretrained"),
    (without_tokenizer, "has no tokenizer", "tokenizer.save_pretrained"),
    (lambda folder: (folder / "tokenizer.json").write_text("{"), "the tokenizer cannot be loaded", "save it again"),
    (with_longer_tokenizer, r"the tokenizer has \S+ tokens, and the model has embeddings for", "resize"),
    (lambda folder: edit_config(folder, vocab_size=5000), "rows, and `vocab_size` in config.json is 5,000", "together"),
    (lambda folder: edit_config(folder, model_type="lama"), "does not know the model type 'lama'", "architecture"),
    (
        lambda folder: edit_config(folder, model_type="own", auto_map={"AutoModel": "own.Own"}),
        "needs Python code from its own repository",
        "architecture",
    ),
    (
        lambda folder: edit_config(folder, quantization_config={"quant_method": "gptq", "bits": 4}),
        r"the weights are quantised \(gptq\)",
        "before its quantisation",
    ),
    (
        lambda folder: edit_config(folder, architectures=["LlamaForSequenceClassification"]),
        "no role fits LlamaForSequenceClassification",
        "read and write text",
    ),
    (lambda folder: (folder / "config.json").write_text("[]"), "is not a JSON mapping", "again"),
]


@pytest.mark.parametrize(("spoil", "what", "hint"), MISTAKES)
def test_a_folder_that_cannot_be_a_base_says_why(
    own: Make, spoil: Callable[[Path], object], what: str, hint: str
) -> None:
    folder = own("llama")
    spoil(folder)
    with pytest.raises(DataError, match=what) as caught:
        inspected(folder)
    assert hint in (caught.value.hint or "")


def test_paths_that_are_no_folder_of_a_model_say_what_they_are(own: Make, project: Project) -> None:
    folder = own("llama")
    (folder / "tiny.gguf").write_bytes(b"GGUF1234")
    inside = project.root / "data/sources/mine"
    inside.mkdir(parents=True)
    for path, what in (
        (folder.with_name("lama"), "the path does not exist"),
        (folder / "tiny.gguf", "the path is a GGUF file"),
        (folder / "config.json", "the path is a file"),
        (inside, "the folder is inside data/"),
    ):
        with pytest.raises(DataError, match=what) as caught:
            own_folder(path, root=project.root)
        assert caught.value.hint
    assert own_folder(folder, root=project.root) == folder


def test_a_plain_encoder_is_told_how_to_become_a_base(own: Make) -> None:
    folder = own("encoder")
    (folder / "modules.json").unlink()
    with pytest.raises(DataError, match="no role fits BertModel") as caught:
        inspected(folder)
    assert "sentence-transformers" in str(caught.value.hint)
