"""One domain = one file: `data/domains/<domain>.yaml`."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from harness.config.strict import StrictModel


class Splits(StrictModel):
    """How many items each split gets; whole clusters go to one split, the rest is training."""

    validation: int = Field(gt=0)
    test: int = Field(gt=0)
    per_cluster: int | None = Field(default=None, gt=0)
    """At most this many validation or test items of one cluster; the others of that cluster are set aside.

    Items of one cluster are easy or hard together, so the same number of items from more clusters gives a
    narrower interval.
    """
    seed: int = Field(default=0, ge=0)


class ClassifyTask(StrictModel):
    """The question that is put to a language model, and the names of the answers."""

    prompt: str = Field(pattern=r"\{text\}")
    """The user's turn; `{text}` is replaced by the item."""
    label_names: dict[str, str] = Field(default_factory=dict)
    """Label as the source spells it -> the short answer a model gives. Empty: the label itself."""


class ClaimsTask(StrictModel):
    """True and false statements about the domain, equally many of each."""

    prompt: str = Field(pattern=r"\{claim\}")
    claim: str = Field(pattern=r"\{text\}.*\{label\}|\{label\}.*\{text\}")
    true: str = "True"
    false: str = "False"
    items: int = Field(default=150, gt=0)
    """Items per split that claims are made of; each gives one true and one false claim."""


class Domain(StrictModel):
    """A field of work whose items a model should learn."""

    title: str
    summary: str
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}$")
    builder: str
    """Name of the module in harness/domains/builders/ that turns the source into items."""
    source: str
    """Name in data/sources.yaml."""
    options: dict[str, Any] = Field(default_factory=dict)
    """What the builder wants to know; each builder checks its own."""
    splits: Splits
    classify: ClassifyTask
    claims: ClaimsTask | None = None
