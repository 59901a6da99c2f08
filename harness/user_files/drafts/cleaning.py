"""Clean the texts of a user's file: remove what could deceive a reader or a model, and change nothing else.

Unicode is not normalised; case and line ends stay.
"""

from __future__ import annotations

import re

from harness.user_files.decision_log import DecisionLog

BIDI = "texts had characters removed that override the direction of writing"
MARKERS = "texts had chat markers such as <|im_end|> broken up, because a marker would end a turn"

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MARKER = re.compile(r"<\|(?=[^\s|<>]+\|>)")


def cleaned(text: str, decisions: DecisionLog) -> str:
    """The text without outer whitespace and direction overrides (CVE-2021-42574), chat markers as `< |im_end|>`.

    Code such as `f <| x` and `x |> f` stays as it is.
    """
    shown = _BIDI.sub("", text)
    broken = _MARKER.sub("< |", shown)
    decisions.count(BIDI, int(shown != text))
    decisions.count(MARKERS, int(broken != shown))
    return broken.strip()


def one_line(text: str, decisions: DecisionLog) -> str:
    """A label, id or cluster: cleaned, with runs of whitespace as single spaces and every `<|` and `|>` broken up."""
    line = " ".join(cleaned(text, decisions).split())
    return line.replace("<|", "< |").replace("|>", "| >")
