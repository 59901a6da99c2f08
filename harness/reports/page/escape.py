"""Texts of models and data made safe for the page: as HTML, in attributes, and as JSON inside a script element."""

from __future__ import annotations

import html
import json

from harness.display.plain_text import plain

_IN_SCRIPT = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
"""Characters by which a text could end the script element, or open a comment in it."""


def safe(text: str) -> str:
    """`text` for the content of an element or for an attribute in double quotes."""
    return html.escape(plain(text))


def script_json(content: object) -> str:
    """JSON for a `<script type="application/json">`: no text in it can end the element."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_IN_SCRIPT)


def web_link(url: str | None, text: str) -> str:
    """A link to a web address; the text alone for any other address, such as `javascript:`."""
    if url is None or not url.startswith(("https://", "http://")):
        return safe(text)
    return f'<a href="{safe(url)}" rel="noopener noreferrer">{safe(text)}</a>'
