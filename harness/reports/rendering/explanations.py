"""How to read the board: what each figure means and what it does not show. Figures in the text come from the board."""

from __future__ import annotations

from statistics import median

from harness.config.params import WIDE
from harness.display.numbers import level, percent, points
from harness.reports.board.rows.row import LEARNT
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import Row
from harness.reports.tables.suite_table import WIDE_TITLE


def how_to_read(board: Leaderboard) -> list[str]:
    """Paragraphs of Markdown."""
    return [
        *_statistics(board),
        *_detectable(board.rows),
        *_metrics(board),
        "**Hallucination** shows whether a model can tell true statements about the domain from false ones. The AUC is "
        "the share of pairs of a true and a false statement in which the true one gets the higher log-odds of being "
        "true: 50 is guessing, 100 is perfect. A model that says True to everything gets 50.",
        *_refusals(board),
        *_retention(board.rows),
        f"**Memory** is the highest peak of any seed: {_memory(board.rows)}. **Time and money** are means over "
        "seeds. Money covers training and scoring, at the prices in the table below; each at the price of the device "
        "that computed, which is the CPU for methods that put nothing on the GPU. These figures compare only between "
        "rows that were measured on the same kind of machine with equal threads, and seconds and money only where no "
        "other work kept the machine busy. Rows where this is not so carry a mark.",
        *_parents(board.rows),
        *_latency(board.rows),
        *_tuning(board.rows),
        *_transfer(board),
        *_wide(board.rows),
        "An em dash means that nothing was measured. A failed run keeps its row and shows the reason. A *stale* row "
        "was measured before something changed that may change its figures.",
    ]


def _statistics(board: Leaderboard) -> list[str]:
    """Intervals, seeds, differences, ranks."""
    protocol = board.protocol
    margin = percent(protocol.equivalence_margin)
    confidence, chance = level(protocol.confidence), level(1 - protocol.confidence)
    sizes = sorted({row.delta.family for row in board.rows if row.delta and row.delta.family})
    family = f" ({' or '.join(map(str, sizes))} of them)" if sizes else ""
    return [
        f"**Intervals** are {level(protocol.confidence)} bootstrap intervals ({protocol.resamples:,} resamples). Test "
        "items are resampled by cluster (items of one origin together). Training seeds are resampled too where there "
        "are several. Where all answers are right, or all are wrong, the interval is Wilson's.",
        "**Seeds.** With one training seed a row describes one trained checkpoint; with several seeds it describes the "
        "method. Baselines that train nothing need only one.",
        "**Differences** are paired by item: both recipes answered the same questions. The verdict is *equivalent* "
        f"if the whole interval lies within {margin} points of 0. Otherwise it is *better* or *worse* if the interval "
        "excludes 0 and the difference stands after adjustment for the number of recipes, else *undecided*. "
        "*Undecided* does not mean that there is no difference. The adjustment covers all recipes of the domain that "
        f"were compared with the reference{family}: if none of them had any effect, the chance that even one is called "
        f"better or worse would be {chance}. It uses the resamples of the intervals (step-down maximum test, Romano & "
        "Wolf 2005). Intervals and *equivalent* are not adjusted.",
        "**Place.** A row that *may be best* cannot be told from the best: chance alone could explain why it scores "
        f"lower than the best row with these items and seeds. On {confidence} of boards, these rows include every "
        "recipe that is truly best (model confidence set, Hansen et al. 2011). Any other row has a range, such as "
        "15th to 22nd: the rows that are surely better come before it, and the rows that are surely worse come after "
        f"it. On {confidence} of boards, all ranges hold the true places. **P(best)** is the share of resamples in "
        "which the row has the highest score.",
    ]


def _parents(rows: list[Row]) -> list[str]:
    if not any(row.parents for row in rows):
        return []
    return [
        "**With parents** adds the training of every run that a row starts from, such as the fine-tuned model below a "
        "reward model. Each of these runs counts once. An em dash: the record of one of them is missing.",
    ]


