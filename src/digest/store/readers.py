"""[I/O] ReaderStore on SQL: subscribers, subscriptions, suppressions and the log of consent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, insert, select, update

from digest.errors import StateError
from digest.model.ids import IssueId, NewsletterSlug, SubscriberId
from digest.model.people import (
    AddressChange,
    ChangeOutcome,
    ConsentEvent,
    Erasure,
    ImportCount,
    Membership,
    Preferences,
    Recipient,
    Subscriber,
    SubscriberDraft,
    SubscriberState,
    Subscription,
    SuppressedAddress,
    SuppressionReason,
)
from digest.ports.readers import Place, ReaderFilter
from digest.store.addresses import AddressKeys
from digest.store.database import Database
from digest.store.erasing import erase_reader, erasure_of, has_erased, known_as, replay
from digest.store.importing import import_rows
from digest.store.listing import count_readers, page_of_readers, page_of_recipients, page_of_subscriptions
from digest.store.membership import membership_of
from digest.store.moving import agree, change_of, drop_change, keep_change
from digest.store.people import (
    CONSENT,
    SUBSCRIBER,
    SUBSCRIPTION,
    consent_columns,
    preference_columns,
    subscriber_columns,
    subscriber_of,
    subscription_columns,
    subscription_of,
)
from digest.store.schema import consents, subscribers, subscriptions, suppressions
from digest.store.signing_up import lift_what_ends, wish_subscriber, wish_subscription
from digest.store.statements import insert_into
from digest.store.suppressing import lift, page_of_suppressions, suppressions_of
from digest.store.wishes import KnownPlaces, pages_of_wishes


class SqlReaderStore:
    """Readers. Whoever signs up again after leaving stays gone until the new wish is confirmed."""

    def __init__(self, database: Database, keys: AddressKeys) -> None:
        self._database = database
        self._keys = keys
        self._places = KnownPlaces(database)

    def sign_up(self, draft: SubscriberDraft, newsletter: NewsletterSlug, preferences: Preferences,
                event: ConsentEvent) -> Subscriber:  # fmt: skip
        """Adds an unconfirmed subscriber, or gives the one with this address; an unconfirmed one takes the wishes."""
        with self._database.write() as connection:
            subscriber = wish_subscriber(connection, draft, event.at, self._keys)
            wish_subscription(connection, subscription_columns(subscriber.id, newsletter, preferences, event.at))
            _log(connection, subscriber.id, event)
            return subscriber

    def confirm(self, subscriber: SubscriberId, newsletter: NewsletterSlug, event: ConsentEvent) -> bool:
        """Confirms subscriber and subscription; False when there is nothing to confirm (nothing changes)."""
        alive = exists().where(subscribers.c.id == subscriber, subscribers.c.state != SubscriberState.ERASED)
        waiting = update(subscriptions).where(
            _is(subscriber, newsletter), subscriptions.c.confirmed_at.is_(None), alive
        )
        first_time = update(subscribers).where(
            subscribers.c.id == subscriber, subscribers.c.state == SubscriberState.UNCONFIRMED
        )
        with self._database.write() as connection:
            if not connection.execute(waiting.values(confirmed_at=event.at, since=event.at, left_at=None)).rowcount:
                return False
            connection.execute(first_time.values(state=SubscriberState.CONFIRMED, confirmed_at=event.at))
            lift_what_ends(connection, subscriber)
            _log(connection, subscriber, event)
            return True

    def import_(self, rows: Iterable[tuple[SubscriberDraft, NewsletterSlug, Preferences]], event: ConsentEvent, *,
                dry_run: bool = False) -> ImportCount:  # fmt: skip
        """Adds confirmed subscribers in one transaction; never changes or re-activates anyone."""
        with self._database.write(keep=not dry_run) as connection:
            return import_rows(connection, rows, event, self._keys)

    def get(self, subscriber: SubscriberId) -> Subscriber | None:
        """One subscriber."""
        with self._database.read() as connection:
            row = connection.execute(select(*SUBSCRIBER).where(subscribers.c.id == subscriber)).one_or_none()
            return subscriber_of(row) if row else None

    def by_email(self, email: str) -> Subscriber | None:
        """Found by address, case-insensitively."""
        with self._database.read() as connection:
            return _by_key(connection, self._keys.of(email))

    def subscriptions(self, subscriber: SubscriberId) -> tuple[Subscription, ...]:
        """All of one reader, by newsletter; those left or not yet confirmed included."""
        mine = select(*SUBSCRIPTION).where(subscriptions.c.subscriber == subscriber)
        with self._database.read() as connection:
            return tuple(map(subscription_of, connection.execute(mine.order_by(subscriptions.c.newsletter))))

    def membership(self, subscriber: SubscriberId, newsletter: NewsletterSlug,
                   mails: int = 0) -> Membership | None:  # fmt: skip
        """A reader's subscription to one newsletter, with so many of the latest mails."""
        with self._database.read() as connection:
            return membership_of(connection, subscriber, newsletter, mails)

    def all(self, which: ReaderFilter = ReaderFilter(), after: SubscriberId | None = None,
            limit: int = 1000) -> tuple[tuple[Subscriber, tuple[Subscription, ...]], ...]:  # fmt: skip
        """A page of subscribers by id, those erased left out."""
        with self._database.read() as connection:
            return page_of_readers(connection, which, after, limit)

    def each_subscription(self, newsletter: NewsletterSlug | None = None,
                          after: tuple[SubscriberId, NewsletterSlug] | None = None,
                          limit: int = 1000) -> tuple[Subscription, ...]:  # fmt: skip
        """A page of subscriptions."""
        with self._database.read() as connection:
            return page_of_subscriptions(connection, newsletter, after, limit)

    def count(self, which: ReaderFilter = ReaderFilter()) -> int:
        """How many there are."""
        with self._database.read() as connection:
            return count_readers(connection, which)

    def set_preferences(self, subscriber: SubscriberId, newsletter: NewsletterSlug, preferences: Preferences,
                        event: ConsentEvent) -> None:  # fmt: skip
        """Replaces what the reader chose. Raises StateError when there is no such subscription."""
        chosen = update(subscriptions).where(_is(subscriber, newsletter)).values(preference_columns(preferences))
        with self._database.write() as connection:
            if not connection.execute(chosen).rowcount:
                raise StateError(f"reader {subscriber}", f"has no subscription to {newsletter}", "sign up first")
            _log(connection, subscriber, event)

    def leave(self, subscriber: SubscriberId, newsletter: NewsletterSlug, event: ConsentEvent) -> bool:
        """Leaves the newsletter; False when already left."""
        left = update(subscriptions).where(_is(subscriber, newsletter), subscriptions.c.left_at.is_(None))
        with self._database.write() as connection:
            if not connection.execute(left.values(left_at=event.at)).rowcount:
                return False
            _log(connection, subscriber, event)
            return True

    def describe(self, subscriber: SubscriberId, draft: SubscriberDraft, event: ConsentEvent) -> None:
        """Takes name, country, time zone and language from the draft, and not its address. Raises StateError."""
        alive = (subscribers.c.id == subscriber, subscribers.c.state != SubscriberState.ERASED)
        with self._database.write() as connection:
            email = connection.scalar(select(subscribers.c.email).where(*alive).with_for_update())
            if email is None:
                raise StateError(f"reader {subscriber}", "is no longer there", "sign up again")
            described = subscriber_columns(replace(draft, email=email), self._keys)
            connection.execute(update(subscribers).where(*alive).values(described))
            _log(connection, subscriber, event)

    def erase(self, subscriber: SubscriberId, event: ConsentEvent) -> bool:
        """Takes out everything that tells who they were; False when there is nobody to erase."""
        with self._database.write() as connection:
            erased = erase_reader(connection, subscriber, event)
        self._database.forget_log()
        return erased

    def erasure(self, subscriber: SubscriberId, now: datetime) -> Erasure | None:
        """What the journal is to hold of an erasure that is about to happen."""
        with self._database.read() as connection:
            return erasure_of(connection, subscriber, now)

    def has_erased(self, erasure: Erasure) -> bool:
        """Whether the tables know of it."""
        with self._database.read() as connection:
            return has_erased(connection, erasure)

    def replay(self, erasures: Iterable[Erasure], source: str) -> int:
        """Erases again whoever came back, in one transaction."""
        with self._database.write() as connection:
            erased = sum(replay(connection, erasure, source) for erasure in erasures)
        self._database.forget_log()
        return erased

    def known_as(self, email: str) -> tuple[SubscriberId, ...]:
        """Everybody who has the address, or had it when they were erased. Reads all keys: for operators only."""
        with self._database.read() as connection:
            return known_as(connection, self._keys.of(email))

    def ask_change(self, subscriber: SubscriberId, email: str, at: datetime) -> AddressChange:
        """A change of address that waits for both sides, in place of an earlier one."""
        with self._database.write() as connection:
            return keep_change(connection, subscriber, email, at)

    def address_change(self, subscriber: SubscriberId) -> AddressChange | None:
        """The one that waits."""
        with self._database.read() as connection:
            return change_of(connection, subscriber)

    def agree_change(self, change: AddressChange, *, at_old: bool, event: ConsentEvent) -> ChangeOutcome:
        """One side confirms; the address changes with the second."""
        with self._database.write() as connection:
            return agree(connection, change, self._keys, at_old=at_old, event=event)

    def drop_change(self, subscriber: SubscriberId) -> bool:
        """Forgets a change that waits; False when there is none."""
        with self._database.write() as connection:
            return drop_change(connection, subscriber)

    def suppress(self, email: str, reason: SuppressionReason, now: datetime,
                 newsletter: NewsletterSlug | None = None) -> None:  # fmt: skip
        """Never mail this address again; the first reason stays."""
        row = {"email_key": self._keys.of(email), "newsletter": newsletter or "", "reason": reason, "at": now}
        with self._database.write() as connection:
            connection.execute(insert_into(connection, suppressions).values(row).on_conflict_do_nothing())

    def unsuppress(self, who: str, newsletter: NewsletterSlug | None = None) -> bool:
        """Lifts one suppression of an address or of its key; False when there is none."""
        with self._database.write() as connection:
            return lift(connection, self._key(who), newsletter)

    def suppressed(self, email: str) -> tuple[SuppressedAddress, ...]:
        """What speaks against mailing that address, global first."""
        with self._database.read() as connection:
            return suppressions_of(connection, self._keys.of(email))

    def suppressions(self, after: SuppressedAddress | None = None,
                     limit: int = 1000) -> tuple[SuppressedAddress, ...]:  # fmt: skip
        """A page by key and newsletter."""
        with self._database.read() as connection:
            return page_of_suppressions(connection, after, limit)

    def recipients(self, newsletter: NewsletterSlug, now: datetime, after: SubscriberId | None = None,
                   limit: int = 1000) -> tuple[Recipient, ...]:  # fmt: skip
        """A page, by subscriber id, of the readers who may be mailed now."""
        with self._database.read() as connection:
            return page_of_recipients(connection, newsletter, now.date(), after, limit)

    def places(self, newsletter: NewsletterSlug, now: datetime) -> tuple[Place, ...]:
        """The time zones and hours of its readers, with how many there are of each."""
        return self._places.of(newsletter, now)

    def wishes(
        self, newsletter: NewsletterSlug, now: datetime, without: IssueId | None = None,
        places: Collection[Place] | None = None,
    ) -> Iterator[Sequence[tuple[SubscriberId, Preferences]]]:  # fmt: skip
        """Who may be mailed now, with what they chose, page by page."""
        return pages_of_wishes(self._database, newsletter, now.date(), without, places)

    def events(self, subscriber: SubscriberId) -> tuple[ConsentEvent, ...]:
        """The log, oldest first."""
        mine = select(*CONSENT).where(consents.c.subscriber == subscriber).order_by(consents.c.id)
        with self._database.read() as connection:
            return tuple(ConsentEvent(*row) for row in connection.execute(mine))

    def _key(self, who: str) -> str:
        return self._keys.of(who) if "@" in who else who


def _is(subscriber: SubscriberId, newsletter: NewsletterSlug) -> ColumnElement[bool]:
    return (subscriptions.c.subscriber == subscriber) & (subscriptions.c.newsletter == newsletter)


def _by_key(connection: Connection, key: str) -> Subscriber | None:
    found = select(*SUBSCRIBER).where(subscribers.c.email_key == key)
    row = connection.execute(found).one_or_none()
    return subscriber_of(row) if row else None


def _log(connection: Connection, subscriber: SubscriberId, event: ConsentEvent) -> None:
    connection.execute(insert(consents).values(consent_columns(subscriber, event)))
