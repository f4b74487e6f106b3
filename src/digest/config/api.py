"""Settings of the API; who may use it is said by `digest token`."""

from __future__ import annotations

from pydantic import Field

from digest.config.model import Model


class ApiSettings(Model):
    """The API for programs, /api/v1. `digest token add` lets a program in; nobody is in while there is no token."""

    per_minute: int = Field(default=600, ge=1)
    """Requests that one token may make in a minute."""
