from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from harness.check.stages import stage_note
from harness.config.project import Project
from harness.errors import ConfigError
from harness.pipeline.family_stages import vectors_group
from harness.pipeline.generated_section import END, generated_section, write_section
from harness.pipeline.run_groups import run_groups
from harness.verbs.pipeline import main
from harness.verbs.profile import main as profile
from tests.mini_tree import add_domain, add_family, edit, set_everywhere, told, write_mini_tree
from tests.tree import ROOT, copy_tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write_mini_tree(tmp_path)


def generated(root: Path) -> dict[str, Any]:
    """The stage groups as DVC reads them."""
    stages: dict[str, Any] = YAML(typ="safe").load(f"stages:\n{generated_section(Project(root))}")["stages"]
    return stages


def test_a_family_has_a_group_that_trains_and_one_that_scores(tree: Path) -> None:
    groups = generated(tree)
    assert list(groups) == ["baseline", "peft", "score_baseline", "score_peft"]
    run = "runs/peft/${item.recipe}-${item.domain}-${item.seed}"
    records = f"reports/records{run.removeprefix('runs')}"
    inputs = [
        "runs/code/recipes/peft/${item.recipe}.json",
        "data/bases/causal_lm",
        "data/prepared/${item.domain}/views.json",
        "data/prepared/${item.domain}/views",
    ]
    arguments = "peft/${item.recipe} --domain ${item.domain} --seed ${item.seed}"
    matrix = {"recipe": "${recipes.peft}", "domain": "${domains}", "seed": "${seeds.peft}"}
    assert groups["peft"] == {
        "desc": "train the recipes of peft",
        "matrix": matrix,
        "cmd": f"python -m harness train {arguments}",
        "deps": inputs,
        "params": [
            "budget",
            "precision",
            {"recipes/peft/_family.yaml": ["run"]},
            {"recipes/peft/${item.recipe}.yaml": ["run"]},
        ],
        "outs": [run, {f"{records}/train": {"cache": False}}],
    }
    assert groups["score_peft"] == {
        "desc": "score the runs of peft",
        "matrix": matrix,
        "cmd": f"python -m harness score {arguments}",
        "deps": ["runs/code/score.json", *inputs, "runs/code/suites.json", "data/questions", run],
        "params": ["suites", "official", "scoring.batch_size", "scoring.items", "scoring.items_of", "precision"],
        "outs": [{f"{records}/score": {"cache": False, "persist": True}}],
    }
    assert list(groups["peft"]["matrix"]) == ["recipe", "domain", "seed"]  # DVC names stages in this order


def test_hints_of_the_family_reach_its_stages(tree: Path) -> None:
    hints = "stages: {train: {description: 'adapters: small', gpus: 1, memory_gb: 2.5}}"
    edit(tree / "recipes/peft/_family.yaml", "order: 1", f"order: 1\n{hints}")
    group = generated(tree)["peft"]
    assert group["desc"] == "adapters: small"
    assert group["meta"] == {"resources": {"gpus": 1, "memory_gb": 2.5}}
    assert "meta" not in generated(tree)["score_peft"]


def test_a_base_model_that_the_settings_do_not_provide_is_no_dependency_of_the_other_recipes(tree: Path) -> None:
    text = (tree / "recipes/peft/lora.yaml").read_text()
    (tree / "recipes/peft/t5.yaml").write_text(text.replace("method: lora", "method: lora\n  base: seq2seq_lm"))
    assert [dep for dep in generated(tree)["peft"]["deps"] if "bases" in dep] == ["data/bases/causal_lm"]
    edit(tree / "params.yaml", "base_roles: [causal_lm]", "base_roles: [causal_lm, seq2seq_lm]")
    bases = ["data/bases/causal_lm", "data/bases/seq2seq_lm"]
    assert [dep for dep in generated(tree)["peft"]["deps"] if "bases" in dep] == bases


def test_a_method_that_reads_other_domains_depends_on_all_of_them(tree: Path) -> None:
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: instruction")
    group = generated(tree)["peft"]
    assert "data/prepared" in group["deps"]
    assert "prepared_domains" in group["params"]
    assert "data/prepared" not in generated(tree)["score_peft"]["deps"]


