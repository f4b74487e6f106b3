"""What a hostile feed says runs nothing at the desk: no dialog, no request that a string asks for, no script.

Each string of the corpus, and some that call a canary, becomes title, teaser, outlet, author and link of an entry; the
entries go the product's own way into a draft, and an editor opens every page that shows it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from test_browser_hostile_feed import AT_ONCE, articles, hostile_strings, issue_of

from playing import Show

pytestmark = pytest.mark.browser

FEW = 54
CANARY = "canary.test"
CALLS = (
    f"<img src=http://{CANARY}/1>", f'"><img src="http://{CANARY}/2">', f"<script src=//{CANARY}/3></script>",
    f"<link rel=stylesheet href=//{CANARY}/4>", f"<style>@import url(//{CANARY}/5)</style>",
    f'"><iframe src=//{CANARY}/6></iframe>',
)  # fmt: skip
LOOKS = (
    "", "/pool", "/preview?pane=1", "/preview?sight=dark&width=phone", "/preview?sight=inverted&width=tablet",
    "/preview?sight=gmail", "/preview?sight=outlook", "/preview?pictures=0&width=free", "/preview?part=text",
    "/preview?part=code", "/preview?part=headers", "/preview?part=source",
)  # fmt: skip
ALONE = ("/html?reader=all", "/text?reader=all", "/code?reader=all", "/headers?reader=all", "/source?reader=all")


@pytest.fixture
def as_it_was(played: Show) -> Iterator[None]:
    """Gives the draft its own content back."""
    before = played.app.press.issue(played.draft).content
    yield
    now = played.app.press.issue(played.draft)
    played.app.press.store.issues.save_content(now.id, before, now.version, played.app.clock())


class Listener:
    """Hears every dialog, and every request but those to this site, the sample publishers and the stories' pictures."""

    def __init__(self, played: Show, page: Page) -> None:
        self.dialogs: list[str] = []
        self.calls: list[str] = []
        self.pictures: set[str] = set()
        self._own = (played.url, played.on.publishers.url, "data:", "about:")
        page.context.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        page.context.route(lambda url: not url.startswith(self._own), self._foreign)

    def _foreign(self, route) -> None:
        if route.request.url not in self.pictures:
            self.calls.append(route.request.url)
        route.abort()


def test_nothing_of_a_hostile_feed_runs_at_the_desk(played: Show, browser: Browser, as_it_was: None):
    strings = hostile_strings() if os.environ.get("DIGEST_SOAK") else hostile_strings()[:FEW]
    told = articles([*CALLS, *strings])
    assert len(told) > len(strings) // 3
    page = browser.new_context(viewport={"width": 1600, "height": 950}).new_page()
    heard = Listener(played, page)
    for start in range(0, len(told), AT_ONCE):
        content = issue_of(told[start : start + AT_ONCE])
        heard.pictures |= {item.picture.url for item in content.stories if item.picture}
        found = played.app.press.issue(played.draft)
        played.app.press.store.issues.save_content(found.id, content, found.version, played.app.clock())
        for look in (*LOOKS, *ALONE):
            page.goto(f"{played.url}/editor/issues/{played.draft}{look}")
            page.wait_for_timeout(150)
            assert page.title().startswith(
                ("Preview", played.draft, "Text", "HTML", "Headers", "Source", "Pool", "The ")
            )
            if look.startswith("/preview") and "pane" not in look:
                page.locator("[data-load]").last.get_by_text("By source").wait_for()
    page.context.close()
    assert heard.dialogs == []
    assert heard.calls == []


def test_the_canary_would_be_heard(played: Show, browser: Browser):
    page = browser.new_context().new_page()
    heard = Listener(played, page)
    page.set_content(f"{CALLS[0]}<script>alert(1)</script>")
    page.wait_for_timeout(200)
    page.context.close()
    assert [url for url in heard.calls if CANARY in url]
    assert heard.dialogs == ["1"]
