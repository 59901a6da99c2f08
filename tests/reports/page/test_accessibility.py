"""The page for readers with a screen reader, a keyboard or weak eyes: its source, its colours and its script."""

from __future__ import annotations

import re

import pytest

from harness.reports.contract.leaderboard_file import read_board_file
from harness.reports.page.gather import beside
from harness.reports.page.page import ASSETS, Beside, page
from tests.reports.board_factory import board_of, recorded_project
from tests.reports.item_views import write_questions
from tests.reports.page.accessibility import barriers
from tests.reports.page.evil_answers import with_evil_answers
from tests.reports.page.html_tree import tree
from tests.tree import ROOT

STYLE = (ASSETS / "page.css").read_text(encoding="utf-8")
SCRIPT = (ASSETS / "page.js").read_text(encoding="utf-8")
SCHEMES = {
    "light": r":root \{(.*?)\n\}",
    "dark": r"dark\) \{\s*:root \{(.*?)\n  \}",
    "print": r"print \{\s*:root \{(.*?)\n  \}",
}
WHOLE = '<html lang="en"><head><title>t</title></head><body><main><h1>a</h1>{}</main></body></html>'


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    project = recorded_project(tmp_path_factory.mktemp("access"))
    write_questions(project)
    with_evil_answers(project)
    board = board_of(project)
    return page(board, beside(project, board))


def test_the_page_has_no_barriers(text: str) -> None:
    assert barriers(tree(text)) == []


def test_the_page_of_the_published_rows_has_no_barriers() -> None:
    assert barriers(tree(page(read_board_file(ROOT / "reports"), Beside()))) == []


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<h3>b</h3>", "1.3.1: <h3> b follows a heading of level 1"),
        ('<p id="x"></p><p id="x"></p>', "4.1.1: 2 elements have the id x"),
        ('<a href="#y">b</a>', "names y, which is not there"),
        ("<input>", "4.1.2: <input>  has no label"),
        ("<button></button>", "4.1.2: <button>  has no text"),
        ("<svg></svg>", "1.1.1: <svg>  is no image with a label"),
        ("<table><tr><th>a</th></tr></table>", "1.3.1: <th> a has no scope"),
        ('<table><tr><th scope="col">a</th></tr><tr><td>1</td><td>2</td></tr></table>', "has rows of [1, 2] cells"),
        ("<ul><p>a</p></ul>", "1.3.1: <ul> a holds p"),
        ('<div tabindex="0">a</div>', "takes the focus and has no role or name"),
        ('<p tabindex="3">a</p>', "2.4.3"),
        ("<details><p>a</p></details>", "does not begin with a summary"),
        ("<nav>a</nav>", "1.3.1: <nav> a has no name"),
        ("<main></main>", "1.3.1: the page has 2 <main>"),
    ],
)
def test_a_barrier_is_found(html: str, told: str) -> None:
    assert barriers(tree(WHOLE.format(""))) == []
    (found,) = barriers(tree(WHOLE.format(html)))
    assert told in found


@pytest.mark.parametrize("scheme", SCHEMES)
def test_colours_stand_out(scheme: str) -> None:
    """WCAG 2.2: texts 4.5 to 1 (1.4.3); marks, outlines of controls and of the focus 3 to 1 (1.4.11)."""
    colours = colours_of(scheme)
    grounds = [colours["paper"], *([colours["band"]] if "band" in colours else [])]  # a row under the pointer
    for name in ("ink", "soft", "link", "right", "wrong"):
        assert all(contrast(colours[name], ground) >= 4.5 for ground in grounds), name
    for name in ("tie", "front", "behind", "bar"):
        assert name not in colours or contrast(colours[name], colours["paper"]) >= 3, name
    for name in (f"l{i}" for i in range(6)):
        assert name not in colours or contrast(colours[name], colours["paper"]) >= 4.5, name


def test_the_style_shows_the_focus_and_the_edge_of_controls() -> None:
    assert re.search(r":focus-visible \{ outline: 2px solid var\(--tie\)", STYLE)
    assert not re.search(r"outline:\s*(0|none)", STYLE)
    assert re.search(r"select, input\[type=search\], button \{[^}]*border: 1px solid var\(--bar\)", STYLE)
    assert "prefers-reduced-motion" in STYLE
    used = set(re.findall(r"var\(--(\w+)\)", STYLE))
    assert used <= colours_of("light").keys()


def test_the_script_makes_no_control_without_a_label() -> None:
    made = re.findall(r'add\((.+?), "(?:select|input)"', SCRIPT)
    assert len(made) >= 3
    for parent in made:
        inside = '"label"' in parent or re.search(rf'const {re.escape(parent)} = add\(\w+, "label"', SCRIPT)
        assert inside, f"{parent} is no label"
    assert 'setAttribute("aria-sort"' in SCRIPT
    assert all('role: "img"' in line for line in SCRIPT.splitlines() if re.search(r'add\(\w+, "svg"', line))
    assert all("aria-label" in line for line in SCRIPT.splitlines() if "tabindex" in line)


def colours_of(scheme: str) -> dict[str, str]:
    """Name -> colour with six digits."""
    found = re.search(SCHEMES[scheme], STYLE, flags=re.DOTALL)
    assert found
    named = dict(re.findall(r"--(\w+): (#[0-9a-f]+)", found[1]))
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])
        for name, value in named.items()
    }


def contrast(first: str, second: str) -> float:
    bright, dim = sorted(map(luminance, (first, second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