def test_a_child_depends_on_its_parents_and_its_siblings_do_not(tree: Path) -> None:
    edit(
        tree / "recipes/peft/prompt.yaml",
        "method: full",
        "method: full\n  init: {model: peft/lora, other: baseline/majority}",
    )
    groups = generated(tree)
    where = "${item.domain}-${item.seed}"
    for name in ("peft-prompt", "score_peft-prompt"):
        assert groups[name]["matrix"]["recipe"] == ["prompt"]
        assert {f"runs/peft/lora-{where}", f"runs/baseline/majority-{where}"} <= set(groups[name]["deps"])
    assert groups["peft"]["matrix"]["recipe"] == ["lora"]
    assert not any("majority" in dep for dep in groups["peft"]["deps"])


def test_a_step_of_a_sequence_is_scored_on_all_its_domains(tree: Path) -> None:
    add_domain(tree, "services")
    add_family(tree, "continual", "title: Continual\norder: 2\nruns_on: sequences\nrun: {}\n", naive="lora")
    set_everywhere(tree, "sequences: {}", "sequences: {trade: [goods, services]}")
    groups = generated(tree)
    train, score = groups["continual-1-goods"], groups["score_continual-1-goods"]
    assert train["matrix"] == {"recipe": "${recipes.continual}", "seed": "${seeds.continual}"}
    assert train["outs"][0] == "runs/continual/${item.recipe}-goods-${item.seed}"
    assert "data/prepared/services/views" not in train["deps"]
    assert "data/prepared/services/views" in score["deps"]
    assert "--domain services" not in score["cmd"]


def test_writing_changes_nothing_outside_of_the_markers_and_nothing_twice(tree: Path) -> None:
    path = tree / "dvc.yaml"
    edit(path, END, f"{END}\n\n  # mine\n  mine: {{cmd: echo}}")
    before = path.read_text()
    assert not write_section(Project(tree))
    edit(path, "      - precision\n", "")
    assert write_section(Project(tree))
    assert path.read_text() == before


def test_a_broken_recipe_leaves_dvc_yaml_as_it_was(tree: Path) -> None:
    before = (tree / "dvc.yaml").read_text()
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: lorra")
    edit(tree / "recipes/peft/_family.yaml", "order: 1", "order: -1")
    with pytest.raises(ConfigError, match="lorra"):
        write_section(Project(tree))
    assert (tree / "dvc.yaml").read_text() == before


def test_the_verb_prints_the_stages_and_whether_dvc_yaml_has_them(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tree)
    assert main([]) == 0
    shown = capsys.readouterr()
    assert shown.out.strip() == generated_section(Project(tree)).strip()
    assert shown.err == "dvc.yaml is up to date\n"
    edit(tree / "recipes/peft/_family.yaml", "order: 1", "order: -1")
    assert main([]) == 0
    assert "`harness pipeline --write` brings it up to date" in capsys.readouterr().err
    assert main(["--write"]) == 0
    assert main(["--write"]) == 0
    assert capsys.readouterr().out == "wrote the stages of the families to dvc.yaml\ndvc.yaml is up to date\n"
    assert told(tree) == []


def test_another_profile_brings_its_stages_along(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tree)
    text = (tree / "params.yaml").read_text().replace("profile: tiny", "profile: small")
    (tree / "harness/profiles/small.yaml").write_text(text.replace("  baseline: [majority]\n", ""))
    assert profile(["small"]) == 0
    assert "dvc.yaml: the stages of the families now fit params.yaml" in capsys.readouterr().out
    assert told(tree) == []
    assert "score_baseline" not in (tree / "dvc.yaml").read_text()


def test_a_new_family_is_a_folder_names_in_params_yaml_and_the_verb(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree)
    add_family(tree, "rlhf", "title: RLHF\norder: 5\nrun: {}\n", reward="lora", ppo="full")
    edit(tree / "recipes/rlhf/ppo.yaml", "method: full", "method: full\n  init: rlhf/reward")
    assert told(tree) == []
    assert "`harness pipeline --write` before `dvc repro`" in (stage_note(Project(tree)) or "")
    assert main(["--write"]) == 0
    assert stage_note(Project(tree)) is None
    assert {"rlhf", "score_rlhf", "rlhf-ppo", "score_rlhf-ppo"} <= set(generated(tree))


def test_the_committed_stages_fit_the_committed_settings() -> None:
    assert generated_section(Project(ROOT)) in (ROOT / "dvc.yaml").read_text()


