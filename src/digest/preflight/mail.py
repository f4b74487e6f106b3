"""The composed mail, byte for byte: lines, headers, parts (RFC 5322, 2045 to 2047, 2369, 2919, 8058). Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from digest.model.findings import Finding
from digest.preflight.links import is_local
from digest.preflight.proof import MESSAGE
from digest.preflight.rules import found

LONGEST = 998
"""Octets of a line without CRLF (RFC 5322, section 2.1.1)."""
_NEEDED = (
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "List-Id", "List-Unsubscribe",
    "List-Unsubscribe-Post", "Feedback-ID",
)  # fmt: skip
_ONCE = frozenset(name.lower() for name in (*_NEEDED, "Reply-To", "Sender", "Cc", "Bcc", "In-Reply-To", "References"))
_TOKENS_ONLY = frozenset({
    "list-unsubscribe", "list-unsubscribe-post", "list-archive", "list-help", "list-owner", "feedback-id",
    "message-id", "date", "content-type", "precedence", "return-path",
})  # fmt: skip
"""Headers that take no encoded-word at all."""
_ENCODED = re.compile(r"(?<!\S)=\?[^?\s]*\?[^?\s]*\?[^?\s]*\?=(?!\S)")
_BEGUN = re.compile(r"(?<!\S)=\?")
_URLS = re.compile(r"<[a-z]+:[!-;=?-~]+>(?:, ?<[a-z]+:[!-;=?-~]+>)*")
_LIST_ID = re.compile(r"(?:[^<>]+ )?<[A-Za-z0-9][\w.-]*\.[\w.-]*[A-Za-z0-9]>")
_FEEDBACK = re.compile(r"(?:[^:\s]*:){1,3}[A-Za-z0-9.-]{5,15}")
_LINES = re.compile(rb"\r\n")
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")

Header = tuple[str, str]
"""Name, and value as it stands on the wire, folding included."""


def check_mail(mail: bytes, public_url: str, smtputf8: bool = False) -> Iterator[Finding]:
    """One composed mail. `public_url`: http is allowed in List-Unsubscribe where this is on this machine."""
    head, _, _ = mail.partition(b"\r\n\r\n")
    yield from _judged_lines(mail)
    for line in () if smtputf8 else _LINES.split(head):
        if not line.isascii():
            yield found("header-ascii", MESSAGE, line[:40].decode("ascii", "replace"), "not ASCII")
    headers = _headers(head)
    yield from _judged_presence(headers)
    for name, value in headers:
        yield from _judged_words(name, value)
    yield from _judged_list({name.lower(): value for name, value in headers}, public_url)
    yield from _judged_parts(message_from_bytes(mail, policy=policy.compat32))


def _judged_lines(mail: bytes) -> Iterator[Finding]:
    for number, line in enumerate(_LINES.split(mail), 1):
        if len(line) > LONGEST:
            yield found("line-long", MESSAGE, f"line {number}", f"{len(line):,} octets")
    if bare := _BARE.search(mail):
        yield found("line-ending", MESSAGE, f"byte {bare.start()}", "a line feed or return alone")


def _headers(head: bytes) -> list[Header]:
    fields = re.split(r"\r\n(?![ \t])", head.decode("ascii", "replace"))
    return [(name, value.strip(" ")) for name, colon, value in (field.partition(":") for field in fields) if colon]


def _judged_presence(headers: Sequence[Header]) -> Iterator[Finding]:
    filled = {name.lower() for name, value in headers if value.strip()}
    for name in _NEEDED:
        if name.lower() not in filled:
            yield found("header-missing", MESSAGE, name, "missing or empty")
    for name, count in Counter(name.lower() for name, _ in headers).items():
        if count > 1 and name in _ONCE:
            yield found("header-twice", MESSAGE, name, f"stands {count} times")


def _judged_words(name: str, value: str) -> Iterator[Finding]:
    words = _ENCODED.findall(value)
    if name.lower() in _TOKENS_ONLY and "=?" in value:
        yield found("header-encoded-word", MESSAGE, name, "takes no encoded-word")
    elif len(_BEGUN.findall(value)) != len(words) or any(len(word) > 75 or not _decodes(word) for word in words):
        yield found("header-encoded-word", MESSAGE, name, "a broken encoded-word, or one longer than 75")


def _decodes(word: str) -> bool:
    try:
        return all((part if isinstance(part, str) else part.decode(charset or "ascii")).isprintable()
                   for part, charset in decode_header(word))  # fmt: skip
    except (HeaderParseError, LookupError, ValueError):
        return False


def _judged_list(headers: dict[str, str], public_url: str) -> Iterator[Finding]:
    leave = headers.get("list-unsubscribe", "")
    schemes = ("<https://", "<http://") if is_local(public_url) else ("<https://",)
    if leave and not (_URLS.fullmatch(leave) and any(scheme in leave for scheme in schemes)):
        yield found("header-list-unsubscribe", MESSAGE, leave[:120], "no https URL in angle brackets on one line")
    post = headers.get("list-unsubscribe-post", "")
    if post and post != "List-Unsubscribe=One-Click":
        yield found("header-list-unsubscribe-post", MESSAGE, post[:120], "not List-Unsubscribe=One-Click")
    identity = re.sub(r"\r\n\s+", " ", headers.get("list-id", ""))
    if identity and not _LIST_ID.fullmatch(identity):
        yield found("header-list-id", MESSAGE, identity[:120], "no dotted name in angle brackets")
    for name in ("list-archive", "list-help", "list-owner"):
        if name in headers and not _URLS.fullmatch(headers[name]):
            yield found("header-list-url", MESSAGE, name, "no URL in angle brackets")
    feedback = headers.get("feedback-id", "")
    if feedback and not _FEEDBACK.fullmatch(feedback):
        yield found("header-feedback-id", MESSAGE, feedback[:120], "not campaign:newsletter:kind:sender")


def _judged_parts(message: Message) -> Iterator[Finding]:
    kinds = [part.get_content_type() for part in message.get_payload()] if message.is_multipart() else []  # type: ignore[union-attr]  # compat32 says Message or str
    charsets = {part.get_content_charset() for part in message.walk() if part.get_content_maintype() == "text"}
    if message.get_content_type() != "multipart/alternative" or kinds != ["text/plain", "text/html"]:
        told = ", ".join(kinds) or message.get_content_type()
        yield found("structure-parts", MESSAGE, "Content-Type", f"the parts are {told}")
    elif charsets != {"utf-8"}:
        yield found("structure-parts", MESSAGE, "charset", f"{', '.join(sorted(map(str, charsets)))}")
