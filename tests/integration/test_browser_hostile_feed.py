"""What a hostile feed says, in every field, does nothing in a browser: no dialog, no request, no script, no handler.

Each string of the corpus becomes an entry's title, summary, author, category, picture and link; the way is the
product's own: parsed, normalised, summarised, compiled, and opened in Chromium without any protection of a policy.
"""

from __future__ import annotations

import json
import os
import random
from datetime import timedelta
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from playwright.sync_api import Browser

import press
from build import NOW, content, feed, issue
from digest.compose.content import story_item
from digest.config.machine import SummariseSettings
from digest.gather.normalise import normalise
from digest.gather.parse import parse_feed
from digest.model.feeds import Article
from digest.model.ids import CategorySlug, StoryId
from digest.model.issue import IssueContent, Section
from digest.model.stories import Story
from digest.render.compile import compile_issue
from digest.summarise.teaser import write_teaser

pytestmark = pytest.mark.browser

CORPORA = Path(os.environ.get("DIGEST_CORPORA", Path(__file__).parents[3] / "shared" / "corpora"))
SAMPLE = 120
AT_ONCE = 60
PRIVACY = CategorySlug("privacy")
LIVE = """() => [...document.querySelectorAll("*")].filter(element =>
    /^(script|iframe|object|embed|form|base|link|svg|math)$/i.test(element.tagName)
    || element.getAttributeNames().some(name => name.toLowerCase().startsWith("on"))
    || /^\\s*(javascript|vbscript|data):/i.test(element.getAttribute("href") || element.getAttribute("src") || "")
).map(element => element.outerHTML.slice(0, 200))"""


def hostile_strings() -> list[str]:
    if not (CORPORA / "hostile-strings.json").exists():
        pytest.skip(f"{CORPORA}/hostile-strings.json is not there; set DIGEST_CORPORA")
    found = json.loads((CORPORA / "hostile-strings.json").read_text(encoding="utf-8"))["html-injection"]
    return found if os.environ.get("DIGEST_SOAK") else random.Random(1).sample(found, SAMPLE)


def hostile_feed(strings: list[str]) -> bytes:
    """An RSS document with each string in every field, as text and as escaped HTML."""
    items = []
    for number, string in enumerate(strings):
        text = escape("".join(c for c in string if c >= " "))
        link = f"https://news.example.com/{number}?q={text}"
        items.append(
            f"<item><guid>{number}</guid><title>{text} {number}</title>"
            f"<description>{text} is what it says.</description>"
            f"<author>{text}</author><category>{text}</category><link>{link if number % 2 else text}</link>"
            f"<enclosure type='image/png' url={quoteattr(string) if string.isprintable() else quoteattr(link)}/></item>"
        )
    return f"<rss version='2.0'><channel><title>Hostile</title>{''.join(items)}</channel></rss>".encode()


def articles(strings: list[str]) -> list[Article]:
    parsed = parse_feed(hostile_feed(strings))
    made = [normalise(entry, feed(), parsed, NOW) for entry in parsed.entries]
    return [one for one in made if isinstance(one, Article)]


def issue_of(told: list[Article]) -> IssueContent:
    stories = [Story(StoryId(a.id), a, categories=(PRIVACY,)) for a in told]
    items = [story_item(s, write_teaser(s.lead, SummariseSettings()), 1) for s in stories]
    return content(*items, sections=(Section(PRIVACY, tuple(item.story for item in items)),))


def pages(told: list[Article]) -> list[str]:
    """The mails that tell these stories, a batch each."""
    found = []
    for start in range(0, len(told), AT_ONCE):
        batch = issue_of(told[start : start + AT_ONCE])
        of = issue(content=batch, send_at=NOW + timedelta(hours=1))
        compiled = compile_issue(of, press.newsletter(), press.CATEGORIES, press.SITE, press.TEMPLATES)
        keys = ["head", "heading:privacy", *(f"teaser:{i.story}:privacy" for i in batch.stories), "tail"]
        found.append(press.read(compiled, keys)[0])
    return found


def test_nothing_of_a_hostile_feed_is_active_in_a_mail(browser: Browser):
    told = articles(hostile_strings())
    assert len(told) > SAMPLE // 3
    page = browser.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    requests: list[str] = []
    page.route("**/*", lambda route: (requests.append(route.request.url), route.abort()))
    for html in pages(told):
        page.set_content(html)
        page.wait_for_timeout(50)
        assert page.evaluate(LIVE) == []
    page.close()
    assert dialogs == []
    images = [url for url in requests if not url.startswith(("http://", "https://"))]
    assert images == []