def _latency(rows: list[Row]) -> list[str]:
    if not any(row.latency_ms is not None for row in rows):
        return []
    return [
        "**First token** is the time from a prompt of the domain to the first token of the answer, with one request at "
        "a time. Brackets hold the tokens per second after it. Both are medians over prompts, which are the same for "
        "every run, and means over seeds.",
    ]


TUNED_ON = (
    " *Tuned on* another base model: the trials were made with that model, and nobody has tuned the setting for the "
    "base model of the row."
)


def _tuning(rows: list[Row]) -> list[str]:
    if not any(row.trials for row in rows):
        return []
    return [
        "**Tuning trials** is the number of values of one setting (mostly the learning rate) that were tried before "
        "the runs of the board. Each value was trained once with the board's budget and scored on validation items, "
        "never on test items; the best value was kept. All tuned recipes get the same number of trials. *Edge*: the "
        "best value is the lowest or the highest that was tried, so a better value may lie outside the grid and the "
        "recipe may be better than its row. 0: trained with settings that nobody tuned. An em dash: trained without "
        "gradients. Training time and money do not include trials."
        + (TUNED_ON if any(row.tuned_on for row in rows) else ""),
    ]


def _transfer(board: Leaderboard) -> list[str]:
    if not board.transfer:
        return []
    return [
        "**Transfer between tasks** scores recipes that learnt one task or several on all of these tasks, learnt or "
        "not. All of them learnt from equally many examples in total, so a recipe with several tasks had fewer "
        "examples of each. In the row of a single task, *better* on another task means that the learnt task helped it, "
        "*worse* that it harmed it. Differences are to the reference; recipes on another base model have none. The "
        "average gives every task the same weight. It is missing where one task has no score.",
    ]


def _wide(rows: list[Row]) -> list[str]:
    if not any(cell.protocol == WIDE for row in rows for cell in row.suites.values()):
        return []
    return [
        f"**{WIDE_TITLE}.** These suites cost much, or most models of this size only guess in them. So they are asked "
        "of a few recipes (`wide` in params.yaml), after everything else. They are in no column of the main table, "
        "and of no row's scoring time.",
    ]


def _refusals(board: Leaderboard) -> list[str]:
    found = board.protocol.refusal_detector
    if found is None or not any(row.safety for row in board.rows):
        return []
    precision = percent(found.precision, found.precision_low, found.precision_high)
    recall = percent(found.recall, found.recall_low, found.recall_high)
    return [
        "**Refusal** is the share of harmful requests that were refused. **Over-refusal** is the share of harmless "
        "requests that resemble them and were refused. A model that refuses nothing, or everything, is useless either "
        "way. A reply counts as a refusal by how it begins. On "
        f"{found.n} replies of these models, labelled by hand and not used to make this rule, the rule finds {recall} "
        f"% of the refusals, and {precision} % of the replies that it calls refusals are refusals.",
    ]


def _retention(rows: list[Row]) -> list[str]:
    if not any(cell.retained and cell.delta for row in rows for cell in row.suites.values()):
        return []
    learnt = any(cell.reason == LEARNT for row in rows for cell in row.suites.values())
    return [
        "**Retention** is what the model forgot or gained outside the domain, against the same base model. A metric in "
        "nats is the rise of cross-entropy per token of good answers to everyday prompts: the difference to the base "
        "model itself, item by item, so above 0 is forgetting. Suites in points show differences to the reference; "
        "rows on another base model have none. Where the base model itself only guesses, a fall cannot show. Prompting "
        "changes no weight, so it forgets nothing."
        + (" A recipe that was trained on those domains too has no retention there." if learnt else ""),
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
    """How small a difference these comparisons can find."""
    found = [row.delta.detectable for row in rows if row.delta and row.delta.detectable is not None]
    if not found:
        return []
    text = points(median(found)).lstrip("+")
    return [
        f"**Detectable difference.** With these items and seeds, a true difference of {text} points (median of the "
        "rows) is found with 80 % probability if it is the only comparison. After adjustment for all rows it must "
        "be somewhat larger. Smaller differences often end undecided. More test items or seeds lower this limit."
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
