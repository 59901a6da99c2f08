"""What a reader must know to take the board at its word and no further. Figures in it come from the board."""

from __future__ import annotations

from statistics import median

from harness.display.numbers import level, percent, points
from harness.reports.rows import Leaderboard, Row

METRICS = {
    "accuracy_norm": "the share of questions whose right answer has the highest likelihood per byte among the answers "
    "to neighbouring questions",
    "token_f1": "the overlap of words with the right answer (harmonic mean of precision and recall, as in SQuAD)",
    "exact_match": "the share of answers that are the right one word for word, case and punctuation aside",
    "rouge_l": "the longest common subsequence of words with the right answer (ROUGE-L, F-measure)",
    "chrf": "the overlap of character n-grams with the right translation (chrF2), as the mean over items",
    "chrf_corpus": "the same with n-grams counted over all items, as papers report it",
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
        f"**Memory** is the highest peak of any seed: {_memory(board.rows)}. **Time and money** are means over "
        "seeds; money is training and scoring together, and as good as the price table below.",
        "An em dash means: not measured. A failed run keeps its row, with the reason.",
    ]
    return paragraphs


def _metrics(rows: list[Row]) -> list[str]:
    """Those on the board that need a word."""
    shown = {cell.metric for row in rows for cell in row.suites.values() if cell.value is not None}
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
