"""Gathering: formats of the feedparser corpus, 200 feeds of which half are broken, bombs, and the guard's refusals.

Runs with the shipped settings against servers on loopback. The corpus is read from DIGEST_CORPORA (default
../shared/corpora); where it is absent, its bars are not measured. Takes about a minute, most of it deadlines.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import platform
import resource
import sys
import tarfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fastfeedparser
import feedparser

from digest.config.machine import GatherSettings
from digest.errors import FeedError
from digest.gather.fetch import AiohttpFetcher
from digest.gather.gather import gather_all
from digest.gather.opml import parse_opml
from digest.gather.parse import parse_feed
from digest.model.feeds import Feed, FeedHealth, FeedSource
from digest.model.ids import FeedId
from digest.ports.outside import FetchRequest, FetchStatus

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from outside_servers import PRIVATE, THIS_MACHINE, Behaviour, answer, drip, hang, reset, serving  # noqa: E402

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LOOPBACK = GatherSettings(allow_networks=("127.0.0.0/8",))
KINDS: tuple[tuple[str, int], ...] = (("hang", 40), ("drip", 40), ("reset", 20), ("good", 100))
ITEM = (
    "<item><title>Title {0}</title><link>https://news.example.com/{0}</link><guid>https://news.example.com/{0}</guid>"
    "<pubDate>Tue, 24 Nov 2026 08:00:00 GMT</pubDate><description>&lt;p&gt;{1}&lt;/p&gt;</description></item>"
)
WORDS = "The regulator told operators on Monday to keep records of every decision that a system makes. " * 12


def run() -> dict[str, Any]:
    """All figures and bars. The bombs go first, because a process remembers only its highest memory."""
    bomb, xml = asyncio.run(gzip_bomb()), xml_bombs()
    refused = asyncio.run(refusals())
    mixed = asyncio.run(mixture())
    corpus = of_the_corpus()
    bars = {
        "gzip bomb of 10 GB refused, seconds": _bar(bomb["seconds"], 5.0, bomb["refused"] and bomb["seconds"] <= 5),
        "gzip bomb, memory growth in MB": _bar(bomb["megabytes"], 100, bomb["megabytes"] < 100),
        "XML bombs and XXE, seconds": _bar(xml["seconds"], 5.0, xml["seconds"] <= 5 and not xml["gone_off"]),
        "XML bombs, memory growth in MB": _bar(xml["megabytes"], 100, xml["megabytes"] < 100),
        "redirects and names to inner addresses, connections": _bar(refused["connections"], 0, refused["safe"]),
        "200 feeds, good ones done": _bar(mixed["good"], 100, mixed["good"] == 100),
        "200 feeds, seconds for all": _bar(mixed["seconds"], 60, mixed["results"] == 200 and mixed["seconds"] <= 60),
    }
    if corpus:
        bars["feedparser corpus, exceptions"] = _bar(corpus["exceptions"], 0, corpus["exceptions"] == 0)
        bars["feedparser corpus, format known"] = _bar(corpus["known"], 0.99, corpus["known"] >= 0.99)
    peers = parsers()
    return {
        "name": "gather",
        "figures": {"gzip_bomb": bomb, "xml": xml, "guard": refused, "mixture": mixed, "corpus": corpus},
        "peers": peers,
        "ratios": {"parse_feed / feedparser": round(peers["parse_feed ms"] / peers["feedparser ms"], 2)},
        "bars": bars,
        "ok": all(bar["ok"] for bar in bars.values()),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }


async def gzip_bomb() -> dict[str, Any]:
    """A finite answer of 10 MB of gzip that holds 10 GB of zeros."""
    squeeze, part = zlib.compressobj(9, zlib.DEFLATED, 31), b"\0" * 10_000_000
    first = squeeze.compress(part) + squeeze.flush(zlib.Z_FULL_FLUSH)
    again = squeeze.compress(part) + squeeze.flush(zlib.Z_FULL_FLUSH)
    body = first + again * 999
    async with serving({"*": answer(body, Content_Encoding="gzip")}) as outside, AiohttpFetcher(LOOPBACK) as fetcher:
        before, began = peak(), time.perf_counter()
        result = await fetcher.fetch(FetchRequest(outside.url), NOW)
        seconds = time.perf_counter() - began
    return {
        "compressed_bytes": len(body), "refused": result.status is FetchStatus.REFUSED, "reason": result.reason,
        "seconds": round(seconds, 3), "megabytes": round((peak() - before) / 1e6, 1),
    }  # fmt: skip


def xml_bombs() -> dict[str, Any]:
    """Entities that multiply, and entities that name files and servers; nothing of them may be in what is read."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 20))
    inner = '<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y SYSTEM "http://127.0.0.1:9/">'
    shape = '<!DOCTYPE r [{}]><rss version="2.0"><channel><title>{}</title><outline xmlUrl="http://a.example/{}"/>'
    bombs = [
        shape.format(f'<!ENTITY l0 "lol">{laughs}', "&l19;", ""),
        shape.format('<!ENTITY a "' + "lol" * 20_000 + '">', "&a;" * 50_000, ""),
        shape.format(f'<!ENTITY l0 "lol">{laughs}', "", "&l19;"),
        shape.format(inner, "&x;&y;", ""),
    ]
    before, began, gone_off = peak(), time.perf_counter(), 0
    for bomb in bombs:
        for parse in (parse_feed, parse_opml):
            told = _told(parse, bomb.encode())
            gone_off += "lollol" in told or "root:" in told
    seconds = time.perf_counter() - began
    return {"gone_off": gone_off, "seconds": round(seconds, 3), "megabytes": round((peak() - before) / 1e6, 1)}


