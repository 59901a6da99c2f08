"""CLIP: an image tower learns to find the vector of a caption."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, field_validator

from harness.config.mistakes import Mistake
from harness.config.recipe import Recipe
from harness.errors import DataError, RunFailed
from harness.items.media import MediaKind
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.models.picture_text.similarity_classifier import SimilarityClassifier
from harness.models.towers.tower_roles import VISION_TOWER, TowerRole
from harness.training.contract import LoadContext, TrainContext, TrainedModel
from harness.training.media.towers import TUNED, load_tower_of
from harness.training.media_method import MediaMethod
from harness.training.method_options import MethodOptions

if TYPE_CHECKING:
    from harness.models.picture_text.dual_encoder import DualEncoder, PictureTexts
    from harness.models.sentence_encoder import SentenceEncoder

HEADS, FACTS = "heads.safetensors", "heads.json"
"""Files of a run beside the tower: the two heads with the scale, and their sizes."""
HELD_OUT = 500
"""Most pictures, and most questions, of the validation split that the record's figures are computed on."""
PROBES = 16
"""Pictures whose vectors must change."""


class ClipOptions(MethodOptions):
    """The shared space, and how choices become texts."""

    width: int = Field(default=128, ge=2, le=4096)
    """Components of the vectors of pictures and texts."""
    template: str = "a {}"
    """How a choice becomes a text for zero-shot classification."""

    @field_validator("template")
    @classmethod
    def _has_a_place(cls, template: str) -> str:
        if template.count("{}") != 1:
            raise ValueError("the template needs one `{}`, where the choice stands")
        return template


class Clip(MediaMethod):
    """Contrastive language-image learning (CLIP: Radford et al. 2021, arXiv 2103.00020), with a locked text tower.

    What it optimises: symmetric cross-entropy of the similarities in a batch, picture -> caption and caption ->
        picture, over the image tower, a linear head on each tower and the scale of similarities (at most 100). The
        text tower, a sentence encoder, is frozen (as LiT, arXiv 2111.07991, freezes the image tower), so that texts it
        was trained on keep their places. Pictures with equal captions are all right for that caption (UniCL, arXiv
        2204.03610).
    Data: `captions`: pictures with what they show, in words.
    Cost: forward and backward passes of the image tower; texts cost next to nothing, because each caption is encoded
        once.
    Use it: to search pictures by words, to name what they show without labels, and for a tower that knows the domain:
        `multimodal/llava` and others start from it (`init: {tower: multimodal/clip}`).
    Not for: yes or no, numbers, and everything else that a caption does not say.
    Related: `multimodal/tower_logistic` learns from labels; `contrastive/mnrl` is the same loss for two texts.
    Record: `retrieval` (recall at 1 and 5 both ways, beside chance) and `zero_shot` (accuracy on questions) on
        validation items.
    Options: `width`, `template`.
    Example: `python -m harness train multimodal/clip --domain shapes_vqa --seed 0`
    """

    base = "encoder"
    views = ("captions",)
    media_kinds: ClassVar[frozenset[MediaKind]] = frozenset({"image"})
    towers: ClassVar[tuple[TowerRole, ...]] = (VISION_TOWER,)
    options_model = ClipOptions
    takes_subset = False
    needs_train_settings = True
    refused_train_settings: ClassVar[Mapping[str, str]] = {
        "use_liger_kernel": "Liger's kernels are for causal language models",
        "activation_checkpointing": "the tower has no part that recomputes its activations",
        "gradient_accumulation_steps": "the wrong captions of a picture are those of its batch; make the batch larger",
    }

    def refusals(self, recipe: Recipe) -> Iterator[Mistake]:
        """A batch of one pair, whose loss is 0 whatever the model says (openai/CLIP#83)."""
        if recipe.run.train is not None and recipe.run.train.per_device_train_batch_size < 2:
            what = "a batch of one pair has no wrong caption, so its loss is 0 and nothing is learnt"
            yield Mistake(("run", "train", "per_device_train_batch_size"), what, expected="2 or more; 64 is usual")

    def train(self, context: TrainContext) -> TrainedModel:
        """Tune the tower and the heads, and save them.

        Raises:
            DataError: a tower is missing, or a picture cannot be read.
            RunFailed: the domain has no captions, or all are equal; the loss diverges, or no vector changes.
        """
        from transformers import set_seed

        from harness.models.picture_text.dual_encoder import DualEncoder, PictureTexts
        from harness.training.loops.clip_loop import Captioned, train_dual_encoder

        self.refuse_media(context)
        questions = context.rows(Question, self.views, "train")
        captions = sorted({question.answer for question in questions})
        if len(captions) < 2:
            raise RunFailed(f"refused: all {len(questions)} captions are {captions[0]!r}: nothing tells pictures apart")
        set_seed(context.seed)
        with context.phases("load"):
            encoder, tower = _text_tower(context), load_tower_of(context, VISION_TOWER)
        vectors = _tensor(encoder, captions)
        width = ClipOptions.of(context.recipe).width
        dual = DualEncoder(tower.requires_grad_(True), text_width=vectors.shape[1], width=width)
        dual.to(context.device.kind)
        pair = PictureTexts(dual, encoder)
        probes = [question.media[0].file for question in questions[:PROBES]]
        before = pair.image_vectors(probes)
        place = {caption: number for number, caption in enumerate(captions)}
        pairs = [Captioned(question.media[0].file, place[question.answer]) for question in questions]
        outcome = train_dual_encoder(dual, pairs, vectors, context=context)
        pair.forget()
        change = _change(before, pair.image_vectors(probes))
        with context.phases("save"):
            _save(dual, context.folder, text_width=vectors.shape[1], width=width)
        with context.phases("evaluate"):
            notes = self._figures(pair, context)
        learns = sum(one.numel() for one in dual.parameters() if one.requires_grad)
        return TrainedModel(
            trainable_parameters=learns,
            total_parameters=learns + sum(one.numel() for one in encoder.model.parameters()),
            examples=len(pairs),
            steps=outcome.steps,
            output_change=change,
            curve=outcome.curve,
            notes={**notes, "captions": len(captions)},
        )

    def _figures(self, pair: PictureTexts, context: TrainContext) -> dict[str, Any]:
        """Retrieval and zero-shot classification on validation items, domain by domain; of one domain alone, its
        own."""
        template = ClipOptions.of(context.recipe).template
        found = {domain.name: _figures_of(pair, domain, template=template) for domain in context.domains}
        return next(iter(found.values())) if len(found) == 1 else found

    def load(self, context: LoadContext) -> SimilarityClassifier:
        """A classifier that takes the choice whose text is nearest to the picture.

        Raises:
            DataError: the text tower or the run's own tower is missing.
        """
        from safetensors.torch import load_file

        from harness.models.picture_text.dual_encoder import DualEncoder, PictureTexts
        from harness.models.towers.load import load_tower

        sizes = json.loads((context.folder / FACTS).read_text(encoding="utf-8"))
        dual = DualEncoder(load_tower(context.folder / TUNED, context.device), **sizes)
        missing = dual.load_state_dict(load_file(context.folder / HEADS), strict=False).missing_keys
        if any(not name.startswith("tower.") for name in missing):
            raise DataError(f"weights are missing: {', '.join(missing)}", where=str(context.folder / HEADS))
        dual.to(context.device.kind).eval()
        template = ClipOptions.of(context.recipe).template
        return SimilarityClassifier(PictureTexts(dual, _text_tower(context)), template=template)


