"""A newsletter's archive for feed readers: Atom (RFC 4287) and JSON Feed 1.1. Pure; nothing personal in it."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from digest.config.publication import NewsletterSettings
from digest.gather.text import clean_line
from digest.model.issue import Issue

_ATOM = "http://www.w3.org/2005/Atom"
_MOST_TITLES = 5


def atom(newsletter: NewsletterSettings, issues: Sequence[Issue], base: str) -> bytes:
    """The latest issues as an Atom feed."""
    archive = f"{base}/archive/{newsletter.slug}"
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", newsletter.language)
    updated = issues[0].send_at.isoformat() if issues else "1970-01-01T00:00:00+00:00"
    for name, text in (("id", archive), ("title", newsletter.name), ("updated", updated)):
        _add(feed, name, text)
    _add(etree.SubElement(feed, f"{{{_ATOM}}}author"), "name", newsletter.sender.name)
    for rel, href in (("self", f"{archive}/feed.xml"), ("alternate", archive)):
        etree.SubElement(feed, f"{{{_ATOM}}}link", rel=rel, href=href)
    for issue in issues:
        entry = etree.SubElement(feed, f"{{{_ATOM}}}entry")
        url = f"{archive}/{issue.slot}"
        texts = (("id", url), ("title", title_of(issue)), ("updated", issue.send_at.isoformat()))
        for name, text in (*texts, ("summary", _summary(issue))):
            _add(entry, name, text)
        etree.SubElement(entry, f"{{{_ATOM}}}link", rel="alternate", href=url)
    document: bytes = etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return document


def json_feed(newsletter: NewsletterSettings, issues: Sequence[Issue], base: str) -> dict[str, object]:
    """The same as JSON Feed."""
    archive = f"{base}/archive/{newsletter.slug}"
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": newsletter.name,
        "description": newsletter.description,
        "language": newsletter.language,
        "home_page_url": archive,
        "feed_url": f"{archive}/feed.json",
        "items": [
            {
                "id": f"{archive}/{issue.slot}",
                "url": f"{archive}/{issue.slot}",
                "title": title_of(issue),
                "content_text": _summary(issue),
                "date_published": issue.send_at.isoformat(),
            }
            for issue in issues
        ],
    }


def title_of(issue: Issue) -> str:
    """What the issue is called on the web: its best story."""
    return clean_line(issue.content.stories[0].title) if issue.content.stories else f"{issue.slot}"


def _summary(issue: Issue) -> str:
    return "; ".join(clean_line(item.title) for item in issue.content.stories[:_MOST_TITLES])


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}{name}").text = text
