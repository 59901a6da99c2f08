"""The project tree on disk: where things are, and every YAML file as a typed model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from harness.config.declared_base import DeclaredBase
from harness.config.domain import Domain, MediaKind
from harness.config.family import Family
from harness.config.memory_fit import MemoryFit, fitted
from harness.config.params import Params, Slice
from harness.config.recipe import Recipe, Run
from harness.config.sequences import Step, domains_to_score, steps_of
from harness.config.source import Source, Sources
from harness.config.strict import StrictModel, load, parse, read_text, read_yaml, refuse_wrong_part
from harness.config.suite import Suite
from harness.config.tuned import Tune, Tuned
from harness.errors import ConfigError, did_you_mean

FAMILY_FILE = "_family.yaml"
FOLD = re.compile(r"_fold[0-9]+$")
"""The end of the name of a fold."""

RUNS, RECORDS = "runs", "reports/records"
"""Weights below the first, records below the second; both have the same folders."""

PREPARED, SLICES = "data/prepared", "data/slices"
"""Folders with one prepared domain, or one slice of a domain, in each folder below."""


@dataclass(frozen=True)
class RunKey:
    """What names one run everywhere: (recipe, domains, seed) -> `peft/lora-hs_products-0`."""

    family: str
    recipe: str
    domains: tuple[str, ...]
    """Several domains are a mixture, or the steps so far if the family runs on sequences (`Family.runs_on`)."""
    seed: int

    @property
    def recipe_id(self) -> str:
        """`peft/lora`."""
        return f"{self.family}/{self.recipe}"

    @property
    def id(self) -> str:
        """`peft/lora-hs_products-0`; several domains are joined by `+`."""
        return f"{self.recipe_id}-{'+'.join(self.domains)}-{self.seed}"


class RecipeFile(StrictModel):
    """A recipe as written: `run` holds only what differs from the family's `run`."""

    about: dict[str, object]
    run: dict[str, object]
    media: list[MediaKind] = []
    """Kinds of files that the recipe reads: it runs on those domains of `domains_of` in params.yaml that have such
    files. Empty: on all of them."""
    tune: Tune | None = None
    tuned: Tuned | None = None


