"""What every ShareStore does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from build import NOW, at, issue
from digest.model.ids import IssueId
from digest.ports.store import Store

ISSUE = issue().id


@pytest.fixture(autouse=True)
def an_issue(store: Store) -> None:
    store.issues.create(issue(), NOW)


def test_a_share_comes_back_as_it_was_added(store: Store):
    share = store.shares.add(ISSUE, "few", "ada", NOW, at(24))
    assert (share.issue, share.reader, share.by, share.at, share.until, share.ended_at) == (
        ISSUE, "few", "ada", NOW, at(24), None,
    )  # fmt: skip
    assert store.shares.get(share.id) == share
    assert store.shares.get(share.id + 1) is None


def test_shares_of_an_issue_are_listed_newest_first(store: Store):
    first, second = (store.shares.add(ISSUE, name, "ada", NOW, at(24)) for name in ("few", "all"))
    assert store.shares.of(ISSUE) == (second, first)
    assert store.shares.of(IssueId("daily-2026-11-24")) == ()


def test_a_share_is_ended_once_and_stays(store: Store):
    share = store.shares.add(ISSUE, "few", "ada", NOW, at(24))
    assert store.shares.end(share.id, at(1))
    assert not store.shares.end(share.id, at(2))
    assert store.shares.get(share.id) == replace(share, ended_at=at(1))
    assert not store.shares.end(share.id + 1, at(2))


def test_a_share_is_live_until_its_time_or_its_end(store: Store):
    share = store.shares.add(ISSUE, "few", "ada", NOW, at(24))
    assert share.is_live(at(23.9)) and not share.is_live(at(24))
    assert not replace(share, ended_at=at(1)).is_live(at(2))
