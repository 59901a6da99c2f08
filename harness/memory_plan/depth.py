"""Extrapolate the counts of a deep model from two shallow copies of it.

Layers of one type hold the same number of bytes, so each count grows linearly with the number of layers.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from harness.memory_plan.live_bytes import Moment
from harness.memory_plan.step import Step

SHALLOW = 3
"""The shallower of the two depths that are counted. With fewer than three layers the first and the last layer dominate
the counts."""


def counted_at_depth(config: Any, count: Callable[[Any], Step], *, period: int = 1) -> Step:
    """`count(config)`; for a deep model, extrapolated from two shallow copies, which takes seconds instead of minutes.

    The whole model is counted if its layers are of several types, or if the peak falls into different phases at the
    two depths. `period`: number of layers after which what a method adds to them repeats; the two depths are multiples
    of it.
    """
    text = config.get_text_config()
    layers = int(text.num_hidden_layers)
    shallow = -(-SHALLOW // period) * period
    deeper = shallow + period
    if layers <= deeper or len(set(getattr(text, "layer_types", None) or ())) > 1:
        return count(config)
    low, high = (count(_with_layers(config, depth)) for depth in (shallow, deeper))
    if low.peak.phase != high.peak.phase:
        return count(config)

    def at(small: int, large: int) -> int:
        return small + (layers - shallow) * (large - small) // period

    def each(small: dict[str, int], large: dict[str, int]) -> dict[str, int]:
        return {name: at(small.get(name, 0), value) for name, value in large.items()}

    return Step(
        weights=at(low.weights, high.weights),
        trainable_parameters=at(low.trainable_parameters, high.trainable_parameters),
        total_parameters=at(low.total_parameters, high.total_parameters),
        optimiser=at(low.optimiser, high.optimiser),
        paged=at(low.paged, high.paged),
        gradients=at(low.gradients, high.gradients),
        activations=at(low.activations, high.activations),
        peak=Moment(
            total=at(low.peak.total, high.peak.total),
            phase=high.peak.phase,
            kinds=each(low.peak.kinds, high.peak.kinds),
        ),
        phases=each(low.phases, high.phases),
    )


def _with_layers(config: Any, layers: int) -> Any:
    changed = copy.deepcopy(config)
    text = changed.get_text_config()
    if getattr(text, "layer_types", None):
        text.layer_types = text.layer_types[:layers]
    text.num_hidden_layers = layers
    return changed
