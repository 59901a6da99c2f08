"""Domain-adaptive pre-training: read the domain's texts before learning its task."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import Field

from harness.errors import RunFailed
from harness.items.rows import Document, Question
from harness.models.encoding.encoded import Example
from harness.models.loaded import LanguageModel
from harness.training.adapters.peft_lm import PeftLM
from harness.training.contract import TrainContext, TrainedModel, first_view
from harness.training.master_weights import as_trained
from harness.training.method_options import MethodOptions
from harness.training.output_change import PROBES, Prompted
from harness.training.supervised_lm import Encoded

if TYPE_CHECKING:
    from harness.training.loops.run_trainer import Outcome

CHAT_VIEWS = ("classify", "answer")
MEASURED_DOCUMENTS, MEASURED_CHATS = 32, 16
"""Held-out documents and prompts that are measured before and after the training."""
REPLY_TOKENS = 64
"""A reply that has not ended after so many tokens counts as endless."""
BATCH = 16
"""Prompts that are answered at once."""


class DaptOptions(MethodOptions):
    """Whether the model keeps chatting meanwhile."""

    chat_share: float = Field(default=0.0, ge=0, le=1)
    """Number of chat examples, as a share of the documents. The examples are prompts of the domain's training items
    with what the model itself answers before the training, so that nothing but the form is learnt from them."""


@dataclass(frozen=True)
class _Begin:
    """The beginning of a document as the user's turn."""

    prompt: str


