"""What would go to how many, and when: the slots of the coming weeks over the readers that there are. Sends nothing.

Stories of the future are not known. So everybody has something new, an edition is a set of categories that are due,
and a mail weighs what the newsletter's last ones did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from digest.compose.drawing import Drawing
from digest.config.publication import NewsletterSettings
from digest.model.ids import CategorySlug, IssueId, NewsletterSlug, issue_id
from digest.model.issue import Issue, Window
from digest.model.people import Preferences
from digest.pipeline.press import Press
from digest.pipeline.slots import slots_of, windows_of
from digest.pipeline.waves import hour_at
from digest.ports.readers import Place

_USUAL_BYTES = 60_000
_PAST = 40
"""Slots that a reader's periods reach back over: more than a month of days."""
_MOST_PROVIDERS = 20


@dataclass(frozen=True, slots=True)
class Alike:
    """Readers of one newsletter who chose the same, live by one clock and have their mailboxes at one provider."""

    newsletter: NewsletterSlug
    preferences: Preferences
    timezone: str
    provider: str
    """Domain of the address."""


@dataclass(frozen=True, slots=True)
class SimulatedWave:
    """The readers who are sent at one instant."""

    at: datetime
    zone: str
    """Time zone of its readers, or the newsletter's; of several, the one with most readers."""
    readers: int
    editions: int
    bytes: int
    """Of all its mails together."""


@dataclass(frozen=True, slots=True)
class SimulatedSlot:
    """What would go in one slot."""

    at: datetime
    newsletter: NewsletterSlug
    slot: date
    waves: tuple[SimulatedWave, ...]
    providers: dict[str, int]
    """Mails to each provider, most first; all beyond the first twenty together under "other"."""
    skipped: int
    """Readers who pause, or for whom nothing is due."""


def alike_of(press: Press) -> Counter[Alike]:
    """The readers that there are, counted."""
    found: Counter[Alike] = Counter()
    after = None
    while page := press.store.readers.all(after=after):
        for reader, theirs in page:
            for one in theirs:
                if one.left_at is None and one.confirmed_at:
                    domain = reader.email.rpartition("@")[2].lower()
                    found[Alike(one.newsletter, one.preferences, reader.timezone, domain)] += 1
        after = page[-1][0].id
    return found


def simulate(press: Press, readers: Counter[Alike], weeks: int, now: datetime) -> Iterator[SimulatedSlot]:
    """Slot by slot, newsletter by newsletter."""
    for newsletter in press.settings.newsletters:
        mine = [(alike, number) for alike, number in readers.items() if alike.newsletter == newsletter.key]
        yield from _Course(press, newsletter, mine).slots(now, now + timedelta(weeks=weeks))


class _Course:
    """One newsletter through the weeks."""

    def __init__(self, press: Press, newsletter: NewsletterSettings, readers: Sequence[tuple[Alike, int]]) -> None:
        self._newsletter = newsletter
        self._readers = readers
        self._choosable = [c.key for c in press.categories_of(newsletter) if c.choosable]
        self._bytes = _usual_bytes(press, newsletter)
        self._past: list[Issue] = []
        self._sent: list[dict[IssueId, frozenset[CategorySlug]]] = [{} for _ in readers]

    def slots(self, start: datetime, end: datetime) -> Iterator[SimulatedSlot]:
        """Every slot, as if nobody had been sent anything before the first."""
        places = {self._place(alike) for alike, _ in self._readers}
        for slot in slots_of(self._newsletter, start, end, places):
            windows = windows_of(self._newsletter, slot, self._past[::-1], slot.at)
            whole = Window(min(window.start for _, window in windows), slot.at)
            identity = issue_id(self._newsletter.key, slot.on)
            issue = Issue(identity, self._newsletter.key, slot.on, slot.at, whole, windows=windows)
            yield self._slot(issue)
            self._past = [*self._past, issue][-_PAST:]

    def _slot(self, issue: Issue) -> SimulatedSlot:
        drawing = Drawing(issue, self._newsletter, self._choosable, self._past)
        drawn: list[tuple[Alike, int, frozenset[CategorySlug]]] = []
        for (alike, number), sent in zip(self._readers, self._sent, strict=True):
            bits = sum(drawing.bits(past, (), sent[past]) for past in drawing.relevant if past in sent)
            is_paused = alike.preferences.paused_until and alike.preferences.paused_until > issue.slot
            draw = None if is_paused else drawing.draw(alike.preferences, bits)
            if draw:
                sent[issue.id] = draw.categories
                drawn.append((alike, number, draw.categories))
        providers = Counter[str]()
        for alike, number, _ in drawn:
            providers[alike.provider] += number
        mailed = sum(number for _, number, _ in drawn)
        return SimulatedSlot(issue.send_at, issue.newsletter, issue.slot, tuple(self._waves(issue, drawn)),
                             _largest(providers), sum(number for _, number in self._readers) - mailed)  # fmt: skip

    def _waves(
        self, issue: Issue, drawn: Sequence[tuple[Alike, int, frozenset[CategorySlug]]]
    ) -> Iterator[SimulatedWave]:
        by_hour: dict[datetime, list[tuple[Alike, int, frozenset[CategorySlug]]]] = {}
        for one in drawn:
            by_hour.setdefault(self._hour(issue, one[0]), []).append(one)
        for at, some in sorted(by_hour.items()):
            zones = Counter[str]()
            for alike, number, _ in some:
                zones[alike.timezone if self._newsletter.reader_time else self._newsletter.timezone] += number
            readers = sum(zones.values())
            editions = len({categories for _, _, categories in some})
            yield SimulatedWave(at, zones.most_common(1)[0][0], readers, editions, readers * self._bytes)

    def _hour(self, issue: Issue, alike: Alike) -> datetime:
        if not self._newsletter.reader_time:
            return issue.send_at
        return hour_at(self._newsletter, issue.slot, self._place(alike))

    @staticmethod
    def _place(alike: Alike) -> Place:
        return Place(alike.timezone, alike.preferences.hour)


def _largest(providers: Counter[str]) -> dict[str, int]:
    """The largest by name, and what is left together."""
    named = dict(providers.most_common(_MOST_PROVIDERS))
    other = sum(providers.values()) - sum(named.values())
    return named | ({"other": other} if other else {})


def _usual_bytes(press: Press, newsletter: NewsletterSettings) -> int:
    """What the mails of its last issue weighed on average."""
    for issue in press.store.issues.all(newsletter.key, limit=10):
        sizes = [edition.html_size for edition in press.store.ledger.editions(issue.id) if edition.html_size]
        if sizes:
            return sum(sizes) // len(sizes)
    return min(_USUAL_BYTES, newsletter.max_bytes)


def wished(wishes: Iterable[tuple[str, str, NewsletterSlug, Preferences]]) -> Counter[Alike]:
    """Readers of a list: address, time zone, newsletter and choices of each."""
    return Counter(
        Alike(newsletter, replace(chosen, paused_until=None), zone, address.rpartition("@")[2].lower())
        for address, zone, newsletter, chosen in wishes
    )
