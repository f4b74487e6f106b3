"""Keeps forms from being used against people: tokens with the time, limits by network and in all, a puzzle.

Holds no address: networks are counted by a keyed hash. Decides; the limits are counted by the store.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from starlette.requests import Request

from digest.config.machine import WebSettings
from digest.config.sign_up import SignUpSettings
from digest.pipeline.errands import anonymous
from digest.pipeline.press import Press

TRAP = "website"
"""A field that people do not see; programs fill it."""
_GOOD_FOR = timedelta(hours=24)
_TOKEN_BYTES = 16


class Verdict(StrEnum):
    """What becomes of a form."""

    WELCOME = "welcome"
    STALE = "stale"
    """Without a token of ours, or with one of yesterday: shown again with a fresh one."""
    IGNORED = "ignored"
    """Filled by a program: thanked and forgotten."""
    TOO_MANY = "too-many"
    """More than a network, or everybody together, may send in a day."""


@dataclass(frozen=True, slots=True)
class FormGuard:
    """Judges forms that anybody on the web can send."""

    press: Press

    def token(self, form: str, now: datetime) -> str:
        """What the form carries: when it was shown, some chance, and a proof that it was ours."""
        shown = f"{int(now.timestamp())}-{secrets.token_hex(8)}"  # nobody else's form has the same puzzle
        return f"{shown}.{self._proof(form, shown)}"

    def judge(self, form: str, fields: Mapping[str, str], network: str, now: datetime) -> Verdict:
        """What becomes of a form with those fields, from that network address. Counts it where it is welcome."""
        shown, _, proof = fields.get("token", "").partition(".")
        moment = shown.partition("-")[0]
        age = now.timestamp() - int(moment) if moment.isdigit() and len(moment) < 12 else -1.0
        own = hmac.compare_digest(self._proof(form, shown).encode(), proof.encode("utf-8", "replace"))
        if not own or not 0 <= age <= _GOOD_FOR.total_seconds():
            return Verdict.STALE
        settings = self.press.settings.sign_up
        if fields.get(TRAP) or age < settings.least_seconds:
            return Verdict.IGNORED
        if not self._is_solved(fields, proof, now - timedelta(seconds=age), settings.proof_of_work):
            return Verdict.STALE
        return Verdict.WELCOME if self._may(settings, network, now) else Verdict.TOO_MANY

    def _is_solved(self, fields: Mapping[str, str], proof: str, shown_at: datetime, bits: int) -> bool:
        """Whether the puzzle was worked at for this form: each is good once, or one would do for all forms of a day."""
        if not is_solved(fields.get("token", ""), fields.get("answer", ""), bits):
            return False
        return not bits or self.press.store.limits.take(f"puzzle:{proof}", f"{shown_at:%Y-%m-%d}", 1)

    def _may(self, settings: SignUpSettings, network: str, now: datetime) -> bool:
        day, take = f"{now:%Y-%m-%d}", self.press.store.limits.take
        mine = f"form:{anonymous(self.press, network_of(network))}"
        return take(mine, day, settings.per_network) and take("form", day, settings.in_all)

    def _proof(self, form: str, shown: str) -> str:
        key = hashlib.sha256(self.press.secret.encode()).digest()
        text = f"{form}\n{shown}".encode("utf-8", "replace")
        return hashlib.blake2b(text, key=key, digest_size=_TOKEN_BYTES, person=b"form").hexdigest()


def is_solved(token: str, answer: str, bits: int) -> bool:
    """Whether SHA-256 of token and answer begins with so many zero bits (Hashcash); always for none."""
    if not bits:
        return True
    if not answer.isdigit() or len(answer) > 12:
        return False
    digest = int.from_bytes(hashlib.sha256(f"{token}:{answer}".encode("utf-8", "replace")).digest()[:4])
    return digest >> (32 - bits) == 0


def network_of(address: str) -> str:
    """The network of an address: IPv4 by 24 bits, IPv6 by 56; what is no address stands for itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    bits = 24 if found.version == 4 else 56
    return str(ipaddress.ip_network(f"{found}/{bits}", strict=False))


def asked_from(request: Request, settings: WebSettings) -> str:
    """The network address of whoever asks: the last one that a proxy of ours has written down, where there is one."""
    passed = request.headers.get("x-forwarded-for", "") if settings.behind_proxy else ""
    direct = request.client.host if request.client else ""
    return passed.rpartition(",")[2].strip() or direct


def is_from_here(request: Request, public_url: str, *, null: bool = False) -> bool:
    """Whether a page of ours sent this form, as far as the browser says (Fetch Metadata, else Origin).

    Ours is what is asked by this Host, and the site at `public_url`: a proxy may pass on another Host. `null`: the page
    has the policy no-referrer, under which browsers say `Origin: null` (Fetch, 3.2).
    """
    site = request.headers.get("sec-fetch-site")
    if site:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin is None or origin == "null":
        return origin is None or null
    return _host_of(origin) in {request.headers.get("host", "").lower(), _host_of(public_url)} - {""}


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
