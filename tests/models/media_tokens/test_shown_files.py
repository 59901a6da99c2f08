"""Files in a language model: text alone is untouched, files change answers, and every way of reading agrees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from harness.items.media import Media
from harness.items.media_item import media_of
from harness.items.rows import Question
from harness.models.greedy import write_greedily
from harness.models.loaded import LanguageModel
from harness.models.media_tokens.encoders import Projector
from harness.models.media_tokens.features import FeatureStore
from harness.models.media_tokens.gated_attention import GatedAttention, MarkedInput, Resampler, decoder_layers
from harness.models.media_tokens.media_ids import MediaIds, key_of
from harness.models.media_tokens.media_language_model import MarkedLanguageModel, MediaLanguageModel
from harness.models.media_tokens.shown import SoftInput
from harness.scoring.likelihood.continuations import continuation_loglikelihoods
from harness.scoring.likelihood.plain_likelihood import score_plainly
from harness.scoring.likelihood.tree_likelihood import Prompt, score_prompts

PLACES, WIDTH = 4, 6
Maker = Callable[[LanguageModel], MediaLanguageModel]


class Bytes:
    """Vectors that follow from the bytes of a file."""

    def __init__(self) -> None:
        self.read_files: list[str] = []

    def read(self, file: Path) -> torch.Tensor:
        self.read_files.append(file.name)
        generator = torch.Generator().manual_seed(sum(file.read_bytes()))
        return torch.randn(PLACES, WIDTH, generator=generator)


def soft(model: LanguageModel, *, after_text: bool = False) -> MediaLanguageModel:
    """A projector with random weights."""
    torch.manual_seed(0)
    inner = model.model.requires_grad_(False)
    vocabulary = inner.get_input_embeddings().num_embeddings
    ids = MediaIds(vocabulary, PLACES)
    shown = SoftInput(inner, FeatureStore(Bytes()), ids, kinds={"image"}, after_text=after_text)
    encoder = Projector(WIDTH, inner.config.hidden_size, places=PLACES, size=1.0)
    shown.add_parts(inner, encoder=encoder)
    shown.encoder = encoder
    return MediaLanguageModel.of(model)


def gated(model: LanguageModel, *, gate: float = 0.7) -> MediaLanguageModel:
    """Resampler and blocks with random weights; the gates are open."""
    torch.manual_seed(0)
    inner = model.model.requires_grad_(False)
    layers, hidden = decoder_layers(inner), inner.config.hidden_size
    assert layers is not None
    vocabulary = inner.get_input_embeddings().num_embeddings
    shown = MarkedInput(inner, FeatureStore(Bytes()), MediaIds(vocabulary, vocabulary), kinds={"image"})
    resampler = Resampler(WIDTH, hidden, places=PLACES, latents=3, depth=1)
    blocks = torch.nn.ModuleList(GatedAttention(hidden) for _ in layers)
    for name, value in blocks.named_parameters():
        if name.endswith("gate"):
            torch.nn.init.constant_(value, gate)
    shown.add_parts(inner, resampler=resampler, blocks=blocks)
    shown.look(resampler, list(blocks), list(layers))
    return MarkedLanguageModel.of(model)


@pytest.fixture
def files(tmp_path: Path) -> list[Media]:
    found = []
    for name in (b"a red circle", b"a blue square"):
        media = media_of("image", name, ".png")
        (tmp_path / "media").mkdir(exist_ok=True)
        (tmp_path / media.path).write_bytes(name)
        found.append(replace(media, folder=tmp_path))
    return found


def question(text: str, *media: Media) -> Question:
    return Question(text, "test", text, text, text, ("Horse products", "Wheat"), "Wheat", media=media)


def logits(model: LanguageModel, asked: Question) -> torch.Tensor:
    ids = torch.tensor([model.encode_prompt(asked, view="").tokens])
    with torch.inference_mode():
        found: torch.Tensor = model.model(input_ids=ids).logits[0]
    return found


def soft_behind(model: LanguageModel) -> MediaLanguageModel:
    """The same with the soft tokens behind the text."""
    return soft(model, after_text=True)


BOTH = pytest.mark.parametrize("made", [soft, soft_behind, gated])


@BOTH
def test_text_alone_gives_exactly_the_logits_of_the_base(tiny_writer: LanguageModel, made: Maker) -> None:
    asked = question("Horses; live")
    before = logits(tiny_writer, asked)
    assert torch.equal(logits(made(tiny_writer), asked), before)


@BOTH
def test_another_file_changes_the_answer(tiny_writer: LanguageModel, files: list[Media], made: Maker) -> None:
    model = made(tiny_writer)
    first, second = (logits(model, question("Horses; live", media)) for media in files)
    again = logits(model, question("Horses; live", files[0]))
    assert torch.equal(first, again)
    assert not torch.allclose(first[-1], second[-1], atol=1e-3)


def test_closed_gates_give_exactly_the_logits_of_the_base(tiny_writer: LanguageModel, files: list[Media]) -> None:
    before = logits(tiny_writer, question("Horses; live"))
    model = gated(tiny_writer, gate=0.0)
    assert torch.equal(logits(model, question("Horses; live", files[0])), before)


def test_soft_tokens_stand_at_the_start_of_the_turn_and_have_no_label(
    tiny_writer: LanguageModel, files: list[Media]
) -> None:
    plain = tiny_writer.encode_example(question("Horses; live"), max_length=64)
    model = soft(tiny_writer)
    example = model.encode_example(question("Horses; live", files[0]), max_length=64)
    ids = MediaIds(tiny_writer.model.get_input_embeddings().num_embeddings, PLACES).tokens(files[0])
    begin = example.input_ids.index(ids[0])
    assert tuple(example.input_ids[begin : begin + PLACES]) == ids
    assert model.tokenizer.decode(example.input_ids[:begin]).endswith("user\n")
    assert example.input_ids[:begin] + example.input_ids[begin + PLACES :] == plain.input_ids
    assert example.answer == plain.answer
    assert len(example.labels) == len(example.input_ids)
    short = model.encode_example(question("Horses; live " * 30, files[0]), max_length=32)
    assert short.truncated
    assert set(ids) <= set(short.input_ids)
    assert len(short.input_ids) <= 32


def test_soft_tokens_behind_the_text_leave_the_same_beginning_to_all(
    tiny_writer: LanguageModel, files: list[Media]
) -> None:
    plain = [tiny_writer.encode_prompt(question("Horses; live"), view="").tokens]
    plain.append(tiny_writer.encode_choices(question("Horses; live"), view="").prompt.tokens)
    model = soft(tiny_writer, after_text=True)
    asked = question("Horses; live", files[0])
    found = [model.encode_prompt(asked, view="").tokens, model.encode_choices(asked, view="").prompt.tokens]
    vocabulary = tiny_writer.model.get_input_embeddings().num_embeddings
    for tokens, before in zip(found, plain, strict=True):
        place = next(place for place, token in enumerate(tokens) if token >= vocabulary)
        assert model.tokenizer.decode(tokens[:place]).endswith("Horses; live")
        assert tokens[:place] + tokens[place + PLACES :] == before


@BOTH
def test_likelihoods_agree_however_they_are_computed(
    tiny_writer: LanguageModel, files: list[Media], made: Maker
) -> None:
    model = made(tiny_writer)
    asked = [question(text, media) for media in files for text in ("Horses; live", "Wheat flour, in bulk")]
    encoded = [model.encode_choices(one, view="") for one in asked]
    prompts = [Prompt(one.prompt.tokens, one.continuations) for one in encoded]
    plain = score_plainly(model.model, prompts, batch_size=1)
    shared = score_prompts(model.model, prompts, batch_size=4)
    found = continuation_loglikelihoods(model, encoded, batch_size=4, label="test")
    assert model.shares
    for rows in (shared, found.rows):
        for one, other in zip(plain, rows, strict=True):
            assert [value for value, _ in other] == pytest.approx([value for value, _ in one], abs=1e-3)
    assert plain[0][0][0] != pytest.approx(plain[2][0][0], abs=1e-3)  # the same text with another file


@BOTH
def test_writing_is_the_same_alone_and_together(tiny_writer: LanguageModel, files: list[Media], made: Maker) -> None:
    model = made(tiny_writer)
    prompts = [model.encode_prompt(question("Horses; live", media), view="") for media in (*files, files[0])]

    def written(some: Any) -> list[str]:
        answers = write_greedily(model.model, model.tokenizer, prompts=some, max_new_tokens=6, batch_size=3)
        return [one.text for one in answers]

    together = written(prompts)
    assert together == [written([prompt])[0] for prompt in prompts]
    assert together == written(prompts[:1]) + written(prompts[1:])


@BOTH
def test_gradients_reach_what_learns_and_nothing_else(
    tiny_writer: LanguageModel, files: list[Media], made: Maker
) -> None:
    model = made(tiny_writer)
    example = model.encode_example(question("Horses; live", files[0]), max_length=64)
    logits(model, question("Horses; live", files[0]))  # the vectors were computed without gradients before
    ids, labels = torch.tensor([example.input_ids]), torch.tensor([example.labels])
    model.model(input_ids=ids, labels=labels).loss.backward()
    moved = [name for name, one in model.model.named_parameters() if one.grad is not None and one.grad.abs().sum() > 0]
    assert moved
    assert all(name.startswith("media_parts.") for name in moved)
    assert any(name.endswith("solved.weight") or "resampler.project" in name for name in moved)


def test_a_file_is_read_once(tiny_writer: LanguageModel, files: list[Media]) -> None:
    model = soft(tiny_writer)
    for _ in range(2):
        for media in files:
            logits(model, question("Horses; live", media))
    reader = model._files.store.reader
    assert isinstance(reader, Bytes)
    assert len(reader.read_files) == 2


def test_two_files_with_one_key_are_refused(files: list[Media]) -> None:
    store = FeatureStore(Bytes())
    store.add(files[0])
    twin = replace(files[1], sha256=files[0].sha256[:10] + files[1].sha256[10:])
    assert key_of(twin) == key_of(files[0])
    with pytest.raises(ValueError, match="the same key"):
        store.add(twin)
    with pytest.raises(ValueError, match="was not shown"):
        store.vectors([7])
