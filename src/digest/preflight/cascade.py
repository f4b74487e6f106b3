"""Takes a page; gives what each element looks like in a colour scheme: colours, size, padding, whether it is seen.

An approximation of CSS: selectors, specificity, !important, inheritance and currentColor are kept; media queries
other than prefers-color-scheme count as not met, gradients and pictures as no background.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import tinycss2.color4
from cssselect import ExpressionError, SelectorError, parse
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from digest.preflight.css import Declaration, StyleRule, declarations
from digest.preflight.proof import Page


class Rgb(NamedTuple):
    """A colour, each part from 0 to 1, opaque."""

    red: float
    green: float
    blue: float


class Scheme(StrEnum):
    """The reader's wish, as prefers-color-scheme has it."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Look:
    """How an element is shown; sizes in CSS pixels."""

    color: Rgb
    ground: Rgb
    font_size: float = 16.0
    line_height: float = 19.2
    padding: float = 0.0
    """Above and below the text, together."""
    display: str = "inline"
    hidden: bool = False


Looks = Mapping[HtmlElement, Look]
Weight = tuple[bool, bool, tuple[int, int, int], int]
"""!important, in a style attribute, specificity, order: what wins."""
_WHITE = Rgb(1.0, 1.0, 1.0)
_BLACK = Rgb(0.0, 0.0, 0.0)
_LINK = Rgb(0.0, 0.0, 0.93)
_CANVAS = {Scheme.LIGHT: (_BLACK, _WHITE), Scheme.DARK: (_WHITE, Rgb(0.07, 0.07, 0.07))}
_LENGTH = re.compile(r"(-?(?:\d+\.?\d*|\.\d+))(px|pt|em|rem|%|)", re.IGNORECASE)
_HEADINGS = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h4": 1.0, "h5": 0.83, "h6": 0.67, "small": 0.83}
_USED = {
    "color", "background", "background-color", "font", "font-size", "line-height", "padding", "padding-top",
    "padding-bottom", "display", "visibility", "opacity",
}  # fmt: skip


def looks(page: Page, scheme: Scheme) -> Looks:
    """The look of every element of the page."""
    set_by_rules = _matched(page, scheme)
    color, ground = _CANVAS[scheme if _has_dark(page) else Scheme.LIGHT]
    shown: dict[HtmlElement, Look] = {}
    for element in page.elements():
        parent = element.getparent()
        above = shown[parent] if parent is not None and parent in shown else Look(color, ground)
        shown[element] = _look(element, above, _winning(element, set_by_rules.get(element, [])))
    return shown


def rgb(value: str, behind: Rgb, current: Rgb) -> Rgb | None:
    """The colour of a CSS value, laid over `behind`; None when it is none or fully transparent."""
    parsed = tinycss2.color4.parse_color(value)
    if parsed is None:
        return None
    if isinstance(parsed, str):
        return current
    try:
        *parts, alpha = parsed.to("srgb")
    except NotImplementedError:  # color(display-p3 ...): mail programs that know it are few, and so are its uses
        return None
    if not alpha:
        return None
    mixed = (
        min(1.0, max(0.0, part or 0.0)) * alpha + back * (1 - alpha) for part, back in zip(parts, behind, strict=True)
    )
    return Rgb(*mixed)


def _has_dark(page: Page) -> bool:
    """Whether it says that it can be dark: only then do mail programs change the colours that it leaves open."""
    metas = (meta.get("content") or "" for meta in page.elements("meta") if meta.get("name") == "color-scheme")
    rules = (d.value for rule in page.styles for d in rule.declarations if d.name == "color-scheme")
    return any("dark" in value.lower().split() for value in (*metas, *rules))


def _matched(page: Page, scheme: Scheme) -> dict[HtmlElement, list[tuple[Weight, Declaration]]]:
    matched: dict[HtmlElement, list[tuple[Weight, Declaration]]] = {}
    for order, rule in enumerate(page.styles):
        used = [d for d in rule.declarations if d.name in _USED]
        if not used or not _applies(rule, scheme):
            continue
        for element, specificity in _selected(page, rule):
            own = matched.setdefault(element, [])
            own += [((d.important, False, specificity, order), d) for d in used]
    return matched


