"""Decides when a mail may go: limits in layers, each a bucket that fills with time. Pure: no clock, no waiting.

Layers: the mail server, the warm-up of a new sender, the provider of the reader's mailbox, the newsletter. A mail
goes when every bucket that it falls under has room. A layer whose server complains of our rate (421, 4.7.x) halves,
and takes an hour to recover fully.

4.7.x is a complaint, and again and again halves a rate to a 64th. A plain 421 may be one, or the usual end of a
connection that has had its number of mails, with which many servers go on for as long as we send: however often it
comes, it halves a rate no further than to a quarter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from math import inf
from threading import Lock
from types import MappingProxyType

from digest.config.throttle import ThrottleSettings
from digest.model.delivery import SINGLE, Message

BURST = timedelta(seconds=2)
"""What a bucket holds: so much of its rate, and at least one mail."""
RECOVERY = timedelta(hours=1)
"""The time in which a rate of nothing would be whole again."""
_ONE_COMPLAINT = timedelta(seconds=30)
"""Mails under way together are told the same: it counts once."""
_SLOWEST = 1 / 64
_SLOWEST_BY_421 = 1 / 4
_ADVANCE = 100
"""So many single mails may go before their turn."""
_LONGEST_PROMISE = timedelta(hours=1)
"""Nobody is sent away for longer: the rate may have recovered by then."""
_DAY = timedelta(days=1)
_WARM_UP_BURST = timedelta(hours=1)
_NOW = timedelta(0)
_TOO_FAST = re.compile(r"4\d\d(?:(?! 4\.\d{1,3}\.\d).)* 4\.7\.\d{1,3}(?![\d.])")
"""4.7.x as the first enhanced code: a reply of several lines may have it in a later one."""
_SLOT = re.compile(r"^(.+)-\d{4}-\d\d-\d\d")
_NO_RELAYS: Mapping[str, float] = MappingProxyType({})
Rate = Callable[[datetime], float]
"""Mails a second, at that time."""


class Bucket:
    """Lets mails through at a rate: in any time t at most `rate * (t + burst)`, and one where that is less than one."""

    def __init__(self, rate: Rate, now: datetime, burst: timedelta = BURST) -> None:
        self._rate = rate
        self._burst = burst.total_seconds()
        self._at = now
        self._factor, self._slowed_at = 1.0, now - RECOVERY
        self._promised_until = now
        self._room = self._capacity(now)

    def rate(self, now: datetime) -> float:
        """Mails a second, after complaints."""
        recovered = self._factor + max(now - self._slowed_at, _NOW) / RECOVERY
        return self._rate(now) * min(recovered, 1.0)

    def wait(self, now: datetime, first: bool = False) -> timedelta:
        """How long until a mail may go, if no other does. `first`: before those who wait, who pay for it."""
        if self.rate(now) == inf:
            return _NOW
        self._fill(now)
        room = self._room + (_ADVANCE if first else 0)
        return _NOW if room >= 1 else timedelta(seconds=(1 - room) / self.rate(now))

    def take(self, now: datetime) -> None:
        """One mail goes."""
        if self.rate(now) != inf:
            self._fill(now)
            self._room -= 1

    def promise(self, now: datetime) -> timedelta:
        """How long a mail that is sent away should stay away; each a little longer than the one before."""
        if self.rate(now) == inf:
            return _NOW
        self._promised_until = max(self._promised_until, now + self.wait(now))
        self._promised_until += timedelta(seconds=1 / self.rate(now))
        self._promised_until = min(self._promised_until, now + _LONGEST_PROMISE)
        return self._promised_until - now

    def slow_down(self, now: datetime, least: float = _SLOWEST) -> None:
        """Halves the rate, once for what was under way together; not below `least`, a part of the whole."""
        if now - self._slowed_at >= _ONE_COMPLAINT and self._rate(now) != inf:
            self._fill(now)
            factor = self.rate(now) / self._rate(now)
            self._factor = max(factor / 2, min(least, factor))
            self._slowed_at = now
            self._room = min(self._room, self._capacity(now))

    def _capacity(self, now: datetime) -> float:
        return max(1.0, self.rate(now) * self._burst)

    def _fill(self, now: datetime) -> None:
        """Counts what came in since the last time, at the lower of the two rates."""
        if now > self._at:
            gained = min(self.rate(self._at), self.rate(now)) * (now - self._at).total_seconds()
            self._room = min(self._room + gained, self._capacity(now))
            self._at = now


class Throttle:
    """The buckets of all layers, made as they are needed. Threads may share it, as all mail of a process does."""

    def __init__(self, settings: ThrottleSettings, share: float = 1, relays: Mapping[str, float] = _NO_RELAYS) -> None:
        """`share`: the part of every limit that is this process's, where several send at once.

        `relays`: mails a minute through each mail server that has a limit of its own, by its place.
        """
        self._provider_of = settings.provider_of
        rates = dict(_rates(settings)) | {f"relay {place}": _constant(limit) for place, limit in relays.items()}
        self._rates = {name: _part(rate, share) for name, rate in rates.items()}
        self._buckets: dict[str, Bucket] = {}
        self._lock = Lock()

    def provider(self, message: Message) -> str:
        """The group of the recipient's domain, or the domain itself."""
        domain = message.recipient.rpartition("@")[2].lower()
        return self._provider_of.get(domain, domain)

    def wait(self, message: Message, now: datetime) -> timedelta:
        """How long until this mail may go; a single mail goes before all of an issue."""
        with self._lock:
            return _longest(bucket.wait(now, _is_single(message)) for bucket in self._layers(message, now))

    def admit(self, message: Message, now: datetime) -> timedelta:
        """The same; where that is no time at all, the mail goes now and is counted."""
        with self._lock:
            layers = self._layers(message, now)
            wait = _longest(bucket.wait(now, _is_single(message)) for bucket in layers)
            for bucket in layers if not wait else ():
                bucket.take(now)
            return wait

    def promise(self, message: Message, now: datetime) -> timedelta:
        """How long a mail that is not to wait here should stay away."""
        with self._lock:
            return _longest(bucket.promise(now) for bucket in self._layers(message, now))

    def wait_for(self, relay: str, message: Message, now: datetime) -> timedelta:
        """How long until this mail may go through that mail server."""
        with self._lock:
            return _longest(bucket.wait(now, _is_single(message)) for bucket in self._of_relay(relay, now))

    def take_to(self, relay: str, now: datetime) -> None:
        """A mail goes through that mail server."""
        with self._lock:
            for bucket in self._of_relay(relay, now):
                bucket.take(now)

    def heard(self, message: Message, reply: str, now: datetime, relay: str = "") -> None:
        """Listens for complaints of our rate: they are the provider's, or the mail server's where it has no limit."""
        if reply.startswith("4") and (least := _least_after(reply)):
            with self._lock:
                layers = self._layers(message, now)
                about = layers[:1] if self._limits_provider(message) else self._of_relay(relay, now) or layers[:1]
                for bucket in about:
                    bucket.slow_down(now, least)

    def closed(self, message: Message | None, reply: str, now: datetime, relay: str = "") -> None:
        """A connection ended with that reply (421): it is the mail server's, and the provider's of the message that
        was under way.
        """
        with self._lock:
            about = self._of_relay(relay, now) or ([self._bucket("relay", "", now)] if "relay" in self._rates else [])
            if message and (self._limits_provider(message) or not about):
                about += self._layers(message, now)[:1]
            for bucket in about:
                bucket.slow_down(now, _least_after(reply) or _SLOWEST_BY_421)

    def _limits_provider(self, message: Message) -> bool:
        return "domain" in self._rates or f"provider {self.provider(message)}" in self._rates

    def _of_relay(self, relay: str, now: datetime) -> list[Bucket]:
        return [self._bucket(f"relay {relay}", "", now)] if f"relay {relay}" in self._rates else []

    def _layers(self, message: Message, now: datetime) -> list[Bucket]:
        """The buckets that a mail falls under; first the one that a complaint is about."""
        provider, slot = self.provider(message), _SLOT.match(message.key.issue)
        named = [f"provider {provider}"] if f"provider {provider}" in self._rates else ["domain"]
        named += ["relay", "warm-up"] + ([f"newsletter {slot[1]}"] if slot else [])
        return [self._bucket(name, provider, now) for name in named if name in self._rates]

    def _bucket(self, name: str, provider: str, now: datetime) -> Bucket:
        key = f"domain {provider}" if name == "domain" else name
        if key not in self._buckets:
            burst = _WARM_UP_BURST if name == "warm-up" else BURST
            self._buckets[key] = Bucket(self._rates[name], now, burst)
        return self._buckets[key]


