"""The active settings: `params.yaml`, written by `harness profile` and edited by the user."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, PositiveInt, model_validator

from harness.config.memory_fit import BoardBudget
from harness.config.strict import StrictModel

ProtocolName = Literal["default", "wide"]
DEFAULT: ProtocolName = "default"
WIDE: ProtocolName = "wide"
WhichDomains = Literal["first", "all"]


class BaseModelSpec(StrictModel):
    """Where the pretrained model of one role comes from."""

    name: str
    """The model's usual name, shown on the board."""
    source: str
    """Name in data/sources.yaml. For a tiny model: the source whose text trains its tokenizer."""
    format: Literal[
        "gguf",
        "transformers",
        "sentence_transformers",
        "bert2bert",
        "efficientnet_lite0",
        "whisper_ct2",
        "tiny_llama",
        "tiny_t5",
        "tiny_encoder",
        "tiny_vision_tower",
        "tiny_audio_tower",
    ]
    """How its weights are stored. `bert2bert`: as a BERT-like encoder, which becomes both halves of an encoder-decoder.
    `tiny_*`: a small random model that `harness base` makes, for tests. EfficientNet, Whisper and the two tiny towers
    are towers, as is a model of transformers in their role."""
    path: str = "."
    """File or folder below data/sources/<source>/."""


class Scoring(StrictModel):
    """How scores are taken and judged."""

    batch_size: int = Field(gt=0)
    """Prompts that are scored together."""
    items: int | None = Field(default=None, gt=0)
    """Upper limit of items per view or question set for every suite; null: each suite's own limit applies."""
    items_of: dict[str, PositiveInt] = {}
    """Suite -> upper limit of items for that suite alone. It saves time in suites that matter less."""
    confidence: float = Field(gt=0.5, lt=1)
    """Level of every interval, such as 0.95."""
    resamples: int = Field(ge=100)
    """Bootstrap resamples behind each interval."""
    equivalence_margin: float = Field(gt=0, lt=1)
    """Two recipes are called equivalent if the interval of their difference lies within this margin."""


class Official(StrictModel):
    """Tasks of lm-eval and MTEB by their own names. Their data come from the hub. A task whose data cannot be
    downloaded becomes a cell of the board with that reason."""

    lm_eval: list[str] = []
    """`hellaswag`, `arc_easy`, `truthfulqa_mc1`, `mmlu`, `ifeval`..."""
    mteb: list[str] = []
    """`STSBenchmark`, `Banking77Classification`..."""
    items: int | None = Field(default=None, gt=0)
    """Upper limit of documents per lm-eval task; null: all."""


class Prices(StrictModel):
    """A dated price list, which converts seconds into money."""

    as_of: date
    """Day on which the prices were looked up."""
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    """ISO 4217 code, such as `USD`."""
    source: str
    """Where the prices come from, so that a reader can judge them."""
    cpu_core_hour: float = Field(ge=0)
    """Price of one CPU core for one hour."""
    gpu_hour: dict[str, float]
    """Part of the device name that CUDA reports (`H100`) -> price of one hour. The longest match counts."""


class Curves(StrictModel):
    """Learning curves: score against the number of training items, for families with `learning_curves: true`."""

    k: list[PositiveInt] = Field(min_length=1)
    """Numbers of training items, ascending."""
    subsets: int = Field(gt=0, le=100)
    """Random draws per number of items, each trained once. With few items, the draw changes the score."""
    items: int = Field(gt=0)
    """Test items per point: the first of the domain, and at most as many as the suite asks."""
    domains: WhichDomains = "all"
    """On which domains of the family: `all`, or the `first` one only, because a curve takes many trainings."""


class Wide(StrictModel):
    """The wide protocol: suites that cost much or at which most rows guess. Only a few recipes are asked, after the
    suites that every row is asked, and with a record and a table of their own."""

    suites: list[str] = []
    """Suites of the wide protocol: names of files in data/suites/."""
    recipes: dict[str, list[str]] = {}
    """Family -> recipes that are asked, among those that run. DVC needs a list for every family; it may be empty."""
    domains: WhichDomains = "all"
    """On which domains of the family: `all`, or the `first` one only."""


class Slice(StrictModel):
    """The part of a prepared domain that has some of its labels or clusters, to be learnt as one step of a sequence.

    Its questions offer all labels of the domain as choices, and its runs are scored on the whole domain.
    """

    of: str
    """A prepared domain with labels."""
    labels: list[str] | None = Field(default=None, min_length=1)
    """Labels as the questions name them (`animals`, not `I`). Null: all labels."""
    clusters: list[str] | None = Field(default=None, min_length=1)
    """Beginnings of names of clusters (`2002-07`, where names of clusters begin with a date). Null: all clusters."""

    @model_validator(mode="after")
    def _is_a_part(self) -> Self:
        if self.labels is None and self.clusters is None:
            raise ValueError("give `labels`, `clusters` or both")
        return self

    def holds(self, label: str, cluster: str) -> bool:
        """Whether an item with this label in this cluster belongs to the slice."""
        in_labels = self.labels is None or label in self.labels
        return in_labels and (self.clusters is None or cluster.startswith(tuple(self.clusters)))


