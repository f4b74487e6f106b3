"""What would go to how many, and when: the slots of the coming weeks over the readers that there are. Sends nothing.

Stories of the future are not known. So everybody has something new, an edition is a set of categories that are due,
and a mail weighs what the newsletter's last ones did. How long it takes follows from the limits of the settings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from digest.compose.drawing import Drawing
from digest.config.publication import NewsletterSettings
from digest.config.throttle import ThrottleSettings
from digest.model.ids import CategorySlug, IssueId, NewsletterSlug, issue_id
from digest.model.issue import Issue, Window
from digest.model.people import Preferences
from digest.pipeline.pacing import Batch, Pace, paced
from digest.pipeline.press import Press
from digest.pipeline.slots import slots_of, windows_of
from digest.pipeline.waves import hour_at
from digest.ports.readers import Place

_USUAL_BYTES = 60_000
_PAST = 40
"""Slots that a reader's periods reach back over: more than a month of days."""
_MOST_PROVIDERS = 20
OTHER = "other"
"""All domains beyond the largest and those that the settings name, together."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Readers of one newsletter who chose the same, live by one clock and have their mailboxes at one provider."""

    newsletter: NewsletterSlug
    preferences: Preferences
    timezone: str
    provider: str
    """Domain of the address; by_provider puts the provider's name in its place."""


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
    providers: Mapping[str, Pace]
    """How the mails to each go, most first."""
    skipped: int
    """Readers who pause, or for whom nothing is due."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """So many readers who are alike, and the categories that are due to them."""

    alike: Alike
    number: int
    categories: frozenset[CategorySlug]


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
    """Slot by slot, newsletter by newsletter. Mails of one hour share the limits, whatever newsletter they are of."""
    grouped, spread = by_provider(readers, press.settings.throttle)
    slots: list[SimulatedSlot] = []
    batches: list[Batch] = []
    for newsletter in press.settings.newsletters:
        mine = [(alike, number) for alike, number in grouped.items() if alike.newsletter == newsletter.key]
        for slot, going in _Course(press, newsletter, mine).slots(now, now + timedelta(weeks=weeks)):
            slots.append(slot)
            batches += [replace(batch, spread=spread if batch.provider == OTHER else 1.0) for batch in going]
    paces: dict[IssueId, dict[str, Pace]] = {}
    for (issue, provider), pace in paced(press.settings, batches).items():
        paces.setdefault(issue, {})[provider] = pace
    for slot in slots:
        found = paces.get(issue_id(slot.newsletter, slot.slot), {})
        yield replace(slot, providers=dict(sorted(found.items(), key=lambda item: (-item[1].mails, item[0]))))


def by_provider(readers: Counter[Alike], throttle: ThrottleSettings) -> tuple[Counter[Alike], float]:
    """The readers by the providers that the settings name and the largest of the other domains; the rest as OTHER.

    With how many domains as large as its largest the rest would fill.
    """
    group, domains = throttle.provider_of, Counter[str]()
    for alike, number in readers.items():
        if alike.provider not in group:
            domains[alike.provider] += number
    ranked = domains.most_common()
    named = {domain for domain, _ in ranked[:_MOST_PROVIDERS]}
    found = Counter[Alike]()
    for alike, number in readers.items():
        own = alike.provider if alike.provider in named else OTHER
        found[replace(alike, provider=group.get(alike.provider, own))] += number
    rest = [number for _, number in ranked[_MOST_PROVIDERS:]]
    return found, (sum(rest) / rest[0] if rest else 1.0)


class _Course:
    """One newsletter through the weeks."""

    def __init__(self, press: Press, newsletter: NewsletterSettings, readers: Sequence[tuple[Alike, int]]) -> None:
        self._newsletter = newsletter
        self._readers = readers
        self._choosable = [c.key for c in press.categories_of(newsletter) if c.choosable]
        self._bytes = _usual_bytes(press, newsletter)
        self._past: list[Issue] = []
        self._sent: list[dict[IssueId, frozenset[CategorySlug]]] = [{} for _ in readers]

    def slots(self, start: datetime, end: datetime) -> Iterator[tuple[SimulatedSlot, list[Batch]]]:
        """Every slot and its mails by hour and provider, as if nobody had been sent anything before the first."""
        places = {self._place(alike) for alike, _ in self._readers}
        for slot in slots_of(self._newsletter, start, end, places):
            windows = windows_of(self._newsletter, slot, self._past[::-1], slot.at)
            whole = Window(min(window.start for _, window in windows), slot.at)
            identity = issue_id(self._newsletter.key, slot.on)
            issue = Issue(identity, self._newsletter.key, slot.on, slot.at, whole, windows=windows)
            yield self._slot(issue)
            self._past = [*self._past, issue][-_PAST:]

    def _slot(self, issue: Issue) -> tuple[SimulatedSlot, list[Batch]]:
        drawing = Drawing(issue, self._newsletter, self._choosable, self._past)
        drawn: list[Drawn] = []
        for (alike, number), sent in zip(self._readers, self._sent, strict=True):
            bits = sum(drawing.bits(past, (), sent[past]) for past in drawing.relevant if past in sent)
            is_paused = alike.preferences.paused_until and alike.preferences.paused_until > issue.slot
            draw = None if is_paused else drawing.draw(alike.preferences, bits)
            if draw:
                sent[issue.id] = draw.categories
                drawn.append(Drawn(alike, number, draw.categories))
        by_hour: dict[datetime, list[Drawn]] = {}
        for one in drawn:
            by_hour.setdefault(self._hour(issue, one.alike), []).append(one)
        waves = tuple(self._wave(at, some) for at, some in sorted(by_hour.items()))
        skipped = sum(number for _, number in self._readers) - sum(one.number for one in drawn)
        batches = [batch for at, some in sorted(by_hour.items()) for batch in _batches(issue, at, some)]
        return SimulatedSlot(issue.send_at, issue.newsletter, issue.slot, waves, {}, skipped), batches

    def _wave(self, at: datetime, some: Sequence[Drawn]) -> SimulatedWave:
        zones = Counter[str]()
        for one in some:
            zones[one.alike.timezone if self._newsletter.reader_time else self._newsletter.timezone] += one.number
        readers, editions = sum(zones.values()), len({one.categories for one in some})
        return SimulatedWave(at, zones.most_common(1)[0][0], readers, editions, readers * self._bytes)

    def _hour(self, issue: Issue, alike: Alike) -> datetime:
        if not self._newsletter.reader_time:
            return issue.send_at
        return hour_at(self._newsletter, issue.slot, self._place(alike))

    @staticmethod
    def _place(alike: Alike) -> Place:
        return Place(alike.timezone, alike.preferences.hour)


def _batches(issue: Issue, at: datetime, some: Iterable[Drawn]) -> Iterator[Batch]:
    mails = Counter[str]()
    for one in some:
        mails[one.alike.provider] += one.number
    for provider, number in mails.items():
        yield Batch(at, issue.id, issue.newsletter, provider, number)


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
