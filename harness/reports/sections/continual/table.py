"""The section "Continual learning" of the board."""

from __future__ import annotations

from harness.display.markdown_table import table
from harness.display.metrics import interval_text
from harness.display.numbers import UNKNOWN, duration, level, percent, points
from harness.display.plain_text import markdown_cell
from harness.evidence.continual import SHARES
from harness.reports.contract.leaderboard import Leaderboard, Protocol
from harness.reports.contract.sections.continual import ContinualArm, ContinualMatrix, FigureCell, StepRow

HEADINGS = {
    "average": "average",
    "learning_accuracy": "learning accuracy",
    "backward_transfer": "backward transfer",
    "forward_transfer": "forward transfer",
    "forgetting": "forgetting",
    "intransigence": "intransigence",
}

READING = (
    "Each recipe learns the tasks of a sequence one after another, and is asked about all of them after each "
    "step. **Average**: mean score over the tasks after the last step. **Learning accuracy**: mean score on a "
    "task just after it was learnt. **Backward transfer**: what later steps changed on earlier tasks; below 0 is "
    "forgetting. **Forward transfer**: what earlier steps changed on a task before it was learnt, against the "
    "untrained model. **Forgetting**: best earlier score minus the last one; it takes the best of several "
    "uncertain scores and so lies above 0 by chance: judge by backward transfer. **Intransigence**: how much "
    "better joint training on all tasks so far does on the task just learnt. A recipe that learns little has "
    "little to forget: read backward transfer beside learning accuracy and average."
)


def continual_section(board: Leaderboard) -> list[str]:
    """Figure and tables of each sequence in Markdown; empty where nothing was learnt in a sequence."""
    if not board.continual:
        return []
    parts = ["## Continual learning", READING]
    for matrix in board.continual:
        parts.append(f"### {markdown_cell(matrix.sequence)}")
        parts.append(" -> ".join(map(markdown_cell, matrix.tasks)))
        parts.append(f"![{matrix_caption(matrix)}]({matrix.figure})")
        parts.append(_figures(matrix, board.protocol))
        parts.append(_steps(matrix, board.protocol))
        parts += [
            f"{arm.recipe} lacks scores: {markdown_cell('; '.join(arm.missing))}." for arm in matrix.arms if arm.missing
        ]
    return parts


def matrix_caption(matrix: ContinualMatrix) -> str:
    """One line that says what the heat map shows."""
    metrics = ", ".join(dict.fromkeys(matrix.metrics))
    return f"{metrics} by step and task of the sequence {markdown_cell(matrix.sequence)}, one map per recipe"


def _figures(matrix: ContinualMatrix, protocol: Protocol) -> str:
    """One line per recipe, the highest average first."""
    arms = sorted(matrix.arms, key=lambda arm: (arm.figures["average"] is None, -_average(arm), arm.recipe))
    header = [
        "recipe",
        *(f"{name}, {'%' if figure in SHARES else 'points'}" for figure, name in HEADINGS.items()),
        "average against control, points",
        "backward transfer against control, points",
        "seeds",
        "training",
    ]
    lines = (
        [
            f"{markdown_cell(arm.title)} ({_short(arm.recipe)})",
            *(_figure(arm.figures.get(figure), share=figure in SHARES) for figure in HEADINGS),
            _delta(arm, "average"),
            _delta(arm, "backward_transfer"),
            ", ".join(map(str, arm.seeds)) or UNKNOWN,
            duration(arm.train_seconds),
        ]
        for arm in arms
    )
    note = (
        f"Brackets hold {level(protocol.confidence)} intervals over clusters of items and seeds. They are not adjusted "
        "for the number of comparisons. *Surely*: the interval of the difference excludes 0."
    )
    return f"{table(header, lines)}\n\n{note}"


def _average(arm: ContinualArm) -> float:
    found = arm.figures["average"]
    return found.value if found else 0.0


def _figure(cell: FigureCell | None, *, share: bool) -> str:
    if cell is None:
        return UNKNOWN
    return (percent if share else points)(cell.value, cell.low, cell.high)


def _delta(arm: ContinualArm, figure: str) -> str:
    """`+12.3 [+4.0, +20.1] surely better than naive`."""
    cell = arm.figures.get(figure)
    if cell is None or cell.delta is None or arm.control is None:
        return UNKNOWN
    low, high = cell.delta_low, cell.delta_high
    surely = "undecided" if low is None or high is None or low <= 0 <= high else "surely "
    if surely != "undecided":
        surely += "better" if cell.delta > 0 else "worse"
    return f"{points(cell.delta, low, high)} to {_short(arm.control)}: {surely}"


def _steps(matrix: ContinualMatrix, protocol: Protocol) -> str:
    """The matrix, with safety and general knowledge beside it."""
    rows = [row for arm in matrix.arms for row in arm.steps] + ([matrix.before] if matrix.before else [])
    beside = list(dict.fromkeys(name for row in rows for name in row.beside))
    header = ["recipe", "after", *(f"{task}, %" for task in map(markdown_cell, matrix.tasks)), *beside]
    lines = [["before the first step", UNKNOWN, *_cells(matrix.before, beside, protocol)]] if matrix.before else []
    lines += [
        [_short(arm.recipe), f"{row.step}: {markdown_cell(matrix.tasks[row.step - 1])}", *_cells(row, beside, protocol)]
        for arm in matrix.arms
        for row in arm.steps
        if any(row.scores)
    ]
    return table(header, lines)


def _cells(row: StepRow, beside: list[str], protocol: Protocol) -> list[str]:
    found = [UNKNOWN if cell is None else percent(cell.value, cell.low, cell.high) for cell in row.scores]
    for name in beside:
        cell, info = row.beside.get(name), protocol.metric(name)
        text = UNKNOWN
        if cell is not None:
            text = interval_text(cell.value, cell.low, cell.high, unit=info.unit, signed=info.signed)
        found.append(text)
    return found


def _short(recipe: str) -> str:
    return recipe.partition("/")[2]
