"""Of many tokens that were changed, or are of another purpose or reader, none opens anything but what it is."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from digest.links import LinkClaim, Links, Purpose
from digest.model.ids import SubscriberId

TODAY = date(2026, 11, 24)
ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~=%é"
SAMPLE, FULL = 4_000, 100_000
SUBJECTS = ("weekly", "daily", "weekly.security", "weekly.17", "weekly-2026-11-24")
LINKS = Links("https://press.example", ["n" * 32, "o" * 32])
FOREIGN = Links("https://press.example", ["f" * 32])


def claim(chance: random.Random) -> LinkClaim:
    issued = TODAY - timedelta(days=chance.randrange(7))
    return LinkClaim(
        chance.choice(list(Purpose)), SubscriberId(chance.randrange(1, 10**6)), issued, chance.choice(SUBJECTS)
    )


def changed(token: str, chance: random.Random) -> str:
    """A token with letters changed, left out, added, swapped or doubled; never the same."""
    made = token
    while made == token:
        at, letter = chance.randrange(len(token)), chance.choice(ALPHABET)
        made = chance.choice((
            token[:at] + letter + token[at + 1 :], token[:at] + token[at + 1 :], token[:at] + letter + token[at:],
            token[:at] + token[at:][::-1], token.swapcase(), token + letter, token[:at], f"{token}.{token}",
        ))  # fmt: skip
    return made


def forged(chance: random.Random) -> Iterator[tuple[Purpose, str]]:
    """A purpose, and a token that is not good for it."""
    mine, other = claim(chance), claim(chance)
    token, others = LINKS.token(mine), LINKS.token(other)
    yield mine.purpose, changed(token, chance)
    yield chance.choice([purpose for purpose in Purpose if purpose is not mine.purpose]), token
    if (body := token.rpartition(".")[0]) != others.rpartition(".")[0]:
        yield mine.purpose, f"{body}.{others.rpartition('.')[2]}"  # somebody else's signature
    yield mine.purpose, FOREIGN.token(mine)


@pytest.mark.parametrize(
    "count", [SAMPLE, pytest.param(FULL, marks=[pytest.mark.soak, pytest.mark.skipif(
        not os.environ.get("DIGEST_SOAK"), reason="set DIGEST_SOAK=1")])]
)  # fmt: skip
def test_none_is_accepted(count: int):
    chance, tried = random.Random(20261124), 0
    while tried < count:
        for purpose, token in forged(chance):
            assert LINKS.open(purpose, token, TODAY) is None, (purpose, token)
            tried += 1


def test_links_outlive_their_key_for_as_long_as_they_are_good():
    old = Links("https://press.example", ["o" * 32])
    sent = LinkClaim(Purpose.DROP, SubscriberId(7), TODAY, "weekly.security")
    token = old.token(sent)
    assert LINKS.open(Purpose.DROP, token, TODAY + timedelta(days=180)) == sent
    assert LINKS.open(Purpose.DROP, token, TODAY + timedelta(days=181)) is None
    assert (sent.newsletter, sent.category) == ("weekly", "security")