def _text_tower(context: LoadContext) -> SentenceEncoder:
    """The sentence encoder, in float32 on every device.

    Raises:
        DataError: no base model has the role `encoder`.
    """
    from harness.models.sentence_encoder import load_encoder

    if context.base is None:
        raise DataError("no base model has the role encoder", where=context.recipe.id)
    return load_encoder(context.base, context.device.in_float32())


def _tensor(encoder: SentenceEncoder, texts: Sequence[str]) -> Any:
    import torch

    return torch.from_numpy(encoder.embed(texts))


def _save(dual: DualEncoder, folder: Path, **sizes: int) -> None:
    from safetensors.torch import save_file

    dual.tower.save(folder / TUNED)
    heads = {name: value for name, value in dual.state_dict().items() if not name.startswith("tower.")}
    save_file({name: value.detach().cpu().contiguous() for name, value in heads.items()}, folder / HEADS)
    (folder / FACTS).write_text(json.dumps(sizes, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _figures_of(pair: PictureTexts, domain: PreparedDomain, *, template: str) -> dict[str, Any]:
    """Retrieval among the validation pictures and their different captions, and accuracy on validation questions."""
    from harness.models.picture_text.retrieval import retrieval

    found: dict[str, Any] = {}
    shown = domain.rows(Question, "captions", "validation", limit=HELD_OUT)
    if shown:
        captions = sorted({question.answer for question in shown})
        files = [question.media[0].file for question in shown]
        similarities = pair.image_vectors(files) @ pair.text_vectors(captions).T
        right = [captions.index(question.answer) for question in shown]
        found["retrieval"] = {"pictures": len(shown), "captions": len(captions), **retrieval(similarities, right)}
    asked = domain.rows(Question, "classify", "validation", limit=HELD_OUT) if domain.count("classify", "train") else []
    if asked:
        model = SimilarityClassifier(pair, template=template)
        labels = sorted({choice for question in asked for choice in question.choices})
        best = model.log_proba(asked, labels).argmax(1)
        hits = [labels[place] == question.answer for place, question in zip(best, asked, strict=True)]
        chance = sum(1 / len(question.choices) for question in asked) / len(asked)
        found["zero_shot"] = {
            "questions": len(asked),
            "accuracy": round(sum(hits) / len(hits), 4),
            "chance": round(chance, 4),
        }
    return found


def _change(before: Any, after: Any) -> float:
    """Largest absolute change of a component of a vector.

    Raises:
        RunFailed: a vector is not finite, or none changed.
    """
    import numpy as np

    if not np.isfinite(after).all():
        raise RunFailed("diverged: the trained tower's vectors are not finite")
    change = float(np.abs(after - before).max())
    if change == 0:
        raise RunFailed("training changed no vector: the trained weights are not in use")
    return change
