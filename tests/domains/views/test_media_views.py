from __future__ import annotations

from collections import Counter

from harness.config.domain import ClassifyTask, ObjectsTask
from harness.domains.views.contract import Content
from harness.domains.views.media import captions_view, classify_shuffled_view, objects_view, with_media
from harness.domains.views.registry import VIEWS
from harness.items.item import Item, Split
from harness.items.media_item import MediaItem, media_of
from harness.items.rows import Question
from tests.domains.views.contents import domain

COLOURS, SHAPES = ("red", "blue", "green"), ("circle", "square")
ASKED = domain(
    classify=ClassifyTask(prompt="{text}"), objects=ObjectsTask(prompt="Is there {object} in the image?", items=20)
)


def item(number: int, *, question: str = "what color?") -> MediaItem:
    """A picture; two items in a row show the same one."""
    place = number // 2
    colour, shape = COLOURS[place % 3], SHAPES[place % 2]
    return MediaItem(
        id=f"i{number}",
        text=question,
        cluster=f"c{place}",
        label=colour,
        media=(media_of("image", f"picture {place}".encode(), ".png"),),
        caption=f"a {colour} {shape}",
        properties=(colour, shape),
    )


def content(count: int = 120) -> Content:
    splits: tuple[Split, ...] = ("train", "validation", "test", "test")
    return Content([item(n) for n in range(count)], {f"i{n}": splits[n // 2 % 4] for n in range(count)}, ASKED)


def test_each_file_has_one_row_with_its_caption() -> None:
    made = content()
    rows = captions_view(made)
    shown = {one.media[0]: one.caption for one in made.items if isinstance(one, MediaItem)}
    assert {row.media[0]: row.text for row in rows} == shown
    assert len(rows) == len(shown) == 60
    assert all(row.answer == row.text and not row.prompt and not row.choices for row in rows)


def test_half_of_the_object_questions_are_about_something_that_only_other_pictures_show() -> None:
    made = content()
    rows = objects_view(made)
    items = {one.id: one for one in made.items if isinstance(one, MediaItem)}
    assert Counter(row.split for row in rows) == {"validation": 30, "test": 40}  # 20 of 30 test pictures
    everything = {one.caption for one in items.values()}
    for there, absent in zip(rows[::2], rows[1::2], strict=True):
        shown = items[there.id.removesuffix("-there")]
        assert (there.answer, absent.answer, there.choices) == ("yes", "no", ("no", "yes"))
        assert there.prompt == f"Is there {shown.caption} in the image?"
        assert there.media == absent.media == shown.media
        other = absent.prompt.removeprefix("Is there ").removesuffix(" in the image?")
        assert other != shown.caption
        assert other in everything


def test_what_is_absent_differs_in_colour_in_shape_or_in_both_in_turn() -> None:
    made = content()
    captions = {one.caption: one.properties for one in made.items if isinstance(one, MediaItem)}
    items = {one.id: one for one in made.items if isinstance(one, MediaItem)}
    differing = Counter()  # type: ignore[var-annotated]
    for row in objects_view(made):
        if row.id.endswith("-absent"):
            own = items[row.id.removesuffix("-absent")].properties
            other = captions[row.prompt.removeprefix("Is there ").removesuffix(" in the image?")]
            differing[tuple(a != b for a, b in zip(own, other, strict=True))] += 1
    assert set(differing) == {(True, False), (False, True), (True, True)}
    assert max(differing.values()) - min(differing.values()) <= 2


def test_shuffled_questions_keep_id_and_answer_and_show_a_file_that_answers_otherwise() -> None:
    made = content()
    items = {one.id: one for one in made.items if isinstance(one, MediaItem)}
    of_file = {one.media: one for one in items.values()}
    rows = classify_shuffled_view(made)
    assert {row.id for row in rows} == {name for name, split in made.split.items() if split == "test"}
    for row in rows:
        own, other = items[row.id], of_file[row.media]
        assert row.answer == own.label != other.label
        assert not set(own.properties) & set(other.properties)
        assert made.split[other.id] == "test"


def test_shuffled_files_come_from_many_items() -> None:
    used = Counter(row.media for row in classify_shuffled_view(content()))
    assert max(used.values()) <= 12  # of 60 questions; five files fit each of them at least


def test_an_item_that_no_other_file_answers_otherwise_has_no_shuffled_question() -> None:
    alike = [MediaItem(f"i{n}", "t", "c", "a", media=(media_of("image", b"%d" % n, ".png"),)) for n in range(4)]
    assert classify_shuffled_view(Content(alike, {one.id: "test" for one in alike}, ASKED)) == []


def test_text_domains_have_no_such_views() -> None:
    texts = [Item(f"i{n}", f"text {n}", f"c{n}", "ab"[n % 2]) for n in range(10)]
    made = Content(texts, {one.id: "test" for one in texts}, ASKED)
    assert [name for name in ("captions", "objects", "classify_shuffled") if VIEWS[name].build(made)] == []


def test_questions_show_the_files_of_their_items() -> None:
    made = content()
    rows = with_media(VIEWS["classify"].build(made), made)
    items = {one.id: one for one in made.items if isinstance(one, MediaItem)}
    assert all(isinstance(row, Question) and row.media == items[row.id].media for row in rows)
