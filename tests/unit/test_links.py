"""A signed link opens for its own purpose, its own time, and nothing else."""

from __future__ import annotations

import string
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.links import LinkClaim, Links, Purpose
from digest.model.ids import SubscriberId

TODAY = date(2026, 11, 24)
KEY, OTHER = "k" * 32, "o" * 32
CLAIM = LinkClaim(Purpose.UNSUBSCRIBE, SubscriberId(4711), TODAY, "weekly-2026-11-24")


def test_a_link_says_whom_it_speaks_for():
    links = Links("https://news.example.org/", [KEY])
    url = links.url(CLAIM)
    assert url.startswith("https://news.example.org/r/unsubscribe/")
    assert links.open(Purpose.UNSUBSCRIBE, url.rpartition("/")[2], TODAY) == CLAIM


@pytest.mark.parametrize("purpose", [p for p in Purpose if p is not Purpose.UNSUBSCRIBE])
def test_a_token_of_one_purpose_is_worth_nothing_for_another(purpose):
    links = Links("https://x", [KEY])
    assert links.open(purpose, links.token(CLAIM), TODAY) is None


def test_keys_rotate_the_first_signs_and_all_open():
    old, both = Links("https://x", [OTHER]), Links("https://x", [KEY, OTHER])
    assert both.open(Purpose.UNSUBSCRIBE, old.token(CLAIM), TODAY) == CLAIM
    assert old.open(Purpose.UNSUBSCRIBE, both.token(CLAIM), TODAY) is None


def test_links_in_mail_are_good_for_180_days_and_confirmations_for_7():
    links = Links("https://x", [KEY])
    confirm = LinkClaim(Purpose.CONFIRM, CLAIM.subscriber, TODAY, "weekly")
    for claim, days in ((CLAIM, 180), (confirm, 7)):
        token = links.token(claim)
        assert links.open(claim.purpose, token, TODAY + timedelta(days=days)) == claim
        assert links.open(claim.purpose, token, TODAY + timedelta(days=days + 1)) is None
        assert links.open(claim.purpose, token, TODAY - timedelta(days=2)) is None


@pytest.mark.parametrize("keys", [[], ["short"], [KEY, "short"]])
def test_weak_keys_are_refused(keys):
    with pytest.raises(ValueError, match="32 characters"):
        Links("https://x", keys)


@given(st.integers(0, 60), st.sampled_from(string.ascii_letters + string.digits + "-_.~é\x00"))
def test_a_token_with_one_character_changed_is_refused(position, character):
    links = Links("https://x", [KEY])
    token = links.token(CLAIM)
    at = position % len(token)
    changed = token[:at] + character + token[at + 1 :]
    if changed != token:
        assert links.open(Purpose.UNSUBSCRIBE, changed, TODAY) is None


@given(st.text(max_size=400))
def test_no_text_whatever_opens_or_breaks_anything(token):
    assert Links("https://x", [KEY]).open(Purpose.VIEW, token, TODAY) is None
