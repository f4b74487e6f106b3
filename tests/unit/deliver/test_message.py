"""A composed mail: its headers, its parts, and what of it is shared."""

from __future__ import annotations

import email.policy
import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

import build
import press
from build import NOW
from digest.config.machine import SiteSettings
from digest.config.publication import NewsletterSettings, SenderSettings
from digest.config.settings import Settings
from digest.deliver.message import Letterhead, compose, letterhead, plan
from digest.deliver.message_id import whose
from digest.errors import HeaderError
from digest.model.delivery import DeliveryKey, Message
from digest.model.edition import CompiledIssue, Edition, Escape, Fragment, Segment, Slot
from digest.model.ids import IssueId, SubscriberId
from digest.model.people import Recipient
from digest.model.wire import encode_segments

SECRET = "s" * 32
ISSUE = IssueId("weekly-2026-11-24")
PERSONAL = {"unsubscribe_url": "https://press.example.com/r/unsubscribe/t.1=&x", "view_url": "https://v.example/1"}
SENDER = SenderSettings(name="Dr. Weekly", address="weekly@bücher.example", bounces="bounces@mail.example.com")


def newsletter(**fields: object) -> NewsletterSettings:
    return NewsletterSettings(**({"slug": "weekly", "name": "The Weekly", "sender": SENDER} | fields))


def fragment(key: str, html: list[str | Slot], text: list[str | Slot]) -> Fragment:
    def ended(pieces: list[str | Slot]) -> tuple[Segment, ...]:
        return (*encode_segments(pieces), b"\r\n")

    return Fragment(key, ended(html), ended(text), 100)


def fragments() -> CompiledIssue:
    unsubscribe = "unsubscribe_url"
    made = (
        fragment("head", ["<title>", Slot("subject", Escape.HTML), "</title>"], [Slot("subject", Escape.TEXT)]),
        fragment("teaser:1", ["<p>", Slot("count", Escape.HTML), " dots.</p>"],
                 [".one\n..two ", Slot("count", Escape.TEXT)]),
        fragment("footer", ['<a href="', Slot(unsubscribe, Escape.URL), '">Leave, ', Slot("name", Escape.HTML), "</a>"],
                 ["Leave: ", Slot(unsubscribe, Escape.TEXT)]),
    )  # fmt: skip
    return CompiledIssue(ISSUE, 1, MappingProxyType({each.key: each for each in made}))


def head(**fields: object) -> Letterhead:
    archive = "https://press.example.com/archive/weekly"
    return letterhead(newsletter(**fields), SiteSettings(), fragments(), "ab" * 32, SECRET, NOW, archive)


def mail(reader: Recipient | None = None, edition: Edition | None = None, **fields: object) -> Message:
    recipient = reader or build.recipient(7, name="Ada Lovelace")
    key = DeliveryKey(ISSUE, recipient.subscriber.id)
    return compose(plan(head(**fields), edition or build.edition()), recipient, PERSONAL, key)


def parsed(message: Message) -> EmailMessage:
    return BytesParser(policy=email.policy.default).parsebytes(b"".join(message.segments))  # type: ignore[return-value]


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return part.get_content().replace("\r\n", "\n")


def test_a_mail_has_every_header_that_list_mail_needs() -> None:
    message = parsed(mail())
    assert {name: str(message[name]) for name in set(message.keys()) - {"Content-Type", "Message-ID"}} == {
        "Date": "Tue, 24 Nov 2026 09:00:00 +0000",
        "From": '"Dr. Weekly" <weekly@xn--bcher-kva.example>',
        "To": "Ada Lovelace <reader7@example.com>",
        "Subject": "Subject of e1",
        "MIME-Version": "1.0",
        "List-Id": "The Weekly <weekly.xn--bcher-kva.example>",
        "List-Owner": "<mailto:weekly@xn--bcher-kva.example>",
        "List-Archive": "<https://press.example.com/archive/weekly>",
        "List-Unsubscribe": f"<{PERSONAL['unsubscribe_url']}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
        "Feedback-ID": "weekly-2026-11-24:weekly:digest:xnbcherkvaexamp",
        "Organization": "Digest Press",
        "Digest-Issue": f"weekly-2026-11-24; revision=1; hash={'ab' * 32}",
    }
    assert len(message.items()) == len(set(message.keys()))


def test_one_click_headers_are_byte_for_byte_as_rfc_8058_has_them() -> None:
    raw = b"".join(mail().segments)
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert f"\r\nList-Unsubscribe: <{PERSONAL['unsubscribe_url']}>\r\n".encode() in raw


def test_text_comes_before_html_and_both_are_whole() -> None:
    message = parsed(mail())
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert [part["Content-Transfer-Encoding"] for part in message.iter_parts()] == ["quoted-printable"] * 2
    assert body(message, "plain").split("\n") == [
        "Subject of e1", ".one", "..two 1", f"Leave: {PERSONAL['unsubscribe_url']}", ""
    ]  # fmt: skip
    escaped = PERSONAL["unsubscribe_url"].replace("&", "&amp;")
    assert body(message, "html").split("\n") == [
        "<title>Subject of e1</title>", "<p>1 dots.</p>", f'<a href="{escaped}">Leave, Ada Lovelace</a>', ""
    ]  # fmt: skip


