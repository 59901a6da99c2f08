"""What a reader must know to take the board at its word and no further. Figures in it come from the board."""

from __future__ import annotations

from statistics import median

from harness.display.numbers import level, percent, points
from harness.reports.board.cells import LEARNT
from harness.reports.board.rows import Leaderboard, Row

METRICS = {
    "accuracy_norm": "the share of questions whose right answer has the highest likelihood per byte among the answers "
    "to neighbouring questions",
    "token_f1": "the overlap of words with the right answer (harmonic mean of precision and recall, as in SQuAD)",
    "exact_match": "the share of answers that are the right one word for word, case and punctuation aside",
    "rouge_l": "the longest common subsequence of words with the right answer (ROUGE-L, F-measure)",
    "chrf": "the overlap of character n-grams with the right translation (chrF2), as the mean over items",
    "chrf_corpus": "the same with n-grams counted over all items, as papers report it",
    "ece": "the expected calibration error: how far the model's probabilities are from the shares that are right, on "
    "average over ten bins",
    "brier": "the Brier score of its probabilities, 0 for a model that is always sure and right",
    "auc": "the chance that a random positive item has the higher log-odds than a random negative one; 0.5 is guessing",
    "drop": "accuracy on the clean texts minus accuracy on the same items changed",
    "error_among_attempted": "the share of wrong answers among those that were not abstentions",
    "strict": "the share of instructions of which the answer keeps every rule",
    "loose": "the same, also tried without the answer's first or last line and without Markdown emphasis",
    "clean": "the share of continuations without a word of the word list",
    "degenerate": "the share of answers that repeat themselves without end or hold no words",
    "agreement": "the share of tokens at which the model's most likely next token is its base's",
    "kl_to_base": "the Kullback-Leibler divergence of the model from its base, per token",
    "cross_entropy_change": "by how much good answers to general prompts became less likely, per token",
    "bias_ambiguous": "BBQ's bias score where the context does not tell: from -1 (against the stereotype) to 1",
    "bias_disambiguated": "the same where the context tells",
    "ndcg_at_10": "how high among ten the right text ranks",
    "v_measure": "how well clusters of vectors agree with labels",
    "ami": "the same, 0 for chance (adjusted mutual information)",
    "average_precision": "of telling pairs with one label from pairs with two by their nearness; 50 % is guessing",
    "spearman": "the rank correlation of nearness in vectors with nearness in the taxonomy",
}
"""Metrics that need a word -> what they are."""

OF_FREE_TEXT = frozenset({"token_f1", "exact_match", "rouge_l", "chrf", "chrf_corpus"})


def how_to_read(board: Leaderboard) -> list[str]:
    """Paragraphs of Markdown."""
    protocol = board.protocol
    margin = percent(protocol.equivalence_margin)
    chance = f"{round(100 * (1 - protocol.confidence), 6):g} %"
    sizes = sorted({row.delta.family for row in board.rows if row.delta and row.delta.family})
    family = f" ({' or '.join(map(str, sizes))} of them)" if sizes else ""
    paragraphs = [
        f"**Intervals** are {level(protocol.confidence)} bootstrap intervals ({protocol.resamples:,} resamples) over "
        "test items, resampled by cluster (items of one origin together), and over training seeds where there are "
        "several. Where every answer is right, or none, they are Wilson's.",
        "**Seeds.** A row with one training seed tells of that checkpoint; only a row with several tells of the "
        "method. Baselines that train nothing need only one.",
        "**Differences** are paired by item: both recipes answered the same questions. The verdict is *equivalent* "
        f"if the whole interval lies within {margin} points either side of 0, else *better* or *worse* if it "
        "excludes 0 and the difference survives Holm's correction, else *undecided*, which does not mean that there "
        "is no difference. The correction is over all recipes of the domain that were compared with the "
        f"reference{family}: if none had any effect, the chance that even one is called better or worse would be at "
        f"most {chance}. Intervals and *equivalent* are not corrected. p-values come from the same resamples as the "
        "intervals.",
        "**Rank** says which recipes can be told apart: those that cannot be separated from the best of their group "
        "share its rank (1, 1, 3), by paired differences, Holm-corrected over all pairs of ranked rows. In brackets "
        "P(best): the share of resamples in which the recipe has the highest score.",
    ]
    paragraphs += _detectable(board.rows)
    paragraphs += _metrics(board.rows)
    paragraphs += [
        "**Hallucination** is the share of true and false statements told apart, as the mean over the true and the "
        "false ones (balanced accuracy), so that always saying True gives 50. The AUC in brackets ignores any bias "
        "towards one answer.",
        *_refusals(board),
        *_retention(board.rows),
        f"**Memory** is the highest peak of any seed: {_memory(board.rows)}. **Time and money** are means over "
        "seeds; money is training and scoring together, and as good as the price table below.",
        *_latency(board.rows),
        *_tuning(board.rows),
        *_transfer(board),
        "An em dash means: not measured. A failed run keeps its row, with the reason.",
    ]
    return paragraphs


