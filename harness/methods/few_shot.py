"""Show solved training items before each question; train nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import Field

from harness.errors import RunFailed
from harness.items.item import shuffle_key
from harness.items.rows import Question, plain_row, row_of
from harness.models.loaded import LanguageModel
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel
from harness.training.lessons.subset import of_same_items
from harness.training.method_options import MethodOptions
from harness.training.start import load_start

ASKED = (
    "classify",
    "answer",
    "translate",
    "describe",
    "claims",
    "unanswerable",
    "grounded",
    "classify_foreign",
    "answer_foreign",
)
"""Views that suites ask. Each gets its own shots."""

CHANGED = ("classify", "answer")
"""Views with variants that change the text (`classify_typos`) or the wording (`classify_reworded`) of test questions.
The variants have no training items and take the shots of the original view. `claims_few_shot` has its own shots."""


class FewShotOptions(MethodOptions):
    """How many solved items stand before a question."""

    shots: int = Field(default=8, ge=1)
    """Solved items per view."""


class FewShot(Method):
    """In-context learning (Brown et al. 2020, arXiv 2005.14165).

    What it does: shows k solved items of the question's view before every question, as earlier turns of the chat.
    Data: k training items per view, drawn by the seed, with different answers where possible. With `run.subset` all
        views draw from the few items that the other low-resource recipes learn from.
    Cost: no training; each request pays for a longer prompt.
    Use it: with a handful of examples, or where nothing can be trained.
    Not for: small models with many labels: they copy the last answers.
    Related: `zero_shot` (k = 0); `peft/lora` learns from the same items once instead of reading them each time.
    Options: `shots`, which is k.
    Example: `python -m harness train baseline/few_shot --domain hs_products --seed 0`
    """

    base = "causal_lm"
    other_bases = ("seq2seq_lm",)
    starts_from = "model"
    views = ("classify", "answer")
    options_model = FewShotOptions

    def train(self, context: TrainContext) -> TrainedModel:
        """Choose the shots for each view that all domains have, and save them.

        Raises:
            RunFailed: the domains have no view with training items in common.
        """
        wanted = FewShotOptions.of(context.recipe).shots
        with context.phases("load"):
            model = load_start(context).model
        asked = [view for view in ASKED if all(domain.count(view, "train") for domain in context.domains)]
        if not asked:
            raise RunFailed(f"refused: the domains share none of the views {', '.join(ASKED)} with training items")
        shots = {}
        for view in asked:
            questions = self._candidates(context, view)
            questions.sort(key=lambda question: shuffle_key(context.seed, question.id))
            shots[view] = choose_shots(questions, wanted)
        for view in sorted({view for domain in context.domains for view in domain.meta["views"]}):
            stem = next((known for known in CHANGED if view.startswith(f"{known}_")), "")
            if view not in shots and stem in shots:
                shots[view] = shots[stem]
        content = {view: [plain_row(question) for question in questions] for view, questions in shots.items()}
        (context.folder / "shots.json").write_text(json.dumps(content, indent=2, ensure_ascii=False))
        return TrainedModel(
            trainable_parameters=0,
            total_parameters=sum(p.numel() for p in model.parameters()),
            examples=max(map(len, shots.values())),
            notes={"shots": wanted},
        )

    def _candidates(self, context: TrainContext, view: str) -> list[Question]:
        """Questions of the view: those of the budget, or those about the items of the subset (possibly none)."""
        if context.recipe.run.subset is None:
            return context.rows(Question, [view], "train")
        chosen = context.rows(Question, self.views, "train")
        return of_same_items([q for domain in context.domains for q in domain.questions(view, "train")], chosen)

    def load(self, context: LoadContext) -> LanguageModel:
        """The base model with the chosen shots."""
        loaded = load_start(context)
        content = json.loads((context.folder / "shots.json").read_text())
        loaded.shots = {view: [row_of(Question, shot) for shot in shots] for view, shots in content.items()}
        return loaded


def choose_shots(questions: Sequence[Question], wanted: int) -> list[Question]:
    """The first `wanted` questions, where every answer occurs once before any answer occurs twice."""
    rounds: dict[str, int] = {}
    ranked = []
    for place, question in enumerate(questions):
        turn = rounds.get(question.answer, 0)
        rounds[question.answer] = turn + 1
        ranked.append((turn, place, question))
    chosen = sorted(ranked, key=lambda entry: entry[:2])[:wanted]
    return [question for _, _, question in chosen]
