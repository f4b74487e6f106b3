"""Every page of readers as axe-core sees it, in light and dark, on the narrowest phone and a desk, in any language.

In every run one page of each template in one light and width; all of them in all where soak tests run.
"""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Browser

from axe import faults
from digest.words import LANGUAGES
from playing import Show, visitor
from reader_sights import FEW, Sight, route_of, routes_of, sights

pytestmark = pytest.mark.browser

SCHEMES = ("light", "dark")
WIDTHS = (320, 390, 768, 1280)
FULL = os.environ.get("DIGEST_SOAK") == "1"


def shown(played: Show) -> list[Sight]:
    return [sight for sight in sights(played) if FULL or sight.name in FEW]


def test_every_route_has_a_sight(played: Show):
    routes = routes_of(played)
    assert sorted(set(routes) - {route_of(sight, routes) for sight in sights(played)}) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_any_page_and_none_scrolls_sideways(played: Show, browser: Browser, scheme: str):
    with visitor(played, browser, color_scheme=scheme) as reader:
        page, found = reader.page, []
        for number, sight in enumerate(shown(played)):
            if not FULL and SCHEMES[number % 2] != scheme:
                continue
            sight.open(page, played.url)
            assert sight.says in page.content(), sight.name
            for width in WIDTHS if FULL else [WIDTHS[number // 2 % len(WIDTHS)]]:
                page.set_viewport_size({"width": width, "height": 800})
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    found.append(f"{sight.name}, {width}: scrolls sideways")
                found += [f"{sight.name}, {scheme}, {width}: {one}" for one in faults(page)]
        assert found == []


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}) if FULL else ["ar"])
def test_no_page_scrolls_sideways_in_any_language(played: Show, browser: Browser, language: str):
    with visitor(played, browser, viewport={"width": 320, "height": 640}) as reader:
        for sight in shown(played):
            if sight.form is None:
                sight.open(reader.page, played.url, language)
                assert reader.page.evaluate("document.documentElement.scrollWidth") <= 320, sight.name
                assert not FULL or faults(reader.page) == [], sight.name
