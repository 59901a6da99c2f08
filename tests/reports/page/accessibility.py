"""What a screen reader or a keyboard needs of a page, checked on its source. Numbers are criteria of WCAG 2.2.

Not checked: what only a browser knows, such as the order of focus after a script ran, or the size of targets.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from tests.reports.page.html_tree import Element

CONTROLS = ("input", "select", "textarea")
FOCUSABLE = (*CONTROLS, "a", "button", "summary")
LIST_ITEMS = {"ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd"}}


def page_has_language_title_and_one_main(root: Element) -> Iterator[str]:
    """2.4.2, 3.1.1, 1.3.1."""
    (html,) = root.all("html")
    if not html.attributes.get("lang"):
        yield "3.1.1: <html> names no language"
    if not any(title.text.strip() for title in root.all("title") if not title.inside("svg")):
        yield "2.4.2: the page has no title"
    for tag in ("main", "h1"):
        if len(root.all(tag)) != 1:
            yield f"1.3.1: the page has {len(root.all(tag))} <{tag}>"


def page_can_be_enlarged(root: Element) -> Iterator[str]:
    """1.4.4."""
    for meta in root.all("meta"):
        if meta.attributes.get("name") == "viewport" and re.search(
            r"user-scalable\s*=\s*(no|0)|maximum-scale", meta.attributes["content"]
        ):
            yield f"1.4.4: {meta.place} forbids to enlarge the page"


def headings_skip_no_level(root: Element) -> Iterator[str]:
    """1.3.1, 2.4.6."""
    level = 0
    for heading in root.all("h1", "h2", "h3", "h4", "h5", "h6"):
        if not heading.text.strip():
            yield f"2.4.6: {heading.place} is empty"
        own = int(heading.tag[1])
        if own > level + 1:
            yield f"1.3.1: {heading.place} follows a heading of level {level}"
        level = own


def names_are_unique_and_lead_somewhere(root: Element) -> Iterator[str]:
    """4.1.1, 2.4.1."""
    ids = Counter(one.attributes["id"] for one in root.walk() if "id" in one.attributes)
    yield from (f"4.1.1: {count} elements have the id {name}" for name, count in ids.items() if count > 1)
    for one in root.walk():
        href = one.attributes.get("href", "")
        named = [href[1:]] if href.startswith("#") else []
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            named += one.attributes.get(attribute, "").split()
        yield from (f"4.1.1: {one.place} names {name}, which is not there" for name in named if name not in ids)


def controls_and_links_have_names(root: Element) -> Iterator[str]:
    """1.3.1, 2.4.4, 4.1.2."""
    labelled = {label.attributes.get("for") for label in root.all("label")}
    for one in root.walk():
        own = one.attributes.get("aria-label", "").strip() or one.attributes.get("aria-labelledby")
        if one.tag in CONTROLS and one.attributes.get("type") != "hidden":
            if not (own or one.inside("label") or one.attributes.get("id") in labelled - {None}):
                yield f"4.1.2: {one.place} has no label"
        elif one.tag in ("a", "button", "summary") and not (own or one.text.strip()):
            yield f"4.1.2: {one.place} has no text"


def pictures_have_a_text(root: Element) -> Iterator[str]:
    """1.1.1."""
    for one in root.all("img"):
        if "alt" not in one.attributes:
            yield f"1.1.1: {one.place} has no alt"
    for one in root.all("svg"):
        named = one.attributes.get("role") == "img" and one.attributes.get("aria-label", "").strip()
        if not named and one.attributes.get("aria-hidden") != "true":
            yield f"1.1.1: {one.place} is no image with a label"


def tables_have_heads(root: Element) -> Iterator[str]:
    """1.3.1."""
    for table in root.all("table"):
        heads = table.all("th")
        if not heads:
            yield f"1.3.1: {table.place} has no <th>"
        for head in heads:
            if head.attributes.get("scope") not in ("col", "row"):
                yield f"1.3.1: {head.place} has no scope"
            if not head.text.strip():
                yield f"1.3.1: {head.place} is empty"
        widths = {len(row.children) for row in table.all("tr")}
        if len(widths) > 1:
            yield f"1.3.1: {table.place} has rows of {sorted(widths)} cells"


def lists_hold_items_only(root: Element) -> Iterator[str]:
    """1.3.1."""
    for tag, allowed in LIST_ITEMS.items():
        for one in root.all(tag):
            wrong = {child.tag for child in one.children} - allowed
            if wrong or not one.children:
                yield f"1.3.1: {one.place} holds {', '.join(sorted(wrong)) or 'nothing'}"


def everything_is_reached_by_keyboard_in_order(root: Element) -> Iterator[str]:
    """2.1.1, 2.4.3, 4.1.2."""
    for one in root.walk():
        tab = one.attributes.get("tabindex")
        if tab not in (None, "0", "-1"):
            yield f"2.4.3: {one.place} has a place of its own in the order of focus"
        if (
            tab == "0"
            and one.tag not in FOCUSABLE
            and not (one.attributes.get("role") and one.attributes.get("aria-label"))
        ):
            yield f"4.1.2: {one.place} takes the focus and has no role or name"
        if one.tag == "a" and "href" not in one.attributes:
            yield f"2.1.1: {one.place} is a link that leads nowhere"
        if one.tag in FOCUSABLE and one.inside("a", "button", "summary"):
            yield f"4.1.2: {one.place} stands inside another control"
        if any(name.startswith("on") for name in one.attributes) or "accesskey" in one.attributes:
            yield f"2.1.1: {one.place} reacts by an attribute"


def parts_that_open_say_what_they_hold(root: Element) -> Iterator[str]:
    """4.1.2."""
    for one in root.all("details"):
        if not one.children or one.children[0].tag != "summary":
            yield f"4.1.2: {one.place} does not begin with a summary"


def regions_have_names(root: Element) -> Iterator[str]:
    """1.3.1."""
    for one in root.walk():
        marked = one.tag == "nav" or one.attributes.get("role") in ("region", "group", "img")
        if marked and not (one.attributes.get("aria-label", "").strip() or one.attributes.get("aria-labelledby")):
            yield f"1.3.1: {one.place} has no name"


CHECKS: tuple[Callable[[Element], Iterator[str]], ...] = (
    page_has_language_title_and_one_main,
    page_can_be_enlarged,
    headings_skip_no_level,
    names_are_unique_and_lead_somewhere,
    controls_and_links_have_names,
    pictures_have_a_text,
    tables_have_heads,
    lists_hold_items_only,
    everything_is_reached_by_keyboard_in_order,
    parts_that_open_say_what_they_hold,
    regions_have_names,
)


def barriers(root: Element) -> list[str]:
    """Everything that stands in the way."""
    return [problem for check in CHECKS for problem in check(root)]
