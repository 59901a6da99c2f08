from __future__ import annotations

from pathlib import Path

from harness.config.project import Project, RunKey
from harness.config.seen import as_seen_by
from tests.mini_tree import add_domain, edit, write_mini_tree


def test_a_run_sees_the_suites_of_its_family_and_no_other_domain_with_files(tmp_path: Path) -> None:
    root = write_mini_tree(tmp_path)
    add_domain(root, "photos")
    edit(root / "data/domains/photos.yaml", "builder: table", "media: image\nbuilder: table")
    edit(root / "params.yaml", "suites: [classification]", "suites: [classification]\nmore_suites: {peft: [extra]}")
    project = Project(root)
    text = as_seen_by(project, RunKey("peft", "lora", ("goods",), 0)).params
    assert (text.suites, text.prepared_domains) == (["classification", "extra"], ["goods"])
    picture = as_seen_by(project, RunKey("baseline", "majority", ("photos",), 0)).params
    assert (picture.suites, picture.prepared_domains) == (["classification"], ["photos", "goods"])
    assert project.params.all_suites == ["classification", "extra"]
