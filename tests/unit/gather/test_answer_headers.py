from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import NOW
from digest.gather.headers import max_age, plain_header, retry_at


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("max-age=600", 600), ("public, MAX-AGE = 60", 60), ('max-age="30"', 30), ("s-maxage=9, max-age=5", 5),
        ("no-store", 0), ("no-cache, max-age=60", 0), ("", None), ("max-age=abc", None), ("xmax-age=5", None),
        ("max-age=" + "9" * 40, None),
    ],
)  # fmt: skip
def test_max_age_is_read_from_cache_control(said: str, seconds: int | None) -> None:
    assert max_age(said) == seconds


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta()),
        ("99999999999999999999", timedelta(days=30)),
        ("Tue, 24 Nov 2026 10:00:00 GMT", timedelta(hours=1)),
        ("Tue, 24 Nov 2026 10:00:00 +0100", timedelta()),
        ("Sun, 06 Nov 1994 08:49:37 GMT", timedelta()),
        ("Fri, 31 Dec 2100 00:00:00 GMT", timedelta(days=30)),
    ],
)
def test_retry_after_is_seconds_or_a_date_within_bounds(said: str, wait: timedelta) -> None:
    assert retry_at(said, NOW) == NOW + wait


@pytest.mark.parametrize("said", ["", "soon", "-5", "1.5", "٣", "Tue, 99 Nov 2026"])
def test_what_is_neither_says_nothing(said: str) -> None:
    assert retry_at(said, NOW) is None


def test_only_printable_ascii_is_kept_of_a_header() -> None:
    assert plain_header(' "abc" ') == '"abc"'
    assert [plain_header(odd) for odd in (None, "a\r\nb", "ä", "\udcff", "x" * 2000)] == [""] * 5


@given(st.text())
def test_no_header_breaks_the_reading(text: str) -> None:
    retry_at(text, NOW)
    max_age(text)
    plain_header(text)
