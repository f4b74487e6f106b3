"""OPML, the format in which feed readers trade their lists (opml.org): bytes in, sources out, and back.

Most OPML that people have is not well-formed XML, so it is read with recovery; no entity or file is ever opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape

from lxml import etree

from digest.errors import FeedError
from digest.gather.text import clean_line
from digest.model.feeds import FeedSource
from digest.model.ids import CategorySlug
from digest.model.urls import absolute_url

_BARE_AMPERSAND = re.compile(rb"&(?!(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]\w*);)")
_XML_URL = re.compile(rb"\sxmlUrl\s*=\s*\"([^\"<>]+)\"", re.IGNORECASE)


def parse_opml(body: bytes, categories: Iterable[CategorySlug] = ()) -> tuple[FeedSource, ...]:
    """The feeds that the list names, each once, in its order. Raises FeedError when the bytes hold no outline.

    A feed's `category` attribute, or the folder it stands in, becomes its category if `categories` has that name.
    """
    root = _root(body)
    outlines = [] if root is None else [node for node in root.iter() if _name(node) == "outline"]
    if not outlines and (root is None or _name(root) != "opml"):
        raise FeedError("OPML", "holds no outline of feeds", "check that it is an OPML file")
    known = {slug.lower(): slug for slug in categories}
    found: dict[str, FeedSource] = {}
    for source in [*(_source(node, known) for node in outlines), *_sweep(body)]:
        if source and source.url not in found:
            found[source.url] = source
    return tuple(found.values())


def write_opml(sources: Iterable[FeedSource], title: str = "Feeds") -> bytes:
    """OPML 2.0; folders of Markdown files are left out, because nobody else can read them."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = clean_line(title)
    body = etree.SubElement(root, "body")
    for source in sources:
        if url := absolute_url(source.url):
            name = clean_line(source.title) or url
            attributes = {"type": "rss", "text": name, "title": name, "xmlUrl": url}
            if source.categories:
                attributes["category"] = ",".join(source.categories)
            if source.language:
                attributes["language"] = clean_line(source.language)
            etree.SubElement(body, "outline", attributes)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _root(body: bytes) -> etree._Element | None:
    """The document's element, however broken; None when there is none. Bare ampersands are what breaks most."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(_BARE_AMPERSAND.sub(b"&amp;", body.strip()), parser)
    except etree.XMLSyntaxError:
        return None


def _sweep(body: bytes) -> Iterator[FeedSource]:
    """Every xmlUrl in the text: an outline with quotes inside its quotes is lost to the parser."""
    for value in _XML_URL.findall(body):
        if url := absolute_url(unescape(value.decode("utf-8", "replace"))):
            yield FeedSource(url)


def _source(node: etree._Element, known: dict[str, CategorySlug]) -> FeedSource | None:
    facts = {_plain(name): clean_line(str(value)) for name, value in node.attrib.items()}
    url = absolute_url(facts.get("xmlurl", ""))
    if not url:
        return None
    named = [*facts.get("category", "").replace("/", ",").split(","), _folder(node)]
    slugs = (known.get("-".join(name.lower().split())) for name in named)
    return FeedSource(
        url, facts.get("title") or facts.get("text", ""), tuple(dict.fromkeys(slug for slug in slugs if slug)),
        language=facts.get("language", ""),
    )  # fmt: skip


def _folder(node: etree._Element) -> str:
    """The name of the outline that it stands in."""
    parent = node.getparent()
    facts = {} if parent is None else {_plain(name): str(value) for name, value in parent.attrib.items()}
    return facts.get("title") or facts.get("text", "")


def _name(node: etree._Element) -> str:
    return _plain(node.tag) if isinstance(node.tag, str) else ""


def _plain(name: str | bytes) -> str:
    """An element's or attribute's name in lower case, without namespace."""
    return str(name).rpartition("}")[2].lower()
