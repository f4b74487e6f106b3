"""Themes: every text can be read on every ground, whatever the accent."""

from __future__ import annotations

import pytest

import press
from digest.render.templates import Templates
from digest.render.theme import Palette, contrast, load_theme, readable

ACCENTS = ["", "#b4371b", "#ffff00", "#000000", "#ffffff", "#1f5fa8", "#00ff88", "#777777"]


@pytest.mark.parametrize("accent", ACCENTS)
@pytest.mark.parametrize("name", press.THEMES)
def test_text_has_a_contrast_of_four_and_a_half_in_light_and_dark(name: str, accent: str):
    theme = load_theme(Templates(), name, accent)
    for palette in (theme.light, theme.dark):
        assert _worst(palette) >= 4.5


def _worst(palette: Palette) -> float:
    grounds = (palette.page, palette.surface)
    texts = (palette.ink, palette.muted, palette.accent)
    paid = contrast(palette.muted, palette.line)
    return min(paid, contrast(palette.on_accent, palette.accent), *(contrast(t, g) for t in texts for g in grounds))


def test_contrast_is_that_of_wcag():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_an_accent_that_can_be_read_is_left_alone():
    assert readable("#a4231b", ("#ffffff",)) == "#a4231b"
