"""How long mails take under the limits of the settings: what goes when to whom in, when the last leaves out. Pure.

Mails count as a stream: those that wait share each limit in proportion to their number, as a list in no order does.
What the mail server itself can take is not known here, so that mail without a limit has no time of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from digest.config.settings import Settings
from digest.deliver.throttle import warm_up_limit
from digest.model.ids import IssueId, NewsletterSlug

_MINUTES_A_DAY = 24 * 60
_NEARLY_NONE = 1e-6
_FOREVER = timedelta(days=3_650)
"""Nobody waits for longer, whatever the limits say."""
_MOMENT, _ALMOST_A_SECOND = timedelta(microseconds=1), timedelta(microseconds=999_999)


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails of an issue to one provider that may go from the same instant on."""

    at: datetime
    issue: IssueId
    newsletter: NewsletterSlug
    provider: str
    mails: int
    spread: float = 1.0
    """Of many domains together: how many the largest of them would fill."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Mails a minute, and what sets it: `all`, `warm-up`, `newsletter X`, `provider X` or `domain X`."""

    name: str
    per_minute: float


@dataclass(frozen=True, slots=True)
class Pace:
    """How an issue's mails to one provider go."""

    mails: int
    per_minute: float | None
    """The most that the limits allow at its hour, if nothing else goes; None: as fast as the mail server takes them."""
    limit: str
    """What sets it; empty without one."""
    first_at: datetime
    last_at: datetime | None
    """When the last leaves, beside all that goes at the same time; None without a limit."""


Flow = tuple[IssueId, str]
"""An issue's mails to one provider."""
Limiting = Callable[[Batch, datetime], Sequence[Limit]]


def paced(settings: Settings, batches: Iterable[Batch]) -> dict[Flow, Pace]:
    """How the mails of each issue go to each provider."""
    ordered = sorted(batches, key=lambda batch: batch.at)

    def limiting(batch: Batch, now: datetime) -> Sequence[Limit]:
        return tuple(limits_of(settings, batch, now))

    last, found = _last(ordered, limiting, _days(settings)), dict[Flow, Pace]()
    for batch in ordered:
        flow = (batch.issue, batch.provider)
        slowest = min(limiting(batch, batch.at), key=lambda limit: limit.per_minute, default=None)
        first = found.get(flow)
        found[flow] = Pace(
            batch.mails + (first.mails if first else 0), slowest.per_minute if slowest else None,
            slowest.name if slowest else "", first.first_at if first else batch.at, last.get(flow),
        )  # fmt: skip
    return found


def limits_of(settings: Settings, batch: Batch, now: datetime) -> Iterator[Limit]:
    """The limits that these mails fall under at that time, as the throttle has them."""
    throttle, relays = settings.throttle, settings.smtp.every_relay
    mine = next((one for one in throttle.providers if one.name == batch.provider), None)
    if mine:
        yield Limit(f"provider {mine.name}", mine.per_minute)
    elif throttle.domain_per_minute:
        yield Limit(f"domain {batch.provider}", throttle.domain_per_minute * batch.spread)
    for one in throttle.newsletters:
        if one.newsletter == batch.newsletter:
            yield Limit(f"newsletter {one.newsletter}", one.per_minute)
    if throttle.per_minute:
        yield Limit("all", throttle.per_minute)
    if all(relay.per_minute for relay in relays):
        yield Limit("relays", sum(relay.per_minute for relay in relays))
    if throttle.warm_up_from and now.date() < _end_of_warm_up(settings):
        a_day = warm_up_limit(throttle.warm_up, throttle.warm_up_from, now.date())
        yield Limit("warm-up", a_day / _MINUTES_A_DAY)


def _end_of_warm_up(settings: Settings) -> date:
    """The first day of which the plan says nothing."""
    return (settings.throttle.warm_up_from or date.min) + timedelta(days=len(settings.throttle.warm_up))


def _days(settings: Settings) -> list[datetime]:
    """The instants at which the warm-up allows another number."""
    first, plan = settings.throttle.warm_up_from, settings.throttle.warm_up
    days = [first + timedelta(days=passed) for passed in range(1, len(plan) + 1)] if first else []
    return [datetime.combine(day, time(), UTC) for day in days]


def _last(ordered: Sequence[Batch], limiting: Limiting, changes: Sequence[datetime]) -> dict[Flow, datetime]:
    """When each flow's last mail leaves; those without any limit are left out."""
    coming = [batch for batch in ordered if limiting(batch, batch.at)][::-1]
    waiting: dict[Flow, float] = {}
    known: dict[Flow, Batch] = {}
    last: dict[Flow, datetime] = {}
    now = datetime.min.replace(tzinfo=UTC)
    while coming or waiting:
        now = now if waiting else max(now, coming[-1].at)
        while coming and coming[-1].at <= now:
            batch = coming.pop()
            flow = (batch.issue, batch.provider)
            waiting[flow], known[flow] = waiting.get(flow, 0.0) + batch.mails, batch
        rates = shared_out(waiting, {flow: limiting(known[flow], now) for flow in waiting})
        until = _until(now, waiting, rates, [*(batch.at for batch in coming[-1:]), *changes])
        for flow in list(waiting):
            waiting[flow] -= rates[flow] * ((until - now) / timedelta(minutes=1))
            if waiting[flow] <= _NEARLY_NONE or until == now + _FOREVER:
                last[flow] = (until + _ALMOST_A_SECOND).replace(microsecond=0)
                del waiting[flow]
        now = until
    return last


def _until(
    now: datetime, waiting: Mapping[Flow, float], rates: Mapping[Flow, float], changes: Sequence[datetime]
) -> datetime:
    """How long these rates hold: until a flow ends, more mails come, or a limit changes."""
    minutes = min(left / rates[flow] for flow, left in waiting.items())
    longest = _FOREVER / timedelta(minutes=1)
    end = now + max(timedelta(minutes=min(minutes, longest)), _MOMENT)
    return min([end, *(change for change in changes if change > now)])


def shared_out(waiting: Mapping[Flow, float], limits: Mapping[Flow, Sequence[Limit]]) -> dict[Flow, float]:
    """Mails a minute of each flow: all grow in proportion to what waits until the first of their limits is reached.

    A flow without a limit goes at once.
    """
    room = {limit.name: limit.per_minute for flow in waiting for limit in limits[flow]}
    under = {name: {flow for flow in waiting if any(one.name == name for one in limits[flow])} for name in room}
    rates = {flow: float("inf") for flow in waiting if not limits[flow]}
    while any(under.values()):
        levels = {name: room[name] / sum(waiting[flow] for flow in flows) for name, flows in under.items() if flows}
        tightest = min(levels, key=levels.__getitem__)
        for flow in tuple(under[tightest]):
            rates[flow] = waiting[flow] * levels[tightest]
            for limit in limits[flow]:
                room[limit.name] = max(room[limit.name] - rates[flow], 0.0)
                under[limit.name].discard(flow)
    return rates
