"""How an issue fares on its way, and what became of each delivery. Sends nothing; settles what time has settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.deliver.headers import address, domain_of
from digest.deliver.message_id import message_id
from digest.model.delivery import FINAL_STATES, DeliveryState
from digest.model.ids import IssueId, SubscriberId
from digest.model.issue import Issue, IssueState
from digest.pipeline.press import Press

_LATELY = timedelta(minutes=1)
"""What the rate is taken from."""
_LARGEST = 10
"""Providers that are shown by name; the others are counted together."""
OTHERS = "others"


@dataclass(frozen=True, slots=True)
class ProviderProgress:
    """The same for the readers of one provider of mailboxes."""

    provider: str
    counts: Mapping[DeliveryState, int]


@dataclass(frozen=True, slots=True)
class Progress:
    """How an issue fares on its way."""

    issue: IssueId
    state: IssueState
    note: str
    total: int
    done: int
    """Those that are sent, failed or skipped."""
    counts: Mapping[DeliveryState, int]
    per_second: float
    """Deliveries settled, over the last minute."""
    left: timedelta | None
    """Until all are done, at that rate; None when nothing moves."""
    providers: tuple[ProviderProgress, ...]
    """Those with the most readers first, as the throttle groups them."""


def progress(press: Press, issue: Issue, now: datetime) -> Progress:
    """What the ledger says at this moment."""
    found = press.store.ledger.by_domain(issue.id, now - _LATELY)
    counts, by_provider = Counter[DeliveryState](), dict[str, Counter[DeliveryState]]()
    provider_of = press.settings.throttle.provider_of
    for (domain, state), (count, _) in found.items():
        counts[state] += count
        by_provider.setdefault(provider_of.get(domain, domain), Counter())[state] += count
    done = sum(counts[state] for state in FINAL_STATES)
    lately = sum(recent for (_, state), (_, recent) in found.items() if state in FINAL_STATES)
    rate, waiting = lately / _LATELY.total_seconds(), counts.total() - done
    left = timedelta(seconds=round(waiting / rate)) if rate else None
    return Progress(
        issue.id, issue.state, issue.note, counts.total(), done, counts, rate, left, tuple(_providers(by_provider))
    )


def _providers(found: Mapping[str, Counter[DeliveryState]]) -> Iterator[ProviderProgress]:
    ranked = sorted(found.items(), key=lambda item: (-item[1].total(), item[0]))
    for name, counts in ranked[:_LARGEST]:
        yield ProviderProgress(name, counts)
    if rest := ranked[_LARGEST:]:
        yield ProviderProgress(OTHERS, sum((counts for _, counts in rest), start=Counter[DeliveryState]()))


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One delivery, as it is listed."""

    delivery: str
    subscriber: SubscriberId
    state: DeliveryState
    attempts: int
    message_id: str
    """As it stands in the mail: every attempt has the same."""
    reply: str
    """What the mail server said last, and why the delivery was skipped or given up."""
    at: datetime | None
    """When the state was last written."""


def delivery_lines(press: Press, issue: Issue, state: DeliveryState | None, now: datetime) -> Iterator[DeliveryLine]:
    """The issue's deliveries by subscriber: all, or those in one state.

    Asked for the uncertain ones it gives all that ever were, because a resend may have been a second copy.
    """
    press.store.ledger.expire(issue.id, now)
    yield from lines_as_written(press, issue, state)


def lines_as_written(press: Press, issue: Issue, state: DeliveryState | None) -> Iterator[DeliveryLine]:
    """The same, as they were last written: a claim whose lease is over is not settled for it."""
    ledger = press.store.ledger
    domain = domain_of(address(press.newsletter_of(issue).sender.address))
    doubted = state is DeliveryState.UNCERTAIN
    after = None
    while page := ledger.deliveries(issue.id, None if doubted else state, after, doubted=doubted):
        for one in page:
            said = "; ".join(filter(None, (one.reason, one.reply)))
            identifier = message_id(one.key, domain, press.mail_secret)
            yield DeliveryLine(str(one.key), one.key.subscriber, one.state, one.attempts, identifier, said, one.at)
        after = page[-1].key.subscriber
