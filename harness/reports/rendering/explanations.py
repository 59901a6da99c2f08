"""What a reader must know to take the board at its word and no further. Figures in it come from the board."""

from __future__ import annotations

from statistics import median

from harness.display.numbers import level, percent, points
from harness.reports.board.cells import LEARNT
from harness.reports.board.rows import Leaderboard, Row


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
    paragraphs += _metrics(board)
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


def _metrics(board: Leaderboard) -> list[str]:
    """What each metric on the board means, and what must not be concluded from it."""
    cells = [cell for row in board.rows for cell in row.suites.values() if cell.value is not None]
    shown = {name for cell in cells for name in (cell.metric, *cell.also)}
    shown |= {row.score.metric for row in board.rows if row.score}
    known = {name: info for name, info in board.protocol.metrics.items() if name in shown}
    if not known:
        return []
    meanings = "\n".join(f"- `{name}`: {info.explanation}" for name, info in known.items())
    return [f"**Metrics.**\n\n{meanings}", *dict.fromkeys(info.caution for info in known.values() if info.caution)]


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