def _told(parse: Callable[[bytes], object], body: bytes) -> str:
    try:
        return str(parse(body))
    except FeedError as error:
        return error.problem


async def refusals() -> dict[str, Any]:
    """Every spelling of inner addresses, asked for directly and by redirect; the counting server must hear of none."""
    settings = GatherSettings(allow_networks=("127.0.0.9/32",), connect_timeout=1, total_timeout=2)
    hosts = [*THIS_MACHINE, *PRIVATE]
    async with serving({"*": answer(b"secret")}) as inside:
        urls = [f"http://{host}:{inside.port}/" for host in hosts]
        hops = {f"/{n}": answer(status=302, Location=url.encode().decode("latin-1")) for n, url in enumerate(urls)}
        async with serving(hops, "127.0.0.9") as outside, AiohttpFetcher(settings) as fetcher:
            asked = [*urls, *(f"{outside.url}/{n}" for n in range(len(urls)))]
            results = await asyncio.gather(*(fetcher.fetch(FetchRequest(url), NOW) for url in asked))
        connections = inside.connections
    answered = [result for result in results if result.status is FetchStatus.OK]
    return {"asked": len(asked), "connections": connections, "safe": connections == 0 and not answered}


async def mixture() -> dict[str, Any]:
    """200 feeds, each on a server of its own, the broken ones asked first; with the shipped settings."""
    body = rss(20)
    behaviours: dict[str, Behaviour] = {"hang": hang, "drip": drip, "reset": reset, "good": answer(body)}
    async with AsyncExitStack() as stack:
        feeds = []
        for kind, count in KINDS:
            for _ in range(count):
                outside = await stack.enter_async_context(serving({"*": behaviours[kind]}))
                feeds.append(Feed(FeedId(len(feeds)), FeedSource(f"{outside.url}/{kind}")))
        fetcher = await stack.enter_async_context(AiohttpFetcher(LOOPBACK))
        began, good_at, good, results = time.perf_counter(), 0.0, 0, 0
        async for gathered in gather_all(feeds, fetcher, LOOPBACK, NOW, lambda: 0.5):
            results += 1
            if gathered.state.health is FeedHealth.OK and len(gathered.articles) == 20:
                good, good_at = good + 1, time.perf_counter() - began
        seconds = time.perf_counter() - began
    return {"results": results, "good": good, "good_seconds": round(good_at, 1), "seconds": round(seconds, 1)}


def of_the_corpus() -> dict[str, Any]:
    """Formats of all files; and how far fastfeedparser agrees with feedparser: only then could it come first."""
    bodies = _corpus()
    if not bodies:
        return {}
    formats: Counter[str] = Counter()
    exceptions, fast = 0, Counter[str]()
    for body in bodies:
        try:
            formats[parse_feed(body, "", "https://feeds.example.com/").format] += 1
        except FeedError:
            formats["none"] += 1
        except Exception:
            exceptions += 1
        fast[_agreement(body)] += 1
    known = 1 - (formats["none"] + exceptions) / len(bodies)
    return {
        "files": len(bodies), "exceptions": exceptions, "known": round(known, 4), "formats": dict(formats),
        "fastfeedparser": dict(fast),
    }  # fmt: skip


def _agreement(body: bytes) -> str:
    """Whether fastfeedparser gives the same titles, links and summaries."""
    slow = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    if not slow.get("version"):
        return "no feed"
    try:
        fast = fastfeedparser.parse(body)
    except Exception:
        return "raises"
    return "agrees" if _entries(slow.entries) == _entries(fast.entries) else "differs"


def _entries(entries: Sequence[Any]) -> list[tuple[str, str, str]]:
    """Title, link and summary of each."""
    told = ((e.get("title"), e.get("link"), e.get("summary") or e.get("description")) for e in entries)
    return [((title or "").strip(), (link or "").strip(), (summary or "").strip()) for title, link, summary in told]


def parsers() -> dict[str, float]:
    """Milliseconds for a feed of 100 items, the best of five."""
    body = rss(100)
    peers: dict[str, Callable[[], object]] = {
        "parse_feed ms": lambda: parse_feed(body),
        "feedparser ms": lambda: feedparser.parse(io.BytesIO(body)),
        "fastfeedparser ms": lambda: fastfeedparser.parse(body),
    }
    return {name: round(min(_seconds(parse) for _ in range(5)) * 1000, 2) for name, parse in peers.items()}


def _seconds(parse: Callable[[], object]) -> float:
    began = time.perf_counter()
    parse()
    return time.perf_counter() - began


def rss(items: int) -> bytes:
    """A feed whose items hold their whole text."""
    told = "".join(ITEM.format(number, WORDS) for number in range(items))
    return f'<rss version="2.0"><channel><title>News</title>{told}</channel></rss>'.encode()


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _corpus() -> list[bytes]:
    archive = Path(os.environ.get("DIGEST_CORPORA", ROOT.parent / "shared/corpora")) / "feedparser-tests.tar.gz"
    if not archive.is_file():
        return []
    with tarfile.open(archive) as tar:
        return [opened.read() for member in tar if (opened := tar.extractfile(member))]


def _bar(value: float, bar: float, ok: bool) -> dict[str, Any]:
    return {"value": value, "bar": bar, "ok": ok}


if __name__ == "__main__":
    result = run()
    json.dump(result, sys.stdout, indent=2)
    print()
    sys.exit(result["ok"] is False)
