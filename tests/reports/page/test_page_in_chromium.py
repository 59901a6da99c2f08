"""The page in headless Chromium, where there is one: what its script does, and that nothing else runs."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.reports.page.gather import beside
from harness.reports.page.page import page
from tests.reports.board_factory import board_of, recorded_project
from tests.reports.item_views import write_questions
from tests.reports.page.evil_answers import EVIL, with_evil_answers

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: the page's script is not tested")

DRIVER = """
const found = {}, section = document.querySelector("section.domain");
const figure = section.querySelector("figure.picture:has(> .axes)");
const change = (box, value) => { box.value = value; box.dispatchEvent(new Event("change")); };
const heads = [...section.querySelectorAll("table.board thead th")];
const lines = () => [...section.querySelectorAll("table.board tbody tr")];
const shown = () => lines().filter((line) => !line.hidden).map((line) => line.querySelector("code").textContent);
const column = (key) => heads.findIndex((head) => head.dataset.key === key);
const click = (key) => heads[column(key)].querySelector("button").click();
found.order = shown();
click("memory_gb");
found.rising = lines().map((line) => line.cells[column("memory_gb")].dataset.v ?? null);
found.sort = heads.map((head) => head.getAttribute("aria-sort"));
click("memory_gb");
found.falling = lines().map((line) => line.cells[column("memory_gb")].dataset.v ?? null);
click("score");
found.byScore = shown();
const search = section.querySelector("input[type=search]");
search.value = "lora"; search.dispatchEvent(new Event("input"));
found.filtered = shown();
found.points = figure.querySelectorAll(".mark").length;
found.status = section.querySelector(".tools output").textContent;
search.value = ""; search.dispatchEvent(new Event("input"));
found.hiddenFirst = heads[column("n")].hidden;
const boxes = [...section.querySelectorAll(".menu .tick")];
boxes.find((box) => box.textContent === "items").querySelector("input").click();
found.hiddenAfter = heads[column("n")].hidden;
boxes.find((box) => box.textContent === "peft").querySelector("input").click();
found.withoutPeft = shown();
boxes.find((box) => box.textContent === "peft").querySelector("input").click();
const [up, across] = figure.querySelectorAll(".axes select");
const title = () => [...figure.querySelectorAll(".title")].map((text) => text.textContent);
found.before = title();
change(across, "cost");
found.after = title();
found.allPoints = figure.querySelectorAll(".mark").length;
found.csv = section.board.csv();
section.querySelector("button.csv").click();
const browser = section.querySelector(".browser");
const [a, b, which] = browser.querySelectorAll("select");
change(a, "sft/full"); change(b, "peft/lora"); change(which, "10");
const texts = (line) => [...line.cells].map((cell) => cell.textContent);
found.samples = [...browser.querySelectorAll("tbody tr")].map(texts);
found.unlabelled = [...document.querySelectorAll("select, input")].filter((box) => !box.labels.length).length;
found.unnamed = [...document.querySelectorAll("button")].filter((button) => !button.textContent.trim()).length;
found.wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
found.requests = performance.getEntriesByType("resource").length;
found.ran = window.ran ?? null;
document.body.textContent = "RESULT" + JSON.stringify(found) + "END";
"""


def driven(text: str) -> str:
    """The page with the driver behind its script, and allowed to run."""
    script = f"(() => {{{DRIVER}}})();"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = text.replace("script-src '", f"script-src 'sha256-{digest}' '", 1)
    return allowed.replace("</body>", f"<script>{script}</script></body>")


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """What the driver found, and what Chromium wrote to its console, in a window as wide as a phone."""
    root = tmp_path_factory.mktemp("browser")
    project = recorded_project(root)
    write_questions(project)
    with_evil_answers(project)
    board = board_of(project)
    file: Path = root / "page.html"
    file.write_text(driven(page(board, beside(project, board))), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--window-size=400,800"]
    command = [str(CHROMIUM), *options, f"--user-data-dir={root / 'profile'}", "--dump-dom", file.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    result = re.search(r"RESULT(.*)END", done.stdout, flags=re.DOTALL)
    assert result, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(html.unescape(result[1]))
    return found, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


def test_the_script_runs_without_a_complaint_and_asks_for_nothing(ended: tuple[dict[str, Any], str]) -> None:
    found, console = ended
    assert console == ""
    assert found["requests"] == 0
    assert (found["unlabelled"], found["unnamed"]) == (0, 0)
    assert found["wide"] <= 0  # nothing but the tables scrolls sideways on a phone


def test_a_column_sorts_both_ways_and_rows_without_a_figure_stay_last(ended: tuple[dict[str, Any], str]) -> None:
    found, _ = ended
    rising, falling = ([float(v) for v in found[way] if v is not None] for way in ("rising", "falling"))
    assert rising == sorted(rising)
    assert falling == sorted(rising, reverse=True)
    assert found["rising"][len(rising) :] == found["falling"][len(rising) :] == [None] * (6 - len(rising))
    assert found["sort"].count("ascending") == 1
    assert found["byScore"][0] == found["order"][0]


def test_filters_hide_rows_in_table_and_picture_alike(ended: tuple[dict[str, Any], str]) -> None:
    found, _ = ended
    assert found["filtered"] == ["peft/lora"]
    assert (found["points"], found["status"]) == (1, "1 of 6 rows")
    assert "peft/lora" not in found["withoutPeft"]
    assert len(found["withoutPeft"]) == 5
    assert (found["hiddenFirst"], found["hiddenAfter"]) == (True, False)


def test_the_axes_change(ended: tuple[dict[str, Any], str]) -> None:
    found, _ = ended
    assert any(text.startswith("training memory, GB") for text in found["before"])
    assert any(text.startswith("cost, USD") for text in found["after"])
    assert found["allPoints"] == 4  # majority failed, few_shot has another protocol


def test_the_csv_holds_what_is_shown_with_the_ends_of_intervals(ended: tuple[dict[str, Any], str]) -> None:
    found, _ = ended
    header, *lines = found["csv"].strip().split("\r\n")
    assert header.startswith("recipe,family,score,score_low,score_high,place,")
    assert len(lines) == 6
    assert "n" in header.split(",")
    assert "p_best" not in header.split(",")


def test_what_a_model_answers_is_read_and_does_not_run(ended: tuple[dict[str, Any], str]) -> None:
    found, _ = ended
    assert found["ran"] is None
    assert found["samples"]
    assert all(line[2].endswith(" right") and line[3] == f"{EVIL} wrong" for line in found["samples"])
