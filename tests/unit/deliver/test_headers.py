"""Header lines: what goes in comes out again, and nothing that comes in becomes a header of its own."""

from __future__ import annotations

import email.policy
import json
import os
from email.header import decode_header, make_header
from email.parser import BytesParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.deliver import headers
from digest.errors import HeaderError

INJECTION = "=?utf-8?q?=0ABcc:_x@evil.test?="
ADA = headers.address("ada@example.com")
POLICIES = (email.policy.compat32, email.policy.default, email.policy.SMTP)
CORPORA = Path(os.environ.get("DIGEST_CORPORA", Path(__file__).parents[3].parent / "shared" / "corpora"))


def parsed(line: bytes, policy: email.policy.Policy) -> list[tuple[str, str]]:
    """Name and value of every header that a reader finds, also after writing the mail anew."""
    message = BytesParser(policy=policy).parsebytes(line + b"\r\nbody\r\n")
    again = BytesParser(policy=policy).parsebytes(message.as_bytes())
    assert again.keys() == message.keys()
    return [(name, str(value)) for name, value in message.items()]


def is_one_header(line: bytes, name: str) -> bool:
    """Whether it is the one header it was meant to be, in lines that every server takes."""
    rows = line.removesuffix(b"\r\n").split(b"\r\n")
    fits = all(len(row) <= 998 and row.strip() for row in rows)
    folded = all(row[:1] == b" " for row in rows[1:]) and b"\n" not in b"".join(rows)
    return fits and folded and all([key for key, _ in parsed(line, policy)] == [name] for policy in POLICIES)


def subject(text: str) -> str:
    """The subject as a reader sees it."""
    raw = BytesParser(policy=email.policy.compat32).parsebytes(headers.unstructured("Subject", text))["Subject"]
    return str(make_header(decode_header(raw.replace("\r\n", "")))) if raw else ""


def test_a_short_ascii_subject_stays_as_it_is() -> None:
    assert headers.unstructured("Subject", "Police ended the contract") == b"Subject: Police ended the contract\r\n"


def test_a_long_subject_is_folded_at_spaces() -> None:
    line = headers.unstructured("Subject", "word " * 40)
    assert all(len(row) <= 78 for row in line.split(b"\r\n"))
    assert line.replace(b"\r\n ", b" ") == b"Subject: " + b" ".join([b"word"] * 40) + b"\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "Café",
        "Überwachung " * 20,
        "監視カメラについての長い見出し" * 8,
        "🙂" * 60,
        "é" + "x" * 300,
        "y" * 1200,
        "מה קרה",
    ],
    ids=["one accent", "German", "Japanese", "emoji", "long word", "endless word", "Hebrew"],
)
def test_subjects_survive_encoding(text: str) -> None:
    line = headers.unstructured("Subject", text)
    assert line.isascii() and all(len(row) <= 76 for row in line.split(b"\r\n"))
    assert is_one_header(line, "Subject")
    assert subject(text) == " ".join(text.split())


@given(st.text(max_size=300))
@example(INJECTION)
@example("a\r\nBcc: x@evil.test")
@example("=\0?utf-8?q?=0ABcc:_x@evil.test?=")
@example("==??utf-8?q?=0ABcc:_x@evil.test?=")
@example("\u2028Bcc: x@evil.test")
@example("\ud800")
@example("é" + INJECTION)
def test_no_subject_becomes_another_header(text: str) -> None:
    assert is_one_header(headers.unstructured("Subject", text), "Subject")
    assert subject(text) == headers.shown(text)


@given(st.text(max_size=250))
@example(INJECTION)
@example("Ada\r\nBcc: x@evil.test")
@example('Ada" <x@evil.test>, "')
@example("Ada <x@evil.test>")
@example("x@evil.test,")
@example("\\")
@example("é" + INJECTION)
@example("x" * 250)
def test_no_name_becomes_another_header_or_another_recipient(name: str) -> None:
    line = headers.mailbox("To", name, ADA)
    assert is_one_header(line, "To")
    to = BytesParser(policy=email.policy.default).parsebytes(line)["To"]
    assert [address.addr_spec for address in to.addresses] == ["ada@example.com"]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("", b"To: ada@example.com\r\n"),
        ("Ada Lovelace", b"To: Ada Lovelace <ada@example.com>\r\n"),
        ("Lovelace, Ada", b'To: "Lovelace, Ada" <ada@example.com>\r\n'),
        ('Ada "the" L\\', b'To: "Ada \\"the\\" L\\\\" <ada@example.com>\r\n'),
        ("Zoë", b"To: =?utf-8?q?Zo=C3=AB?= <ada@example.com>\r\n"),
        (INJECTION, b"To: <ada@example.com>\r\n"),
        ("Ada\nBcc: x@evil.test", b"To: <ada@example.com>\r\n"),
    ],
)
def test_names_are_quoted_encoded_or_left_out(name: str, line: bytes) -> None:
    assert headers.mailbox("To", name, ADA) == line


