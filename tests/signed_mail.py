"""Keys, their records in the DNS, and mails to be signed: for every judge of our signatures."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from digest.deliver import headers
from digest.deliver.dkim import DkimKey, Signer
from digest.deliver.message import multipart_lines, parts
from digest.model.delivery import DeliveryKey, Message
from digest.model.ids import IssueId, SubscriberId
from digest.model.wire import encode

SIGNED_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""Before the clock of any machine: judges take no signature of the future."""
KEY = DeliveryKey(IssueId("weekly-2026-11-24"), SubscriberId(7))


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
    """A message of these segments."""
    return Message(KEY, "bounces@example.org", "ada@example.com", segments, sum(map(len, segments)))


def sign(unsigned: Message) -> bytes:
    """The mail with both signatures, as it goes over the wire."""
    return b"".join(Signer(keys()).sign(unsigned, SIGNED_AT).segments)
