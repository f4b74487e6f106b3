"""Whose clicks count: people's, as far as one can tell without knowing anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from build import NOW
from digest.feedback.clicks import HOLD, MOST_LINKS, MOST_PLACES, Sieve, is_program
from digest.model.ids import IssueId

ISSUE = IssueId("weekly-2026-11-24")
BROWSER = {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "accept-language": "en-GB",
}
AFTER = NOW + HOLD


@pytest.mark.parametrize(
    "agent",
    [
        BROWSER["user-agent"],
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36",
        "Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.18",
    ],
)
def test_a_browser_that_asks_for_a_page_is_a_person(agent: str):
    assert not is_program(BROWSER | {"user-agent": agent}, is_head=False)


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": ""},
        {"user-agent": "curl/8.5.0"},
        {"user-agent": "python-requests/2.32"},
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"user-agent": "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b"},
        {"user-agent": "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0 Safari/537.36"},
        {"user-agent": "Microsoft Office Existence Discovery"},
        {"user-agent": "Mozilla/5.0 BarracudaCentral"},
        {"accept": "*/*"},
        {"accept-language": ""},
        {"sec-purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
        {"x-moz": "prefetch"},
    ],
)
def test_what_is_no_browser_or_fetches_ahead_is_a_program(headers: dict[str, str]):
    assert is_program(BROWSER | headers, is_head=False)


def test_who_asks_only_whether_a_page_is_there_is_a_program():
    assert is_program(BROWSER, is_head=True)


def test_a_click_is_given_when_it_is_seen_what_came_with_it():
    sieve = Sieve()
    sieve.note(ISSUE, "a", "home", NOW)
    assert sieve.take(NOW + HOLD - timedelta(seconds=1)) == {}
    assert sieve.take(AFTER) == {ISSUE: {"a": 1}}
    assert sieve.take(AFTER) == {}


def test_the_same_link_from_the_same_place_counts_once_within_the_time_and_again_after_it():
    sieve = Sieve()
    for seconds in (0, 1, 2, 11):
        sieve.note(ISSUE, "a", "home", NOW + timedelta(seconds=seconds))
    sieve.note(ISSUE, "a", "office", NOW)
    assert sieve.take(AFTER + HOLD * 2) == {ISSUE: {"a": 3}}


def test_who_opens_many_links_at_once_opens_none():
    sieve = Sieve()
    for number in range(MOST_LINKS + 1):
        sieve.note(ISSUE, f"{number}", "gateway", NOW)
    for number in range(MOST_LINKS):
        sieve.note(ISSUE, f"{number}", "home", NOW)
    assert sieve.take(AFTER) == {ISSUE: {f"{number}": 1 for number in range(MOST_LINKS)}}


def test_issues_are_told_apart():
    sieve, other = Sieve(), IssueId("daily-2026-11-24")
    for number in range(MOST_LINKS):
        sieve.note(ISSUE, f"{number}", "home", NOW)
        sieve.note(other, f"{number}", "home", NOW)
    assert sieve.take(AFTER).keys() == {ISSUE, other}


def test_a_flood_fills_no_memory_and_a_clock_set_back_holds_nothing_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("digest.feedback.clicks.MOST_PLACES", 3)
    sieve = Sieve()
    for number in range(10):
        sieve.note(ISSUE, "a", f"place{number}", NOW)
    assert sieve.take(NOW - timedelta(days=1)) == {ISSUE: {"a": 3}}
    assert MOST_PLACES == 20_000
