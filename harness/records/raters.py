"""Runs that only rate the answers of a finished policy: it learns nothing from them, and its cost leaves them out."""

from __future__ import annotations

RATERS = ("rater", "second_rater")
"""Roles in `run.init` of reward models for the report on a policy. The second one learnt from other pairs, so that a
policy which deceives the first one gains nothing from the second."""
