"""DKIM keys as they are published (RFC 6376, RFC 8301, RFC 8463): is each of ours there, and is it the same one?"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.diagnose.dmarc import tags_of
from digest.model.checks import Check, advice, good, problem
from digest.ports.names import Names

_NAME = "DKIM"
_ENOUGH_BITS = 2048
_LEAST_BITS = 1024


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """What has to stand in the DNS."""

    domain: str
    selector: str
    kind: str
    """rsa or ed25519."""
    public: bytes
    """For RSA the SubjectPublicKeyInfo, for Ed25519 the 32 bytes themselves."""
    bits: int

    @property
    def place(self) -> str:
        """The name of the record."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """Its text."""
        return f"v=DKIM1; k={self.kind}; p={base64.b64encode(self.public).decode()}"


def check_dkim(names: Names, keys: Sequence[PublishedKey]) -> Iterator[Check]:
    """One line for each key of ours; without any, what has to be known."""
    if not keys:
        remedy = "look at a received mail: DKIM-Signature must name the sender's domain; else set [[dkim.keys]]"
        yield advice(_NAME, "no key of ours: the relay has to sign", remedy)
    for key in keys:
        yield _checked(key, names.texts(key.place))


def _checked(key: PublishedKey, records: Sequence[str]) -> Check:
    publish = f"publish this TXT record at {key.place}: {key.record}"
    if len(records) != 1:
        return problem(_NAME, f"{key.place} has {len(records) or 'no'} records", publish)
    tags = tags_of(records[0])
    if tags.get("v", "DKIM1") != "DKIM1" or tags.get("k", "rsa") != key.kind:
        return problem(_NAME, f"{key.place} is no {key.kind} key of DKIM1", publish)
    if not tags.get("p"):
        return problem(_NAME, f"{key.place} is revoked: p= is empty", "use another selector, or publish the key again")
    if _decoded(tags["p"]) != key.public:
        return problem(_NAME, f"{key.place} holds another key than ours: every signature fails", publish)
    if key.kind == "rsa" and key.bits < _ENOUGH_BITS:
        remedy = "make a new one: openssl genrsa -out FILE 2048, under a new selector"
        found = f"{key.place} has {key.bits} bits"
        return problem(_NAME, found, remedy) if key.bits < _LEAST_BITS else advice(_NAME, found, remedy)
    if "y" in tags.get("t", "").split(":"):
        return advice(_NAME, f"{key.place} says t=y: receivers may ignore it", "take t=y out of the record")
    return good(_NAME, f"{key.place}: our {key.kind} key, {key.bits} bits")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
