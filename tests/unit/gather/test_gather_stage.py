from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from test_page import HTML
from test_pictures import picture

from build import NOW, feed, feed_source
from digest.config.machine import GatherSettings
from digest.gather.gather import Gathered, fetch_picture, gather_all, gather_feed
from digest.gather.normalise import Unusable
from digest.gather.pictures import StoredPicture
from digest.model.feeds import Feed, FeedHealth, FeedState
from digest.model.ids import ArticleId, article_id
from digest.ports.outside import FetchRequest, FetchResult, FetchStatus
from fake_fetcher import FakeFetcher

SETTINGS = GatherSettings(pause_after=2)
URL = "https://feeds.example.com/news.xml"
LONG = "This sentence is one of the many of which the body consists. " * 20


def rss(*items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>Own name</title>{''.join(items)}</channel></rss>".encode()


def item(number: int, text: str = "Short.") -> str:
    link, guid = f"https://news.example.com/{number}", f"<guid isPermaLink='false'>g{number}</guid>"
    return f"<item><title>T{number}</title><link>{link}</link>{guid}<description>{text}</description></item>"


def visit(
    fetcher: FakeFetcher, one: Feed | None = None, settings: GatherSettings = SETTINGS, **known: object
) -> Gathered:
    return asyncio.run(gather_feed(one or feed(), fetcher, settings, NOW, 0.5, **known))  # type: ignore[arg-type]


def all_known(ids: Collection[ArticleId]) -> frozenset[ArticleId]:
    return frozenset(ids)


def test_a_feed_gives_its_articles_and_its_next_state() -> None:
    got = visit(FakeFetcher({URL: rss(item(1, LONG), item(2, LONG))}))
    assert [article.title for article in got.articles] == ["T1", "T2"]
    assert (got.title, got.state.etag, got.state.health, got.problems) == ("Own name", '"1"', FeedHealth.OK, ())


def test_unchanged_feeds_give_nothing_and_stay_healthy() -> None:
    unchanged = FetchResult(FetchRequest(URL), FetchStatus.UNCHANGED, URL)
    got = visit(FakeFetcher({URL: unchanged}), feed(state=FeedState(etag='"1"')))
    assert (got.articles, got.state.health, got.state.etag) == ((), FeedHealth.OK, '"1"')


def test_what_is_no_feed_is_a_failure_with_its_reason_and_keeps_the_old_validators() -> None:
    got = visit(FakeFetcher({URL: b"<!doctype html>"}), feed(state=FeedState(etag='"0"')))
    assert got.state.error == "is a web page, not a feed; look for the address of its feed"
    assert (got.state.etag, got.state.failures, got.just_paused) == ('"0"', 1, False)


def test_the_visit_that_pauses_says_so_once() -> None:
    got = visit(FakeFetcher({}), feed(state=FeedState(failures=1)))
    assert got.just_paused
    again = visit(FakeFetcher({}), replace(feed(), state=got.state))
    assert not again.just_paused


def test_stubs_are_filled_from_their_pages_and_full_articles_are_not_fetched() -> None:
    fetcher = FakeFetcher({URL: rss(item(1), item(2, LONG)), "https://news.example.com/1": HTML.encode()})
    stub, full = visit(fetcher).articles
    assert "The regulator told operators" in stub.text
    assert (stub.id, stub.url) == (article_id("https://news.example.com/1"), "https://news.example.com/2026/rules")
    assert full.text.startswith("This sentence")
    assert fetcher.urls == [URL, "https://news.example.com/1"]


def test_a_page_that_cannot_be_had_or_is_no_page_leaves_the_stub() -> None:
    pdf = FetchResult(FetchRequest(""), FetchStatus.OK, "https://news.example.com/2", b"%PDF", "application/pdf")
    got = visit(FakeFetcher({URL: rss(item(1), item(2)), "https://news.example.com/2": pdf}))
    assert [article.text for article in got.articles] == ["", ""]


def test_stubs_that_are_known_are_neither_fetched_nor_given_again() -> None:
    """The saved article holds the text of its page; giving the stub again would overwrite it with nothing."""
    fetcher = FakeFetcher({URL: rss(item(1), item(2, LONG))})
    assert [article.title for article in visit(fetcher, known=all_known).articles] == ["T2"]
    assert fetcher.urls == [URL]


def test_pages_are_not_fetched_where_the_settings_say_so() -> None:
    fetcher = FakeFetcher({URL: rss(item(1))})
    assert len(visit(fetcher, settings=GatherSettings(fetch_pages=False), known=all_known).articles) == 1
    assert fetcher.urls == [URL]


def test_no_feed_makes_us_fetch_more_than_thirty_pages_in_a_visit() -> None:
    fetcher = FakeFetcher({URL: rss(*map(item, range(100)))})
    assert len(visit(fetcher).articles) == 100
    assert len(fetcher.asked) == 31


def test_entries_that_cannot_be_used_are_told_and_the_others_kept() -> None:
    got = visit(FakeFetcher({URL: rss("<item><title>No address</title></item>", item(1, LONG))}))
    assert [article.title for article in got.articles] == ["T1"]
    assert got.problems == ("No address: has no http address",)


def test_an_article_told_twice_is_one_and_a_guid_used_twice_is_none() -> None:
    same = item(1, LONG) + item(1, LONG)
    other = item(2, LONG).replace("g2", "g3") + item(3, LONG)
    articles = visit(FakeFetcher({URL: rss(same, other)})).articles
    assert [(article.title, article.guid) for article in articles] == [("T1", "g1"), ("T2", ""), ("T3", "")]


def test_a_folder_of_markdown_files_is_a_feed(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"---\ntitle: A\nurl: https://notes.example.com/a\n---\n{LONG}")
    (tmp_path / "b.md").write_text("---\ntitle: [\n---\n")
    fetcher = FakeFetcher({})
    got = visit(fetcher, feed(source=feed_source(str(tmp_path))))
    assert [article.title for article in got.articles] == ["A"]
    assert "b.md" in got.problems[0]
    assert (got.state.health, fetcher.asked) == (FeedHealth.OK, [])


def test_a_folder_that_is_missing_is_a_failing_feed() -> None:
    got = visit(FakeFetcher({}), feed(source=feed_source("/no/such/folder")))
    assert got.state.error == "is no folder; check the path in [[feeds]] url"


def test_a_redirect_never_leads_to_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: A\nurl: https://notes.example.com/a\n---\n")
    fetcher = FakeFetcher({})
    got = visit(fetcher, feed(state=FeedState(moved_to=tmp_path.as_uri())))
    assert (got.articles, fetcher.urls) == ((), [tmp_path.as_uri()])


def gather(feeds: Sequence[Feed], fetcher: FakeFetcher) -> list[Gathered]:
    async def run() -> list[Gathered]:
        return [one async for one in gather_all(feeds, fetcher, SETTINGS, NOW, lambda: 0.5)]

    return asyncio.run(run())


def test_a_broken_feed_never_stops_the_others() -> None:
    urls = [f"https://{name}.example.com/feed" for name in "abc"]
    feeds = [feed(number, source=feed_source(url)) for number, url in enumerate(urls)]
    fetcher = FakeFetcher({urls[0]: RuntimeError("a bug in a library"), urls[1]: b"", urls[2]: rss(item(1, LONG))})
    got = sorted(gather(feeds, fetcher), key=lambda one: one.feed.id)
    assert [one.state.error for one in got] == [
        "cannot be read: RuntimeError: a bug in a library",
        "is empty; check the address",
        "",
    ]
    assert [len(one.articles) for one in got] == [0, 0, 1]


def test_leaving_early_ends_the_visits_under_way() -> None:
    class Slow(FakeFetcher):
        ended = 0

        async def fetch(self, request: FetchRequest, now: object) -> FetchResult:
            try:
                await asyncio.sleep(0 if "fast" in request.url else 3600)
            except asyncio.CancelledError:
                self.ended += 1
                raise
            return FetchResult(request, FetchStatus.FAILED, request.url)

    async def first() -> int:
        slow = Slow({})
        feeds = [
            feed(n, source=feed_source(f"https://{name}.example.com/")) for n, name in enumerate(["fast", "a", "b"])
        ]
        visits = gather_all(feeds, slow, SETTINGS, NOW, lambda: 0.5)
        await anext(visits)
        await visits.aclose()  # type: ignore[attr-defined]
        return slow.ended

    assert asyncio.run(first()) == 2


def test_a_picture_is_fetched_through_the_same_fetcher_and_made_fit() -> None:
    fetcher = FakeFetcher({"https://a.example/i.jpg": picture(1000, 500)}, "image/jpeg")
    stored = asyncio.run(fetch_picture("https://a.example/i.jpg", fetcher, NOW, 500, asyncio.Semaphore(1)))
    assert isinstance(stored, StoredPicture)
    assert (stored.width, stored.height) == (500, 250)
    assert fetcher.asked[0].max_bytes == 10_000_000
    assert asyncio.run(fetch_picture("https://a.example/x", fetcher, NOW, 500, asyncio.Semaphore(1))) == Unusable(
        "the server said 404 Not Found"
    )
