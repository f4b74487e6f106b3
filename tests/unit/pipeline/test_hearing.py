"""What follows from bounces and complaints."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

import build
from build import NOW, WEEKLY, at
from digest.config.returns import FeedbackSettings
from digest.deliver.message_id import message_id
from digest.model.delivery import DeliveryKey, DeliveryState
from digest.model.feedback import FeedbackKind
from digest.model.ids import IssueId, NewsletterSlug, SubscriberId
from digest.model.issue import IssueState
from digest.model.people import ConsentKind, SuppressionReason
from digest.pipeline.hearing import Consequence, hear
from digest.pipeline.press import Press
from returned import arf, away, dsn, qmail

DAILY = NewsletterSlug("daily")
ISSUE = build.issue().id


@pytest.fixture
def press(make_press) -> Press:
    """Ada reads the weekly and the daily; an issue of the weekly went out."""
    made = make_press()
    for newsletter in (WEEKLY, DAILY):
        draft = build.subscriber_draft("ada@example.com")
        ada = made.store.readers.sign_up(draft, newsletter, build.preferences(), build.consent(newsletter=newsletter))
        made.store.readers.confirm(ada.id, newsletter, build.consent(ConsentKind.CONFIRMED, newsletter=newsletter))
    made.store.issues.create(build.issue(), NOW)
    return made


def ours(press: Press, issue: IssueId = ISSUE, subscriber: int = 1, secret: str = "") -> str:
    return message_id(DeliveryKey(issue, SubscriberId(subscriber)), "example.org", secret or press.secret)


def mailed(press: Press, newsletter: NewsletterSlug = WEEKLY) -> list[str]:
    return [recipient.subscriber.email for recipient in press.store.readers.recipients(newsletter, at(1))]


def with_rules(press: Press, **rules: object) -> Press:
    settings = press.settings.model_copy(update={"feedback": FeedbackSettings(**rules)})
    return replace(press, settings=settings)


def test_a_mailbox_that_is_gone_is_suppressed_everywhere(press: Press):
    heard = hear(press, dsn(message_id=ours(press), said="550 5.1.1 unknown"), NOW)
    assert (heard.consequence, heard.delivery) == (Consequence.SUPPRESSED, DeliveryKey(ISSUE, SubscriberId(1)))
    assert mailed(press) == mailed(press, DAILY) == []
    (event,) = press.store.feedback.events(SubscriberId(1))
    assert (event.issue, event.kind, event.status, event.diagnostic) == (
        ISSUE, FeedbackKind.HARD, "5.1.1", "550 5.1.1 unknown",
    )  # fmt: skip


def test_the_address_that_a_bounce_quotes_does_not_matter(press: Press):
    hear(press, dsn(message_id=ours(press), recipient="rfc822; forwarded@elsewhere.example"), NOW)
    assert [one.email for one in press.store.readers.suppressions()] == ["ada@example.com"]


@pytest.mark.parametrize("mail", [dsn(), qmail(), arf()])
def test_a_bounce_that_only_quotes_an_address_changes_nothing(press: Press, mail: bytes):
    assert hear(press, mail, NOW).consequence is Consequence.STRANGE
    assert mailed(press) == ["ada@example.com"]
    assert press.store.feedback.events() == ()


def test_a_bounce_of_nobody_changes_nothing(press: Press):
    assert hear(press, dsn(message_id=ours(press, subscriber=99)), NOW).consequence is Consequence.STRANGE


def test_what_an_older_key_named_is_still_ours(press: Press):
    rotated = replace(press, secret="n" * 32, old_secrets=(press.secret,))
    assert hear(rotated, dsn(message_id=ours(press)), NOW).consequence is Consequence.SUPPRESSED


def test_hearing_twice_is_as_good_as_once(press: Press):
    mail = dsn(message_id=ours(press))
    assert hear(press, mail, NOW).consequence is Consequence.SUPPRESSED
    assert hear(press, mail, at(1)).consequence is Consequence.KNOWN
    assert len(press.store.feedback.events()) == 1


def test_a_complaint_leaves_its_newsletter_only(press: Press):
    assert hear(press, arf(message_id=ours(press)), NOW).consequence is Consequence.SUPPRESSED
    assert (mailed(press), mailed(press, DAILY)) == ([], ["ada@example.com"])
    assert press.store.readers.suppressions()[0].reason is SuppressionReason.COMPLAINT


def test_a_complaint_leaves_all_where_the_settings_say_so(press: Press):
    hear(with_rules(press, complaint_leaves_all=True), arf(message_id=ours(press)), NOW)
    assert mailed(press) == mailed(press, DAILY) == []


def test_a_complaint_about_a_single_mail_leaves_all(press: Press):
    hear(press, arf(message_id=ours(press, IssueId("mail-confirm-20261124t090000"))), NOW)
    assert mailed(press) == mailed(press, DAILY) == []


def test_soft_bounces_of_so_many_deliveries_suppress(press: Press):
    press = with_rules(press, soft_limit=3, soft_days=10)
    mails = [dsn("4.2.2", action="delayed", message_id=ours(press, IssueId(f"weekly-{n}"))) for n in range(3)]
    assert [hear(press, mail, at(n)).consequence for n, mail in enumerate(mails[:2])] == [Consequence.COUNTED] * 2
    assert hear(press, mails[1], at(3)).consequence is Consequence.KNOWN
    assert mailed(press) == ["ada@example.com"]
    assert hear(press, mails[2], at(4)).consequence is Consequence.SUPPRESSED
    assert mailed(press) == []


def test_soft_bounces_of_long_ago_count_no_more(press: Press):
    press = with_rules(press, soft_limit=2, soft_days=10)
    first, second = (dsn("5.2.2", message_id=ours(press, IssueId(f"weekly-{n}"))) for n in (1, 2))
    hear(press, first, NOW)
    assert hear(press, second, NOW + timedelta(days=11)).consequence is Consequence.COUNTED
    assert mailed(press) == ["ada@example.com"]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("5.4.6", "554 5.4.6 routing loop"), ("5.3.5", ""), ("5.5.2", ""), ("5.6.0", "554 5.6.0 content"),
        ("5.0.0", "554 no"), ("2.0.0", "x"), ("5.0.0", "451 4.7.1 greylisted"),
    ],
)  # fmt: skip
def test_what_fails_for_good_on_the_way_to_the_mailbox_counts_as_what_passes_does(press: Press, status: str, said: str):
    press = with_rules(press, soft_limit=2)
    first, second = (dsn(status, said=said, message_id=ours(press, IssueId(f"weekly-{n}"))) for n in (1, 2))
    assert hear(press, first, NOW).consequence is Consequence.COUNTED
    assert mailed(press) == ["ada@example.com"]
    assert hear(press, second, at(1)).consequence is Consequence.SUPPRESSED
    assert mailed(press) == mailed(press, DAILY) == []


def test_soft_and_hard_count_together_but_a_delivery_that_is_late_and_then_fails_counts_once(press: Press):
    press = with_rules(press, soft_limit=2)
    late = dsn("4.4.1", action="delayed", message_id=ours(press))
    failed = dsn("5.4.6", message_id=ours(press))
    assert [hear(press, mail, NOW).consequence for mail in (late, failed)] == [Consequence.COUNTED] * 2
    assert mailed(press) == ["ada@example.com"]
    full = dsn("5.2.2", message_id=ours(press, IssueId("weekly-2")))
    assert hear(press, full, at(1)).consequence is Consequence.SUPPRESSED


def test_policy_is_told_to_the_operator_and_suppresses_nobody(press: Press, caplog: pytest.LogCaptureFixture):
    mail = dsn("5.7.26", message_id=ours(press), said="550 5.7.26 unauthenticated")
    with caplog.at_level(logging.ERROR):
        assert hear(press, mail, NOW).consequence is Consequence.TOLD
    assert "550 5.7.26 unauthenticated" in caplog.text
    assert mailed(press) == ["ada@example.com"]


@pytest.fixture
def sending(press: Press) -> Press:
    """The issue is on its way, and two that come back as a matter of policy are too many."""
    press = with_rules(press, policy_limit=2)
    press.store.issues.approve(ISSUE, "editor", "a" * 64, build.compiled(ISSUE), 1, NOW)
    for state in (IssueState.LOCKED, IssueState.SENDING):
        press.store.issues.advance(ISSUE, state, NOW)
    return press


@pytest.mark.parametrize(("sent", "state"), [(200, IssueState.PAUSED), (201, IssueState.SENDING)])
def test_a_few_of_many_readers_who_forge_bounces_of_their_own_mails_stop_no_issue(
    sending: Press, monkeypatch: pytest.MonkeyPatch, sent: int, state: IssueState
):
    monkeypatch.setattr(sending.store.ledger, "counts", lambda issue: {DeliveryState.SENT: sent})
    eve = sending.store.readers.sign_up(
        build.subscriber_draft("eve@example.com"), WEEKLY, build.preferences(), build.consent()
    )
    for number in (1, eve.id):
        hear(sending, dsn("5.7.1", message_id=ours(sending, subscriber=number), said="550 <eve@example.com> no"), NOW)
    issue = sending.issue(ISSUE)
    assert (issue.state, "eve@" in issue.note) == (state, False), "and its note is for viewers of the desk too"


def test_policy_from_several_readers_pauses_the_issue_that_is_being_sent(
    sending: Press, caplog: pytest.LogCaptureFixture
):
    press = sending
    bob = press.store.readers.sign_up(
        build.subscriber_draft("bob@example.com"), WEEKLY, build.preferences(), build.consent()
    )
    mails = [dsn("5.7.26", message_id=ours(press, subscriber=n), said="550 5.7.26 no DKIM") for n in (1, bob.id)]
    assert [hear(press, mail, NOW).consequence for mail in (mails[0], mails[0], mails[1])] == [
        Consequence.TOLD, Consequence.KNOWN, Consequence.PAUSED,
    ]  # fmt: skip
    paused = press.issue(ISSUE)
    assert (paused.state, "550 5.7.26 no DKIM" in paused.note) == (IssueState.PAUSED, True)
    assert f"digest issue resume {ISSUE}" in caplog.text
    assert mailed(press) == ["ada@example.com"]


def test_answers_of_machines_are_ignored(press: Press):
    assert hear(press, away(message_id=ours(press)), NOW).consequence is Consequence.IGNORED
    assert press.store.feedback.events() == ()
