"""Takes a message as byte segments; gives it with DKIM signatures in front (RFC 6376, RFC 8463, RFC 8301). Pure.

Headers are canonicalised as relaxed. The body is as simple: our lines are quoted-printable and end in no white space,
so no relay has a reason to touch them, and what is hashed are the very segments that are sent. What many mails have in
common at the beginning of their bodies is hashed once.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from digest.model.delivery import Message

COVERED = (
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Reply-To", "List-Id",
    "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID",
)  # fmt: skip
"""What is signed where it is there."""
OVERSIGNED = ("From", "Subject", "List-Unsubscribe", "List-Unsubscribe-Post")
"""Signed once more than they are there, so that nobody can add another (RFC 6376, section 8.15)."""

PrivateKey = RSAPrivateKey | Ed25519PrivateKey
_END = b"\r\n\r\n"
_NEXT_FIELD = re.compile(rb"\r\n(?![ \t])")
_HOST = re.compile(rb"@([A-Za-z0-9.-]+)>?[ \t]*$")
_NAMES_A_LINE = 4
_BASE64_A_LINE = 72
_LEAST_BITS = 1024
"""RFC 8301, section 3.2."""
_REMEMBERED = 64
"""Beginnings of bodies whose hashes are kept."""


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A private key and where the public one is published: SELECTOR._domainkey.DOMAIN."""

    domain: str
    selector: str
    private: PrivateKey

    @property
    def algorithm(self) -> str:
        """The a= tag."""
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"

    def sign(self, data: bytes) -> bytes:
        """The signature; Ed25519 signs the hash (RFC 8463, section 3)."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(data, PKCS1v15(), SHA256())
        return self.private.sign(hashlib.sha256(data).digest())

    def fits(self, domain: str) -> bool:
        """Whether the sender's domain is the key's or below it, as DMARC asks for (RFC 9989)."""
        return f".{domain.lower()}".endswith(f".{self.domain.lower()}")


def private_key(pem: bytes) -> PrivateKey:
    """The key in a PEM file. Raises ValueError, for people, when it is none that DKIM signs with."""
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise ValueError("is encrypted; DKIM needs the bare key") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("holds no private key in PEM") from None
    if isinstance(key, RSAPrivateKey) and key.key_size < _LEAST_BITS:
        raise ValueError(f"is an RSA key of {key.key_size} bits; receivers take {_LEAST_BITS} and more")
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise ValueError("holds neither an RSA nor an Ed25519 key")
    return key


class Signer:
    """Signs with every key that fits the sender. May be used for any number of messages, one after the other."""

    def __init__(self, keys: Sequence[DkimKey]) -> None:
        self._keys = tuple(keys)
        self._begun = lru_cache(_REMEMBERED)(_begun)

    def keys_for(self, domain: str) -> tuple[DkimKey, ...]:
        """Those that sign mails from that domain."""
        return tuple(key for key in self._keys if key.fits(domain))

    def sign(self, message: Message, now: datetime) -> Message:
        """The message, its signatures in front; as it is where no key fits. Its lines must begin with no dot that is
        stuffed: ours never do.
        """
        head, at, offset = _split(message.segments)
        fields = _fields(head)
        keys = self.keys_for(_sender_domain(fields))
        if not keys:
            return message
        body_hash = base64.b64encode(self._body_hash(message.segments, at, offset))
        names, signed = _selected(fields)
        lines = tuple(_signature(key, names, signed, body_hash, int(now.timestamp())) for key in keys)
        size = message.size + sum(map(len, lines))
        return replace(message, segments=(*lines, *message.segments), size=size)

    def _body_hash(self, segments: Sequence[bytes], at: int, offset: int) -> bytes:
        """SHA-256 of the body: what follows `offset` in segment `at`, without empty lines at its end."""
        rest = segments[at + 1 :]
        end = _whole_lines(rest)
        if not end:
            return hashlib.sha256(_ended(b"".join((segments[at][offset:], *rest)))).digest()
        state = self._begun(segments[at], offset).copy()
        for segment in rest[: end - 1]:
            state.update(segment)
        state.update(_ended(b"".join(rest[end - 1 :])))
        return state.digest()


def _begun(segment: bytes, offset: int) -> hashlib._Hash:
    return hashlib.sha256(memoryview(segment)[offset:])


def _whole_lines(segments: Sequence[bytes]) -> int:
    """How many segments remain when those of nothing but line ends are taken away."""
    count = len(segments)
    while count and not segments[count - 1].strip(b"\r\n"):
        count -= 1
    return count


def _ended(tail: bytes) -> bytes:
    """The tail with one line end at its end (RFC 6376, section 3.4.3)."""
    return tail if tail.endswith(b"\r\n") and not tail.endswith(_END) else tail.rstrip(b"\r\n") + b"\r\n"


def _split(segments: Sequence[bytes]) -> tuple[bytes, int, int]:
    """The header without the empty line after it, and where the body begins: segment and offset in it."""
    head = b""
    for at, segment in enumerate(segments):
        before = len(head)
        head += segment
        found = head.find(_END, max(before - len(_END), 0))
        if found >= 0:
            return head[:found], at, max(found + len(_END) - before, 0)
    return head.removesuffix(b"\r\n"), len(segments) - 1, len(segments[-1])


def _fields(head: bytes) -> dict[bytes, list[bytes]]:
    """Canonical fields by lower-case name, each as often as it is there (RFC 6376, section 3.4.2)."""
    fields: dict[bytes, list[bytes]] = {}
    for field in _NEXT_FIELD.split(head):
        name, _, value = field.partition(b":")
        fields.setdefault(name.strip().lower(), []).append(_relaxed(name, value))
    return fields


def _relaxed(name: bytes, value: bytes) -> bytes:
    return name.strip().lower() + b":" + b" ".join(value.split())


def _sender_domain(fields: dict[bytes, list[bytes]]) -> str:
    found = _HOST.search(fields.get(b"from", [b""])[-1])
    return found[1].decode("ascii") if found else ""


def _selected(fields: dict[bytes, list[bytes]]) -> tuple[list[str], bytes]:
    """The names for h=, and what is signed for them: of several fields of a name the last first."""
    names: list[str] = []
    signed: list[bytes] = []
    for name in COVERED:
        present = fields.get(name.lower().encode(), [])
        names += [name] * (len(present) + (name in OVERSIGNED))
        signed += reversed(present)
    return names, b"".join(field + b"\r\n" for field in signed)


def _signature(key: DkimKey, names: Sequence[str], signed: bytes, body_hash: bytes, at: int) -> bytes:
    """A DKIM-Signature field: the signature covers the field itself, but for what stands behind b=."""
    tags = (
        f"v=1; a={key.algorithm}; c=relaxed/simple; d={key.domain};\r\n s={key.selector}; t={at};\r\n"
        f" h={_folded(names)};\r\n bh={body_hash.decode()};\r\n b="
    )
    signature = base64.b64encode(key.sign(signed + _relaxed(b"DKIM-Signature", tags.encode("ascii")))).decode()
    folded = "\r\n ".join(
        signature[start : start + _BASE64_A_LINE] for start in range(0, len(signature), _BASE64_A_LINE)
    )
    return f"DKIM-Signature: {tags}{folded}\r\n".encode("ascii")


def _folded(names: Sequence[str]) -> str:
    return ":\r\n  ".join(
        ":".join(names[start : start + _NAMES_A_LINE]) for start in range(0, len(names), _NAMES_A_LINE)
    )
