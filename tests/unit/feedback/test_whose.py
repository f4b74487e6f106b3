"""Whose a bounce is: keyed names decide, quoted addresses never."""

from __future__ import annotations

import pytest

from digest.deliver import message_id
from digest.feedback.classify import classify
from digest.feedback.whose import whose
from digest.model.delivery import DeliveryKey
from digest.model.feedback import Feedback, FeedbackKind
from digest.model.ids import IssueId, SubscriberId
from returned import ADA, arf, away, dsn, qmail

KEY = DeliveryKey(IssueId("weekly-2026-11-24"), SubscriberId(42))
SECRET, OLD = "s" * 32, "o" * 32
OURS = message_id.message_id(KEY, "example.org", SECRET)
TAG = OURS.strip("<>").partition("@")[0]


def names(name: str) -> DeliveryKey | None:
    return message_id.whose(name, (SECRET, OLD))


@pytest.mark.parametrize(
    "mail",
    [
        dsn(message_id=OURS),
        dsn(message_id=message_id.message_id(KEY, "example.org", OLD)),
        dsn(to=f"bounces+{TAG}@example.org"),
        dsn(to=f"Bounces <bounces+{TAG}@example.org>"),
        dsn(to=message_id.return_path("bounces@example.org", OURS)),
        dsn(to=message_id.return_path("news+bounces@example.org", OURS)),
        b"Delivered-To: bounces+" + TAG.encode() + b"@example.org\n" + qmail(),
        arf(message_id=OURS, recipient=""),
        away(message_id=OURS),
        qmail().replace(b"<x@example.org>", OURS.encode()),
    ],
)
def test_a_name_of_ours_tells_the_delivery(mail: bytes):
    assert whose(classify(mail), names) == KEY


@pytest.mark.parametrize(
    "mail",
    [
        dsn(message_id=f"<{KEY.issue}.{KEY.subscriber}.{'a' * 26}@example.org>"),
        dsn(message_id=OURS.replace(".42.", ".43.")),
        dsn(to=f"bounces+{TAG[:-1]}@example.org"),
        dsn(recipient=f"rfc822; {ADA}", message_id="<other@example.org>"),
        qmail(ADA),
    ],
)
def test_nothing_else_does(mail: bytes):
    assert whose(classify(mail), names) is None


def test_of_several_names_the_first_of_ours_counts():
    assert whose(Feedback(FeedbackKind.HARD, named=("<x@y>", "no address", OURS)), names) == KEY