def test_lines_need_no_dot_stuffing_and_are_short() -> None:
    raw = b"".join(mail(edition=build.edition(subject=". a subject " * 30)).segments)
    assert raw.endswith(b"--\r\n") and raw.count(b"\n") == raw.count(b"\r\n")
    lines = raw.split(b"\r\n")
    assert not any(line.startswith(b".") for line in lines)
    own_links = [line for line in lines if line.startswith((b"List-", b"Message-ID"))]
    assert all(len(line) <= 78 for line in lines if line not in own_links)


def test_the_envelope_goes_to_the_bounce_address() -> None:
    assert mail().sender == "bounces@mail.example.com"
    assert mail(sender=SENDER.model_copy(update={"bounces": ""})).sender == "weekly@xn--bcher-kva.example"


def test_answers_go_where_the_newsletter_says() -> None:
    message = parsed(mail(sender=SENDER.model_copy(update={"reply_to": "desk@example.com"})))
    assert str(message["Reply-To"]) == "desk@example.com"
    assert str(message["List-Owner"]) == "<mailto:desk@example.com>"


def test_the_size_is_the_size() -> None:
    message = mail()
    assert message.size == sum(map(len, message.segments)) == len(b"".join(message.segments))


def test_readers_of_an_edition_share_its_bytes() -> None:
    """Only the headers and the values of open slots are made anew."""
    prepared = plan(head(), build.edition())
    one, two = (
        compose(prepared, build.recipient(n), PERSONAL, DeliveryKey(ISSUE, SubscriberId(n))).segments for n in (1, 2)
    )
    shared = [a for a, b in zip(one, two, strict=True) if a is b]
    places = sorted(at for _, where in prepared.open for at in where)
    assert [at for at, segment in enumerate(prepared.body) if not segment] == places
    assert len(one) - len(shared) == 1 + len(places) == 1 + 3  # the headers; links in the footer's text and HTML


def test_identical_input_gives_identical_bytes() -> None:
    assert mail() == mail()


def test_a_message_id_follows_from_issue_and_subscriber_alone() -> None:
    first = parsed(mail(build.recipient(7, email="old@example.com", name="Old")))["Message-ID"]
    later = letterhead(newsletter(), SiteSettings(), fragments(), "", SECRET, NOW + timedelta(days=3))
    key = DeliveryKey(ISSUE, SubscriberId(7))
    again = compose(plan(later, build.edition("e2")), build.recipient(7, email="new@example.com"), PERSONAL, key)
    assert parsed(again)["Message-ID"] == first
    assert first.endswith("@xn--bcher-kva.example>") and "old" not in first.lower()
    assert whose(first, [SECRET]) == key


def test_a_message_id_of_ours_cannot_be_made_up() -> None:
    ours = str(parsed(mail())["Message-ID"])
    assert whose(ours, ["another" * 5, SECRET]) == DeliveryKey(ISSUE, SubscriberId(7))
    assert whose(ours.strip("<>"), [SECRET]) == DeliveryKey(ISSUE, SubscriberId(7))
    assert whose(ours, ["another" * 5]) is None
    assert whose(ours.replace(".7.", ".8."), [SECRET]) is None
    assert whose("<somebody@else.example>", [SECRET]) is None


@given(st.text(max_size=100), st.text(max_size=60))
def test_what_a_reader_or_subject_holds_is_never_expanded_and_adds_nothing(subject: str, name: str) -> None:
    clean = {subject: subject.encode("utf-8", "replace").decode(), name: name.encode("utf-8", "replace").decode()}
    usual = parsed(mail())
    message = parsed(mail(build.recipient(7, name=clean[name]), build.edition(subject=clean[subject])))
    assert message.keys() == usual.keys()
    assert [part.get_content_type() for part in message.walk()] == [part.get_content_type() for part in usual.walk()]
    assert [address.addr_spec for address in message["To"].addresses] == ["reader7@example.com"]


def test_a_slot_in_a_value_stays_text() -> None:
    html = body(parsed(mail(build.recipient(7, name="{{ unsubscribe_url }} <b>"))), "html")
    assert "{{ unsubscribe_url }} &lt;b&gt;</a>" in html


def test_the_boundary_cannot_occur_in_the_parts() -> None:
    """Quoted-printable writes "=" as "=3D", so "=_" is never in a part, whatever an editor writes."""
    boundary = re.search(b'boundary="(.+)"', head().head)[1]
    raw = b"".join(mail(edition=build.edition(subject=f"--{boundary.decode()} --{boundary.decode()}--")).segments)
    own_lines = [line for line in raw.split(b"\r\n") if line.startswith(b"--" + boundary)]
    assert own_lines == [b"--" + boundary] * 2 + [b"--" + boundary + b"--"]


