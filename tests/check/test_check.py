from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.check.problems import require_valid
from harness.config.project import Project
from harness.errors import ConfigError
from harness.verbs.check import main
from tests.mini_tree import edit, only, told, write_mini_tree

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write_mini_tree(tmp_path)


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_a_good_tree_has_no_problem(tree: Path) -> None:
    assert told(tree) == []


def test_an_unknown_recipe_is_told_with_its_line_and_a_suggestion(tree: Path) -> None:
    params = tree / "params.yaml"
    edit(params, "peft: [lora, prompt]", "peft: [lroa, prompt]")
    number = line_of(params, "peft: [lroa")
    assert only(tree) == f'params.yaml:{number}: unknown peft recipe "lroa"\n  hint: did you mean "lora"?'


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("domains: [goods]", "domains: [godos]", 'unknown domain "godos"'),
        ("suites: [classification]", "suites: [clasification]", 'unknown suite "clasification"'),
        (
            "suites: [classification]",
            "suites: [classification]\nretention_domains: [godos]",
            'unknown domain to retain "godos"',
        ),
        ("sources: [corpus]", "sources: [corpse]", 'unknown source "corpse"'),
        ("source: corpus, format", "source: corpora, format", 'unknown source "corpora"'),
        (
            "sources: [corpus]",
            "sources: [spare]",
            'the source "corpus", which the base model causal_lm needs, is missing',
        ),
        ("sources: [corpus]", "sources: [corpus, spare]", "no prepared domain, base model or suite needs the source"),
        ("sources: [corpus]", "sources: [corpus, corpus]", 'the source "corpus" is listed 2 times'),
        ("base_roles: [causal_lm]", "base_roles: [causal]", 'unknown base role "causal"'),
        ("  causal_lm: {", "  causal_ml: {", 'unknown base role "causal_ml"\n  hint: did you mean "causal_lm"?'),
        ("base_roles: [causal_lm]", "base_roles: []", 'the base model "causal_lm" is not in base_roles'),
        ("format: tiny_llama", "format: tiny_llama, path: ../..", 'the path "../.." leaves the source'),
        ("  peft: [lora, prompt]\n", "  pefd: [lora]\n", 'unknown family "pefd"'),
        ("peft: [0, 1]", "peft: []", 'the family "peft" has no seed'),
        ("  peft: [0, 1]\n", "", 'the family "peft" has no seed'),
        ("peft: [0, 1]", "peft: [0, 0]", 'the seed "0" is listed 2 times'),
        ("peft: [0, 1]", "peft: [-1]", "the seed -1 is out of range"),
        ("  peft: [0, 1]\n", "  peft: [0]\n  pefd: [0]\n", 'unknown family "pefd"'),
        ("seeds:", "skip: {peft/lroa: broken}\nseeds:", 'unknown name to skip "peft/lroa"'),
        ("seeds:", "skip: {peft/lora: broken}\nseeds:", "peft/lora is skipped and listed"),
        ("[lora, prompt]", "[lora, prompt, lora]", 'the peft recipe "lora" is listed 2 times'),
        ('as_of: "2026-01-01"', "as_of: 2026-01-01", '"prices.as_of" is a date, which DVC cannot read'),
        ("epochs: 1", "epohcs: 1", 'unknown key "budget.epohcs"'),
        ("epochs: 1", "epochs: 0", '"budget.epochs" is 0'),
    ],
)
def test_wrong_settings_are_told_with_a_line(tree: Path, old: str, new: str, expected: str) -> None:
    edit(tree / "params.yaml", old, new)
    hits = [problem for problem in told(tree) if expected in problem]
    assert len(hits) == 1, told(tree)
    assert re.match(r"params\.yaml:\d+: ", hits[0])


def test_what_is_not_listed_does_not_run_and_needs_no_reason(tree: Path) -> None:
    (tree / "data/domains/other.yaml").write_text((tree / "data/domains/goods.yaml").read_text())
    (tree / "data/suites/more.yaml").write_text((tree / "data/suites/classification.yaml").read_text())
    edit(tree / "params.yaml", "peft: [lora, prompt]", "peft: [lora]")
    assert told(tree) == []
    edit(tree / "params.yaml", "seeds:", "skip:\n  domain/other: no licence\n  suite/more: too slow\nseeds:")
    assert told(tree) == []


def test_a_family_that_is_not_listed_does_not_run(tree: Path) -> None:
    (tree / "recipes/rlhf").mkdir()
    (tree / "recipes/rlhf/_family.yaml").write_text("title: RLHF\norder: 5\nrun: {}\n")
    (tree / "recipes/rlhf/ppo.yaml").write_text((tree / "recipes/peft/lora.yaml").read_text())
    assert told(tree) == []


def test_a_suite_is_asked_after_the_one_it_is_compared_with(tree: Path) -> None:
    suite = (tree / "data/suites/classification.yaml").read_text()
    (tree / "data/suites/noisy.yaml").write_text(suite + "against: classification\n")
    for path in (tree / "params.yaml", tree / "harness/profiles/tiny.yaml"):
        edit(path, "suites: [classification]", "suites: [classification, noisy]")
    assert told(tree) == []
    edit(tree / "params.yaml", "suites: [classification, noisy]", "suites: [noisy, classification]")
    assert "noisy is compared with classification, which is not asked before it" in only(tree)


