"""Contrastive fine-tuning of an encoder: texts that belong together get similar vectors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import field_validator

from harness.config.mistakes import Mistake
from harness.config.recipe import Recipe
from harness.errors import DataError, RunFailed
from harness.items.rows import Pair
from harness.models.sentence_encoder import SentenceEncoder, load_encoder
from harness.training.adapters.peft_source import argument_names
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel
from harness.training.lessons.anchors import LossName, loss_columns, require_comparable
from harness.training.method_options import MethodOptions
from harness.training.refusals.library_refusal import library_refusal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

ENCODER, ADAPTER, MINED = "encoder", "adapter", "hard_negatives.json"
PROBES = 16
"""Number of validation texts whose vectors must change."""


class ContrastiveOptions(MethodOptions):
    """The loss and its negatives."""

    loss: LossName = "mnrl"
    """What compares the vectors (`harness/training/lessons/anchors.py`)."""
    hard_negatives: bool = False
    """Mine negatives among the training texts with the encoder before its training."""
    matryoshka: list[float] = []
    """Shares of the vector whose first components are trained to work alone, such as 0.5; empty: the whole only."""

    @field_validator("matryoshka")
    @classmethod
    def _falling(cls, shares: list[float]) -> list[float]:
        if any(not 0 < share <= 1 for share in shares) or sorted(set(shares), reverse=True) != shares:
            raise ValueError("give each share once, the largest first, above 0 and at most 1")
        return shares


class Contrastive(Method):
    """Contrastive fine-tuning of a sentence encoder (SBERT: Reimers and Gurevych 2019, arXiv 1908.10084).

    What it optimises: that an anchor's vector is nearer to its positive than to other texts. `mnrl`: to all other
        positives of the batch (Henderson et al. 2017, arXiv 1705.00652). `gist`: the same, without those that a frozen
        guide finds nearer than the positive (GISTEmbed, arXiv 2402.16829). `triplet`: by a margin, to one negative.
        `contrastive`: pairs alone, near or far (Hadsell et al. 2006).
    Data: `pairs`, such as a term and its synonym.
    Cost: seconds to a minute for MiniLM on a CPU, a hundredth of a language model. With `run.peft` an adapter learns
        alone.
    Use it: for search, deduplication and clustering, and under a simple classifier (`contrastive/logistic`).
    Not for: answers in words.
    Related: `lowresource/setfit` tunes the same encoder on labels; `baseline/encoder` is the encoder as it is.
    Options: `loss`, `hard_negatives`, `matryoshka`.
    Example: `python -m harness train contrastive/mnrl --domain icd10 --seed 0`
    """

    base = "encoder"
    other_bases = ("causal_lm",)
    views = ("pairs",)
    options_model = ContrastiveOptions
    takes_peft = True
    takes_subset = False
    needs_train_settings = True
    refused_train_settings = {"use_liger_kernel": "Liger's kernels are for causal language models"}

    def refusals(self, recipe: Recipe) -> Iterator[Mistake]:
        """Arguments in `run.peft` that LoraConfig does not have."""
        known = argument_names("LoraConfig")
        for name in recipe.run.peft:
            if known is not None and name not in known:
                yield Mistake(("run", "peft", name), f'peft.LoraConfig has no argument "{name}"')

    def train(self, context: TrainContext) -> TrainedModel:
        """Tune the encoder on pairs and save it, or the adapter on it.

        Raises:
            RunFailed: the domain has no pairs that can be compared, the loss diverges, or no vector changes.
        """
        from transformers import set_seed

        from harness.training.loops.contrastive_loop import train_embeddings

        options = ContrastiveOptions.of(context.recipe)
        pairs = context.rows(Pair, self.views, "train")
        require_comparable(pairs)
        probes = [pair.anchor for pair in context.rows(Pair, self.views, "validation")[:PROBES]]
        set_seed(context.seed)
        with context.phases("load"):
            encoder = _base(context)
        mined = self._mined(pairs, encoder, context) if options.hard_negatives else None
        columns = loss_columns(pairs, loss=options.loss, mined=mined, seed=context.seed)
        guide = _base(context).model if options.loss == "gist" else None
        before = encoder.embed(probes)
        set_seed(context.seed)
        if context.recipe.run.peft:
            _add_adapter(encoder, context)
        outcome = train_embeddings(
            encoder.model,
            columns,
            loss=options.loss,
            guide=guide,
            dimensions=[round(share * before.shape[1]) for share in options.matryoshka],
            context=context,
        )
        change = _change(before, encoder.embed(probes))
        with context.phases("save"):
            _save(encoder, context)
        weights = list(encoder.model.parameters())
        texts = [text for column in columns.values() for text in column if isinstance(text, str)]
        return TrainedModel(
            trainable_parameters=sum(one.numel() for one in weights if one.requires_grad),
            total_parameters=sum(one.numel() for one in weights),
            examples=len(pairs),
            steps=outcome.steps,
            tokens=round(_tokens(encoder, texts) * context.budget.epochs),
            truncated=encoder.cut(texts),
            output_change=change,
            curve=outcome.curve,
            notes={} if mined is None else {"mined": sum(bool(negatives) for negatives in mined.values())},
        )

    def _mined(
        self, pairs: Sequence[Pair], encoder: SentenceEncoder, context: TrainContext
    ) -> Mapping[str, Sequence[str]]:
        """Hard negatives, which are kept beside the weights."""
        from harness.training.lessons.hard_negatives import mined_negatives

        with context.phases("mine"):
            mined = mined_negatives(pairs, encoder.model)
        text = json.dumps(mined, ensure_ascii=False, indent=0, sort_keys=True)
        (context.folder / MINED).write_text(text, encoding="utf-8")
        return mined

    def load(self, context: LoadContext) -> SentenceEncoder:
        """The tuned encoder; an adapter is merged into the base."""
        if not (context.folder / ADAPTER).is_dir():
            return load_encoder(context.folder / ENCODER, context.device.in_float32())
        from peft import PeftModel

        encoder = _base(context)
        inner = PeftModel.from_pretrained(encoder.model[0].model, context.folder / ADAPTER, local_files_only=True)
        encoder.model[0].model = inner.merge_and_unload().eval()
        return encoder


def _base(context: LoadContext) -> SentenceEncoder:
    """The base in float32 on every device: bfloat16 weights would round steps of 1e-5 away. A causal language model
    gets a layer that takes the mean of its tokens' states.

    Raises:
        DataError: no base model has the recipe's role.
    """
    if context.base is None:
        raise DataError("no base model has the role encoder", where=context.recipe.id)
    device = context.device.in_float32()
    if (context.base / "modules.json").is_file():
        return load_encoder(context.base, device)
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    words = Transformer(str(context.base), model_kwargs={"dtype": device.torch_dtype, "local_files_only": True})
    words.max_seq_length = MAX_TOKENS
    if words.tokenizer.pad_token is None:
        words.tokenizer.pad_token = words.tokenizer.eos_token
    words.tokenizer.padding_side = "right"
    pooled = Pooling(words.get_embedding_dimension(), "mean")
    return SentenceEncoder(SentenceTransformer(modules=[words, pooled], device=device.kind).eval())


MAX_TOKENS = 256
"""Tokens that a language model reads of a text when it is used as an encoder; as many as all-MiniLM-L6-v2 reads."""


def _add_adapter(encoder: SentenceEncoder, context: TrainContext) -> None:
    """Freeze the encoder and put the recipe's LoRA on it.

    Raises:
        RunFailed: peft refuses the configuration.
    """
    import peft

    with library_refusal("peft"):
        config = peft.LoraConfig(task_type="FEATURE_EXTRACTION", **context.recipe.run.peft)
        encoder.model[0].model = peft.get_peft_model(encoder.model[0].model, config)


def _save(encoder: SentenceEncoder, context: TrainContext) -> None:
    inner = encoder.model[0].model
    if hasattr(inner, "peft_config"):
        inner.save_pretrained(context.folder / ADAPTER)
        (context.folder / ADAPTER / "README.md").unlink(missing_ok=True)  # it would contain a path on this machine
        file = context.folder / ADAPTER / "adapter_config.json"
        content = {**json.loads(file.read_text()), "base_model_name_or_path": context.base_name}
        for key, value in content.items():
            if key.endswith("_modules") and isinstance(value, list):
                value.sort()
        file.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")
        return
    inner.config.name_or_path = context.base_name or ""  # instead of a path on this machine
    encoder.model.save_pretrained(str(context.folder / ENCODER), create_model_card=False)


def _change(before: npt.NDArray[np.float32], after: npt.NDArray[np.float32]) -> float:
    """Largest absolute change of a component of a vector.

    Raises:
        RunFailed: a vector is not finite, or none changed.
    """
    import numpy as np

    if not np.isfinite(after).all():
        raise RunFailed("diverged: the trained encoder's vectors are not finite")
    change = float(np.abs(after - before).max())
    if change == 0:
        raise RunFailed("training changed no vector: the trained weights are not in use")
    return change


def _tokens(encoder: SentenceEncoder, texts: Sequence[str]) -> int:
    distinct = sorted(set(texts))
    rows = encoder.model.tokenizer(distinct, truncation=True, padding=False)["input_ids"]
    length = {text: len(row) for text, row in zip(distinct, rows, strict=True)}
    return sum(length[text] for text in texts)