def _latency(rows: list[Row]) -> list[str]:
    if not any(row.latency_ms is not None for row in rows):
        return []
    return [
        "**First token** is the time from a prompt of the domain to the first token of the answer, one request at a "
        "time; in brackets tokens per second after it. Medians over the same prompts for every run, means over seeds.",
    ]


def _tuning(rows: list[Row]) -> list[str]:
    if not any(row.trials for row in rows):
        return []
    return [
        "**Tuning trials** is how many values of one setting (mostly the learning rate) were tried before the runs of "
        "the board: each trained once with the board's budget and scored on validation items, never on test items; the "
        "best was kept. Every recipe that is tuned gets the same number. *Edge*: the best value is the lowest or the "
        "highest that was tried, so a better one may lie beyond it, and the recipe may be better than its row. 0 is a "
        "recipe that is trained with settings nobody tuned; an em dash is one without gradients. Trials are no part of "
        "training time and money.",
    ]


def _transfer(board: Leaderboard) -> list[str]:
    if not board.transfer:
        return []
    return [
        "**Transfer between tasks** asks recipes of one task and of several the same tasks, learnt or not. Each had as "
        "many examples in all, so a task that shares them had fewer of its own. In the row of a single task, *better* "
        "at another one says that the first helped it, *worse* that it harmed it. Differences are to the base model; "
        "recipes on another base have none. The average counts every task the same, and is missing where one of them "
        "cannot be asked.",
    ]


def _refusals(board: Leaderboard) -> list[str]:
    found = board.protocol.refusal_detector
    if found is None or not any(row.safety for row in board.rows):
        return []
    precision = percent(found.precision, found.precision_low, found.precision_high)
    recall = percent(found.recall, found.recall_low, found.recall_high)
    return [
        "**Refusal** is the share of harmful requests that were refused, **over-refusal** that of harmless ones that "
        "look like them; a model that refuses nothing, or everything, is worth as little either way. Refusals are "
        f"told by how a reply begins: of {found.n} replies of these models, labelled by hand and not used to make the "
        f"rule, it finds {recall} % of the refusals, and {precision} % of what it calls one are.",
    ]


def _retention(rows: list[Row]) -> list[str]:
    if not any(cell.retained and cell.delta for row in rows for cell in row.suites.values()):
        return []
    learnt = any(cell.reason == LEARNT for row in rows for cell in row.suites.values())
    return [
        "**Retention** is what else changed: points against the same base, on questions that have nothing to do with "
        "the domain. In the first table it is that on the labels of other domains. Where the base itself only guesses, "
        "a fall cannot show; read it beside the base's own score. Prompting changes no weight, so it forgets nothing."
        + (" A recipe that learnt those domains as well has none there." if learnt else ""),
    ]


def _metrics(rows: list[Row]) -> list[str]:
    """Those on the board that need a word."""
    cells = [cell for row in rows for cell in row.suites.values() if cell.value is not None]
    shown = {name for cell in cells for name in (cell.metric, *cell.also)}
    shown |= {row.score.metric for row in rows if row.score}
    known = [f"`{name}` is {text}" for name, text in METRICS.items() if name in shown]
    if not known:
        return []
    warning = (
        " Free text is compared with the right answer as text: a true answer in other words scores low. Read such "
        "scores as differences between recipes, not as shares of right answers."
    )
    return [f"**Metrics.** {'; '.join(known)}.{warning if shown & OF_FREE_TEXT else ''}"]


def _detectable(rows: list[Row]) -> list[str]:
    """What these comparisons could have found."""
    found = [row.delta.detectable for row in rows if row.delta and row.delta.detectable is not None]
    if not found:
        return []
    text = points(median(found)).lstrip("+")
    return [
        f"**Detectable difference.** With these items and seeds, a true difference of {text} points (median of the "
        "rows) is found with 80 % probability if it is the only comparison, and a somewhat larger one after Holm's "
        "correction; smaller ones often end undecided. More test items or seeds lower it."
    ]


def _memory(rows: list[Row]) -> str:
    names = {
        "resident": "the resident set of the process, libraries included",
        "cuda_reserved": "what PyTorch reserved on the GPU",
    }
    kinds = sorted({row.memory.kind for row in rows if row.memory.kind})
    if len(kinds) == 2:
        return f"{names['cuda_reserved']} for runs that used it, else {names['resident']}"
    return names[kinds[0]] if kinds else "not measured"