@pytest.mark.parametrize("name", ["Zoë van der Berg " * 6, "N" * 100, "N" * 60, "Ada, " * 12])
def test_long_names_are_whole_and_within_the_line(name: str) -> None:
    line = headers.mailbox("To", name, ADA)
    assert all(len(row) <= 78 for row in line.split(b"\r\n"))
    shown = str(make_header(decode_header(line.decode().replace("\r\n", "").removeprefix("To: "))))
    assert shown.replace('"', "") == f"{name.strip()} <ada@example.com>"


@pytest.mark.parametrize(
    ("given_", "sent", "smtputf8"),
    [
        ("ada@example.com", "ada@example.com", False),
        ("o'neil+digest@mail.example.co.uk", "o'neil+digest@mail.example.co.uk", False),
        ("ada@bücher.example", "ada@xn--bcher-kva.example", False),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example", False),
        ("jürgen@bücher.example", "jürgen@xn--bcher-kva.example", True),
        ("root@localhost", "root@localhost", False),
    ],
)
def test_domains_become_a_labels(given_: str, sent: str, smtputf8: bool) -> None:
    assert headers.address(given_) == headers.Address(sent, smtputf8)


@pytest.mark.parametrize(
    "value",
    ["", "ada", "@example.com", "ada@", "a b@example.com", "ada@exa mple.com", "ada@example.com>", "<ada@example.com>",
     "a\r\nRCPT TO:<x@evil.test>@example.com", "=?utf-8?q?x?=@example.com", "a,b@example.com", "ada@-.example",
     "x" * 65 + "@example.com", "ada@" + "a." * 130 + "com", "ada@\N{SNOWMAN}\N{ZERO WIDTH JOINER}.example", "a\0@b.c"],
)  # fmt: skip
def test_what_cannot_be_mailed_is_refused(value: str) -> None:
    with pytest.raises(HeaderError):
        headers.address(value)


@given(st.text(max_size=80))
@example("x@y.z\n")
@example("é\u2028@example.com")
def test_an_address_is_one_line_or_refused(value: str) -> None:
    try:
        checked = headers.address(value)
    except HeaderError:
        return
    assert not set(checked.text) & set('\r\n\0<> ,;:"\\') and "=?" not in checked.text


@pytest.mark.parametrize(
    "url", ["https://x.example/a b", "https://x.example/\r\nBcc: x", "https://x.example/é", "", "a>b"]
)
def test_a_link_that_could_break_out_is_refused(url: str) -> None:
    with pytest.raises(HeaderError):
        headers.link("List-Unsubscribe", url)


def test_a_long_link_is_neither_folded_nor_encoded() -> None:
    """An encoded-word in List-Unsubscribe breaks one-click unsubscribing."""
    url = "https://digest.example.org/r/unsubscribe/" + "a1." * 200
    assert headers.link("List-Unsubscribe", url) == f"List-Unsubscribe: <{url}>\r\n".encode()


@pytest.mark.parametrize("value", ["a\r\nBcc: x", "=?utf-8?q?x?=", "é", "x" * 1000])
def test_structured_headers_refuse_what_they_cannot_hold(value: str) -> None:
    with pytest.raises(HeaderError, match="Feedback-ID"):
        headers.line("Feedback-ID", value)


def test_hostile_strings_add_no_header() -> None:
    file = CORPORA / "hostile-strings.json"
    if not file.exists():
        pytest.skip(f"{file} is not there; set DIGEST_CORPORA")
    strings = [text for family in json.loads(file.read_text(encoding="utf-8")).values() for text in family]
    for text in strings[::4] if "DIGEST_SOAK" not in os.environ else strings:
        assert is_one_header(headers.unstructured("Subject", text), "Subject"), text
        assert is_one_header(headers.mailbox("To", text, ADA), "To"), text
