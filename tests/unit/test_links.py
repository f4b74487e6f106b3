"""A signed link opens for its own purpose, its own time, and nothing else."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
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


SIGNS = string.ascii_letters + string.digits + "-_.~=%é\x00\u202e"


def mutated(token: str, other: str, chance: random.Random) -> str:
    """The token with one to three slips or tricks; `other`: a good one of another reader, to mix it with."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(token) + 1)
        ways = (
            token[:at] + chance.choice(SIGNS) + token[at + 1 :],
            token[:at] + chance.choice(SIGNS) + token[at:],
            token[:at] + token[at + 1 :],
            token[:at] + token[at:].swapcase(),
            token[:at][::-1] + token[at:],
            token[:at] or "x",
            token + token[at:],
            token.rpartition(".")[0] + "." + other.rpartition(".")[2],
            other.rpartition(".")[0] + "." + token.rpartition(".")[2],
            token[:at] + other[at:],
        )
        token = chance.choice(ways)
    return token


def attempts(links: Links, count: int) -> Iterator[tuple[Purpose, str]]:
    """Mutations of good tokens, and good ones taken to another purpose; the same ones in every run."""
    chance = random.Random(20_261_124)
    purposes = list(Purpose)
    while count:
        purpose = chance.choice(purposes)
        one, other = (LinkClaim(purpose, SubscriberId(chance.randrange(1 << 40)), TODAY, "weekly") for _ in range(2))
        good = {links.token(one), links.token(other)}
        token = mutated(links.token(one), links.token(other), chance)
        if token in good:
            purpose = chance.choice([wrong for wrong in purposes if wrong is not purpose])
        count -= 1
        yield purpose, token


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_no_mutated_token_opens_anything(count: int):
    links = Links("https://x", [KEY, OTHER])
    assert [token for purpose, token in attempts(links, count) if links.open(purpose, token, TODAY)] == []