def _applies(rule: StyleRule, scheme: Scheme) -> bool:
    asked = [re.sub(r"\s", "", condition.lower()) for condition in rule.within]
    return all(f"(prefers-color-scheme:{scheme})" in condition for condition in asked)


def _selected(page: Page, rule: StyleRule) -> Iterator[tuple[HtmlElement, tuple[int, int, int]]]:
    for selector in rule.selectors:
        try:
            specificity = parse(selector)[0].specificity()
            yield from ((element, specificity) for element in CSSSelector(selector, translator="html")(page.root))
        except (SelectorError, ExpressionError, ValueError, RecursionError):
            continue  # a selector that we cannot read selects nothing, as in a mail program that cannot


def _winning(element: HtmlElement, rules: list[tuple[Weight, Declaration]]) -> dict[str, str]:
    own = [((d.important, True, (0, 0, 0), 0), d) for d in declarations(element.get("style") or "") if d.name in _USED]
    return {d.name: d.value for _, d in sorted([*rules, *own], key=lambda weighed: weighed[0])}


def _look(element: HtmlElement, above: Look, style: Mapping[str, str]) -> Look:
    size = _font_size(style.get("font-size") or _in_font(style), above, str(element.tag))
    color = _color(element, above, style)
    painted = style.get("background-color") or style.get("background") or element.get("bgcolor") or ""
    display = style.get("display", "inline" if element.tag in {"a", "span", "b", "i", "em", "strong"} else "block")
    gone = display == "none" or style.get("visibility") == "hidden" or style.get("opacity") in {"0", "0.0"}
    return replace(
        above,
        color=color,
        ground=_painted(painted, above.ground, color) or above.ground,
        font_size=size,
        line_height=_line_height(style.get("line-height"), size, above),
        padding=_padding(style, size),
        display=display,
        hidden=above.hidden or gone or element.tag in {"head", "style", "title", "script"},
    )


def _color(element: HtmlElement, above: Look, style: Mapping[str, str]) -> Rgb:
    usual = _LINK if element.tag == "a" and element.get("href") else above.color
    asked = style.get("color") or (element.get("color") if element.tag == "font" else "") or ""
    if asked.lower() == "inherit":
        return above.color
    return rgb(asked, above.ground, above.color) or usual


def _painted(value: str, behind: Rgb, current: Rgb) -> Rgb | None:
    """The colour in a `background`, which may hold more."""
    return rgb(value, behind, current) or next(
        filter(None, (rgb(word, behind, current) for word in value.split())), None
    )


def _in_font(style: Mapping[str, str]) -> str:
    """The size in the shorthand `font: 600 16px/24px Arial`."""
    size = re.search(r"[\d.]+(?:px|pt|r?em|%)", style.get("font", ""))
    return size[0] if size else ""


def _font_size(value: str, above: Look, tag: str) -> float:
    size = _pixels(value, above.font_size, above.font_size)
    return size if size is not None else above.font_size * _HEADINGS.get(tag, 1.0)


def _line_height(value: str | None, size: float, above: Look) -> float:
    if value is None:
        return above.line_height if above.font_size == size else size * 1.2
    number = _LENGTH.fullmatch(value)
    if number and not number[2]:
        return float(number[1]) * size
    height = _pixels(value, size, size)
    return height if height is not None else size * 1.2


def _padding(style: Mapping[str, str], size: float) -> float:
    sides = style.get("padding", "0").split() or ["0"]
    top = style.get("padding-top", sides[0])
    bottom = style.get("padding-bottom", sides[2] if len(sides) > 2 else sides[0])
    return sum(_pixels(side, size, 0.0) or 0.0 for side in (top, bottom))


def _pixels(value: str, em: float, hundred: float) -> float | None:
    """A length in pixels; None when it is none."""
    found = _LENGTH.fullmatch(value.strip())
    if not found or len(found[1]) > 12:
        return None
    number, unit = float(found[1]), found[2].lower()
    factors = {"px": 1.0, "": 1.0, "pt": 4 / 3, "em": em, "rem": 16.0, "%": hundred / 100}
    return number * factors[unit]