def _is_single(message: Message) -> bool:
    """Whether it is a mail to one person, such as a confirmation, which somebody waits for."""
    return message.key.issue.startswith(SINGLE)


def _least_after(reply: str) -> float:
    """The part of a rate that such complaints leave it, however many come; 0: the reply is none."""
    if _TOO_FAST.match(reply):
        return _SLOWEST
    return _SLOWEST_BY_421 if reply.startswith("421") else 0


def _longest(waits: Iterable[timedelta]) -> timedelta:
    return max(waits, default=_NOW)


def _rates(settings: ThrottleSettings) -> Mapping[str, Rate]:
    """Each layer that has a limit, by its name."""
    rates = {f"provider {p.name}": _constant(p.per_minute) for p in settings.providers}
    rates |= {f"newsletter {n.newsletter}": _constant(n.per_minute) for n in settings.newsletters}
    if settings.per_minute:
        rates["relay"] = _constant(settings.per_minute)
    if settings.domain_per_minute:
        rates["domain"] = _constant(settings.domain_per_minute)
    if settings.warm_up and (first := settings.warm_up_from):
        rates["warm-up"] = lambda now: warm_up_limit(settings.warm_up, first, now.date()) / _DAY.total_seconds()
    return rates


def _constant(per_minute: float) -> Rate:
    return lambda now: per_minute / 60


def _part(rate: Rate, share: float) -> Rate:
    return rate if share == 1 else lambda now: rate(now) * share


def warm_up_limit(plan: tuple[int, ...], first: date, today: date) -> float:
    """Mails that may go today: the plan's number of the day; before it the first one, after it any number."""
    day = max((today - first).days, 0)
    return plan[day] if day < len(plan) else inf
