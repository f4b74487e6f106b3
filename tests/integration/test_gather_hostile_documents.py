"""Documents that attack their parser: they stay small, and open neither file nor connection."""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path

import pytest

from build import NOW, feed, feed_source
from digest.config.machine import GatherSettings
from digest.errors import FeedError
from digest.gather.fetch import AiohttpFetcher
from digest.gather.gather import Gathered, gather_all
from digest.gather.opml import parse_opml
from digest.gather.page import read_page
from digest.gather.parse import parse_feed
from digest.model.feeds import FeedHealth
from outside_servers import answer, drip, hang, reset, serving

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 20))
BILLION = f'<!DOCTYPE r [<!ENTITY l0 "lol">{LAUGHS}]><rss version="2.0"><channel><title>&l19;</title></channel></rss>'
LONG, OFTEN = "a" * 50_000, "&a;" * 50_000
QUADRATIC = f'<!DOCTYPE r [<!ENTITY a "{LONG}">]><rss version="2.0"><channel><title>{OFTEN}</title></channel></rss>'
ATTRIBUTE = f'<!DOCTYPE r [<!ENTITY l0 "lol">{LAUGHS}]><rss version="2.0"><channel x="&l19;"/></rss>'
PARAMETER = '<!DOCTYPE r [<!ENTITY % a "x"><!ENTITY % b "%a;%a;%a;">%b;]><rss version="2.0"><channel/></rss>'
DEEP = "<a>" * 20_000


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.parametrize(
    "bomb", [BILLION, QUADRATIC, ATTRIBUTE, PARAMETER], ids=["billion", "quadratic", "attribute", "parameter"]
)
def test_xml_bombs_do_not_go_off(bomb: str) -> None:
    before = peak()
    for parse in (parse_feed, parse_opml, lambda body: read_page(body, "https://a.example/")):
        try:
            told = str(parse(bomb.encode()))
        except FeedError as error:
            told = str(error)
        assert "lollollol" not in told
        assert len(told) < 5_000_000
    assert peak() - before < 100_000_000


def test_external_entities_open_no_file_and_no_connection(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("classified")

    async def run() -> tuple[list[str], int]:
        async with serving({"*": answer(b"classified")}) as inside:
            told = []
            for where in (secret.as_uri(), str(secret), f"{inside.url}/x", f"//127.0.0.1:{inside.port}/x"):
                for declared in (f'<!ENTITY x SYSTEM "{where}">', f'<!ENTITY % p SYSTEM "{where}"> %p;'):
                    for root in ('rss version="2.0"', "opml", "html"):
                        told.append(await asyncio.to_thread(read_all, declared, where, root))
            return told, inside.connections

    told, connections = asyncio.run(run())
    assert connections == 0
    assert [one for one in told if "classified" in one] == []


def read_all(declared: str, where: str, root: str) -> str:
    """What every parser of ours makes of a document with that declaration, DTD and style sheet."""
    name = root.split(maxsplit=1)[0]
    body = (
        f'<?xml version="1.0"?><?xml-stylesheet href="{where}"?><!DOCTYPE {name} SYSTEM "{where}" [{declared}]>'
        f'<{root} xmlns:xi="http://www.w3.org/2001/XInclude">'
        f'<channel><title>&x;</title><xi:include href="{where}" parse="text"/>'
        f'<item><title>&x;</title></item></channel><outline text="&x;" xmlUrl="https://a.example/"/></{name}>'
    ).encode()
    told = ""
    for parse in (parse_feed, parse_opml, lambda one: read_page(one, "https://a.example/")):
        try:
            told += str(parse(body))
        except FeedError as error:
            told += error.problem
    return told


def test_text_that_looks_like_a_path_or_url_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_text('<rss version="2.0"><channel><title>classified</title></channel></rss>')
    for body in (str(secret), secret.as_uri()):
        with pytest.raises(FeedError):
            parse_feed(body.encode())


@pytest.mark.parametrize(
    "body", [f'<rss version="2.0"><channel><item><description>{DEEP}', DEEP, f"<html><body>{DEEP}"]
)
def test_documents_deeper_than_any_stack_are_read(body: str) -> None:
    read_page(body.encode(), "https://a.example/")
    try:
        parse_feed(body.encode())
    except FeedError as error:
        assert error.problem


def test_feeds_that_hang_drip_or_break_do_not_hold_up_the_others() -> None:
    """The measurement at full scale, 200 feeds, is bench/gather.py."""
    rss = b"<rss version='2.0'><channel><item><title>T</title><link>https://a.example/</link></item></channel></rss>"
    paths = {"/good": answer(rss), "/hang": hang, "/drip": drip, "/reset": reset}
    settings = GatherSettings(allow_networks=("127.0.0.0/8",), total_timeout=0.5, per_host=50, fetch_pages=False)

    async def run() -> list[Gathered]:
        async with serving(paths) as outside, AiohttpFetcher(settings) as fetcher:
            kinds = ["/hang", "/drip", "/reset", "/good", "/good"] * 4
            feeds = [
                feed(n, source=feed_source(f"{outside.url}{kind}?{n}".replace("?", "#")))
                for n, kind in enumerate(kinds)
            ]
            return [one async for one in gather_all(feeds, fetcher, settings, NOW, lambda: 0.5)]

    results = asyncio.run(run())
    assert len(results) == 20
    good = [one for one in results if "/good" in one.feed.source.url]
    assert all(one.state.health is FeedHealth.OK and len(one.articles) == 1 for one in good)
    assert all(one.state.error for one in results if one not in good)
