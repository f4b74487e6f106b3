"""What mails that came back say."""

from __future__ import annotations

import base64
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feedback.classify import classify
from digest.feedback.status import kind_of
from digest.model.feedback import Feedback, FeedbackKind
from returned import ADA, UNREADABLE, arf, away, dsn, qmail

HARD, SOFT, POLICY, NONE = FeedbackKind.HARD, FeedbackKind.SOFT, FeedbackKind.POLICY, FeedbackKind.NONE


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("5.1.1", HARD), ("5.1.2", HARD), ("5.1.6", HARD), ("5.2.1", HARD), ("5.1.10", HARD), ("5.0.0", HARD),
        ("5.4.4", HARD), ("5.7.13", HARD),
        ("4.2.2", SOFT), ("4.7.1", SOFT), ("4.0.0", SOFT), ("5.2.2", SOFT), ("5.3.4", SOFT), ("5.2.3", SOFT),
        ("5.7.1", POLICY), ("5.7.26", POLICY), ("5.7.515", POLICY), ("5.7.0", POLICY), ("5.1.8", POLICY),
        ("2.1.5", NONE), ("", NONE), ("5.1", NONE),
    ],
)  # fmt: skip
def test_the_status_decides(status: str, kind: FeedbackKind):
    assert kind_of(status) is kind


