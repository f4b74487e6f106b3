"""One-time codes of an app (RFC 6238): secrets sealed for the table, and the step that a code is of."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_SECONDS = 30
_DRIFT = (0, -1, 1)
"""Steps that a clock may be off."""


def secret_for(session: str, keys: Sequence[str]) -> str:
    """The secret that a session is offered to set up: always the same one, and nobody else's. 160 bits, base 32."""
    made = hmac.digest(keys[0].encode(), f"totp {session}".encode(), hashlib.sha256)
    return base64.b32encode(made[:20]).decode()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that the code is of, one before or after the present at most; None for a wrong code."""
    given = "".join(code.split()).encode()
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // _SECONDS
    fitting = [
        present + drift for drift in _DRIFT if hmac.compare_digest(totp.generate_otp(present + drift).encode(), given)
    ]
    return fitting[0] if fitting else None


def picture(secret: str, user: str, site: str) -> str:
    """A QR code as an inline SVG, dark on light, which an app reads."""
    address = pyotp.TOTP(secret, name=user, issuer=site.replace(":", " ")).provisioning_uri()
    code = segno.make(address, error="m", micro=False)
    return code.svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)


def sealed(secret: str, keys: Sequence[str]) -> str:
    """The secret as the table keeps it: of no use without the site's own keys."""
    return _box(keys).encrypt(secret.encode()).decode()


def opened(kept: str, keys: Sequence[str]) -> str | None:
    """The secret; None when it was sealed with keys that the site no longer has."""
    try:
        return _box(keys).decrypt(kept.encode()).decode()
    except InvalidToken:
        return None


def _box(keys: Sequence[str]) -> MultiFernet:
    made = (hmac.digest(key.encode(), b"sealed totp", hashlib.sha256) for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])
