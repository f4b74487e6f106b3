"""What schemathesis has to be told: how a mail is sent."""

from __future__ import annotations

import schemathesis


@schemathesis.serializer("message/rfc822")
def mail(context: object, value: object) -> bytes:
    """Its bytes."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
