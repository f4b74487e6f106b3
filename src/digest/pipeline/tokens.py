"""Tokens of programs that use the API: made, told apart, counted, revoked. Chance comes as an argument."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from datetime import datetime, timedelta

from digest.errors import UsageError
from digest.model.access import Actor
from digest.model.api import Scope, Token
from digest.pipeline.entering import note
from digest.pipeline.press import Press

MARK = "digest_"
"""What every token begins with, so that those who look for lost secrets know it."""
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME = 40
_CHANCE_BYTES = 16
_SEEN_EVERY = timedelta(minutes=1)


def add_token(
    press: Press, actor: Actor, name: str, scopes: Collection[Scope], days: int, chance: bytes, now: datetime
) -> str:
    """Makes a token and gives it; it can be shown this once only. `days`: it is good for so long; 0 for good.

    `chance`: at least 16 random bytes. Raises UsageError for what is no name, no scope, or a name in use.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise UsageError(f"token {name[:60]}", "is no name", "use at most 40 of a-z and 0-9 with - between, like cms")
    if not scopes:
        raise UsageError(f"token {name}", "would allow nothing", f"choose of: {', '.join(Scope)}")
    if len(chance) < _CHANCE_BYTES:
        raise ValueError("a token needs at least 128 bits of chance")
    secret = MARK + chance.hex()
    expires = now + timedelta(days=days) if days else None
    if not press.store.tokens.add(Token(name, key_of(secret), frozenset(scopes), now, expires)):
        raise UsageError(f"token {name}", "is there already", f"take another name, or: digest token revoke {name}")
    note(press, actor, "added a token", name, now, " ".join(sorted(scopes)))
    return secret


def revoke_token(press: Press, actor: Actor, name: str, now: datetime) -> None:
    """Lets nobody in with it any more. Raises UsageError when there is none to revoke."""
    if not press.store.tokens.revoke(name, now):
        raise UsageError(f"token {name}", "is none that could be revoked", "see: digest token list")
    note(press, actor, "revoked a token", name, now)


def token_of(press: Press, secret: str, now: datetime) -> Token | None:
    """The good token that this is; None for any other. Notes that it was used."""
    token = press.store.tokens.with_key(key_of(secret)) if secret.startswith(MARK) else None
    if token is None or not token.is_good(now):
        return None
    if token.seen_at is None or now - token.seen_at >= _SEEN_EVERY:
        press.store.tokens.see(token.name, now)
    return token


def seconds_to_wait(press: Press, token: Token, now: datetime) -> int:
    """Counts a request of the token; 0: it may be made, otherwise how many seconds until the next one may."""
    minute = f"{now:%Y-%m-%dT%H:%M}"
    if press.store.limits.take(f"api:{token.name}", minute, press.settings.api.per_minute):
        return 0
    return 60 - now.second


def key_of(secret: str) -> str:
    """What is kept of a token: 128 bits of chance and more need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
