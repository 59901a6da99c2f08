import re

from hypothesis import given
from hypothesis import strategies as st

from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.cleaning import cleaned, one_line


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
