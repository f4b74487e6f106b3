"""Signatures: another implementation finds them good, and finds out what was changed or added."""

from __future__ import annotations

import base64
import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.deliver import headers
from digest.deliver.dkim import COVERED, DkimKey, Signer, private_key
from digest.deliver.message import multipart_lines, parts
from digest.model.delivery import DeliveryKey, Message
from digest.model.ids import IssueId, SubscriberId
from digest.model.wire import encode

NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""Before the clock of any machine: dkimpy takes no signature of the future."""
CORPORA = Path(os.environ.get("DIGEST_CORPORA", Path(__file__).parents[3] / "../shared/corpora"))
KEY = DeliveryKey(IssueId("weekly-2026-11-24"), SubscriberId(7))
TEXTS = st.lists(st.sampled_from([*"ab  \t.=-\n\r:<>@", "é", "🤖", "\u2028", "From: x\n", "\n\n"]), max_size=60).map(
    "".join
)


@cache
def keys() -> tuple[DkimKey, ...]:
    """RSA and Ed25519, for one domain."""
    return (
        DkimKey("example.org", "r2026", rsa.generate_private_key(65537, 2048)),
        DkimKey("example.org", "e2026", ed25519.Ed25519PrivateKey.generate()),
    )


def records(name: bytes, timeout: int = 5) -> bytes:
    """The DNS: the public key of a selector."""
    key = next(key for key in keys() if name.startswith(key.selector.encode()))
    if isinstance(key.private, rsa.RSAPrivateKey):
        form = key.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(form)
    raw = key.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(raw)


def message(
    subject: str = "News", name: str = "Ada", text: str = "Hello.\n", sender: str = "news@example.org"
) -> Message:
    """A list mail as deliver.message makes it: the empty line after the header is in the first part's segment."""
    head = b"".join((
        headers.line("Date", "Tue, 24 Nov 2026 09:00:00 +0000"),
        headers.mailbox("From", "The Weekly", headers.address(sender)),
        headers.phrase("List-Id", "The Weekly", "<weekly.example.org>"),
        headers.line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        headers.line("Feedback-ID", "weekly:weekly:digest:example"),
        *multipart_lines(b"=_b"),
        headers.unstructured("Subject", subject),
    ))  # fmt: skip
    own = headers.mailbox("To", name, headers.address("ada@example.com")) + headers.link(
        "List-Unsubscribe", "https://press.example.com/r/unsubscribe/a.b.c-d"
    )
    body = parts(b"=_b", [encode(text), b"\r\n"], [encode(f"<p>{text}</p>"), b"\r\n"])
    return of(head, own, *body)


def of(*segments: bytes) -> Message:
    return Message(KEY, "bounces@example.org", "ada@example.com", segments, sum(map(len, segments)))


def verdicts(signed: bytes) -> list[bool]:
    """What dkimpy says of each of the two signatures."""
    return [_verdict(signed, index) for index in range(2)]


def _verdict(signed: bytes, index: int) -> bool:
    try:
        return bool(dkim.DKIM(signed).verify(idx=index, dnsfunc=records))
    except dkim.DKIMException:
        return False


def sign(unsigned: Message) -> bytes:
    return b"".join(Signer(keys()).sign(unsigned, NOW).segments)


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_both_signatures_are_good_whatever_the_mail_says(subject: str, name: str, text: str):
    assert verdicts(sign(message(subject, name, text))) == [True, True]


@pytest.mark.skipif(not CORPORA.is_dir(), reason=f"no corpora at {CORPORA}; set DIGEST_CORPORA")
def test_both_signatures_are_good_over_strings_that_break_software():
    naughty = json.loads((CORPORA / "naughty-strings.json").read_text(encoding="utf-8"))
    signer = Signer(keys())
    for text in [text for text in naughty if text.isprintable()][::2]:
        signed = b"".join(signer.sign(message(text, text, text * 3), NOW).segments)
        assert verdicts(signed) == [True, True], text


@pytest.mark.parametrize(
    "body",
    [
        [b"\r\n"],
        [b"\r\n", b"\r\n", b"\r\n"],
        [b"\r\nwithout an end"],
        [b"\r\n", b"one\r\n", b"\r\n", b"\r\n\r\n"],
        [b"\r\ntwo  spaces and a tab\t \r\n", b" \r\n"],
        [b"\r\na\r\n", b"b\r\n", b"c"],
        [b"\r", b"\n", b"a\r\n"],
        [b"\r\na\r\n\r\n\r\nb\r\n\r\n"],
    ],
)
def test_where_segments_end_makes_no_difference(body: list[bytes]):
    split = of(b"From: a@example.org\r\nSubject:  two  spaces\r\n\tand a fold \r\n", *body)
    whole = of(b"".join(split.segments))
    assert sign(split) == sign(whole)
    assert verdicts(sign(split)) == verdicts(sign(whole)) == [True, True]


