"""The active settings: `params.yaml`, written by `harness profile` and edited by the user."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, PositiveInt

from harness.config.recipe import Budget
from harness.config.strict import StrictModel


class BaseModelSpec(StrictModel):
    """Where the pretrained model of one role comes from."""

    name: str
    """As people call it; shown on the board."""
    source: str
    """Name in data/sources.yaml; for a tiny model, the source whose text trains its tokenizer."""
    format: Literal["gguf", "transformers", "sentence_transformers", "tiny_llama", "tiny_t5", "tiny_encoder"]
    path: str = "."
    """File or folder below data/sources/<source>/."""


class Scoring(StrictModel):
    """How scores are taken and judged."""

    batch_size: int = Field(gt=0)
    items: int | None = Field(default=None, gt=0)
    """At most this many items of each view or set, whatever the suites say; null: as they say."""
    items_of: dict[str, PositiveInt] = {}
    """The same for single suites: those beside the main one may cost less than it."""
    confidence: float = Field(gt=0.5, lt=1)
    """Level of every interval."""
    resamples: int = Field(ge=100)
    """Bootstrap resamples behind each interval."""
    equivalence_margin: float = Field(gt=0, lt=1)
    """Two recipes whose difference is surely smaller than this are called equivalent."""


class Official(StrictModel):
    """Tasks of lm-eval and MTEB by their own names. Their data come from the hub; one that cannot be had is a cell of
    the board that says so."""

    lm_eval: list[str] = []
    """`hellaswag`, `arc_easy`, `truthfulqa_mc1`, `mmlu`, `ifeval`..."""
    mteb: list[str] = []
    """`STSBenchmark`, `Banking77Classification`..."""
    items: int | None = Field(default=None, gt=0)
    """At most this many documents of each lm-eval task; null for all."""


class Prices(StrictModel):
    """The dated price list that turns seconds into money."""

    as_of: date
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    source: str
    """Where the figures come from, so that a reader can judge them."""
    cpu_core_hour: float = Field(ge=0)
    gpu_hour: dict[str, float]
    """By a part of the name CUDA reports (`H100`); the longest that matches counts."""


class Curves(StrictModel):
    """Learning curves: the recipes of the family `lowresource` with fewer and more items."""

    k: list[PositiveInt] = Field(min_length=1)
    """Training items of each point."""
    subsets: int = Field(gt=0, le=100)
    """Draws of so many items, each trained once: with few items, which ones they are matters."""
    items: int = Field(gt=0)
    """Test items that each is asked, the first of the domain; at most as many as the suite asks."""


class Params(StrictModel):
    """Everything `dvc repro` is told: which recipes on which domains with which budget."""

    profile: str
    sources: list[str] = Field(min_length=1)
    base_models: dict[str, BaseModelSpec]
    """Role -> model. harness/models/base_roles.py lists the roles; each method names the role that it needs."""
    base_roles: list[str]
    """The roles to prepare: the keys of base_models, as a list because a DVC matrix needs one."""
    domains: list[str] = Field(min_length=1)
    """The domains that recipes are run on."""
    prepared_domains: list[str] = Field(min_length=1)
    """Those and further ones that are only prepared: no training item may repeat what any of them holds out, and
    what a model forgot is measured on them."""
    retention_domains: list[str] = []
    """Of these, those whose questions every run on another domain is asked, to see what it forgot."""
    suites: list[str] = Field(min_length=1)
    official: Official = Field(default_factory=lambda: Official())
    recipes: dict[str, list[str]]
    """Family -> recipes that run."""
    seeds: dict[str, list[int]]
    """Family -> seeds. One seed supports a claim about a checkpoint, three about a method."""
    skip: dict[str, str] = Field(default_factory=dict)
    """`family/recipe`, `domain/name` or `suite/name` that exists but does not run -> why."""
    budget: Budget
    curves: Curves | None = None
    """Null only where no recipe of the family `lowresource` runs."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """`auto`: bfloat16 on a GPU that has it, else float32 (bfloat16 is slower on most CPUs)."""
    checkpoint_minutes: float = Field(default=10, ge=0)
    """A training that is interrupted loses at most this much. 0: after every step."""
    scoring: Scoring
    prices: Prices
