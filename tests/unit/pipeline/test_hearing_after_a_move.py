"""Bounces of a reader who has another address by now: what comes back of the old one says nothing against the new."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from build import consent
from digest.config.returns import FeedbackSettings
from digest.deliver.message_id import message_id
from digest.deliver.transactional import MailKind, transactional_key
from digest.links import LinkClaim, Purpose
from digest.model.delivery import DeliveryKey
from digest.model.people import ConsentKind, SuppressionReason
from digest.pipeline.hearing import Consequence, Heard, hear
from digest.pipeline.moving import ask_to_move
from returned import arf, dsn
from send_ground import SECRET, WEEKLY, Ground, ground

OLD, NEW = "reader0@example.com", "reader0@new.example"


@pytest.fixture
def reading(sqlite_store) -> Ground:
    """One reader of an approved issue; two failures are too many."""
    found = ground(sqlite_store, 1)
    rules = found.press.settings.model_copy(update={"feedback": FeedbackSettings(soft_limit=2)})
    return replace(found, press=replace(found.press, settings=rules))


def move(reading: Ground) -> None:
    """The reader confirms the new address at both."""
    readers, (reader,) = reading.press.store.readers, reading.readers
    change = readers.ask_change(reader, NEW, reading.clock())
    for at_old in (True, False):
        readers.agree_change(change, at_old=at_old, event=consent(ConsentKind.ADDRESS, at=reading.clock()))


def ours(reading: Ground, single: MailKind | None = None) -> str:
    """The Message-ID of the issue, or of a single mail that is written now."""
    key = DeliveryKey(reading.issue.id, reading.readers[0])
    key = transactional_key(single, key.subscriber, reading.clock()) if single else key
    return message_id(key, "press.example.com", SECRET)


def heard(reading: Ground, mail: bytes) -> Heard:
    return hear(reading.press, mail, reading.clock())


def suppressed(reading: Ground) -> list[str]:
    """Addresses that bounced or complained; an old one is kept from coming back for having been left, besides."""
    readers, moved = reading.press.store.readers, SuppressionReason.MOVED
    return [email for email in (OLD, NEW) if any(one.reason is not moved for one in readers.suppressed(email))]


@pytest.mark.parametrize("mail", [dsn, lambda **named: dsn("5.2.2", **named), lambda **named: dsn("5.4.6", **named)])
def test_a_late_bounce_of_the_old_address_is_on_record_and_spares_the_new_one(reading: Ground, mail):
    reading.send()
    reading.clock.pass_(days=2)
    move(reading)
    assert heard(reading, mail(message_id=ours(reading))).consequence is Consequence.IGNORED
    assert (suppressed(reading), len(reading.press.store.feedback.events(reading.readers[0]))) == ([], 1)


def test_a_mail_that_may_have_been_under_way_to_the_old_address_while_it_changed_spares_the_new_one(reading: Ground):
    move(reading)
    reading.send()
    assert heard(reading, dsn(message_id=ours(reading))).consequence is Consequence.IGNORED
    assert suppressed(reading) == []


def test_a_bounce_of_the_new_address_suppresses_it(reading: Ground):
    move(reading)
    reading.clock.pass_(hours=1)
    reading.send()
    assert reading.mailed() == [NEW]
    assert heard(reading, dsn(message_id=ours(reading))).consequence is Consequence.SUPPRESSED
    assert suppressed(reading) == [NEW]


def test_what_came_back_of_the_old_address_does_not_count_against_the_new_one(reading: Ground):
    reading.send()
    move(reading)
    reading.clock.pass_(hours=1)
    heard(reading, dsn("5.2.2", message_id=ours(reading)))
    full = [dsn("5.2.2", message_id=ours(reading, kind)) for kind in (MailKind.WELCOME, MailKind.SIGN_IN)]
    assert heard(reading, full[0]).consequence is Consequence.COUNTED
    assert suppressed(reading) == []
    assert heard(reading, full[1]).consequence is Consequence.SUPPRESSED


def test_a_single_mail_went_to_the_address_of_its_moment(reading: Ground):
    before = ours(reading, MailKind.SIGN_IN)
    reading.clock.pass_(minutes=1)
    move(reading)
    assert heard(reading, dsn(message_id=before)).consequence is Consequence.IGNORED
    reading.clock.pass_(minutes=1)
    after = ours(reading, MailKind.SIGN_IN)
    assert heard(reading, dsn(message_id=after)).consequence is Consequence.SUPPRESSED


def test_a_complaint_is_the_readers_wherever_the_mail_went(reading: Ground):
    reading.send()
    move(reading)
    assert heard(reading, arf(message_id=ours(reading))).consequence is Consequence.SUPPRESSED
    assert suppressed(reading) == [NEW]


@pytest.mark.parametrize("mail", [dsn, arf])
def test_what_comes_back_of_the_question_to_a_new_address_is_about_that_one(reading: Ground, mail):
    (reader,), now = reading.readers, reading.clock()
    ask_to_move(reading.press, LinkClaim(Purpose.PREFERENCES, reader, now.date(), WEEKLY), NEW, now)
    asked = message_id(transactional_key(MailKind.CHANGE, reader, now), "press.example.com", SECRET)
    assert heard(reading, mail(message_id=asked)).consequence is Consequence.SUPPRESSED
    assert suppressed(reading) == [NEW]


@pytest.mark.parametrize("mail", [dsn, arf])
def test_an_earlier_question_is_about_nobody_we_still_know(reading: Ground, mail):
    reader, now = reading.readers[0], reading.clock()
    earlier = transactional_key(MailKind.CHANGE, reader, now - timedelta(days=1))
    reading.press.store.readers.ask_change(reader, NEW, now)
    asked = message_id(earlier, "press.example.com", SECRET)
    assert heard(reading, mail(message_id=asked)).consequence is Consequence.IGNORED
    assert suppressed(reading) == []
