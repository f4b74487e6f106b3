"""Links and pictures of a page: whether they can be what they claim to be. Asks no network. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from digest.model.findings import Finding
from digest.model.urls import absolute_url, host_of
from digest.preflight.proof import EDITION, MESSAGE, Page, Proof, fold, name_of, words_in
from digest.preflight.rules import found

_PLACEHOLDER = re.compile(
    r"\{\{|\}\}|\{%|%\}|%7B%7B|%7D%7D|\*\|[A-Z_]+\|\*|//[^/]*\.invalid(?=[/:?#]|$)", re.IGNORECASE
)
_IN_TEXT = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\*\|[A-Z_]+\|\*|%%[A-Z_]+%%")
_VAGUE = frozenset({"here", "click here", "click", "read more", "more", "link", "this", "learn more", "continue"})
_DIRECT = ("mailto:", "tel:")


def check_links(page: Page, public_url: str, behind: Mapping[str, str] = MappingProxyType({})) -> Iterator[Finding]:
    """Every link. `public_url`: when it is on this machine, so may the links be. `behind`: where counted links lead."""
    trial = is_local(public_url)
    for link in page.elements("a"):
        if link.get("href") is None and (link.get("name") or link.get("id")):
            continue
        block, place = page.block_of(link), name_of(link)
        href = (link.get("href") or "").strip()
        href = behind.get(href, href)
        yield from _judged_href(href, block, place, trial)
        yield from _judged_text(link, block, href or place)


def check_anchors(page: Page, reader: str) -> Iterator[Finding]:
    """Links within one edition."""
    there = {e.get("id") for e in page.elements() if e.get("id")} | {e.get("name") for e in page.elements("a")}
    for link in page.elements("a"):
        href = (link.get("href") or "").strip()
        if len(href) > 1 and href.startswith("#") and href[1:] not in there:
            yield found("link-anchor", page.block_of(link), href, f"leads to nothing in the edition of {reader}")


def check_pictures(page: Page, public_url: str) -> Iterator[Finding]:
    """Every picture."""
    trial = is_local(public_url)
    for picture in page.elements("img"):
        block, source = page.block_of(picture), (picture.get("src") or "").strip()
        if picture.get("alt") is None:
            yield found("picture-alt", block, source, "a picture without alt")
        if not (picture.get("width") or "").isdigit() and not _height_alone(picture):
            yield found("picture-width", block, source, "a picture without a width in pixels")
        yield from _judged_source(source, block, trial)


def check_site(public_url: str) -> Iterator[Finding]:
    """The installation's own address."""
    if is_local(public_url):
        yield found("site-local", MESSAGE, public_url, "leads to this machine")


def check_leftovers(page: Page, proof: Proof) -> Iterator[Finding]:
    """Placeholders that stand in the text or the text part."""
    for element in page.elements():
        for text in (element.text, element.tail):
            left = _IN_TEXT.search(text or "") if element.tag not in {"style", "script"} else None
            if left:
                yield found(
                    "text-placeholder", page.block_of(element), fold(text or "")[:60], f"{left[0]} is left over"
                )
    left = _IN_TEXT.search(proof.text)
    if left:
        yield found("text-placeholder", EDITION, "text part", f"{left[0]} is left over")


def is_local(url: str) -> bool:
    """Whether the host is this machine or a private network, as far as its name says."""
    host = host_of(url).strip("[]")
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan"))


def _judged_href(href: str, block: str, place: str, trial: bool) -> Iterator[Finding]:
    if href in {"", "#"}:
        yield found("link-empty", block, place, "leads nowhere")
    elif _PLACEHOLDER.search(href):
        yield found("link-placeholder", block, href[:120], "a placeholder is left in the link")
    elif href.startswith("#") or href.lower().startswith(_DIRECT):
        return
    elif not absolute_url(href) or re.search(r"\s", href):
        yield found("link-syntax", block, href[:120], "is no URL for a mail")
    elif is_local(href):
        yield from () if trial else [found("link-local", block, href[:120], "nobody else can open it")]
    elif urlsplit(href).scheme.lower() == "http":
        yield found("link-http", block, href[:120], "is not encrypted")


def _judged_text(link: HtmlElement, block: str, place: str) -> Iterator[Finding]:
    spoken = words_in(link) or fold(" ".join([*link.xpath(".//img/@alt"), link.get("aria-label") or ""]))
    if not spoken:
        yield found("link-text", block, place, "has no text")
    elif spoken.lower().strip(" .…»›→") in _VAGUE:
        yield found("link-vague", block, place, f"“{spoken}” says nothing by itself")


def _judged_source(source: str, block: str, trial: bool) -> Iterator[Finding]:
    if _PLACEHOLDER.search(source):
        yield found("link-placeholder", block, source[:120], "a placeholder is left in a picture's address")
    elif not absolute_url(source):
        yield found("picture-source", block, source[:80], "is no address that mail programs load pictures from")
    elif is_local(source):
        yield from () if trial else [found("link-local", block, source[:120], "nobody else can load it")]
    elif urlsplit(source).scheme.lower() == "http":
        yield found("picture-http", block, source[:120], "is not loaded over https")


def _height_alone(picture: HtmlElement) -> bool:
    """A logo is as wide as its height makes it; the attribute keeps its size in Outlook."""
    return (picture.get("height") or "").isdigit()
