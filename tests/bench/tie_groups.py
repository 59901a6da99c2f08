"""Which method says most about which recipes may be the best, at the same rate of errors?

    python -m tests.bench.tie_groups [BOARDS]      (default: 400; about ten minutes on one core)

Boards are simulated like that of `hs_products`: 28 recipes, 200 items in 119 clusters, and the same with 300 items,
one per cluster. Five methods say which recipes cannot be told from the best:

    Holm, all pairs     p-values of all pairs, Holm-corrected; out: who is behind any other recipe
    step-down           the same pairs, adjusted by resampling (Romano & Wolf 2005)
    best set, range     the model confidence set (Hansen et al. 2011) with the range statistic: `best_set.py`
    best set, mean      the same, with the largest distance from the candidates' mean
    single best         each recipe against the largest of all leads over it (Hsu 1984): weaker, see below

An error is a board on which a recipe that is truly best is left out. The error is largest if all recipes are equally
good, so each method's alpha is first set to that at which it errs on 5 % of such boards; its errors at alpha = 5 % are
printed beside it. `single best` only promises that one given best recipe stays; where several are equally good, it
leaves out some of them on most boards, and is judged by the weaker promise.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from statistics import NormalDist

import numpy as np

from harness.evidence.best_set import best_set_p_values
from harness.evidence.contrasts import Contrast, pairwise
from harness.evidence.draws import Table, cluster_deviations
from harness.evidence.holm import holm
from harness.evidence.resampling import Resampling
from harness.evidence.step_down import step_down
from tests.evidence.scores_factory import ONE_EACH, SIZES, probit_board

LEADERBOARD = (
    *(0.755, 0.755, 0.73, 0.725, 0.715, 0.70, 0.695, 0.685, 0.665, 0.665, 0.66, 0.655, 0.64, 0.615),
    *(0.57, 0.57, 0.57, 0.565, 0.55, 0.55, 0.52, 0.49, 0.465, 0.365, 0.225, 0.21, 0.115, 0.11),
)
"""The scores on the board of `hs_products`, taken as true."""
EQUAL = (0.7,) * 28

Pairs = Mapping[tuple[int, int], Contrast]
Method = Callable[[Sequence[float], Pairs], list[float]]


def behind_any(values: Sequence[float], pairs: Pairs, adjusted: Sequence[float | None]) -> list[float]:
    """For each recipe the smallest adjusted p-value of a pair in which it is behind."""
    found = [1.0] * len(values)
    for (i, j), p in zip(pairs, adjusted, strict=True):
        worse = j if pairs[i, j].statistic > 0 else i
        found[worse] = min(found[worse], p if p is not None else 1.0)
    return found


def holm_pairs(values: Sequence[float], pairs: Pairs) -> list[float]:
    """The former rule of the boards."""
    normal = NormalDist()
    return behind_any(values, pairs, holm([2 * normal.cdf(-abs(one.statistic)) for one in pairs.values()]))


def step_down_pairs(values: Sequence[float], pairs: Pairs) -> list[float]:
    """All pairs, adjusted together by resampling."""
    return behind_any(values, pairs, step_down(list(pairs.values())))


def single_best(values: Sequence[float], pairs: Pairs) -> list[float]:
    """Each recipe against the largest lead of any other over it."""
    found = []
    for j in range(len(values)):
        others = [k for k in range(len(values)) if k != j]
        sign = {k: 1 if k < j else -1 for k in others}
        against = {k: pairs[min(j, k), max(j, k)] for k in others}
        lead = max(sign[k] * against[k].statistic for k in others)
        drawn = np.max([sign[k] * against[k].draws for k in others], axis=0)
        found.append((int((drawn >= lead).sum()) + 1) / (len(drawn) + 1))
    return found


def mean_set(values: Sequence[float], deviations: np.ndarray) -> list[float]:
    """The model confidence set that eliminates the recipe furthest below the candidates' mean."""
    left, found, highest = list(range(len(values))), [1.0] * len(values), 0.0
    while len(left) > 1:
        centred = deviations[left] - deviations[left].mean(axis=0)
        error = centred.std(axis=1, ddof=1)
        below = (np.mean([values[i] for i in left]) - np.array([values[i] for i in left])) / error
        largest = (-centred / error[:, None]).max(axis=0)
        highest = max(highest, (int((largest >= below.max()).sum()) + 1) / (len(largest) + 1))
        found[left.pop(int(below.argmax()))] = highest
    return found


METHODS: dict[str, Method] = {
    "Holm, all pairs": holm_pairs,
    "step-down": step_down_pairs,
    "best set, range": best_set_p_values,
    "single best": single_best,
}
MEAN = "best set, mean"


def p_values(
    shares: Sequence[float], *, boards: int, sizes: Sequence[int], seeds: int = 1, spread: float = 0.0
) -> dict[str, np.ndarray]:
    """Method -> (boards, recipes): at which alpha each recipe is left out."""
    random = np.random.default_rng(len(sizes) + seeds)
    found: dict[str, list[list[float]]] = {name: [] for name in [*METHODS, *([MEAN] if seeds == 1 else [])]}
    for number in range(boards):
        scores = probit_board(random, shares, sizes=sizes, seeds=seeds, spread=spread)
        resampling = Resampling(resamples=400, seed=number)
        tables, values = [Table.of(one) for one in scores], [one.value for one in scores]
        by_cluster = cluster_deviations(tables, resamples=400, seed=number)
        pairs = pairwise(tables, by_cluster, resampling=resampling)
        assert list(pairs) == list(combinations(range(len(scores)), 2))
        for name, method in METHODS.items():
            found[name].append(method(values, pairs))
        if MEAN in found:  # it does not know the noise of seeds
            found[MEAN].append(mean_set(values, by_cluster))
    return {name: np.array(rows) for name, rows in found.items()}


def main(boards: int) -> None:
    """Print one table for each design."""
    for title, sizes, seeds, spread in (
        ("200 items in 119 clusters", SIZES, 1, 0.0),
        ("300 items, one per cluster", ONE_EACH, 1, 0.0),
        ("300 items, one per cluster, three seeds", ONE_EACH, 3, 0.15),
    ):
        equal = p_values(EQUAL, boards=boards, sizes=sizes, seeds=seeds, spread=spread)
        real = p_values(LEADERBOARD, boards=boards, sizes=sizes, seeds=seeds, spread=spread)
        print(f"\n{title}; {boards} boards each")
        print(f"{'':16}  errors at 5 %        alpha for  recipes that may be best (2 are)")
        print(f"{'':16}  28 equal  as board   5 % errors  at 5 %  at that alpha")
        for name in equal:
            of_equal = equal[name][:, 0] if name == "single best" else equal[name].min(axis=1)
            alpha = float(np.quantile(of_equal, 0.05))
            errors = (of_equal < 0.05).mean(), (real[name][:, :2] < 0.05).any(axis=1).mean()
            sizes_ = (real[name] >= 0.05).sum(axis=1).mean(), (real[name] > alpha).sum(axis=1).mean()
            print(
                f"{name:16}  {100 * errors[0]:6.1f} %  {100 * errors[1]:6.1f} %  {100 * alpha:9.1f} %  "
                f"{sizes_[0]:6.1f}  {sizes_[1]:6.1f}",
                flush=True,
            )
        anyone = (equal["single best"] < 0.05).any(axis=1).mean()
        print(f"single best leaves out some of the 28 equal recipes on {100 * anyone:.0f} % of the boards", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
