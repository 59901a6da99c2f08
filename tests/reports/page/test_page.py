from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from harness.config.project import Project
from harness.errors import DataError
from harness.reports.page.escape import script_json, web_link
from harness.reports.page.gather import beside
from harness.reports.page.markdown_html import to_html
from harness.reports.page.method_cards import read_docstring
from harness.reports.page.page import ASSETS, MOST_BYTES, page
from harness.reports.page.samples import read_samples
from harness.reports.sections.answer import answer
from harness.store.parquet_views import open_store
from tests.reports.board_factory import ODD, board_of, recorded_project
from tests.reports.item_views import write_questions
from tests.reports.page.evil_answers import EVIL, with_evil_answers

VOID = {"meta", "input", "br", "link", "img"}


class Read(HTMLParser):
    """What a browser would make of the page: elements with attributes, and text by element."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    found = recorded_project(tmp_path_factory.mktemp("page"))
    write_questions(found)
    with_evil_answers(found)
    return found


@pytest.fixture(scope="module")
def text(project: Project) -> str:
    board = board_of(project)
    return page(board, beside(project, board))


@pytest.fixture(scope="module")
def read(text: str) -> Read:
    return Read(text)


def test_the_page_is_whole_and_small(text: str, read: Read) -> None:
    assert read.open == []
    assert len(text.encode()) < MOST_BYTES
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [link["href"] for link in read.all("a") if (link["href"] or "").startswith("#")]
    assert {f"#{name}" for name in ids} >= set(targets)


def test_it_opens_with_the_answer_then_picture_then_table(project: Project, text: str) -> None:
    places = [text.index(part) for part in ('<p class="answer">', "<figure", '<table class="board">', "<details>")]
    assert places == sorted(places)
    board = board_of(project)
    sentence = re.sub(r"<[^>]+>", "", re.findall(r'<p class="answer">(.*?)</p>', text)[0])
    assert sentence == answer(board.rows, board).text


def test_nothing_is_loaded_from_anywhere(text: str, read: Read) -> None:
    assert not [attributes for _, attributes in read.elements if {"src", "srcset", "data", "poster"} & set(attributes)]
    assert not read.all("link")
    assert not re.findall(r"url\(|@import", text)
    policy = next(one["content"] for one in read.all("meta") if one.get("http-equiv") == "Content-Security-Policy")
    assert (policy or "").startswith("default-src 'none';")


def test_only_our_script_may_run_whatever_a_model_answers(text: str, read: Read) -> None:
    assert len(read.scripts) == 2
    data, script = read.scripts
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    assert script == "\n" + (ASSETS / "page.js").read_text()
    assert EVIL in json.loads(data)["boards"][0]["samples"]["answers"]
    assert not read.all("img")
    assert not [key for _, attributes in read.elements for key in attributes if key.startswith("on")]
    assert "\x1b" not in text


def test_tables_read_without_scripts_and_with_a_screen_reader(project: Project, read: Read, text: str) -> None:
    assert all(head.get("scope") in ("col", "row") for head in read.all("th"))
    body = text.partition('<table class="board">')[2].partition("</table>")[0]
    assert body.count("<tr") == 1 + len(board_of(project).rows)
    assert "CUDA out of memory | &lt;b&gt;40 GB&lt;/b&gt;" in body
    assert ODD not in text
    assert all(drawing.get("role") == "img" and drawing.get("aria-label") for drawing in read.all("svg"))
    assert all(region.get("tabindex") == "0" for region in read.all("div") if region.get("class") == "scroll")
    assert next(iter(read.all("html")))["lang"] == "en"


def test_methods_data_licences_and_words_are_on_the_page(text: str) -> None:
    for part in ("Low-rank adaptation (Hu et al. 2021", "An invented card.", "LGPL-2.1-only", "<dt>may be best</dt>"):
        assert part in text


def test_samples_are_bounded_and_start_with_the_items_on_which_rows_differ(project: Project) -> None:
    rows = board_of(project).rows
    connection = open_store(project.root)
    try:
        (every,) = read_samples(connection, project, rows).values()
        (few,) = read_samples(connection, project, rows, most_bytes=4000).values()
    finally:
        connection.close()
    assert every.asked == len(every.items) == 150
    assert 0 < len(few.items) < 150
    assert [item.id for item in few.items] == [item.id for item in every.items[: len(few.items)]]
    assert len(json.dumps(few.packed()).encode()) <= 4000
    assert "baseline/few_shot" not in every.right  # another protocol

    def share(place: int) -> float:
        return sum(right[place] == "1" for right in every.right.values()) / len(every.right)

    assert abs(share(0) - 0.5) < abs(share(149) - 0.5)


def test_json_in_a_script_cannot_end_it_and_reads_back() -> None:
    content = ["</script><script>alert(1)</script>", "<!--", "\u2028&", '"quoted"']
    text = script_json(content)
    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text) == content


def test_only_web_addresses_become_links() -> None:
    assert web_link("https://arxiv.org/abs/1", "Paper").startswith('<a href="https://arxiv.org/abs/1"')
    assert web_link("javascript:alert(1)", "Paper") == web_link(None, "Paper") == "Paper"


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# Title", "<h3>Title</h3>"),
        ("**bold** and *em* and `a < b`", "<p><strong>bold</strong> and <em>em</em> and <code>a &lt; b</code></p>"),
        ("a\\_b &lt;b&gt; \\| c", "<p>a_b &lt;b&gt; | c</p>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("- one\n- two", "<ul><li>one</li><li>two</li></ul>"),
        ("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>"),
        ("[x](https://a.b)", '<p><a href="https://a.b" rel="noopener noreferrer">x</a></p>'),
        ("[x](javascript:1)", "<p>x</p>"),
        ("<!-- note -->", ""),
    ],
)
def test_markdown_becomes_html(markdown: str, expected: str) -> None:
    assert to_html(markdown, top=3) == expected


def test_a_table_in_markdown_keeps_its_cells() -> None:
    html = to_html("| a | n |\n| --- | ---: |\n| x\\|y | 1 |", top=3)
    assert '<th scope="col" class="num">n</th>' in html
    assert '<tr><th scope="row">x|y</th><td class="num">1</td></tr>' in html


def test_a_docstring_is_read_as_a_data_sheet() -> None:
    lead, facts = read_docstring(
        "One idea\n(2021).\n\nWhat it optimises: a loss\n    over all weights.\nCost: memory.\n"
    )
    assert lead == "One idea (2021)."
    assert facts == [("What it optimises", "a loss over all weights."), ("Cost", "memory.")]


def test_without_a_store_there_is_no_page(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = tmp_path_factory.mktemp("empty")
    (empty / "params.yaml").write_bytes((project.root / "params.yaml").read_bytes())
    with pytest.raises(DataError, match="there is no store yet"):
        beside(Project(empty), board_of(project))