class TestDeliveryStatus:
    def test_it_tells_whom_why_and_what_the_server_said(self):
        found = classify(dsn(said="550 5.1.1 <ada@example.com>... User unknown", message_id="<ours@example.org>"))
        said = "550 5.1.1 <ada@example.com>... User unknown"
        assert (found.kind, found.addresses, found.status, found.diagnostic) == (HARD, (ADA,), "5.1.1", said)
        assert found.named == ("<ours@example.org>", "bounces@example.org")

    @pytest.mark.parametrize(
        ("mail", "kind", "status"),
        [
            (dsn("4.4.7", action="delayed"), SOFT, "4.4.7"),
            (dsn("4.4.7", action="failed"), SOFT, "4.4.7"),
            (dsn("5.2.2"), SOFT, "5.2.2"),
            (dsn("5.0.0", said="550-5.7.1 [192.0.2.1] our system has detected\n 550 5.7.1 spam"), POLICY, "5.7.1"),
            (dsn("5.0.0", said="550 no such user"), HARD, "5.0.0"),
            (dsn("5.1.1", said="550 5.7.1 relaying denied"), HARD, "5.1.1"),
            (dsn("5.0.0", said="452 4.2.2 The email account is over quota"), SOFT, "4.2.2"),
            (dsn("5.0.0", said="451 4.7.1 Greylisted, please try later"), SOFT, "4.7.1"),
            (dsn("5.0.0", said="451 Greylisted"), SOFT, "4.0.0"),
            (dsn("5.0.0", said="550 no, says Exim 4.94.2"), HARD, "5.0.0"),
            (dsn("5.1.0", said="452 4.2.2 full"), HARD, "5.1.0"),
            (dsn("4.0.0", said="550 5.1.1 unknown"), SOFT, "4.0.0"),
            (dsn("2.0.0", said="no"), HARD, "5.0.0"),
            (dsn("", said="550 5.2.1 disabled"), HARD, "5.2.1"),
            (dsn("", said="552 too much"), HARD, "5.0.0"),
            (dsn("", said="451 later"), SOFT, "4.0.0"),
            (dsn("", said=""), HARD, "5.0.0"),
            (dsn("5.1.1 (no such mailbox)", action="Failed (bad)"), HARD, "5.1.1"),
            (dsn("5.1.1", action="error"), HARD, "5.1.1"),
            (dsn("2.0.0", action="delivered"), FeedbackKind.AUTO_REPLY, ""),
            (dsn("2.0.0", action="relayed"), FeedbackKind.AUTO_REPLY, ""),
        ],
    )
    def test_action_status_and_what_was_said_go_together(self, mail: bytes, kind: FeedbackKind, status: str):
        found = classify(mail)
        assert (found.kind, found.status) == (kind, status)

    @pytest.mark.parametrize(
        "mail",
        [
            dsn("5.1.1"), dsn("5.1.2"), dsn("5.1.3"), dsn("5.1.6"), dsn("5.1.10"), dsn("5.2.1"), dsn("5.7.13"),
            dsn("5.0.0", said="550 no such user"), dsn("5.0.0", said="550 <ada@example.com>... User unknown"),
            dsn("5.0.0", said="550 Unknown user"), dsn("5.1.0", said="550 5.1.0 the address does not exist"),
            dsn("5.3.0", said="553 5.3.0 <ada@example.com>... Addressee unknown"),
            dsn("5.0.0", said="554 this user doesn't have a mail.example.com account"),
            dsn("5.0.0", said="550 unknown or illegal user: ada@example.com"),
            qmail(), qmail(reason="Remote host said: 550 Recipient address rejected: User unknown in virtual table"),
        ],
    )  # fmt: skip
    def test_a_mailbox_or_domain_that_does_not_exist_is_gone(self, mail: bytes):
        assert (classify(mail).kind, classify(mail).is_gone) == (HARD, True)

    @pytest.mark.parametrize(
        "mail",
        [
            dsn("5.0.0"), dsn("5.1.4"), dsn("5.3.0"), dsn("5.3.5"), dsn("5.4.1"), dsn("5.4.4"), dsn("5.4.6"),
            dsn("5.5.2"), dsn("5.6.0"), dsn("2.0.0"), dsn("5.0.0", said="554 Message looping (received 6 times)"),
            dsn("5.0.0", said="552 over quota"), dsn("5.0.0", said="550 action not taken: mailbox unavailable"),
            dsn("5.0.0", said="550 Sender address rejected: Domain not found"),
            dsn("5.4.6", said="554 5.4.6 too many hops for unknown user"),
            qmail(reason="The e-mail message could not be delivered because the user's mailfolder is full."),
            qmail(reason="Sorry.").replace(b"Hello.", b"The user unknown to the police."),
        ],
    )  # fmt: skip
    def test_what_fails_on_the_way_says_nothing_of_the_mailbox(self, mail: bytes):
        assert (classify(mail).kind, classify(mail).is_gone) == (HARD, False)

    @pytest.mark.parametrize("mail", [dsn("5.2.2"), dsn("4.1.1"), dsn("5.7.1", said="unknown user"), arf(), away()])
    def test_only_what_is_hard_can_be_gone(self, mail: bytes):
        assert not classify(mail).is_gone

    @pytest.mark.parametrize(
        ("recipient", "fields", "address"),
        [
            ("rfc822; <ada@example.com>", "", ADA),
            ("<ada@example.com>", "", ADA),
            ("RFC822;ada@sub.example.com", "Original-Recipient: rfc822;ada@example.com", ADA),
            ("x400; /S=ada/OU=x@y/", "Original-Recipient: rfc822; ada@example.com", ADA),
            (r"utf-8; j\x{F6}rg@example.com", "", "jörg@example.com"),
        ],
    )
    def test_the_address_is_the_one_that_was_mailed_however_it_is_written(self, recipient, fields, address):
        assert classify(dsn(recipient=recipient, fields=fields)).addresses == (address,)

    def test_addresses_of_other_worlds_are_none(self):
        assert classify(dsn(recipient="x400; /S=ada@x/OU=y/")).addresses == ()

    def test_the_international_form_is_read_too(self):
        assert classify(dsn(kind="message/global-delivery-status")).kind is HARD

    def test_an_encoded_report_is_read_too(self):
        plain = dsn()
        start, end = plain.index(b"Reporting-MTA"), plain.index(b"--b\nContent-Type: message/rfc822")
        encoded = base64.encodebytes(plain[start:end])
        whole = plain[: start - 1] + b"Content-Transfer-Encoding: base64\n\n" + encoded + plain[end:]
        assert classify(whole).addresses == (ADA,)

    def test_of_several_recipients_the_worst_speaks_and_all_are_named(self):
        more = "\nFinal-Recipient: rfc822; bob@example.com\nAction: failed\nStatus: 5.1.1"
        found = classify(dsn("4.2.2", action="delayed", fields=more))
        assert (found.kind, found.status, found.addresses) == (HARD, "5.1.1", (ADA, "bob@example.com"))

    def test_a_report_that_a_gateway_wrapped_is_read_with_its_returned_mail(self):
        wrapped = b"Subject: Fw\nContent-Type: message/rfc822\n\n" + dsn("5.7.1", message_id="<ours@example.org>")
        found = classify(wrapped)
        assert found.kind is POLICY
        assert found.named[0] == "<ours@example.org>"

    def test_a_report_inside_of_the_returned_mail_is_not_its_own(self):
        inner = dsn("5.1.1").partition(b"\n\n")[2].decode().replace("--b", "--c")
        hello = "Hello.\n"
        outer = dsn("4.2.2", action="delayed").decode()
        forged = outer.replace(hello, f"Content-Type: multipart/mixed; boundary=c\n\n{inner}")
        assert classify(forged.encode()).kind is SOFT


class TestComplaints:
    def test_a_complaint_is_read_from_its_report(self):
        found = classify(arf(message_id="<ours@example.org>"))
        assert (found.kind, found.addresses, found.diagnostic) == (FeedbackKind.COMPLAINT, (ADA,), "abuse")
        assert "<ours@example.org>" in found.named

    def test_a_provider_may_hide_who_complained(self):
        found = classify(arf(recipient=""))
        assert (found.kind, found.addresses) == (FeedbackKind.COMPLAINT, ())

    @pytest.mark.parametrize("kind", ["not-spam", "auth-failure"])
    def test_reports_of_other_things_are_no_complaints(self, kind: str):
        assert classify(arf(kind)).kind is NONE


