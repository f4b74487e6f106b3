"""What there is to do about a mail that failed or is in doubt."""

from __future__ import annotations

import pytest

from build import NOW
from digest.config.publication import UncertainPolicy
from digest.model.delivery import DeliveryState
from digest.model.ids import SubscriberId
from digest.pipeline.advising import advice
from digest.pipeline.reporting import DeliveryLine
from digest.pipeline.settling import MOST_DOUBTS

RESEND, HOLD = UncertainPolicy.RESEND, UncertainPolicy.HOLD


def line(state: DeliveryState, reply: str = "", attempts: int = 1) -> DeliveryLine:
    return DeliveryLine("weekly/1", SubscriberId(1), state, attempts, "<id@example.com>", reply, NOW)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ("550 5.1.1 no such user", "digest subscribers release ada@example.com"),
        ("550 5.2.1 disabled", "no such mailbox"),
        ("552 5.2.2 over quota", "mailbox is full"),
        ("552 5.3.4 too big", "max_bytes"),
        ("550 5.7.26 unauthenticated", "SPF, DKIM and DMARC"),
        ("given up after 48 hours; 450 4.2.0 later", "put off for too long"),
        ("554 no", "Read what the server said"),
        ("", "Read what the server said"),
    ],
)
def test_a_refusal_is_told_by_its_status(reply: str, told: str):
    assert told in advice(line(DeliveryState.FAILED, reply), "ada@example.com", RESEND)


def test_a_doubt_is_sent_again_or_not_as_the_newsletter_says():
    doubt = line(DeliveryState.UNCERTAIN)
    assert "sent again under the same Message-ID" in advice(doubt, "", RESEND)
    assert "not sent again" in advice(doubt, "", HOLD)
    assert "not sent again" in advice(line(DeliveryState.UNCERTAIN, attempts=MOST_DOUBTS), "", RESEND)
    assert "two copies" in advice(line(DeliveryState.SENT), "", RESEND)
