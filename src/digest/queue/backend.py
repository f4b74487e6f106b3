"""[I/O] Opens the queue that the settings name; with "inline" there is none, and nothing of it is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Engine

from digest.config.queue import QueueBackend, QueueSettings
from digest.store.database import Defer

if TYPE_CHECKING:
    from digest.queue.procrastinate import ProcrastinateQueue


def defer_of(settings: QueueSettings) -> Defer:
    """What becomes of work that follows from rows: a job, or nothing where `digest run` finds it by itself."""
    if settings.backend is QueueBackend.INLINE:
        return lambda connection, job: None
    from digest.queue.procrastinate import defer_within

    return defer_within


def open_queue(settings: QueueSettings, engine: Engine) -> ProcrastinateQueue | None:
    """Where jobs wait, its tables made; None: nowhere. Raises ConfigError when the database cannot hold them."""
    if settings.backend is QueueBackend.INLINE:
        return None
    from digest.queue.procrastinate import ProcrastinateQueue
    from digest.queue.tables import prepare_queue

    prepare_queue(engine)
    return ProcrastinateQueue(engine, settings.lost_seconds)
