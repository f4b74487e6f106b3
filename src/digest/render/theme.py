"""A theme's tokens: colours for light and dark, type, spacing, where pictures stand. Reads theme.toml, no blocks."""

from __future__ import annotations

import colorsys
import re
import tomllib
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field, ValidationError

from digest.config.model import Model
from digest.config.places import key_lines
from digest.errors import TemplateError
from digest.render.templates import Templates

_AA = 4.5
"""WCAG 2.2, 1.4.3: contrast of text with its background."""
_STEPS = 40


class PicturePlace(StrEnum):
    """Where a teaser's picture stands."""

    ABOVE = "above"
    RIGHT = "right"
    NONE = "none"


Colour = Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")]
Size = Annotated[str, Field(pattern="^[0-9]+/[0-9]+$")]


class Palette(Model):
    """Colours of one scheme, as #rrggbb."""

    page: Colour
    surface: Colour
    """One step from the page: cards, sponsors."""
    line: Colour
    """Hairlines."""
    ink: Colour
    muted: Colour
    accent: Colour
    on_accent: Colour = "#ffffff"
    """Text on an accent-coloured button."""


class Type(Model):
    """Font stacks and sizes; each size is "SIZE/LINE" in pixels."""

    sans: str
    heading: str
    heading_weight: int = 700
    title_weight: int = 600
    wordmark: Size = "22/28"
    issue_title: Size
    issue_title_phone: Size = "28/34"
    section: Size
    lead: Size
    lead_phone: Size = "24/30"
    title: Size
    body: Size
    standfirst: Size = "18/28"
    small: Size = "14/20"
    tracking: str = "0.06em"


class Space(Model):
    """Distances in pixels, on a grid of 8."""

    width: int = 640
    side: int = 40
    side_phone: int = 24
    story: int = 24
    section: int = 48
    radius: int = 0


class Theme(Model):
    """A whole theme."""

    name: str
    light: Palette
    dark: Palette
    type: Type
    space: Space = Field(default_factory=Space)
    pictures: PicturePlace = PicturePlace.ABOVE

    @property
    def inner(self) -> int:
        """Width of the text in pixels."""
        return self.space.width - 2 * self.space.side

    def size(self, name: str) -> str:
        """CSS of a size token, for example "font-size:16px;line-height:24px"."""
        size, line = str(getattr(self.type, name)).split("/")
        return f"font-size:{size}px;line-height:{line}px"


def load_theme(templates: Templates, name: str, accent: str = "") -> Theme:
    """The theme of that name, with a newsletter's own accent made readable on both pages.

    Raises TemplateError when there is no such theme or its tokens are not right.
    """
    theme = _tokens(templates, name)
    return theme.model_copy(
        update={"light": _with_accent(theme.light, accent), "dark": _with_accent(theme.dark, accent)}
    )


def _tokens(templates: Templates, name: str) -> Theme:
    file = f"themes/{name}/theme.toml"
    text, place = templates.source(file), templates.file(file)
    try:
        return Theme.model_validate({"name": name} | tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise TemplateError(f"{place}:{line[1] if line else 0}", str(error), "correct the TOML there") from error
    except ValidationError as error:
        first = error.errors()[0]
        path, key = first["loc"], ".".join(map(str, first["loc"]))
        lines = key_lines(text)
        line_number = next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 0)
        raise TemplateError(f"{place}:{line_number}", f"{key}: {first['msg']}", "see the shipped themes") from error


def _with_accent(palette: Palette, accent: str) -> Palette:
    colour = readable(accent or palette.accent, (palette.page, palette.surface))
    on = max((palette.on_accent, "#ffffff", "#14161a"), key=lambda text: contrast(text, colour) >= _AA)
    return palette.model_copy(update={"accent": colour, "on_accent": on})


def readable(colour: str, backgrounds: Sequence[str]) -> str:
    """The colour, lightened or darkened in small steps of the same hue until it has 4.5:1 on all backgrounds."""
    hue, light, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in _channels(colour)))
    goal = 1.0 if _luminance(backgrounds[0]) < 0.18 else 0.0
    for step in range(_STEPS + 1):
        mixed = colorsys.hls_to_rgb(hue, light + (goal - light) * step / _STEPS, saturation)
        candidate = "#{:02x}{:02x}{:02x}".format(*(round(channel * 255) for channel in mixed))
        if all(contrast(candidate, background) >= _AA for background in backgrounds):
            return candidate
    return candidate


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
