"""Collections of hostile strings through every text field and URL of an issue: it renders, and nothing is active."""

from __future__ import annotations

import json
import os
from html.parser import HTMLParser
from pathlib import Path

import pytest

import build
import press
from digest.model.feeds import Picture
from digest.model.issue import AlsoIn

CORPORA = Path(os.environ.get("DIGEST_CORPORA") or Path(__file__).parents[4] / "shared" / "corpora")
EXPECTED = {
    "html",
    "head",
    "title",
    "meta",
    "style",
    "body",
    "div",
    "table",
    "tbody",
    "tr",
    "td",
    "p",
    "a",
    "img",
    "br",
}
EXPECTED |= {"h1", "h2", "h3", "span"}


class Inspector(HTMLParser):
    """Collects what a page could do: tags, event handlers, the schemes of links."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.handlers: list[str] = []
        self.schemes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.schemes |= {str(value).split(":")[0].split("#")[0] for name, value in attrs if name in {"href", "src"}}


def strings(name: str) -> list[str]:
    """All strings of a collection; the test is skipped where it is not at hand."""
    path = CORPORA / name
    if not path.exists():
        pytest.skip(f"{path} is not there; set DIGEST_CORPORA to the folder of the collections")
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, list) else [text for group in found.values() for text in group]


@pytest.mark.parametrize("name", ["naughty-strings.json", "hostile-strings.json"])
def test_hostile_strings_stay_text(name: str):
    found = strings(name)[:: 1 if os.environ.get("DIGEST_SOAK") else 4]
    items = [
        build.story_item(at, title=text, url=text, outlet=text, teaser=build.teaser(text), also=(AlsoIn(text, text),),
                         picture=Picture(f"https://p.example/{at}.jpg", text), language=text)
        for at, text in enumerate(found)
    ]  # fmt: skip
    whole = press.compiled(press.issue(*items))
    html, text = press.read(whole, values=press.VALUES | {"title": "".join(found), "preheader": "".join(found)})
    inspector = Inspector()
    inspector.feed(html)
    assert inspector.tags <= EXPECTED
    assert inspector.handlers == []
    assert inspector.schemes <= {"http", "https", "mailto", ""}
    assert "\x00" not in text
