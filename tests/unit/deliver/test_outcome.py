"""What a reply means: by code, enhanced code and phase."""

from __future__ import annotations

from datetime import timedelta

import pytest

from build import NOW
from digest.deliver.outcome import Phase, Reply, broken, kind_of, outcome, retry_wait, unsendable
from digest.model.delivery import DeliveryKey, OutcomeKind
from digest.model.ids import IssueId, SubscriberId

KEY = DeliveryKey(IssueId("weekly-2026-11-24"), SubscriberId(1))
ACCEPTED, DEFERRED, REFUSED, UNCERTAIN, BLOCKED, _ = OutcomeKind


@pytest.mark.parametrize(
    ("phase", "code", "text", "kind"),
    [
        (Phase.BODY, 250, "2.0.0 Ok: queued as 4F3A", ACCEPTED),
        (Phase.BODY, 250, "", ACCEPTED),
        (Phase.BODY, 221, "bye", UNCERTAIN),
        (Phase.BODY, 354, "go on", UNCERTAIN),
        (Phase.BODY, 451, "4.3.0 try again", DEFERRED),
        (Phase.BODY, 452, "4.3.1 no space", DEFERRED),
        (Phase.BODY, 552, "5.3.4 too big", REFUSED),
        (Phase.BODY, 554, "5.6.0 bad content", REFUSED),
        (Phase.BODY, 554, "5.7.1 looks like spam", BLOCKED),
        (Phase.BODY, 550, "5.7.515 Access denied, sending domain does not meet the required level", BLOCKED),
        (Phase.BODY, 550, "5.7.26 Unauthenticated email is not accepted", BLOCKED),
        (Phase.RCPT, 450, "4.7.1 Greylisted, see you", DEFERRED),
        (Phase.RCPT, 450, "4.2.1 mailbox busy", DEFERRED),
        (Phase.RCPT, 452, "4.2.2 mailbox full", DEFERRED),
        (Phase.RCPT, 452, "4.5.3 too many recipients", DEFERRED),
        (Phase.RCPT, 550, "5.1.1 no such user", REFUSED),
        (Phase.RCPT, 550, "no such user", REFUSED),
        (Phase.RCPT, 551, "5.1.6 moved", REFUSED),
        (Phase.RCPT, 552, "5.2.2 mailbox full", REFUSED),
        (Phase.RCPT, 553, "5.1.3 bad address", REFUSED),
        (Phase.RCPT, 554, "5.7.1 relay access denied", BLOCKED),
        (Phase.RCPT, 550, "5.7.13 account disabled", REFUSED),
        (Phase.RCPT, 550, "5.7.17 mailbox has another owner", REFUSED),
        (Phase.RCPT, 550, "5.1.8 bad sender", BLOCKED),
        (Phase.RCPT, 550, "4.7.1 of another class than its code", REFUSED),
        (Phase.MAIL, 530, "5.7.0 authentication required", BLOCKED),
        (Phase.MAIL, 550, "we do not know you", BLOCKED),
        (Phase.MAIL, 552, "5.3.4 too big", REFUSED),
        (Phase.MAIL, 451, "4.3.0 try again", DEFERRED),
        (Phase.MAIL, 421, "4.7.0 too much mail from your address", BLOCKED),
        (Phase.MAIL, 421, "4.7.28 unusual rate", BLOCKED),
        (Phase.MAIL, 421, "4.3.2 shutting down", DEFERRED),
        (Phase.MAIL, 421, "closing", DEFERRED),
        (Phase.DATA, 250, "what?", DEFERRED),
        (Phase.DATA, 451, "4.3.0 try again", DEFERRED),
        (Phase.DATA, 554, "5.5.1 no valid recipients", REFUSED),
    ],
)
def test_a_reply_is_classed_by_code_enhanced_code_and_phase(
    phase: Phase, code: int, text: str, kind: OutcomeKind
) -> None:
    assert kind_of(phase, Reply(code, (text,))) is kind


@pytest.mark.parametrize(
    ("phase", "code", "lines", "kind"),
    [
        (Phase.RCPT, 550, ("Sorry, your mail was refused.", "5.7.1 Policy, see https://x.example"), BLOCKED),
        (Phase.BODY, 550, ("5.1.1 no such user", "5.7.1 look it up"), REFUSED),
        (Phase.RCPT, 550, ("4.7.1 of another class", "5.7.1 policy"), BLOCKED),
        (Phase.RCPT, 550, ("see section 5.7.1 of our policy", "and go"), REFUSED),
        (Phase.MAIL, 421, ("a", "4.7.0 b"), BLOCKED),
    ],
)
def test_an_enhanced_code_counts_on_whatever_line_it_begins(
    phase: Phase, code: int, lines: tuple[str, ...], kind: OutcomeKind
) -> None:
    assert kind_of(phase, Reply(code, lines)) is kind


def test_no_permanent_reply_is_ever_tried_again_by_itself() -> None:
    for code in range(500, 560):
        met = outcome(KEY, Phase.RCPT, Reply(code, ("no",)), NOW)
        assert met.kind is REFUSED and met.retry_at is None


def test_a_deferred_message_is_due_again_in_five_minutes() -> None:
    assert outcome(KEY, Phase.RCPT, Reply(450, ("later",)), NOW).retry_at == NOW + timedelta(minutes=5)


def test_waits_double_up_to_an_hour() -> None:
    waits = [retry_wait(attempts) / timedelta(minutes=1) for attempts in (0, 1, 2, 3, 4, 5, 6, 1000)]
    assert waits == [5, 5, 10, 20, 40, 60, 60, 60]


@pytest.mark.parametrize("phase", Phase)
def test_a_broken_connection_is_uncertain_only_after_the_dot(phase: Phase) -> None:
    met = broken(KEY, phase, "connection lost", NOW)
    assert met.kind is (UNCERTAIN if phase is Phase.BODY else DEFERRED)
    assert str(phase) in met.reply


def test_a_reply_is_kept_as_one_line_of_bounded_length() -> None:
    reply = Reply(550, ("5.1.1 no\x1b[31m such\x00 user", "x" * 9000))
    met = outcome(KEY, Phase.RCPT, reply, NOW)
    assert met.reply.startswith("550 5.1.1 no [31m such  user x")
    assert met.reply.isprintable() and len(met.reply) <= 500


def test_what_cannot_be_sent_is_refused_with_the_reason() -> None:
    assert unsendable(KEY, "too big").reply == "too big"