def test_the_wide_protocol_is_asked_by_stages_of_its_own_after_the_scoring(tree: Path) -> None:
    (tree / "data/suites/more.yaml").write_text((tree / "data/suites/classification.yaml").read_text())
    edit(tree / "params.yaml", "official:", "wide: {suites: [more], recipes: {baseline: [], peft: [lora]}}\nofficial:")
    groups = generated(tree)
    assert list(groups)[-2:] == ["wide_baseline", "wide_peft"]
    default, wide = groups["score_peft"], groups["wide_peft"]
    assert wide["matrix"] == default["matrix"] | {"recipe": "${wide.recipes.peft}"}
    assert wide["cmd"] == f"{default['cmd']} --protocol wide"
    records = "reports/records/peft/${item.recipe}-${item.domain}-${item.seed}"
    assert list(wide["outs"][0]) == [f"{records}/wide"]
    assert f"{records}/score" in wide["deps"]
    assert "runs/code/wide_suites.json" in wide["deps"]
    assert "wide.suites" not in default["params"]
    assert "suites" not in wide["params"]


def test_the_wide_protocol_may_be_asked_on_the_first_domain_alone(tree: Path) -> None:
    add_domain(tree, "services")
    (tree / "data/suites/more.yaml").write_text((tree / "data/suites/classification.yaml").read_text())
    wide = "wide: {suites: [more], domains: first, recipes: {peft: [lora]}}\nofficial:"
    edit(tree / "params.yaml", "official:", wide)
    edit(tree / "params.yaml", "domains: [goods]", "domains: [goods, services]")
    groups = generated(tree)
    assert groups["wide_peft"]["matrix"]["domain"] == ["goods"]
    assert groups["score_peft"]["matrix"]["domain"] == "${domains}"


def test_runs_that_produce_only_vectors_get_a_stage_that_searches_with_them(tmp_path: Path) -> None:
    project = copy_tree(tmp_path, profile="cpu")
    stages = {group.name: vectors_group(project, group) for group in run_groups(project)}
    found = {name: stage for name, stage in stages.items() if stage}
    on_all = {name for name in found if "-" not in name}
    assert on_all == {"baseline", "contrastive"}  # classifiers on vectors and language models have none
    assert found["baseline"].matrix["recipe"] == "[encoder]"
    assert found["baseline"].command.startswith("python -m harness vectors baseline/${item.recipe}")
    assert "data/bases/causal_lm" not in found["baseline"].deps
    assert "scoring.items_of" not in found["contrastive"].params


def test_stages_of_a_family_with_its_own_domains_and_suites_name_both(tree: Path) -> None:
    add_domain(tree, "services")
    suite = (tree / "data/suites/classification.yaml").read_text()
    (tree / "data/suites/extra.yaml").write_text(suite)
    own = "domains_of: {peft: [services]}\nmore_suites: {peft: [extra]}"
    set_everywhere(tree, "domains: [goods]", f"domains: [goods]\n{own}")
    before, groups = generated(tree)["baseline"], generated(tree)
    assert groups["peft"]["matrix"]["domain"] == groups["score_peft"]["matrix"]["domain"] == "${domains_of.peft}"
    assert "data/suites/extra.yaml" in groups["score_peft"]["deps"]
    assert "more_suites.peft" in groups["score_peft"]["params"]
    assert before["matrix"]["domain"] == "${domains}"
    assert "data/suites/extra.yaml" not in groups["score_baseline"]["deps"]
    write_section(Project(tree))
    assert told(tree) == []


def test_stages_of_recipes_for_some_files_list_their_domains(tree: Path) -> None:
    for name, kind in (("photos", "image"), ("rows", "table")):
        add_domain(tree, name)
        edit(tree / f"data/domains/{name}.yaml", "builder: table", f"media: {kind}\nbuilder: table")
    add_family(tree, "multimodal", "title: Multi-modal\norder: 2\nrun: {}\n", trees="boosting", blind="media_majority")
    edit(tree / "recipes/multimodal/trees.yaml", "run:", "media: [table]\nrun:")
    set_everywhere(tree, "domains: [goods]", "domains: [goods]\ndomains_of: {multimodal: [photos, rows]}")
    groups = generated(tree)
    assert groups["multimodal-table"]["matrix"]["domain"] == ["rows"]
    assert groups["multimodal"]["matrix"]["domain"] == "${domains_of.multimodal}"
