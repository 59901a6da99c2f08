"""What is changed in a text before a model sees it, and what is not: no normalisation of Unicode, case or line ends."""

from __future__ import annotations

import re

from harness.user_files.decisions import DecisionLog

BIDI = "texts had characters that override the direction of writing removed"
MARKERS = "texts had chat markers such as <|im_end|> broken up, since they would end a turn"

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MARKER = re.compile(r"<\|(?=[^\s|<>]+\|>)")


def cleaned(text: str, decisions: DecisionLog) -> str:
    """Without outer whitespace, direction overrides (CVE-2021-42574) and whole chat markers (`< |im_end|>`).

    Code such as `f <| x` and `x |> f` stays as it is.
    """
    shown = _BIDI.sub("", text)
    broken = _MARKER.sub("< |", shown)
    decisions.count(BIDI, int(shown != text))
    decisions.count(MARKERS, int(broken != shown))
    return broken.strip()


def one_line(text: str, decisions: DecisionLog) -> str:
    """For labels, ids and clusters: `cleaned`, runs of whitespace as single spaces, no part of a chat marker."""
    line = " ".join(cleaned(text, decisions).split())
    return line.replace("<|", "< |").replace("|>", "| >")
