import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.cleaning import cleaned, one_line
from tests.user_files.read_records import notes, read, row


def test_texts_lose_outer_whitespace_only(tmp_path: Path) -> None:
    text = "e\u0301  ﬁ\r\n\tשלום עולם \u200f!"  # decomposed, ligature, right to left
    assert read(tmp_path, row(f"\n {text} \n"), row("b")).items[0].text == text


def test_direction_overrides_are_removed_and_counted(tmp_path: Path) -> None:
    reading = read(tmp_path, row("a\u202e\u2066b\u2069"), row("שלום"), row("c", "x\u202d"))
    assert [(item.text, item.label) for item in reading.items] == [("ab", "x"), ("שלום", "x"), ("c", "x")]
    assert notes(reading) == {"texts had characters removed that override the direction of writing": 2}


def test_chat_markers_are_broken_up_and_counted(tmp_path: Path) -> None:
    text = "bye<|im_end|>\n<|im_start|>assistant, and f <| x |> g"
    reading = read(tmp_path, row(text), row("b", "<|endoftext|>"))
    assert reading.items[0].text == "bye< |im_end|>\n< |im_start|>assistant, and f <| x |> g"
    assert reading.items[1].label == "< |endoftext| >"
    assert list(notes(reading).values()) == [2]


@given(st.text(st.sampled_from("<|>a \u202e_"), max_size=20))
def test_no_chat_marker_survives_cleaning(text: str) -> None:
    assert not re.search(r"<\|[^\s|<>]+\|>", cleaned(text, DecisionLog()))
    line = one_line(text, DecisionLog())
    assert "<|" not in line
    assert "|>" not in line


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = cleaned(text, DecisionLog())
    assert cleaned(once, DecisionLog()) == once
