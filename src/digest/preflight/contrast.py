"""Contrast of text to its ground (WCAG 2.2, 1.4.3): in the light, in the dark, and under forced inversion. Pure."""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Iterator

from digest.model.findings import Finding
from digest.preflight.cascade import Look, Looks, Rgb
from digest.preflight.proof import Page, name_of, own_text
from digest.preflight.rules import found

LEAST = 4.5


def check_contrast(page: Page, light: Looks, dark: Looks) -> Iterator[Finding]:
    """Every element with text of its own, three times."""
    for element in page.elements():
        if light[element].hidden or not own_text(element):
            continue
        seen = (("contrast-light", light[element], _as_is), ("contrast-dark", dark[element], _as_is),
                ("contrast-inverted", light[element], mirrored))  # fmt: skip
        for rule, look, change in seen:
            yield from _judged(rule, look, change, page.block_of(element), name_of(element))


def contrast(one: Rgb, other: Rgb) -> float:
    """From 1 (the same) to 21 (black on white)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mirrored(color: Rgb) -> Rgb:
    """The colour with its lightness (HSL) mirrored: what forced inversion comes to, about."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*color)
    return Rgb(*colorsys.hls_to_rgb(hue, 1 - lightness, saturation))


def _judged(rule: str, look: Look, change: Callable[[Rgb], Rgb], block: str, place: str) -> Iterator[Finding]:
    color, ground = change(look.color), change(look.ground)
    ratio = contrast(color, ground)
    if not look.hidden and ratio < LEAST:
        shortened = int(ratio * 100) / 100
        yield found(rule, block, place, f"{_hex(color)} on {_hex(ground)} is {shortened:.2f}:1")


def _as_is(color: Rgb) -> Rgb:
    return color


def _luminance(color: Rgb) -> float:
    """Relative luminance as WCAG defines it."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _hex(color: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in color)
