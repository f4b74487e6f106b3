"""One-time codes: those of RFC 6238, a step off at most; secrets are of no use without the site's keys."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from build import NOW
from digest.access.codes import opened, picture, sealed, secret_for, step_of

RFC = base64.b32encode(b"12345678901234567890").decode()
OLD, NEW = "o" * 32, "n" * 32


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str):
    """RFC 6238, appendix B, the last six digits."""
    at = datetime.fromtimestamp(seconds, UTC)
    assert step_of(RFC, code, at) == seconds // 30
    assert step_of(RFC, f" {code[:3]} {code[3:]} ", at) == seconds // 30


@pytest.mark.parametrize(("off", "good"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(off: int, good: bool):
    import pyotp

    code = pyotp.TOTP(RFC).at(NOW + timedelta(seconds=30 * off))
    assert (step_of(RFC, code, NOW) is not None) == good


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "\u0661\u0662\u0663\u0664\u0665\u0666", "\x00" * 6])
def test_what_is_no_code_is_wrong(code: str):
    assert step_of(RFC, code, NOW) is None


def test_a_sealed_secret_opens_with_the_key_that_sealed_it_also_when_it_is_an_old_one():
    kept = sealed(RFC, [OLD])
    assert RFC not in kept
    assert opened(kept, [NEW, OLD]) == RFC
    assert opened(kept, [NEW]) is None
    assert opened("nonsense", [NEW]) is None


def test_every_session_is_offered_a_secret_of_its_own_that_stays():
    one = secret_for("a", [NEW])
    assert one == secret_for("a", [NEW, OLD])
    assert len({one, secret_for("b", [NEW]), secret_for("a", [OLD])}) == 3
    assert len(base64.b32decode(one)) == 20


def test_the_picture_is_a_drawing_that_the_pages_policy_allows():
    svg = picture(RFC, 'a"da', 'Press: "News" <b>')
    assert svg.startswith("<svg")
    assert "style" not in svg
    assert "<b>" not in svg