class Params(StrictModel):
    """The settings of `dvc repro`: which recipes run, on which domains, with which budget."""

    profile: str
    """Name of the profile that the settings come from. Boards show it, and only records of one profile are compared."""
    sources: list[str] = Field(min_length=1)
    """Entries of data/sources.yaml that `harness fetch` downloads."""
    base_models: dict[str, BaseModelSpec]
    """Role -> model. harness/models/base_roles.py and harness/models/towers/tower_roles.py list the roles; each method
    names those that it needs."""
    base_roles: list[str]
    """The roles to prepare: the keys of base_models again, because a DVC matrix needs a list."""
    domains: list[str] = Field(min_length=1)
    """The domains that recipes run on, one domain per run."""
    domains_of: dict[str, list[str]] = Field(default_factory=dict)
    """Family -> the domains that its recipes run on in place of `domains`. An empty list means `domains`."""
    recipes_on: dict[str, list[str]] = Field(default_factory=dict)
    """Further domain -> the only recipes (`peft/lora`) that run on it, of those that `recipes` lists."""
    sequences: dict[str, list[str]] = Field(default_factory=dict)
    """Name -> prepared domains or slices in the order in which families with `runs_on: sequences` learn them."""
    slices: dict[str, Slice] = Field(default_factory=dict)
    """Name -> part of a prepared domain. Sequences name slices as they name domains."""
    prepared_domains: list[str] = Field(min_length=1)
    """All domains to prepare: those above and others. No training item may repeat a held-out item of any of them."""
    retention_domains: list[str] = []
    """Prepared domains whose questions also go to every run on another domain, to measure what it forgot."""
    suites: list[str] = Field(min_length=1)
    """The default protocol: what every row is asked."""
    more_suites: dict[str, list[str]] = Field(default_factory=dict)
    """Family -> further suites of the default protocol that only its rows are asked."""
    wide: Wide = Field(default_factory=lambda: Wide())
    """The wide protocol; without the key no recipe is asked its suites."""
    official: Official = Field(default_factory=lambda: Official())
    """Tasks of lm-eval and MTEB that every row is asked in addition."""
    recipes: dict[str, list[str]]
    """Family -> recipes that run. Recipes and families that are not listed do not run."""
    starter: list[str] = []
    """Recipes (`peft/lora`) that `make repro` trains and scores first, in this order, on the first of `domains`. Those
    that `recipes` does not list do not run."""
    seeds: dict[str, list[int]]
    """Family -> seeds. With one seed a row describes one training run; with three seeds it describes the method."""
    skip: dict[str, str] = Field(default_factory=dict)
    """Optional notes: `family/recipe`, `domain/name` or `suite/name` that does not run -> the reason."""
    budget: BoardBudget
    """What every recipe may use. It is the same for all, so that recipes are compared and not budgets."""
    curves: Curves | None = None
    """Null is allowed if no family with `learning_curves: true` has a recipe that runs."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """`auto`: bfloat16 on a GPU that supports it, else float32 (bfloat16 is slower on most CPUs)."""
    checkpoint_minutes: float = Field(default=10, ge=0)
    """Minutes between two checkpoints: an interrupted training loses at most this much. 0: after every step."""
    scoring: Scoring
    """Batch size, limits of items, and the statistics behind intervals and verdicts."""
    prices: Prices
    """The price list of the machines that you use."""

    @property
    def all_suites(self) -> list[str]:
        """The suites of both protocols, those of the default protocol first."""
        further = [name for names in self.more_suites.values() for name in names]
        return list(dict.fromkeys([*self.suites, *further, *self.wide.suites]))

    def suites_of(self, protocol: ProtocolName) -> list[str]:
        """The suites of one protocol, without those of single families (harness/config/seen.py adds them)."""
        return self.suites if protocol == DEFAULT else self.wide.suites

    def domains_for(self, family: str) -> list[str]:
        """The domains that all recipes of a family run on, unless it runs on sequences."""
        return self.domains_of.get(family) or self.domains

    def wide_domains(self, family: str) -> list[str]:
        """Those of a family's domains on which the wide protocol is asked."""
        return _which(self.domains_for(family), self.wide.domains)

    def curve_domains(self, family: str) -> list[str]:
        """Those of a family's domains on which learning curves are measured."""
        return _which(self.domains_for(family), self.curves.domains if self.curves else "all")

    @property
    def learnt_domains(self) -> list[str]:
        """All domains that recipes run on: `domains`, then those of single families, then those of a few recipes."""
        of_families = (name for names in self.domains_of.values() for name in names)
        return list(dict.fromkeys([*self.domains, *of_families, *self.recipes_on]))


def _which(domains: list[str], which: WhichDomains) -> list[str]:
    return domains[:1] if which == "first" else domains
