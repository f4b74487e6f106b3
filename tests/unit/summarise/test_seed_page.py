"""The scraped page that the product was conceived from: the teaser is about the article among its menus and lists."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from build import article
from digest.config.machine import SummariseSettings
from digest.summarise.teaser import alternatives, write_teaser

FOLDER = Path(os.environ.get("DIGEST_CORPORA", Path(__file__).resolve().parents[4] / "shared" / "corpora")) / "seed"
NOT_THE_STORY = (
    "Expo", "Interested in", "Categories", "Applications", "Sponsored Content", "Explore More", "View All", "Subscribe",
    "inbox", "Mijente", "Just Futures", "Fight for the Future", "Countries", "Korea", "Zambia", "Lesotho", "NVIDIA",
    "Teachers", "containers", "community",
)  # fmt: skip


@pytest.fixture(params=["lines", "paragraphs", "without its headlines"])
def text(request: pytest.FixtureRequest) -> str:
    """The page's text, as it came and as an extractor may give it."""
    pages = sorted(FOLDER.glob("*.txt"))
    if not pages:
        pytest.skip(f"no seed page in {FOLDER}; set DIGEST_CORPORA")
    lines = pages[0].read_text(encoding="utf-8").split("\n")
    if request.param == "without its headlines":
        return "\n\n".join(lines[2:])
    return ("\n" if request.param == "lines" else "\n\n").join(lines)


@pytest.fixture(params=["its title", "no title"])
def title(request: pytest.FixtureRequest, text: str) -> str:
    """The page's title, which a feed may not give."""
    titled = "ACLU and 50+ Organizations Urge Homeland Security to Stop Clearview AI Utilization"
    return titled if request.param == "its title" else ""


def test_the_teaser_is_about_the_call_to_stop_the_use_of_clearview(text: str, title: str) -> None:
    made = write_teaser(article(title=title, description="", text=text), SummariseSettings())
    for word in ("American Civil Liberties Union", "urge", "Homeland Security", "cease", "Clearview AI"):
        assert word in made.text
    assert len(made.text) <= 220


def test_nothing_around_the_story_is_in_any_alternative(text: str, title: str) -> None:
    found = alternatives(article(title=title, description="", text=text), SummariseSettings(), most=50)
    assert len(found) >= 3
    assert [(one.text, word) for one in found for word in NOT_THE_STORY if word in one.text] == []
