"""From a folder of pictures to a prepared domain, and what is a leak on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.domains.collect import collect
from harness.domains.collected import CollectedDomain
from harness.errors import DataError
from harness.items.media_item import MediaItem
from harness.items.prepared import PreparedDomain
from harness.preparation.prepare import held_out_texts, prepare
from tests.media.small_files import picture

COLOURS = {"red": (200, 0, 0), "blue": (0, 0, 200)}
DOMAIN = """\
title: Colours
summary: Name a colour.
media: image
builder: media_folder
source: colours
options: {question: Which colour is this?}
splits: {validation: 6, test: 10}
classify: {prompt: "{text}"}
"""
ORIGIN = json.dumps({"origin": "invented for tests", "licence": "CC0-1.0"})


def write_pictures(folder: Path, *, each: int = 20, rows: str = "") -> None:
    """`each` pictures per colour and their metadata; `rows`: more of these."""
    lines = []
    for colour, (red, _, blue) in COLOURS.items():
        for n in range(each):
            path = folder / f"{colour}/{n}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture((red, n, blue), size=(16 + n, 16)))
            row = {"file_name": f"{colour}/{n}.png", "label": colour, "caption": f"a {colour} area"}
            lines.append(json.dumps(row) + "\n")
    (folder / "metadata.jsonl").write_text("".join(lines) + rows)
    (folder / "ORIGIN.json").write_text(ORIGIN)


@pytest.fixture
def colours(project: Project) -> Project:
    """A tree with a source of 40 pictures, and a domain of it that is not collected yet."""
    write_pictures(project.root / "data/sources/colours")
    (project.root / "data/domains/colours.yaml").write_text(DOMAIN)
    for path, old, new in (
        ("params.yaml", "prepared_domains: [hs_products]", "prepared_domains: [hs_products, colours, others]"),
        ("data/sources.yaml", "sources:\n", "sources:\n  colours: {kind: path, path: x, licence: x, origin: x}\n"),
    ):
        file = project.root / path
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
    return Project(project.root)


def test_questions_of_a_prepared_domain_show_files_that_exist(colours: Project) -> None:
    collect(colours, "colours")
    facts = prepare(colours, "colours")
    assert facts["card"]["items"] == {"train": 24, "validation": 6, "test": 10}
    domain = PreparedDomain.open(colours.prepared_folder("colours"))
    assert set(domain.meta["views"]) == {"classify", "captions", "classify_shuffled"}
    assert domain.main_view == "classify"
    assert domain.media_kinds("classify") == {"image"}
    for question in domain.questions("classify", "test"):
        assert question.prompt == "Which colour is this?"
        assert question.media[0].file.is_file()
    files = {path.name for path in (domain.folder / "media").iterdir()}
    assert len(files) == 40
    assert files == {path.name for path in (colours.items_folder("colours") / "media").iterdir()}
    for row in domain.questions("classify_shuffled", "test"):
        assert row.media[0].file.read_bytes() != b""


def test_collecting_and_preparing_twice_gives_the_same_bytes(colours: Project) -> None:
    def everything() -> dict[Path, bytes]:
        collect(colours, "colours")
        prepare(colours, "colours")
        folders = (colours.items_folder("colours"), colours.prepared_folder("colours"))
        return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}

    assert everything() == everything()


def test_a_collected_domain_reads_back_with_its_files(colours: Project) -> None:
    collected = collect(colours, "colours")
    again = CollectedDomain.open(colours.items_folder("colours"))
    assert again.items == collected.items
    assert again.shows_media
    assert isinstance(again.items[0], MediaItem)
    path = colours.items_folder("colours") / again.items[0].media[0].path
    path.unlink()
    with pytest.raises(DataError, match="missing"):
        CollectedDomain.open(colours.items_folder("colours"))


def test_items_that_show_the_same_picture_are_in_one_split(colours: Project) -> None:
    """The second question about each of ten pictures; the two have different names and different ids."""
    folder = colours.source_folder("colours")
    rows = ""
    for n in range(10):
        (folder / f"again-{n}.png").write_bytes((folder / f"red/{n}.png").read_bytes())
        rows += json.dumps({"file_name": f"again-{n}.png", "question": "Is it red?", "label": "red"}) + "\n"
    write_pictures(folder, rows=rows)
    collected = collect(colours, "colours")
    split_of: dict[str, set[str]] = {}
    for item in collected.items:
        assert isinstance(item, MediaItem)
        split_of.setdefault(item.media[0].sha256, set()).add(collected.split[item.id])
    assert len(collected.items) > len(split_of)
    assert all(len(splits) == 1 for splits in split_of.values())
    assert "items show the same file as another item" in json.dumps(collected.facts["notes"])


def test_the_same_question_about_another_picture_is_neither_a_copy_nor_a_leak(colours: Project) -> None:
    collected = collect(colours, "colours")
    assert collected.facts["removed"]["duplicates"] == 0
    assert prepare(colours, "colours")["removed"]["near_duplicates"] == 0


def test_a_training_item_that_shows_a_held_out_picture_of_another_domain_is_a_leak(colours: Project) -> None:
    collected = collect(colours, "colours")
    victim = next(item for item in collected.items if collected.split[item.id] == "train")
    other = colours.items_folder("others")
    other.mkdir()
    assert isinstance(victim, MediaItem)
    content = (colours.items_folder("colours") / victim.media[0].path).read_bytes()
    item = MediaItem("1", "quite another question", "1", "x", media=victim.media)
    CollectedDomain("others", [item], {"1": "test"}, {"media": "image"}).write(other, {victim.media[0].path: content})
    facts = prepare(colours, "colours")
    assert facts["removed"]["near_duplicates_of"] == {"domain others": 1}
    domain = PreparedDomain.open(colours.prepared_folder("colours"))
    assert victim.id not in {row.id for row in domain.questions("classify", "train")}
    page = (domain.folder / "card.md").read_text()
    assert "1 leaks: training items that show a file of a held-out item" in page


def test_texts_of_media_domains_are_no_held_out_texts_of_others(colours: Project, prepared: Project) -> None:
    collect(colours, "colours")
    own = CollectedDomain.open(prepared.items_folder("hs_products"))
    assert not [origin for origin in held_out_texts(colours, own) if "colours" in origin]


def test_the_card_tells_sizes_and_never_shows_a_text_of_a_held_out_item(colours: Project) -> None:
    collect(colours, "colours")
    prepare(colours, "colours")
    page = (colours.prepared_folder("colours") / "card.md").read_text()
    assert "- images: train 24, validation 6, test 10" in page
    assert "- width in pixels: 16 to 35" in page
    assert "| caption | a " in page


def test_a_domain_that_does_not_say_what_it_shows_is_refused(colours: Project) -> None:
    path = colours.root / "data/domains/colours.yaml"
    path.write_text(DOMAIN.replace("media: image", "media: audio"))
    with pytest.raises(DataError, match="shows image, and `media` is audio"):
        collect(Project(colours.root), "colours")
