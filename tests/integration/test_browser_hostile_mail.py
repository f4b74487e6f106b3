"""Hostile strings in what no feed brings: names, sponsors, events, categories, slots, forms. Nothing of it is active.

Stories are the business of test_browser_hostile_feed. The strings call a canary when they run: it must hear nothing.
"""

from __future__ import annotations

import json
import os
import random
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import build
import press
from digest.config.publication import CategorySettings
from digest.model.feeds import Picture
from digest.render.compile import compile_issue

pytestmark = pytest.mark.browser

CORPORA = Path(os.environ.get("DIGEST_CORPORA", Path(__file__).parents[3] / "shared" / "corpora"))
SAMPLE, AT_ONCE = 120, 60
LIVE = """() => [...document.querySelectorAll("*")].filter(element =>
    /^(script|iframe|object|embed|form|input|base|link|svg|math)$/i.test(element.tagName)
    || element.getAttributeNames().some(name => name.toLowerCase().startsWith("on"))
    || /^\\s*(javascript|vbscript|data):/i.test(element.getAttribute("href") || element.getAttribute("src") || "")
).map(element => element.outerHTML.slice(0, 200))"""


def hostile_strings() -> list[str]:
    """The strings that try to inject HTML, and those of the other collection."""
    if not (CORPORA / "hostile-strings.json").exists():
        pytest.skip(f"{CORPORA}/hostile-strings.json is not there; set DIGEST_CORPORA")
    found = json.loads((CORPORA / "hostile-strings.json").read_text(encoding="utf-8"))["html-injection"]
    found += json.loads((CORPORA / "naughty-strings.json").read_text(encoding="utf-8"))
    return found if os.environ.get("DIGEST_SOAK") else random.Random(2).sample(found, SAMPLE)


def mail(strings: list[str], theme: str) -> str:
    """A mail with each string in every field of a sponsor, an event and a category, and all of them in the slots."""
    sponsors = tuple(
        build.sponsor(f"s{n}", name=s, title=s, text=s, url=s, label=s, picture=Picture(f"https://p.example/{n}", s))
        for n, s in enumerate(strings)
    )
    events = tuple(
        build.event(f"e{n}", title=s, text=s, url=s, place=s, button=s, starts_on=date(2027, 4, 1 + n % 28))
        for n, s in enumerate(strings)
    )
    categories = [CategorySettings(slug=f"c{n}", name=s, description=s) for n, s in enumerate(strings)]
    told = [build.story_item(n, categories=build.slugs(f"c{n}")) for n in range(len(strings))]
    issue = build.issue(content=build.content(*told, sponsors=sponsors, events=events))
    site = press.SITE.model_copy(update={"name": strings[0], "postal_address": strings[1], "url": strings[2]})
    newsletter = press.newsletter(theme=theme).model_copy(
        update={"name": "N" + "".join(filter(str.isprintable, strings[3]))}
    )
    whole = compile_issue(issue, newsletter, categories, site, press.TEMPLATES)
    everything = " ".join(strings)
    values = dict.fromkeys(("subject", "title", "preheader", "intro", "more"), everything)
    values |= {f"count:c{n}": s for n, s in enumerate(strings)}
    return press.read(whole, values=values)[0]


def confirmation(string: str) -> str:
    """The mail that answers a form filled with this."""
    values = {"name": string, "newsletter": press.newsletter(), "site": press.SITE, "link": "https://press.example.com"}
    return press.TEMPLATES.render("single/confirm.html", values | {"subject": string})


def shown(page: Page, html: str) -> None:
    page.set_content(html, wait_until="domcontentloaded")
    page.wait_for_timeout(50)
    assert page.evaluate(LIVE) == []


def test_hostile_strings_in_every_other_field_do_nothing(browser: Browser):
    strings = [s.encode("utf-8", "replace").decode() for s in hostile_strings()]
    page = browser.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    requests: list[str] = []
    page.route("**/*", lambda route: (requests.append(route.request.url), route.abort()))
    for start in range(0, len(strings) - 4, AT_ONCE):
        batch = strings[start : start + AT_ONCE]
        shown(page, mail([*batch, *strings[:4]], press.THEMES[start // AT_ONCE % 3]))
        shown(page, "".join(map(confirmation, batch)))
    page.close()
    assert dialogs == []
    assert [url for url in requests if not url.startswith("https://p.example/")] == []
