"""What people with a screen reader, weak eyes or large fingers need (WCAG 2.2, Email Markup Consortium). Pure."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement

from digest.model.findings import Finding
from digest.preflight.cascade import Looks
from digest.preflight.proof import EDITION, Page, name_of, own_text, words_in
from digest.preflight.rules import found

SMALLEST = 14
"""Pixels of text."""
LOWEST = 24
"""Pixels of a target (WCAG 2.2, 2.5.8)."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def check_document(page: Page, reader: str) -> Iterator[Finding]:
    """Language, direction, title and headings of one edition."""
    if not words_in(_first(page, "title")):
        yield found("title-missing", EDITION, reader, "no title")
    for name, rule in (("lang", "lang-missing"), ("dir", "dir-missing")):
        if not page.root.get(name):
            yield found(rule, EDITION, "<html>", f"no {name} on the html element")
        if not any(e.get(name) for e in page.root.xpath("//*[@role='article']")):
            yield found(rule, EDITION, "role=article", f"no {name} on the article within the body")
    yield from _judged_headings(page, reader)


def check_tables(page: Page) -> Iterator[Finding]:
    """Layout tables; one with th or caption is data."""
    for table in page.elements("table"):
        is_data = table.xpath("./tr/th | ./*/tr/th | ./caption")
        if (table.get("role") or "").lower() not in {"presentation", "none"} and not is_data:
            yield found("table-role", page.block_of(table), name_of(table), "a layout table without its role")


def check_text(page: Page, shown: Looks) -> Iterator[Finding]:
    """Size of text, height of targets, headings without words."""
    for element in page.elements():
        look = shown[element]
        if look.hidden:
            continue
        block, size = page.block_of(element), round(look.font_size, 1)
        if own_text(element) and size < SMALLEST:
            yield found("text-small", block, name_of(element), f"{size:g} px of text")
        if element.tag in _HEADINGS and not words_in(element) and not element.xpath(".//img[@alt!='']"):
            yield found("heading-empty", block, f"<{element.tag}>", "a heading without text")
        if element.tag == "a" and _stands_alone(element):
            height = round(_height(element, shown))
            if height < LOWEST:
                yield found("tap-target", block, name_of(element), f"about {height} px high")


def _first(page: Page, tag: str) -> HtmlElement:
    return next(page.elements(tag), page.root.makeelement(tag))


def _judged_headings(page: Page, reader: str) -> Iterator[Finding]:
    headings = list(page.elements(*_HEADINGS))
    ones = sum(heading.tag == "h1" for heading in headings)
    if ones != 1:
        yield found("heading-one", EDITION, reader, f"{ones or 'no'} h1")
    level = 0
    for heading in headings:
        now = int(str(heading.tag)[1])
        if now > level + 1:
            yield found("heading-skip", page.block_of(heading), name_of(heading), f"h{now} after h{level}")
        level = now


def _stands_alone(link: HtmlElement) -> bool:
    """Not part of a sentence (WCAG 2.2, 2.5.8, inline): no words beside it in its paragraph or cell."""
    around = link.getparent()
    return bool(link.get("href")) and around is not None and not own_text(around).strip("·|,; ")


def _height(link: HtmlElement, shown: Looks) -> float:
    """Line height, padding of what is no inline box and of what holds it, or the picture in it.

    With text below it no other target is near, so that it may be smaller (WCAG 2.2, 2.5.8, spacing).
    """
    look, around = shown[link], link.getparent()
    below = around.getnext() if around is not None else None
    if link.xpath(".//img[not(@height)]") or (below is not None and below in shown and own_text(below)):
        return LOWEST
    pictures = [int(height) for height in link.xpath(".//img/@height") if str(height).isdigit() and len(height) < 6]
    own_padding = look.padding if look.display != "inline" else 0.0
    return max(look.line_height + own_padding + (shown[around].padding if around is not None else 0.0), *pictures, 0)
