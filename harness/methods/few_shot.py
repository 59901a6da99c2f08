"""Solved training items before the question; nothing is trained."""

from __future__ import annotations

import json
from collections.abc import Sequence

from harness.errors import ConfigError, RunFailed
from harness.items.item import shuffle_key
from harness.items.rows import Question, plain_row, row_of
from harness.models.loaded import LanguageModel
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel
from harness.training.start import load_start
from harness.training.subset import of_same_items

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
"""Views that suites ask; each gets shots of its own."""

CHANGED = ("classify", "answer")
"""Views whose test questions others ask with a changed text (`classify_typos`) or in other words (`classify_reworded`).
Having no training items, those take the same shots. `claims_few_shot` brings its own and gets none besides."""


class FewShot(Method):
    """In-context learning (Brown et al. 2020, arXiv 2005.14165).

    What it does: puts k solved items of each view before every question, as earlier turns of the chat.
    Data: k training items per view, drawn by the seed, of different answers as far as possible. With `run.subset` all
        views take them from the few items that the other recipes learn from.
    Cost: no training; each request pays for a longer prompt.
    Use it: when there are a handful of examples or no training at all is wanted.
    Not for: small models with many labels; they copy the last answers (the board shows how far it goes).
    Related: `zero_shot` (k = 0); `peft/lora` learns from the same items once instead of reading them each time.
    Example: `python -m harness train baseline/few_shot --domain hs_products --seed 0`
    """

    base = "causal_lm"
    other_bases = ("seq2seq_lm",)
    views = ("classify", "answer")
    options = {"shots": 8}

    def train(self, context: TrainContext) -> TrainedModel:
        """Choose the shots of each view the domains have, and write them down."""
        wanted = self.chosen_options(context.recipe)["shots"]
        if not isinstance(wanted, int) or wanted < 1:
            raise ConfigError(
                f"`run.options.shots` is {wanted!r}",
                where=f"recipes/{context.recipe.id}.yaml",
                expected="a whole number of at least 1",
            )
        with context.phases("load"):
            model = load_start(context).model
        asked = [view for view in ASKED if all(domain.count(view, "train") for domain in context.domains)]
        if not asked:
            raise RunFailed(f"refused: its domains have training items of none of {', '.join(ASKED)} in common")
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
        """The budget's questions of the view; of a subset those of its items only, which may be none."""
        if context.recipe.run.subset is None:
            return context.questions([view], "train")
        chosen = context.questions(self.views, "train")
        return of_same_items([q for domain in context.domains for q in domain.questions(view, "train")], chosen)

    def load(self, context: LoadContext) -> LanguageModel:
        """The base model with the chosen shots."""
        loaded = load_start(context)
        content = json.loads((context.folder / "shots.json").read_text())
        loaded.shots = {view: [row_of(Question, shot) for shot in shots] for view, shots in content.items()}
        return loaded


def choose_shots(questions: Sequence[Question], wanted: int) -> list[Question]:
    """The first `wanted` questions, one per answer before any answer comes twice."""
    rounds: dict[str, int] = {}
    ranked = []
    for place, question in enumerate(questions):
        turn = rounds.get(question.answer, 0)
        rounds[question.answer] = turn + 1
        ranked.append((turn, place, question))
    chosen = sorted(ranked, key=lambda entry: entry[:2])[:wanted]
    return [question for _, _, question in chosen]