class TestTheRest:
    def test_the_wording_of_other_bounces_is_known(self):
        found = classify(qmail())
        assert (found.kind, found.addresses, found.status) == (HARD, (ADA,), "5.1.1")
        assert "<x@example.org>" in found.named

    @pytest.mark.parametrize(("code", "kind"), [("5.7.1", POLICY), ("5.2.2", SOFT)])
    def test_a_code_goes_before_the_wording(self, code: str, kind: FeedbackKind):
        assert classify(qmail(reason=f"Remote host said: 550 {code} no")).kind is kind

    @pytest.mark.parametrize(
        "mail",
        [
            away(),
            b"Subject: Auto reply\n\nThank you.\n",
            b"Subject: =?utf-8?q?R=C3=A9ponse_automatique=20=3A?= x\n\nMerci.\n",
            b"Subject: x\nPrecedence: auto_reply\n\nThank you.\n",
            b"Subject: x\nX-Autoreply: yes\n\nThank you.\n",
            b"Subject: Read\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
            b"--b\n\nRead.\n--b--\n",
        ],
    )
    def test_machines_that_answer_are_told_from_people(self, mail: bytes):
        assert classify(mail).kind is FeedbackKind.AUTO_REPLY

    @pytest.mark.parametrize("mail", [b"", b"Subject: Hello\nAuto-Submitted: no\n\nI liked it.\n", b"\x00\xff"])
    def test_what_people_write_is_none(self, mail: bytes):
        assert classify(mail).kind is NONE


PIECES = st.sampled_from(
    [
        b"Content-Type: message/delivery-status\n\n", b"Content-Type: text/plain; charset=\x00\n\n", b"--b\n", b"\n\n",
        b"Content-Type: multipart/report; boundary=b\n\n", b"Content-Transfer-Encoding: base64\n", b"From: \n",
        b"Final-Recipient: rfc822; \\x{110000}\\x{D800}a@b\n", b"Action: failed\n", b"Status: 5.1.1\n", b"\xff\x00",
        b"Subject: =?utf-8?b?A?=\n", b"Content-Type: message/feedback-report\n\n", b"Message-ID: <a@b>\n",
        b"charset*=%ff",
        b"Content-Type: text/plain; charset=\"\x00\"\n", b"This message was created automatically\n", b"=?x?q?=FF?=",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map(b"".join))
def test_no_bytes_make_it_fail(raw: bytes):
    assert isinstance(classify(raw), Feedback)


@given(st.integers(0, 900), st.binary(max_size=8), st.sampled_from([dsn(), arf(), qmail(), away()]))
def test_no_damage_makes_it_fail(at: int, junk: bytes, mail: bytes):
    assert isinstance(classify(mail[:at] + junk + mail[at + 2 * len(junk) :]), Feedback)


NUMBERED = st.builds(
    b"%b*%b%b=%b".__mod__,
    st.tuples(
        st.sampled_from([b"charset", b"boundary", b"report-type"]),
        st.sampled_from([b"", b"0", b"1", b"9" * 5000, b"x"]),
        st.sampled_from([b"", b"*"]),
        st.sampled_from([b"utf-8''x", b"a", b"'", b"''", b'"', b"x'y'%ff", b"delivery-status"]) | st.binary(max_size=9),
    ),
)
"""Parameters of RFC 2231, right and wrong: charset*0*=utf-8''x"""
TYPES = st.sampled_from([b"text/plain", b"multipart/report", b"message/delivery-status"])


@given(st.sampled_from([dsn(), arf(), qmail(), away()]), st.integers(0, 3), TYPES, st.lists(NUMBERED, max_size=4))
def test_no_numbered_parameters_make_it_fail(mail: bytes, at: int, kind: bytes, numbered: list[bytes]):
    name = b"Content-Type: "
    pieces = (name + b"\n" + mail).split(name)
    at = 1 + at % (len(pieces) - 1)
    pieces[at] = b"; ".join([kind, *numbered]) + b"\n" + pieces[at].partition(b"\n")[2]
    assert isinstance(classify(name.join(pieces)), Feedback)


@pytest.mark.parametrize("mail", UNREADABLE, ids=["mixed", "long number"])
def test_what_the_email_package_cannot_read_is_none(mail: bytes):
    assert classify(mail).kind is NONE


def test_a_part_of_an_odd_character_set_does_not_hide_the_report_beside_it():
    odd = dsn().replace(b"text/plain", b"text/plain; charset*=utf-8''x; charset*0*=a")
    assert (classify(odd).kind, classify(odd).addresses) == (HARD, (ADA,))


def test_parts_within_parts_without_end_are_none():
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(3000))
    assert classify(deep).kind is NONE
    assert sys.getrecursionlimit() < 3000


def test_a_detector_that_stumbles_says_nothing(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]):
    logging.getLogger("flufl.bounce").setLevel(logging.DEBUG)
    classify(b"From: \nSubject: x\n\nHello.\n")
    assert (caplog.text, capsys.readouterr().err) == ("", "")
