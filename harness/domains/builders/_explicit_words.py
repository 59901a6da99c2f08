"""Words of texts that no domain takes: pages and data cards show what models were asked."""

from __future__ import annotations

import re

EXPLICIT = re.compile(
    r"\b(?:sex\w*|porn\w*|xxx+|nud(?:e|ity|ist)\w*|naked|erot\w*|teens?|lolita\w*|incest\w*|slut\w*|whore\w*|horny"
    r"|puss(?:y|ies)|cocks?|dicks?|cum(?:shots?)?|penis\w*|vagina\w*|orgasm\w*|org(?:y|ies)|blow ?jobs?|anal|boobs?"
    r"|tits|fuck\w*|adults? only|18\+|hardcore|lesb\w*|escorts?|fick\w*|geil\w*|webcams?)\b",
    re.IGNORECASE,
)
"""Texts with such words are left out, whatever their label or rating."""