def test_an_accented_address_needs_smtputf8() -> None:
    message = mail(build.recipient(7, email="jürgen@bücher.example"))
    assert message.smtputf8 and message.recipient == "jürgen@xn--bcher-kva.example"


@pytest.mark.parametrize("part", ["address", "reply_to", "bounces"])
def test_an_accented_sender_needs_smtputf8_for_every_reader(part: str) -> None:
    sent = mail(sender=SENDER.model_copy(update={part: "jörg@bücher.example"}))
    assert sent.smtputf8 and sent.recipient.isascii()
    assert not mail().smtputf8, "an accent in the domain alone needs none"


def test_an_accented_sender_can_be_written_to() -> None:
    """A mailto is a URL: its accents are percent-encoded (RFC 6068)."""
    message = parsed(mail(sender=SenderSettings(name="Jörg", address="jörg@bücher.example")))
    assert str(message["List-Owner"]) == "<mailto:j%C3%B6rg@xn--bcher-kva.example>"
    both = SenderSettings(name="Jörg", address="a@b.example", reply_to="jörg@bücher.example")
    assert "\r\nReply-To: jörg@xn--bcher-kva.example\r\n".encode() in b"".join(mail(sender=both).segments)


def test_an_impossible_address_is_an_error() -> None:
    with pytest.raises(HeaderError):
        mail(build.recipient(7, email="=?utf-8?q?x?=@example.com"))


def test_a_draft_goes_without_a_hash() -> None:
    drafted = letterhead(newsletter(), SiteSettings(), fragments(), "", SECRET, NOW)
    assert b"Digest-Issue: weekly-2026-11-24; revision=1\r\n" in drafted.head


def test_a_newsletter_with_an_accent_keeps_its_list_id_readable_by_machines() -> None:
    message = parsed(mail(name="Über uns"))
    assert str(message["List-Id"]).endswith(" <weekly.xn--bcher-kva.example>")
    assert b"\r\nList-Id: =?utf-8?b?w5xiZXIgdW5z?= <weekly.xn--" in b"".join(mail(name="Über uns").segments)


def test_an_edition_of_the_real_templates_parses() -> None:
    issue = press.compiled()
    keys = tuple(key for key in issue.fragments if not key.startswith("contents"))
    edition = replace(build.edition(issue=issue.issue), keys=keys, values=tuple(press.VALUES.items()))
    prepared = plan(letterhead(press.newsletter(), press.SITE, issue, "ab" * 32, SECRET, NOW), edition)
    message = compose(prepared, build.recipient(1), press.PERSONAL, DeliveryKey(issue.issue, SubscriberId(1)))
    read = parsed(message)
    assert not read.defects and "</html>" in body(read, "html")
    assert len(message.segments) < 150


def test_an_envelope_sender_may_name_the_delivery() -> None:
    sent = mail(sender=SENDER.model_copy(update={"verp": True}))
    local, _, domain = sent.sender.partition("@")
    assert (local.partition("+")[0], domain) == ("bounces", "mail.example.com")
    assert whose(local.partition("+")[2], (SECRET,)) == sent.key
    assert whose(local.partition("+")[2], ("other" * 8,)) is None


def test_a_tag_of_an_envelope_sender_as_it_once_was_is_still_understood() -> None:
    """It held the whole MAC of the Message-ID; bounces come days later."""
    sent = mail()
    tag = str(parsed(sent)["Message-ID"]).strip("<>").partition("@")[0]
    assert whose(tag, (SECRET,)) == whose(tag[:-10], (SECRET,)) == sent.key
    assert whose(tag[:-9], (SECRET,)) is None and whose(tag[:-11], (SECRET,)) is None


@pytest.mark.parametrize(("slug", "bounces"), [("w" * 18, "bounces"), ("weekly", "b" * 19), ("w" * 22, "bü")])
def test_no_envelope_sender_that_the_settings_allow_is_too_long(slug: str, bounces: str) -> None:
    """RFC 5321, section 4.5.3.1.1: 64 octets before the @, for any reader among a thousand million."""
    sender = SENDER.model_copy(update={"verp": True, "bounces": f"{bounces}@mail.example.com"})
    (newsletter,) = Settings(newsletters=(NewsletterSettings(slug=slug, name="Weekly", sender=sender),)).newsletters
    prepared = plan(letterhead(newsletter, SiteSettings(), fragments(), "", SECRET, NOW), build.edition())
    key = DeliveryKey(IssueId(f"{slug}-2026-11-24"), SubscriberId(999_999_999))
    local = compose(prepared, build.recipient(1), PERSONAL, key).sender.rpartition("@")[0]
    assert whose(local.partition("+")[2], (SECRET,)) == key
    assert len(local.encode()) == 64


def test_a_test_mail_has_the_plain_envelope_sender() -> None:
    """Its name is too long for a tag, and nobody's delivery."""
    verp = newsletter(sender=SENDER.model_copy(update={"verp": True}))
    assert not letterhead(verp, SiteSettings(), fragments(), "", SECRET, NOW, is_test=True).verp
