"""Who will get an issue and who will not, by the same code as the freeze: editions, subjects, and why not.

Freezes nothing. All that is due to anybody counts, as if every hour of the slot had come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digest.model.edition import CompiledIssue, Edition
from digest.model.ids import EditionId, NewsletterSlug, SubscriberId
from digest.model.issue import Issue
from digest.model.people import Subscriber, SubscriberState, Subscription
from digest.pipeline.approving import composer
from digest.pipeline.freezing import Freeze
from digest.pipeline.press import Press
from digest.ports.readers import ReaderFilter

MOST_NAMED = 5
"""Readers without a mail that are named for each reason."""


@dataclass(frozen=True, slots=True)
class Silent:
    """Readers who get nothing, for one reason."""

    why: str
    readers: int
    some: tuple[str, ...]
    """A few of their addresses."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject and how many readers get it."""

    text: str
    readers: int
    editions: int
    own: bool
    """The editor's; else the automatic one."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody who reads the newsletter, divided."""

    readers: int
    mailed: int
    editions: int
    largest: int
    """Bytes of HTML of the largest edition."""
    subjects: tuple[Subject, ...]
    """Most readers first."""
    silent: tuple[Silent, ...]


@dataclass(slots=True)
class _Count:
    """What the freeze says, added up."""

    editions: Counter[EditionId] = field(default_factory=Counter)
    known: dict[EditionId, Edition] = field(default_factory=dict)
    mailed: set[SubscriberId] = field(default_factory=set)
    nothing: set[SubscriberId] = field(default_factory=set)
    put_off: int = 0


def audience(press: Press, issue: Issue, fragments: CompiledIssue, now: datetime) -> Audience:
    """Reads every reader of the newsletter: about as long as a freeze takes."""
    counted = _frozen(press, issue, fragments, now)
    editions = [counted.known[key] for key in counted.editions]
    silent = tuple(_silent(press, issue, counted, now))
    return Audience(
        readers=press.store.readers.count(ReaderFilter(issue.newsletter)),
        mailed=len(counted.mailed),
        editions=len(editions),
        largest=max((edition.html_size for edition in editions), default=0),
        subjects=_subjects(issue, editions, counted.editions),
        silent=silent,
    )


def _frozen(press: Press, issue: Issue, fragments: CompiledIssue, now: datetime) -> _Count:
    counted = _Count()
    for chunk in Freeze(press, issue, composer(press, issue, fragments), now).chunks(now):
        counted.known |= {edition.id: edition for edition in chunk.editions}
        counted.editions.update(chunk.deliveries.values())
        counted.mailed.update(chunk.deliveries)
        counted.nothing.update(chunk.nothing)
        counted.put_off += chunk.put_off
    return counted


def _subjects(issue: Issue, editions: Iterable[Edition], readers: Mapping[EditionId, int]) -> tuple[Subject, ...]:
    own = issue.content.subject.text if issue.content.subject else None
    by_text: dict[str, list[int]] = {}
    for edition in editions:
        by_text.setdefault(edition.subject, []).append(readers[edition.id])
    found = (Subject(text, sum(counts), len(counts), text == own) for text, counts in by_text.items())
    return tuple(sorted(found, key=lambda subject: (-subject.readers, subject.text)))


def _silent(press: Press, issue: Issue, counted: _Count, now: datetime) -> Iterator[Silent]:
    reasons: dict[str, list[str]] = {}
    numbers: Counter[str] = Counter()
    for subscriber, subscription in _readers(press, issue.newsletter):
        if subscriber.id not in counted.mailed:
            why = _why(press, issue, subscriber, subscription, counted, now)
            numbers[why] += 1
            if len(reasons.setdefault(why, [])) < MOST_NAMED:
                reasons[why].append(subscriber.email)
    for why, readers in numbers.most_common():
        yield Silent(why, readers, tuple(reasons[why]))


def _readers(press: Press, newsletter: NewsletterSlug) -> Iterator[tuple[Subscriber, Subscription]]:
    after = None
    while page := press.store.readers.all(ReaderFilter(newsletter), after):
        for subscriber, subscriptions in page:
            yield from ((subscriber, s) for s in subscriptions if s.newsletter == newsletter)
        after = page[-1][0].id


def _why(
    press: Press, issue: Issue, subscriber: Subscriber, subscription: Subscription, counted: _Count, now: datetime
) -> str:
    if subscriber.state is not SubscriberState.CONFIRMED or subscription.confirmed_at is None:
        return "has not confirmed yet"
    paused = subscription.preferences.paused_until
    if paused and paused > now.date():
        return "has paused"
    if subscriber.id in counted.nothing:
        return "nothing is new in their topics"
    suppressed = press.store.readers.suppressed(subscriber.email)
    if any(one.newsletter in {None, issue.newsletter} for one in suppressed):
        return "the address is suppressed: it bounced, complained or was erased"
    if counted.put_off:
        return "nothing is due to them in this slot, or nothing new: it rolls on to the next issue"
    return "nothing is due to them in this slot"
