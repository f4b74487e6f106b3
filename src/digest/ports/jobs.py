"""JobQueue: jobs that wait for a worker, in the database of the rows that they are about."""

from __future__ import annotations

from typing import Protocol

from digest.model.jobs import Backlog, Job


class JobQueue(Protocol):
    """Jobs. What they are about is in the tables: a job that is lost, or done twice, does no harm."""

    def defer(self, job: Job, seconds: float = 0) -> bool:
        """Lets it wait for a worker, and at least so long; False when one of its name waits already."""
        ...

    def recover(self) -> int:
        """Lets those wait again that workers had begun who were not heard of since. Gives how many."""
        ...

    def waiting(self) -> int:
        """How many wait, now or later, or are being done."""
        ...

    def backlog(self) -> Backlog:
        """What waits in which queue and since when, what is being done, and how many workers there are."""
        ...