class Project:
    """A checkout of the harness. Each file is read when it is first needed.

    Raises:
        ConfigError: every property raises it if the file behind the property is wrong.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def here(cls) -> Project:
        """The project that contains the working directory.

        Raises:
            ConfigError: neither this folder nor any folder above it holds both dvc.yaml and params.yaml.
        """
        start = Path.cwd()
        for folder in (start, *start.parents):
            if (folder / "dvc.yaml").is_file() and (folder / "params.yaml").is_file():
                return cls(folder)
        raise ConfigError(
            "no dvc.yaml and params.yaml here or in any folder above",
            where=str(start),
            hint="run it from a clone of the harness",
        )

    @cached_property
    def params(self) -> Params:
        """The active settings."""
        return load(Params, self.root / "params.yaml")

    @cached_property
    def sources(self) -> dict[str, Source]:
        """All pinned artefacts by name."""
        return load(Sources, self.root / "data/sources.yaml").sources

    def source(self, name: str) -> Source:
        """One pinned artefact."""
        return _pick(self.sources, name, "source", self.root / "data/sources.yaml")

    @cached_property
    def declared_bases(self) -> dict[str, DeclaredBase]:
        """Base models that the user has added, by name."""
        folder = self.root / "data/base_models"
        return {name: load(DeclaredBase, folder / f"{name}.yaml") for name in _stems(folder)}

    @cached_property
    def domain_names(self) -> list[str]:
        """Domains that have a file."""
        return _stems(self.root / "data/domains")

    def domain(self, name: str) -> Domain:
        """One domain's file."""
        return load(Domain, self._named("data/domains", name, "domain", self.domain_names))

    def media_of(self, domain: str) -> MediaKind | None:
        """Kind of the files that the items of a domain have; null: text only, a slice, or no such domain."""
        return self.domain(domain).media if domain in self.domain_names else None

    @cached_property
    def bases_of_folds(self) -> dict[str, str]:
        """Fold -> the domain that it is a fold of, in the order of domains and folds (harness/config/folds.py)."""
        named = {name: self.domain(name) for name in self.domain_names if FOLD.search(name)}
        found = [(one.fold_of, one.fold or 0, name) for name, one in named.items() if one.fold_of]
        return {name: base for base, _, name in sorted(found)}

    @cached_property
    def suite_names(self) -> list[str]:
        """Suites that have a file."""
        return _stems(self.root / "data/suites")

    @property
    def questions_folder(self) -> Path:
        """Where the verb `questions` puts the questions of suites."""
        return self.root / "data/questions"

    @property
    def question_sets(self) -> list[str]:
        """Names of the question sets that the suites of both protocols use, sorted."""
        return sorted({suite.questions for suite in map(self.suite, self.params.all_suites) if suite.questions})

    def suite(self, name: str) -> Suite:
        """One suite's file."""
        return load(Suite, self._named("data/suites", name, "suite", self.suite_names))

    @cached_property
    def family_names(self) -> list[str]:
        """Families, by their folder."""
        return sorted(path.parent.name for path in (self.root / "recipes").glob(f"*/{FAMILY_FILE}"))

    def family(self, name: str) -> Family:
        """One family's file."""
        if name not in self.family_names:
            raise ConfigError(
                f'unknown family "{name}"', where=str(self.root / "recipes"), hint=did_you_mean(name, self.family_names)
            )
        path = self.root / "recipes" / name / FAMILY_FILE
        return _family(path, read_text(path))

    @cached_property
    def recipe_ids(self) -> list[str]:
        """`family/recipe` of every recipe file."""
        files = (self.root / "recipes").glob("*/*.yaml")
        return sorted(f"{path.parent.name}/{path.stem}" for path in files if path.name != FAMILY_FILE)

    def recipe(self, recipe_id: str) -> Recipe:
        """One recipe with its family's defaults filled in, and with the memory settings of params.yaml.

        Raises:
            ConfigError: there is no such recipe, or its file is wrong.
        """
        if recipe_id not in self.recipe_ids:
            raise ConfigError(
                f'unknown recipe "{recipe_id}"',
                where=str(self.root / "recipes"),
                hint=did_you_mean(recipe_id, self.recipe_ids),
            )
        family, name = recipe_id.split("/")
        path = self.root / "recipes" / f"{recipe_id}.yaml"
        content = read_yaml(path)
        parse(RecipeFile, content, where=path)
        shared = self.family(family)
        content["about"].setdefault("sections", list(shared.sections))
        content.pop("media", None)  # it says where the recipe runs, not how
        content["run"] = _merge(shared.run, content["run"])
        content.setdefault("tune", shared.tune)
        content["family"], content["name"] = family, name
        return fitted(parse(Recipe, content, where=path), self._memory)

    def media_read(self, recipe_id: str) -> list[MediaKind]:
        """The kinds of files that a recipe says it reads; empty if it says nothing, or if there is no such recipe.

        Raises:
            ConfigError: its file is wrong.
        """
        if recipe_id not in self.recipe_ids:
            return []
        path = self.root / "recipes" / f"{recipe_id}.yaml"
        return parse(RecipeFile, read_yaml(path), where=path).media

    @cached_property
    def _memory(self) -> dict[str, MemoryFit]:
        """`budget.memory` of params.yaml; empty if that file is wrong, which every verb that needs it reports."""
        try:
            return self.params.budget.memory
        except ConfigError:
            return {}

    @cached_property
    def _slices(self) -> dict[str, Slice]:
        """`slices` of params.yaml; empty if that file is wrong, which every verb that needs it reports."""
        try:
            return self.params.slices
        except ConfigError:
            return {}

    def runs(self, params: Params | None = None) -> Iterator[RunKey]:
        """Every run that `params` asks for, in the order of the families; without `params`, those of params.yaml.

        The steps of a sequence come in their order, so a run comes after the step that it continues from.
        """
        params = params or self.params
        for name in sorted(params.recipes, key=lambda name: self.family(name).order):
            for recipe in params.recipes[name]:
                for domains in self.learnt_by(name, recipe, params):
                    for seed in params.seeds.get(name, []):
                        yield RunKey(name, recipe, domains, seed)

    def learnt_by(self, family: str, recipe: str, params: Params | None = None) -> list[Step]:
        """The domains of each run of a recipe: those of its family that it can run on.

        In a sequence, a recipe that trains nothing takes the first step only. Of the domains that `domains_of` lists
        for the family, a recipe takes those whose items have files that it reads; of those in `recipes_on`, those that
        name it.
        """
        params = params or self.params
        learnt = self.learnt_domains(family, params)
        if self.in_sequences(family):
            return [one for one in learnt if len(one) == 1] if recipe == self.family(family).untrained else learnt
        few, recipe_id = params.recipes_on, f"{family}/{recipe}"
        kinds = self.media_read(recipe_id) if params.domains_of.get(family) else []

        def runs_on(domain: str) -> bool:
            if domain in few:
                return recipe_id in few[domain]
            return not kinds or self.media_of(domain) in kinds

        return [step for step in learnt if runs_on(step[0])]

    def learnt_domains(self, family: str, params: Params | None = None) -> list[Step]:
        """The domains of each run of a family: one domain per run, or the steps of all sequences."""
        params = params or self.params
        if self.in_sequences(family):
            return steps_of(params.sequences)
        few = [name for name, ids in params.recipes_on.items() if any(one.startswith(f"{family}/") for one in ids)]
        return [(domain,) for domain in dict.fromkeys([*params.domains_for(family), *few])]

    def scored_domains(self, key: RunKey) -> tuple[str, ...]:
        """What a run is scored on: the domains that it learnt and, in a sequence, also those that come later.

        In place of a slice stands the whole domain that it belongs to: its questions tell their labels and clusters.
        """
        if not self.in_sequences(key.family):
            return key.domains
        names = domains_to_score(key.domains, self.params.sequences)
        return tuple(dict.fromkeys(self._slices[name].of if name in self._slices else name for name in names))

    def in_sequences(self, family: str) -> bool:
        """Whether the runs of a family are steps of sequences."""
        return self.family(family).runs_on == "sequences"

    def source_folder(self, name: str) -> Path:
        """Where `fetch` puts a source."""
        return self.root / "data/sources" / name

    def base_folder(self, role: str) -> Path:
        """Where `base` puts the pretrained model of a role."""
        return self.root / "data/bases" / role

    def items_folder(self, domain: str) -> Path:
        """Where `collect` puts a domain's items."""
        return self.root / "data/items" / domain

    def prepared_folder(self, domain: str) -> Path:
        """Where `prepare` puts a domain, or a slice of one."""
        return self.root / self.prepared_place(domain)

    def prepared_place(self, domain: str) -> str:
        """The same relative to the project: `data/prepared/hs_products`."""
        return f"{SLICES if domain in self._slices else PREPARED}/{domain}"

    def require_learnable(self, name: str) -> None:
        """Refuse a name that neither a domain nor a slice has.

        Raises:
            ConfigError: with a suggestion.
        """
        if name not in self._slices and name not in self.domain_names:
            known = [*self.domain_names, *self._slices]
            where = str(self.root / "data/domains")
            raise ConfigError(f'unknown domain "{name}"', where=where, hint=did_you_mean(name, known))

    @property
    def reports_folder(self) -> Path:
        """Where the store and the boards are written."""
        return self.root / "reports"

    def run_folder(self, key: RunKey) -> Path:
        """The weights of a run, and what is needed to load its model. DVC keeps them; git does not."""
        return self.root / RUNS / key.id

    def record_folder(self, key: RunKey) -> Path:
        """The records of a run, in `train/` and `score/` below it. They are in git."""
        return self.root / RECORDS / key.id

    def checkpoint_folder(self, key: RunKey) -> Path:
        """Checkpoints of a training that has not ended yet."""
        return self.root / RUNS / ".checkpoints" / key.id

    def _named(self, folder: str, name: str, what: str, known: list[str]) -> Path:
        path = self.root / folder / f"{name}.yaml"
        if name not in known:
            raise ConfigError(f'unknown {what} "{name}"', where=str(path.parent), hint=did_you_mean(name, known))
        return path


def _pick(entries: dict[str, Source], name: str, what: str, where: Path) -> Source:
    if name not in entries:
        raise ConfigError(f'unknown {what} "{name}"', where=str(where), hint=did_you_mean(name, entries))
    return entries[name]


def _stems(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.yaml"))


@lru_cache(maxsize=256)
def _family(path: Path, _text: str) -> Family:
    """The family in a file with this text. One command asks for the same families hundreds of times."""
    content = read_yaml(path)
    family = parse(Family, content, where=path)
    refuse_wrong_part(Run, content, key="run", where=path)
    return family


def _merge(defaults: dict[str, object], own: dict[str, object]) -> dict[str, object]:
    """Fill `own` with the defaults that it lacks, mapping by mapping. It keeps its line numbers, which errors show."""
    for key, value in defaults.items():
        if key not in own:
            own[key] = _plain(value)
        elif isinstance(value, dict) and isinstance(own[key], dict):
            _merge(value, own[key])  # type: ignore[arg-type]
    return own


def _plain(value: object) -> object:
    """The value without its line numbers, because they belong to another file."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