def test_what_many_mails_begin_with_is_hashed_once_and_right():
    signer, unsigned = Signer(keys()), message(text="Hello.\n" * 500)
    *before, last = unsigned.segments
    for number in range(5):
        personal = replace(unsigned, segments=(*before, b"%d\r\n" % number, last))
        assert verdicts(b"".join(signer.sign(personal, NOW).segments)) == [True, True]


def test_the_segments_stay_as_they_are_and_the_size_is_right():
    unsigned = message()
    signed = Signer(keys()).sign(unsigned, NOW)
    assert all(ours is theirs for ours, theirs in zip(signed.segments[2:], unsigned.segments, strict=True))
    assert signed.size == sum(map(len, signed.segments))
    assert replace(signed, segments=unsigned.segments, size=unsigned.size) == unsigned


@pytest.mark.parametrize(
    "name",
    [name for name in COVERED if name not in {"Message-ID", "Reply-To"}],
)
def test_a_changed_header_is_found_out(name: str):
    signed = sign(message())
    changed = re.sub(rb"(?m)^%b: " % name.encode(), b"%b: x" % name.encode(), signed)
    assert changed != signed
    assert verdicts(changed) == [False, False]


@pytest.mark.parametrize("name", [b"From", b"Subject", b"List-Unsubscribe", b"List-Unsubscribe-Post"])
@pytest.mark.parametrize("in_front", [True, False])
def test_a_second_header_is_found_out(name: bytes, in_front: bool):
    signed, added = sign(message()), name + b": x@example.org\r\n"
    forged = added + signed if in_front else signed.replace(b"\r\n\r\n", b"\r\n" + added + b"\r\n", 1)
    assert verdicts(forged) == [False, False]


def test_a_changed_body_is_found_out():
    assert verdicts(sign(message()).replace(b"Hello", b"Hullo")) == [False, False]


def test_a_mail_without_list_headers_is_signed_against_getting_some():
    signed = sign(of(b"From: a@example.org\r\nTo: b@example.com\r\n", b"Subject: Confirm\r\n", b"\r\nText\r\n"))
    assert verdicts(signed) == [True, True]
    assert verdicts(b"List-Unsubscribe: <https://evil.example/>\r\n" + signed) == [False, False]


def test_a_signature_says_what_it_is():
    lines = Signer(keys()).sign(message(), NOW).segments[0].decode()
    tags = dict(tag.strip().split("=", 1) for tag in lines.removeprefix("DKIM-Signature:").split(";"))
    assert (tags["v"], tags["a"], tags["c"], tags["d"], tags["s"]) == (
        "1", "rsa-sha256", "relaxed/simple", "example.org", "r2026",
    )  # fmt: skip
    assert tags["t"] == str(int(NOW.timestamp()))
    assert tags["h"].split(":").count("From") == 2
    assert all(len(line) <= 78 for line in lines.split("\r\n"))


def test_only_keys_of_the_senders_domain_or_above_sign():
    above = DkimKey("org", "s", keys()[1].private)
    other = DkimKey("le.org", "s", keys()[1].private)
    signer = Signer((other, above))
    assert signer.keys_for("example.org") == (above,)
    assert Signer((other,)).sign(message(), NOW) == message()


def test_a_later_signature_bears_a_later_time():
    signer = Signer(keys())
    first, second = signer.sign(message(), NOW), signer.sign(message(), NOW + timedelta(seconds=5))
    assert first.segments[0] != second.segments[0]


def pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey, password: str = "") -> bytes:
    sealed = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed)


def test_a_key_file_is_read():
    for key in keys():
        assert type(private_key(pem(key.private))) is type(key.private)


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (b"", "no private key"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "no private key"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "neither an RSA nor an Ed25519"),
        (pem(ed25519.Ed25519PrivateKey.generate(), "pass"), "is encrypted"),
    ],
)
def test_a_file_that_holds_no_such_key_is_refused(file: bytes, problem: str):
    with pytest.raises(ValueError, match=problem):
        private_key(file)
