"""The section "Alignment" of the board: what became of the answers of policies, and how far judges agree."""

from __future__ import annotations

from collections.abc import Sequence

from harness.display.markdown_table import table
from harness.display.numbers import UNKNOWN, duration, percent
from harness.display.plain_text import markdown_cell
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.sections.alignment import JudgeRow, PolicyRow, Rating

POLICIES = (
    "recipe",
    "KL, nats an answer",
    "right answers, %: parent, policy",
    "better than the parent by the right answers, %",
    "reward of the first model: parent, policy",
    "better by the first model, %",
    "reward of the second model: parent, policy",
    "better by the second model, %",
    "tokens: parent, policy",
    "ended, %: parent, policy",
)
READING_POLICIES = (
    "Policy and parent each sampled one answer to the same validation prompts. KL is the distance of the policy to its "
    "parent on its own answers. Better: share of prompts on which the policy's answer is right and the parent's wrong, "
    "or has the higher reward; equal answers count half, so 50 % is no difference. The second reward model learnt from "
    "other pairs: a policy that only the first one likes has found its weak spots. With so few prompts the intervals "
    "in brackets are wide; the suites above ask more."
)
JUDGES = (
    "judge",
    "pairs",
    "agrees with the data, %",
    "kappa",
    "same winner in both orders, %",
    "first place wins, %",
    "no verdict, %",
    "longer wins, %",
    "the shorter one is right, %",
    "time per pair",
)
READING_JUDGES = (
    "Agreement counts the verdicts that are given; a judge whose interval holds 50 % is at chance. It knows nothing of "
    "the answers if the first place always wins. A rule by length reaches the share in the last but one column, or 100 "
    "minus it."
)


def alignment_section(board: Leaderboard) -> list[str]:
    """Tables and figure of each domain in Markdown; empty where no recipe is an aligned policy or a judge."""
    parts: list[str] = []
    for domain, found in board.alignment.items():
        name = markdown_cell(domain)
        if found.policies:
            parts += [f"### Policies on {name}", READING_POLICIES]
            parts.append(table(POLICIES, map(_policy, found.policies), numeric=range(1, len(POLICIES))))
        if found.figure:
            parts.append(f"![{caption(name)}]({found.figure})")
        if found.judges:
            parts += [f"### Judges on {name}", READING_JUDGES]
            parts.append(table(JUDGES, map(_judge, found.judges), numeric=range(1, len(JUDGES))))
    return ["## Alignment", *parts] if parts else []


def caption(domain: str) -> str:
    """One line that says what the figure shows."""
    return f"What policies on {domain} gained by their distance to the parent: rewards, and right answers"


def _policy(row: PolicyRow) -> list[str]:
    gold = row.gold
    first = next((one for one in row.ratings if one.role != "second_rater"), None)
    second = next((one for one in row.ratings if one.role == "second_rater"), None)
    return [
        row.run,
        f"{row.kl:.2f}",
        _both(percent(gold.parent), percent(gold.policy)),
        percent(gold.win_rate, gold.low, gold.high),
        *_rating(first),
        *_rating(second),
        _both(f"{row.parent_length:.1f}", f"{row.length:.1f}"),
        _both(percent(row.parent_ended), percent(row.ended)),
    ]


def _rating(rating: Rating | None) -> Sequence[str]:
    if rating is None:
        return UNKNOWN, UNKNOWN
    return (
        _both(f"{rating.parent:.2f}", f"{rating.policy:.2f}"),
        percent(rating.win_rate, rating.low, rating.high),
    )


def _both(parent: str, policy: str) -> str:
    return f"{parent}, {policy}"


def _judge(row: JudgeRow) -> list[str]:
    return [
        row.run,
        str(row.pairs),
        percent(row.agreement, row.low, row.high),
        UNKNOWN if row.kappa is None else f"{row.kappa:.2f}",
        percent(row.same_in_both_orders),
        percent(row.first_slot),
        percent(row.ties),
        percent(row.longer_wins),
        percent(row.shorter_is_right),
        duration(row.seconds_per_pair),
    ]
