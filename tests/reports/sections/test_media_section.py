"""The section on pictures, sound and table rows, from invented records of a domain whose files are real."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.config.project import Project, RunKey
from harness.records.run_record import Cost, Metric, ScoreRecord, SuiteScore, write_record
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.page.gather import beside
from harness.reports.page.page import page
from harness.reports.rendering.markdown import render
from harness.reports.sections.figures import write_figures
from harness.reports.sections.media.table import media_section
from harness.store.ingest import ingest
from tests.media_domain import SIZES, write_media_domain
from tests.mini_tree import edit
from tests.reports.board_factory import board_of, write_cards_of
from tests.store.records_factory import write_samples, write_training
from tests.tree import copy_tree

ITEMS = SIZES["test"]
OBJECTS = 'objects:\n  prompt: "Is there {object}?"\n'
COLUMNS = {"classification": "score", "shuffled": "score", "objects": "hallucination"}


def rows(suite: str, right: Sequence[bool]) -> list[dict[str, Any]]:
    """One sample per item. In `objects` every other thing is there, and the answer is yes or no."""
    found = []
    for place, one in enumerate(right):
        there = place % 2 == 0
        gold = ("yes" if there else "no") if suite == "objects" else "red"
        wrong = ("no" if there else "yes") if suite == "objects" else "blue"
        answer = gold if one else wrong
        item = {"item_id": f"test{place}", "cluster": f"test{place}", "gold": gold, "answer": answer}
        found.append({"suite": suite, **item, "correct": float(one)})
    return found


def write_answers(project: Project, recipe: str, **right: Sequence[bool]) -> None:
    """A run on `photos` that was asked three suites; `right`: which items it got right."""
    key = RunKey("multimodal", recipe, ("photos",), 0)
    write_training(project, key)
    samples = {suite: rows(suite, found) for suite, found in right.items()}
    suites = [
        SuiteScore(
            suite=suite,
            domain="photos",
            kind="classification",
            column=COLUMNS[suite],
            primary="accuracy",
            protocol_hash="p1",
            metrics={"accuracy": Metric(value=sum(found) / len(found), n=len(found))},
        )
        for suite, found in right.items()
    ]
    folder = project.record_folder(key) / "score"
    folder.mkdir(parents=True)
    write_record(ScoreRecord(run_id=key.id, status="ok", suites=suites, cost=Cost(seconds=1.0)), folder / "scores.json")
    write_samples(project, key, [row for of_suite in samples.values() for row in of_suite])


def first(count: int) -> list[bool]:
    return [place < count for place in range(ITEMS)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = copy_tree(tmp_path_factory.mktemp("media")).root
    write_media_domain(Project(root), "photos", "image")
    with (root / "data/domains/photos.yaml").open("a") as file:
        file.write(OBJECTS)
    params = root / "params.yaml"
    edit(params, "  multimodal: []", "  multimodal: [text_only, pixels_logistic]")
    edit(params, "domains_of: {}", "domains_of: {multimodal: [photos]}")
    edit(params, "more_suites: {}", "more_suites: {multimodal: [shuffled, objects]}")
    edit(params, "prepared_domains: [hs_products]", "prepared_domains: [hs_products, photos]")
    for family in ("baseline", "sft", "peft"):
        text = params.read_text()
        block = text[text.index("recipes:\n") :]
        line = next(line for line in block.splitlines() if line.startswith(f"  {family}: ["))
        params.write_text(text.replace(line, f"  {family}: []", 1))
    made = Project(root)
    write_answers(made, "pixels_logistic", classification=first(22), shuffled=first(4), objects=first(20))
    always = [place % 2 == 0 for place in range(ITEMS)]
    write_answers(made, "text_only", classification=first(10), shuffled=first(10), objects=always)
    ingest(made)
    write_cards_of(made)
    return made


@pytest.fixture(scope="module")
def board(project: Project) -> Leaderboard:
    return board_of(project)


def test_a_recipe_is_compared_with_the_blind_one_and_with_shuffled_files(board: Leaderboard) -> None:
    found = board.media["photos"]
    assert (found.kind, found.blind) == ("image", "multimodal/text_only")
    best, blind = found.rows
    assert best.over_blind is not None
    assert best.over_blind.value == pytest.approx(0.5)
    assert (best.over_blind.low or 0) > 0
    assert best.verdict == "better"
    assert best.carried is not None
    assert best.carried.value == pytest.approx(18 / 24)
    assert blind.over_blind is None
    assert blind.carried is not None
    assert blind.carried.value == 0


def test_a_model_that_always_says_yes_is_right_in_half_of_the_questions_about_objects(board: Leaderboard) -> None:
    seeing, blind = board.media["photos"].objects
    assert (blind.accuracy.value, blind.says_yes) == (0.5, 1.0)
    assert seeing.over_blind is not None
    assert seeing.over_blind.value == pytest.approx(8 / 24)
    assert "| multimodal/text_only | 50.0" in "\n".join(media_section(board))


def test_the_blind_recipe_is_the_reference_where_that_of_the_board_has_no_row(board: Leaderboard) -> None:
    delta = next(row.delta for row in board.rows if row.recipe == "pixels_logistic")
    assert delta is not None
    assert delta.reference == "multimodal/text_only"


def test_samples_are_shown_with_their_pictures_on_the_page_and_as_a_figure(
    board: Leaderboard, project: Project, tmp_path: Path
) -> None:
    samples = board.media["photos"].samples
    assert len(samples) == 8
    assert set(samples[0].answers) == {"multimodal/pixels_logistic", "multimodal/text_only"}
    text = page(board, beside(project, board))
    assert text.count('<img src="data:image/png;base64,') == 8
    assert "img-src data:" in text
    write_figures(board, tmp_path)
    assert (tmp_path / "figures/media-photos.png").read_bytes()[:4] == b"\x89PNG"
    assert "](figures/media-photos.png)" in render(board)
