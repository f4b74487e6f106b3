"""Signatures: another implementation finds them good, and finds out what was changed or added."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.deliver.dkim import COVERED, DkimKey, Signer, private_key
from signed_mail import SIGNED_AT, keys, message, of, records, sign

CORPORA = Path(os.environ.get("DIGEST_CORPORA", Path(__file__).parents[3] / "../shared/corpora"))
TEXTS = st.lists(st.sampled_from([*"ab  \t.=-\n\r:<>@", "é", "🤖", "\u2028", "From: x\n", "\n\n"]), max_size=60).map(
    "".join
)


def verdicts(signed: bytes) -> list[bool]:
    """What dkimpy says of each of the two signatures."""
    return [_verdict(signed, index) for index in range(2)]


def _verdict(signed: bytes, index: int) -> bool:
    try:
        return bool(dkim.DKIM(signed).verify(idx=index, dnsfunc=records))
    except dkim.DKIMException:
        return False


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_both_signatures_are_good_whatever_the_mail_says(subject: str, name: str, text: str):
    assert verdicts(sign(message(subject, name, text))) == [True, True]


@pytest.mark.skipif(not CORPORA.is_dir(), reason=f"no corpora at {CORPORA}; set DIGEST_CORPORA")
def test_both_signatures_are_good_over_strings_that_break_software():
    naughty = json.loads((CORPORA / "naughty-strings.json").read_text(encoding="utf-8"))
    signer = Signer(keys())
    for text in [text for text in naughty if text.isprintable()][::2]:
        signed = b"".join(signer.sign(message(text, text, text * 3), SIGNED_AT).segments)
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
        assert verdicts(b"".join(signer.sign(personal, SIGNED_AT).segments)) == [True, True]


def test_the_segments_stay_as_they_are_and_the_size_is_right():
    unsigned = message()
    signed = Signer(keys()).sign(unsigned, SIGNED_AT)
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
    lines = Signer(keys()).sign(message(), SIGNED_AT).segments[0].decode()
    tags = dict(tag.strip().split("=", 1) for tag in lines.removeprefix("DKIM-Signature:").split(";"))
    assert (tags["v"], tags["a"], tags["c"], tags["d"], tags["s"]) == (
        "1", "rsa-sha256", "relaxed/simple", "example.org", "r2026",
    )  # fmt: skip
    assert tags["t"] == str(int(SIGNED_AT.timestamp()))
    assert tags["h"].split(":").count("From") == 2
    assert all(len(line) <= 78 for line in lines.split("\r\n"))


def test_only_keys_of_the_senders_domain_or_above_sign():
    above = DkimKey("org", "s", keys()[1].private)
    other = DkimKey("le.org", "s", keys()[1].private)
    signer = Signer((other, above))
    assert signer.keys_for("example.org") == (above,)
    assert Signer((other,)).sign(message(), SIGNED_AT) == message()


def test_a_later_signature_bears_a_later_time():
    signer = Signer(keys())
    first, second = signer.sign(message(), SIGNED_AT), signer.sign(message(), SIGNED_AT + timedelta(seconds=5))
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
