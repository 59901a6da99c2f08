"""Registration of a domain with files: the stages that name such domains follow."""

from __future__ import annotations

from pathlib import Path

from harness.config.project import Project
from harness.pipeline.generated_section import first_difference, write_section
from harness.user_domains.registration import Change, write_all
from tests.mini_tree import add_domain, add_family, edit, set_everywhere, write_mini_tree


def test_a_new_domain_with_files_gets_its_stages(tmp_path: Path) -> None:
    root = write_mini_tree(tmp_path)
    for name in ("photos", "rows", "more_rows"):
        add_domain(root, name)
        kind = "image" if name == "photos" else "table"
        edit(root / f"data/domains/{name}.yaml", "builder: table", f"media: {kind}\nbuilder: table")
    (root / "harness/methods/boosting.py").write_text("")
    add_family(root, "multimodal", "title: Multi-modal\norder: 2\nrun: {}\n", trees="boosting")
    edit(root / "recipes/multimodal/trees.yaml", "run:", "media: [table]\nrun:")
    set_everywhere(root, "domains: [goods]", "domains: [goods]\ndomains_of: {multimodal: [photos, rows]}")
    write_section(Project(root))
    assert "domain: [rows]" in (root / "dvc.yaml").read_text()
    params = root / "params.yaml"
    assert write_all(Project(root), [Change(params, params.read_text().replace("rows]}", "rows, more_rows]}"))]) == 0
    assert first_difference(Project(root)) is None
    assert "domain: [rows, more_rows]" in (root / "dvc.yaml").read_text()
