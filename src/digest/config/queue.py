"""Settings of how work reaches other processes and machines."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from digest.config.model import Model


class QueueBackend(StrEnum):
    """Where work waits."""

    INLINE = "inline"
    PROCRASTINATE = "procrastinate"


class QueueSettings(Model):
    """Who works: `digest run` alone, or any number of `digest worker` on any number of machines."""

    backend: QueueBackend = QueueBackend.INLINE
    """inline: `digest run` does it all. procrastinate: it writes jobs into PostgreSQL, `digest worker` does them."""
    machines: int = Field(default=1, ge=1, le=1000)
    """Machines with workers that send; the limits of [throttle] and [smtp] are shared out among them."""
    lost_seconds: float = Field(default=30.0, ge=1, le=3600)
    """A worker that was not heard of for so long is gone, and what it was doing is given to another."""
    stop_seconds: float = Field(default=25.0, gt=0, le=3600)
    """A worker that is asked to end has so long to finish what it has begun."""