def test_a_profile_may_leave_recipes_out_but_not_name_unknown_ones(tree: Path) -> None:
    edit(tree / "harness/profiles/tiny.yaml", "[lora, prompt]", "[lora]")
    assert told(tree) == []
    edit(tree / "harness/profiles/tiny.yaml", "[lora]", "[lroa]")
    assert told(tree)[0].startswith("harness/profiles/tiny.yaml:12: unknown peft recipe")


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("data/domains/goods.yaml", "builder: table", "builder: tabel", ':3: unknown builder "tabel"'),
        ("data/domains/goods.yaml", "source: corpus", "source: corpuss", ':4: unknown source "corpuss"'),
        ("data/domains/goods.yaml", "B: books", "B: animals", ':10: 2 labels have the same name "animals"'),
        ("data/suites/classification.yaml", "kind: cl", "kind: kl", ':3: unknown kind "klassification"'),
        (
            "data/suites/classification.yaml",
            "views: [classify]",
            "views: [clasify]",
            ':5: unknown view for classification "clasify"',
        ),
        (
            "data/suites/classification.yaml",
            "metric: accuracy",
            "metric: accuracy\nalso: [eec]",
            ':7: unknown metric of classification "eec"',
        ),
        (
            "data/suites/classification.yaml",
            "views: [classify]",
            "questions: stile",
            ':5: unknown set of questions "stile"',
        ),
        (
            "data/suites/classification.yaml",
            "metric: accuracy",
            "metric: accuracy\nagainst: clasification",
            ':7: unknown suite "clasification"',
        ),
        (
            "data/suites/classification.yaml",
            "metric: accuracy",
            "metric: acuracy",
            ":6: unknown metric of classification",
        ),
        (
            "data/suites/classification.yaml",
            "column:",
            "max_new_tokens: 9\ncolumn:",
            ":7: the model writes nothing in suites of the kind classification",
        ),
        ("data/sources.yaml", "kind: path", "kind: paht", ":2: \"sources.corpus.kind\" is 'paht'"),
        ("data/sources.yaml", "  spare:", "  ../spare:", ':3: "sources.../spare" is'),
        ("recipes/peft/_family.yaml", "order: 1", "order: first", ":2: \"order\" is 'first'"),
        ("recipes/peft/_family.yaml", "weight_decay", "weight_decya", ':5: unknown key "run.train.weight_decya"'),
        ("recipes/peft/lora.yaml", "learning_rate: 1e-3", "learning_rate: 11", ':6: "run.train.learning_rate" is 11'),
        ("recipes/peft/lora.yaml", "about:", "abuot:", ':1: unknown key "abuot"'),
    ],
)
def test_a_wrong_file_is_told_with_its_line(tree: Path, file: str, old: str, new: str, expected: str) -> None:
    edit(tree / file, old, new)
    assert any(line.startswith(f"{file}{expected}") for line in "\n".join(told(tree)).splitlines()), told(tree)


def test_names_that_cannot_name_a_stage_are_refused(tree: Path) -> None:
    (tree / "recipes/peft/lora.yaml").rename(tree / "recipes/peft/Lo-Ra.yaml")
    (tree / "data/suites/extra.yml").write_text("")
    (tree / "recipes/new").mkdir()
    (tree / "recipes/new/one.yaml").write_text("about: {title: x}\nrun: {method: lora}\n")
    found = "\n".join(told(tree))
    assert 'recipes/peft/Lo-Ra.yaml: "Lo-Ra" cannot be a name' in found
    assert "data/suites/extra.yml: nothing reads .yml files" in found
    assert "recipes/new: the family has no _family.yaml" in found


def test_all_problems_are_printed_and_counted(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(tree / "params.yaml", "epochs: 1, max_length: 128", "epochs: 0, max_length: -1")
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: lorra")
    monkeypatch.chdir(tree / "recipes")
    assert main([]) == 1
    printed = capsys.readouterr().err
    assert printed.splitlines()[-1] == "harness check: 3 problems"
    assert "params.yaml:" in printed
    assert "recipes/peft/lora.yaml:4" in printed


def test_a_good_tree_gives_one_line(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tree)
    assert main([]) == 0
    line = r"checked 3 recipes, 1 domain, 1 suite, 2 sources, 1 profile: all well \(\d+\.\d\d s\)\n"
    assert re.fullmatch(line, capsys.readouterr().out)


def test_require_valid_names_every_problem(tree: Path) -> None:
    require_valid(Project(tree))
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: lorra")
    edit(tree / "data/suites/classification.yaml", "metric: accuracy", "metric: acuracy")
    with pytest.raises(ConfigError) as caught:
        require_valid(Project(tree))
    assert str(caught.value).startswith("2 problems in the configuration\nrecipes/peft/lora.yaml:4: unknown method")


def test_check_needs_no_heavy_import(tree: Path) -> None:
    for number in range(60):
        text = (tree / "recipes/peft/lora.yaml").read_text()
        (tree / f"recipes/peft/lora{number}.yaml").write_text(text)
    names = ", ".join(f"lora{number}" for number in range(60))
    edit(tree / "params.yaml", "[lora, prompt]", f"[lora, prompt, {names}]")
    code = (
        "import sys, json; from harness.__main__ import main; code = main(['check'])\n"
        "print(json.dumps([code, sorted(name for name in sys.modules if '.' not in name)]))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tree,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    status, modules = json.loads(done.stdout.splitlines()[-1])
    assert status == 0
    heavy = {
        "torch",
        "transformers",
        "dvc",
        "datasets",
        "sklearn",
        "pandas",
        "peft",
        "trl",
        "lm_eval",
        "mteb",
        "duckdb",
    }
    assert not heavy & set(modules)


def test_a_suite_is_in_one_protocol_and_the_wide_one_asks_recipes_that_run(tree: Path) -> None:
    wide = "wide: {suites: [classification], recipes: {peft: [lroa]}}\n"
    edit(tree / "params.yaml", "official:", f"{wide}official:")
    found = "\n".join(told(tree))
    assert "every row is asked classification already" in found
    assert 'unknown recipe that runs "lroa"' in found