class Dapt(PeftLM):
    """Domain-adaptive pre-training (Gururangan et al. 2020, arXiv 2004.10964) of a chat model, with LoRA.

    What it optimises: cross-entropy of every token of the documents, each of which ends with the end token.
    Data: `documents`. They hold no labels, and none of the held-out clusters.
    Cost: that of `peft/lora`, with a loss on every token.
    Use it: with much text and few labels, before a recipe that starts from it, such as `dapt/lora`.
    Not for: a chat model by itself: what it suffers is how to stop and the form of answers, not what it knows.
    Related: `dapt/lora`, the task after it; `peft/lora`, the task alone.
    Options: `chat_share`.
    Recipe: `run.peft` takes the arguments of peft.LoraConfig.
    Notes in the record, each before and after: `bits_per_byte` of held-out documents (comparable between tokenizers),
        and `ended`, the share of replies to the domain's held-out prompts that end by themselves.
    Example: `python -m harness train dapt/documents --domain hs_products --seed 0`
    """

    config_class = "LoraConfig"
    merges = True
    takes_subset = False
    views = ("documents",)
    row_kind = Document
    options_model = DaptOptions

    def __init__(self) -> None:
        self.measured: dict[str, dict[str, float]] = {}

    def before_loading(self, context: TrainContext) -> None:
        """Refuse what can be seen without the model.

        Raises:
            ConfigError, RunFailed: the configuration is wrong, or chats are wanted and the domain has no prompts.
        """
        super().before_loading(context)
        if DaptOptions.of(context.recipe).chat_share:
            for domain in context.domains:
                first_view(domain, CHAT_VIEWS)

    def probes(self, context: TrainContext) -> Sequence[Prompted]:
        """The beginnings of held-out documents."""
        return [_Begin(row.text[:200]) for row in context.rows(Document, self.views, "validation")[:PROBES]]

    def examples(self, context: TrainContext, model: LanguageModel) -> Encoded:
        """Documents in pieces of at most the budget's length, and chats.

        Raises:
            RunFailed: no chat of the model ended.
        """
        documents = context.rows(Document, self.views, "train")
        pieces = [piece for row in documents for piece in _pieces(row.text, model, context.budget.max_length)]
        chats = self._chats(context, model, wanted=round(DaptOptions.of(context.recipe).chat_share * len(documents)))
        tokens = sum(len(one.input_ids) for one in (*pieces, *chats))
        supervised = sum(len(one.answer) for one in (*pieces, *chats))
        notes = {"documents": len(documents), "chats": len(chats)}
        return Encoded([*pieces, *chats], tokens=tokens, supervised_tokens=supervised, truncated=0, notes=notes)

    def fit(self, model: Any, tokenizer: Any, examples: Sequence[Any], context: TrainContext) -> Outcome:
        """Train, and measure before and after.

        Raises:
            RunFailed: as `SupervisedLM.fit`.
        """
        before = self._measure(model, tokenizer, context)
        outcome = super().fit(model, tokenizer, examples, context)
        after = self._measure(model, tokenizer, context)
        self.measured = {name: {"before": before[name], "after": after[name]} for name in before}
        return outcome

    def train(self, context: TrainContext) -> TrainedModel:
        """As `SupervisedLM.train`, with the measurements in the record.

        Raises:
            RunFailed: a step fails for a reason of the run.
        """
        trained = super().train(context)
        return replace(trained, notes={**trained.notes, **self.measured})

    def _chats(self, context: TrainContext, model: LanguageModel, *, wanted: int) -> list[Example]:
        if not wanted:
            return []
        from harness.models.greedy import write_greedily

        share = math.ceil(wanted / len(context.domains))
        questions = [row for domain in context.domains for row in _questions(domain, "train", share)][:wanted]
        with context.phases("chats"):
            prompts = [model.encode_prompt(row, view="") for row in questions]
            replies = write_greedily(
                model.model, model.tokenizer, prompts=prompts, max_new_tokens=REPLY_TOKENS, batch_size=BATCH
            )
        pairs = zip(questions, replies, strict=True)
        kept = [replace(row, answer=reply.text) for row, reply in pairs if reply.ended and reply.text]
        if not kept:
            raise RunFailed(f"refused: none of the model's {wanted} replies ended, so there is no chat to keep")
        return [model.encode_example(row, max_length=context.budget.max_length) for row in kept]

    def _measure(self, model: Any, tokenizer: Any, context: TrainContext) -> dict[str, float]:
        from harness.models.greedy import write_greedily

        read = LanguageModel(model, tokenizer)
        texts = [row.text for row in context.rows(Document, self.views, "test")[:MEASURED_DOCUMENTS]]
        with context.phases("held_out"), as_trained(context.device):
            model.eval()
            found = {"bits_per_byte": bits_per_byte(read, texts, max_length=context.budget.max_length)}
            views = {view for domain in context.domains for view in domain.meta["views"]}
            if views & set(CHAT_VIEWS):
                questions = [row for domain in context.domains for row in _questions(domain, "test", MEASURED_CHATS)]
                prompts = [read.encode_prompt(row, view="") for row in questions[:MEASURED_CHATS]]
                replies = write_greedily(
                    model, tokenizer, prompts=prompts, max_new_tokens=REPLY_TOKENS, batch_size=BATCH
                )
                found["ended"] = sum(reply.ended for reply in replies) / len(replies)
        return found


def bits_per_byte(model: LanguageModel, texts: Sequence[str], *, max_length: int) -> float:
    """Mean over all bytes of the texts of -log2 of what the model gave to them, as far as the length reaches.

    The first token of each text is not predicted, and its bytes do not count.
    """
    import torch

    nats = size = 0.0
    with torch.inference_mode():
        for text in texts:
            ids = list(model.encode_text(text).tokens)[:max_length]
            read = torch.tensor([ids], device=model.model.device)
            logits = model.model(input_ids=read).logits[0, :-1].float()
            nats -= float(torch.log_softmax(logits, dim=-1).gather(1, read[0, 1:, None]).sum())
            size += len(model.tokenizer.decode(ids[1:]).encode())
    return round(nats / math.log(2) / size, 4)


def _pieces(text: str, model: LanguageModel, length: int) -> list[Example]:
    """The document's tokens and the end token, cut into pieces; every token is under the loss."""
    ids = [*model.encode_text(text).tokens, model.tokenizer.eos_token_id]
    parts = [ids[start : start + length] for start in range(0, len(ids), length)]
    return [Example(part, list(part), truncated=False) for part in parts if len(part) > 1]


def _questions(domain: Any, split: Any, limit: int) -> list[Question]:
    views = [view for view in CHAT_VIEWS if view in domain.meta["views"]]
    return list(domain.questions(views[0], split, limit=limit)) if views else []
