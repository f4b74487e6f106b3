"""What every ClickStore does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from build import NOW, issue
from digest.model.clicks import ClickTarget, click_code
from digest.model.ids import IssueId
from digest.ports.store import Store

ISSUE = issue().id
LEAD, TEASER = (
    ClickTarget(click_code(ISSUE, block, url), block, url)
    for block, url in (("lead:s1:privacy", "https://a.example/1"), ("teaser:s1:privacy", "https://a.example/1"))
)


@pytest.fixture(autouse=True)
def an_issue(store: Store) -> None:
    store.issues.create(issue(), NOW)


def test_a_link_leads_where_it_was_kept_and_others_nowhere(store: Store):
    store.clicks.keep(ISSUE, [LEAD, TEASER])
    assert store.clicks.target(ISSUE, LEAD.code) == LEAD
    assert store.clicks.target(ISSUE, "0" * 16) is None
    assert store.clicks.target(IssueId("daily-2026-11-24"), LEAD.code) is None


def test_clicks_are_added_to_known_links_only(store: Store):
    store.clicks.keep(ISSUE, [LEAD, TEASER])
    store.clicks.count(ISSUE, {LEAD.code: 2, "0" * 16: 5})
    store.clicks.count(ISSUE, {LEAD.code: 1})
    store.clicks.count(ISSUE, {})
    assert store.clicks.of(ISSUE) == ((LEAD, 3), (TEASER, 0))


def test_keeping_again_loses_no_click(store: Store):
    store.clicks.keep(ISSUE, [LEAD])
    store.clicks.count(ISSUE, {LEAD.code: 2})
    store.clicks.keep(ISSUE, [LEAD, TEASER])
    assert {target.code: clicks for target, clicks in store.clicks.of(ISSUE)} == {LEAD.code: 2, TEASER.code: 0}


def test_no_click_is_lost_between_two_that_count_at_once(store: Store):
    store.clicks.keep(ISSUE, [LEAD, TEASER])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: store.clicks.count(ISSUE, {LEAD.code: 1, TEASER.code: 1}), range(20)))
    assert [clicks for _, clicks in store.clicks.of(ISSUE)] == [20, 20]


def test_as_many_links_as_an_issue_can_have_are_kept(store: Store):
    many = [ClickTarget(f"{n:016x}", f"teaser:s{n}:privacy", f"https://a.example/{n}") for n in range(2500)]
    store.clicks.keep(ISSUE, many)
    assert len(store.clicks.of(ISSUE)) == 2500


def test_a_target_knows_its_story_and_category(store: Store):
    assert (LEAD.story, LEAD.category) == ("s1", "privacy")
    sponsor = ClickTarget("0" * 16, "sponsor:acme", "https://a.example/")
    assert (sponsor.story, sponsor.category) == (None, None)
