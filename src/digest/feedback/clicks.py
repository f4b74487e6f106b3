"""Tells people's clicks from those of programs, as well as one can without knowing anybody; holds nothing for long.

Mail gateways open every link of a mail before its reader does. Not counted is: what only asks whether a page is there
(HEAD) or fetches ahead; what does not call itself a browser, or calls itself a known scanner, preview or robot; what
tells no language, or does not ask for a page; and more than four different links of one issue from one place within ten
seconds, all of them. The same link from the same place counts once within that time. A place is a keyed hash of network
address and program that is kept in memory for those ten seconds and written nowhere. A program that looks like a person
in all of this, opening one link at a time, is counted; a person who opens five links in ten seconds is not.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from digest.model.ids import IssueId

HOLD = timedelta(seconds=10)
"""So long a click waits to see what else comes from its place."""
MOST_LINKS = 4
"""Different links that a person opens within that time."""
MOST_PLACES = 20_000
"""Places that are held at once; what comes from further ones is not counted."""
_PROGRAMS = re.compile(
    "bot|crawl|spider|preview|scan|proxy|headless|phantom|monitor|check|fetch|validator|curl|wget|python|libwww|java/"
    "|go-http|okhttp|axios|node|ruby|perl|php|http-?client|barracuda|mimecast|proofpoint|symantec|trendmicro|fortinet"
    "|forcepoint|cloudmark|safelinks|microsoft office|ms-?office|facebookexternalhit|slack|discord|telegram|whatsapp"
    "|skype|embedly"
)
"""What programs call themselves."""


def is_program(headers: Mapping[str, str], *, is_head: bool) -> bool:
    """Whether the request was not made for a person who looks. `headers`: names in small letters."""
    agent = headers.get("user-agent", "").lower()
    ahead = "prefetch" in headers.get("sec-purpose", "") + headers.get("purpose", "") + headers.get("x-moz", "")
    is_page = "text/html" in headers.get("accept", "")
    is_browser = agent.startswith(("mozilla/", "opera/")) and not _PROGRAMS.search(agent)
    return is_head or ahead or not is_page or not headers.get("accept-language") or not is_browser


@dataclass(slots=True)
class _Visit:
    began_at: datetime
    codes: set[str] = field(default_factory=set)


class Sieve:
    """Holds clicks until it is seen what came with them. May be used by several threads."""

    def __init__(self) -> None:
        self._visits: dict[tuple[IssueId, str], _Visit] = {}
        self._settled: defaultdict[IssueId, Counter[str]] = defaultdict(Counter)
        self._lock = Lock()

    def note(self, issue: IssueId, code: str, place: str, now: datetime) -> None:
        """A click on that link from that place."""
        with self._lock:
            self._settle(now)
            if len(self._visits) < MOST_PLACES or (issue, place) in self._visits:
                self._visits.setdefault((issue, place), _Visit(now)).codes.add(code)

    def take(self, now: datetime) -> dict[IssueId, Counter[str]]:
        """What people clicked and nobody has taken yet, by issue and link."""
        with self._lock:
            self._settle(now)
            taken, self._settled = dict(self._settled), defaultdict(Counter)
            return taken

    def _settle(self, now: datetime) -> None:
        over = [key for key, visit in self._visits.items() if now - visit.began_at >= HOLD or now < visit.began_at]
        for key in over:
            codes = self._visits.pop(key).codes
            if len(codes) <= MOST_LINKS:
                self._settled[key[0]].update(codes)
