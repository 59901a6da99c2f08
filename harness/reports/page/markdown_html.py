"""The Markdown that the harness writes, as HTML: headings, paragraphs, lists, tables, code, emphasis and links.

Texts from outside are escaped in that Markdown (`markdown_cell`). They are read back here, then escaped for HTML, so
that they look the same on both pages. HTML in the Markdown itself is shown as text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from harness.reports.page.escape import safe, web_link

_INLINE = re.compile(
    r"\\(?P<escaped>[\\`*~|_\]])|`(?P<code>[^`]+)`|\*\*(?P<strong>.+?)\*\*|(?<!\w)\*(?P<em>[^*]+)\*"
    r"|\[(?P<text>[^\]]+)\]\((?P<url>[^)\s]+)\)"
)
_CELL = re.compile(r"(?<!\\)\|")


def to_html(markdown: str, *, top: int) -> str:
    """The HTML. `top`: level of the highest heading, `#`."""
    blocks = (block.strip("\n") for block in re.split(r"\n\s*\n", markdown))
    return "".join(_block(block, top) for block in blocks if block.strip())


def inline(text: str) -> str:
    """One line of Markdown without its block."""
    parts, at = [], 0
    for found in _INLINE.finditer(text):
        parts += [_text(text[at : found.start()]), _marked(found)]
        at = found.end()
    return "".join([*parts, _text(text[at:])])


def _marked(found: re.Match[str]) -> str:
    kind = found.lastgroup or ""
    if kind == "url":
        return web_link(found["url"], html.unescape(found["text"]))
    if kind in ("strong", "em"):
        return f"<{kind}>{inline(found[kind])}</{kind}>"
    return f"<code>{_text(found['code'])}</code>" if kind == "code" else _text(found[kind])


def _text(text: str) -> str:
    return safe(html.unescape(text))


def _block(block: str, top: int) -> str:
    lines = block.split("\n")
    if block.startswith(("<!--", "![")):
        return ""
    if heading := re.match(r"(#+) (.*)", lines[0]):
        level = min(6, top + len(heading[1]) - 1)
        rest = "\n".join(lines[1:])
        return f"<h{level}>{inline(heading[2])}</h{level}>" + (_block(rest, top) if rest else "")
    if all(line.startswith("|") for line in lines) and len(lines) > 1:
        return table_html(map(_cells, [lines[0], *lines[2:]]), right=_right(lines[1]))
    if all(re.match(r" *(- |\d+\. )", line) for line in lines):
        items = "".join(f"<li>{inline(re.sub(r'^ *(- |[0-9]+[.] )', '', line))}</li>" for line in lines)
        return f"<ol>{items}</ol>" if lines[0].lstrip()[0].isdigit() else f"<ul>{items}</ul>"
    return f"<p>{'<br>'.join(inline(line.strip()) for line in lines)}</p>"


def table_html(rows: Iterable[list[str]], *, right: set[int]) -> str:
    """A table of cells in Markdown: the first row is the head, the first cell of each other row names the row.

    `right`: columns aligned to the right.
    """
    head, *body = rows
    top = "".join(f'<th scope="col"{_side(i, right)}>{inline(cell)}</th>' for i, cell in enumerate(head))
    lines = "".join(
        f'<tr><th scope="row">{inline(line[0])}</th>'
        + "".join(f"<td{_side(i, right)}>{inline(cell)}</td>" for i, cell in enumerate(line[1:], start=1))
        + "</tr>"
        for line in body
    )
    name = safe(html.unescape(f"Table by {head[0]}" if head[0] else "Table"))
    opening = f'<div class="scroll" tabindex="0" role="group" aria-label="{name}">'
    return f"{opening}<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>"


def _side(place: int, right: set[int]) -> str:
    return ' class="num"' if place in right else ""


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _CELL.split(line)[1:-1]]


def _right(rule: str) -> set[int]:
    return {place for place, cell in enumerate(_cells(rule)) if cell.endswith(":")}
