"""A Fetcher for tests that answers from a table and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from digest.ports.outside import FetchRequest, FetchResult, FetchStatus


class FakeFetcher:
    """Answers by URL; a URL it has no answer for has failed."""

    def __init__(self, pages: Mapping[str, bytes | FetchResult | Exception], content_type: str = "text/html") -> None:
        self.pages = dict(pages)
        self.content_type = content_type
        self.asked: list[FetchRequest] = []

    @property
    def urls(self) -> list[str]:
        """What was asked, in order."""
        return [request.url for request in self.asked]

    async def fetch(self, request: FetchRequest, now: datetime) -> FetchResult:
        """The answer of the table."""
        self.asked.append(request)
        answer = self.pages.get(request.url)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, FetchResult):
            return answer
        if answer is None:
            return FetchResult(request, FetchStatus.FAILED, request.url, reason="the server said 404 Not Found")
        return FetchResult(request, FetchStatus.OK, request.url, answer, self.content_type, etag='"1"')
