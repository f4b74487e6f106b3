"""What every FigureStore does."""

from __future__ import annotations

import pytest

from build import NOW, WEEKLY, at, chunk, compiled, consent, edition, issue, preferences, subscriber_draft
from digest.model.delivery import DeliveryState, Settlement
from digest.model.feedback import FeedbackEvent, FeedbackKind
from digest.model.figures import EditionFate, Fate
from digest.model.ids import EditionId, IssueId, NewsletterSlug, SubscriberId
from digest.model.people import ConsentKind
from digest.ports.store import Store

ISSUE = issue().id
SENT, FAILED, SKIPPED, DEFERRED = (
    DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SKIPPED, DeliveryState.DEFERRED,
)  # fmt: skip


@pytest.fixture
def readers(store: Store) -> list[SubscriberId]:
    """Six readers of a frozen issue; the last two have another edition."""
    store.issues.create(issue(), NOW)
    store.issues.approve(ISSUE, "ed", "hash", compiled(ISSUE), 1, NOW)
    rows = [(subscriber_draft(f"r{n}@example.com"), WEEKLY, preferences()) for n in range(6)]
    store.readers.import_(rows, consent(ConsentKind.IMPORTED))
    found = [reader.id for reader, _ in store.readers.all(limit=6)]
    given = [(reader, edition("few" if place > 3 else "many")) for place, reader in enumerate(found)]
    store.ledger.freeze([chunk(given)], ISSUE, NOW)
    return found


def settle(store: Store, state: DeliveryState, *readers: SubscriberId, reply: str = "", reason: str = "") -> None:
    claims = store.ledger.claim(ISSUE, 6, at(1), NOW, readers)
    keys = [(claim.delivery.key, claim.lease) for claim in claims]
    store.ledger.record([Settlement(key, lease, state, None, reply, reason, tried=True) for key, lease in keys], NOW)


def came_back(store: Store, reader: SubscriberId, *kinds: FeedbackKind, of: IssueId = ISSUE) -> None:
    for kind in kinds:
        store.feedback.record(FeedbackEvent(of, reader, kind, "5.1.1", "", at(1)))


def leave(store: Store, reader: SubscriberId, hours: float, newsletter: NewsletterSlug = WEEKLY) -> None:
    store.readers.leave(reader, newsletter, consent(ConsentKind.LEFT, at=at(hours), newsletter=newsletter))


def fates(store: Store, until: float = 24) -> dict[EditionId, Fate]:
    return {one.edition: one.fate for one in store.figures.fates(ISSUE, WEEKLY, at(until))}


def test_an_issue_that_is_not_frozen_has_no_figures(store: Store):
    store.issues.create(issue(), NOW)
    assert store.figures.fates(ISSUE, WEEKLY, at(1)) == ()
    assert store.figures.reasons(ISSUE) == {}


def test_readers_are_counted_by_edition_and_state(store: Store, readers: list[SubscriberId]):
    settle(store, SENT, *readers[:2], readers[4])
    settle(store, FAILED, readers[2])
    settle(store, SKIPPED, readers[5])
    assert store.figures.fates(ISSUE, WEEKLY, at(1)) == (
        EditionFate(EditionId("few"), Fate(sent=1, skipped=1)),
        EditionFate(EditionId("many"), Fate(sent=2, failed=1, waiting=1)),
    )


def test_a_mail_that_came_back_twice_is_one_reader_and_a_complaint_is_none_of_them(store, readers):
    settle(store, SENT, *readers)
    came_back(store, readers[0], FeedbackKind.SOFT, FeedbackKind.HARD)
    came_back(store, readers[1], FeedbackKind.COMPLAINT)
    came_back(store, readers[4], FeedbackKind.HARD, of=IssueId("weekly-2026-11-17"))
    assert fates(store) == {"few": Fate(sent=2), "many": Fate(sent=4, bounced=1, complained=1)}
    assert fates(store)[EditionId("many")].arrived == 3


def test_whoever_left_this_newsletter_after_the_mail_and_in_time_is_counted(store, readers):
    settle(store, SENT, *readers[:4])
    leave(store, readers[0], 2)
    leave(store, readers[1], -2)
    leave(store, readers[2], 48)
    leave(store, readers[3], 2, NewsletterSlug("daily"))
    leave(store, readers[4], 2)
    assert {name: fate.left for name, fate in fates(store).items()} == {"few": 0, "many": 1}


def test_reasons_are_ours_or_what_the_server_said(store: Store, readers: list[SubscriberId]):
    settle(store, SKIPPED, *readers[:2], reason="left", reply="450 later")
    settle(store, SKIPPED, readers[2], reason="paused")
    settle(store, FAILED, readers[3], reply="550 5.1.1 no such user")
    settle(store, SENT, readers[4], reply="250 Ok")
    assert store.figures.reasons(ISSUE) == {
        (SKIPPED, "left"): 2, (SKIPPED, "paused"): 1, (FAILED, "550 5.1.1 no such user"): 1,
    }  # fmt: skip


def test_what_is_half_frozen_is_not_counted(store: Store):
    store.issues.create(issue(), NOW)
    store.issues.approve(ISSUE, "ed", "hash", compiled(ISSUE), 1, NOW)
    rows = [(subscriber_draft("r@example.com"), WEEKLY, preferences())]
    store.readers.import_(rows, consent(ConsentKind.IMPORTED))
    reader = store.readers.all()[0][0].id

    def broken():
        yield chunk([(reader, edition("many"))])
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        store.ledger.freeze(broken(), ISSUE, NOW)
    assert store.figures.fates(ISSUE, WEEKLY, at(1)) == ()
