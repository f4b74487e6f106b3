"""What every RevisionStore does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from build import NOW, WEEKLY, at, chunk, compiled, consent, content, edition, issue, preferences, subscriber_draft
from digest.errors import StateError
from digest.model.delivery import DeliveryState, Settlement
from digest.model.ids import EditionId, StoryId, SubscriberId
from digest.model.issue import IssueState
from digest.model.people import ConsentKind
from digest.model.revisions import Revision
from digest.ports.store import Store

ISSUE = issue().id
OLD, OTHER, NEW = edition("old"), edition("other"), replace(edition("new"), revision=2)
REPLACED = Revision(ISSUE, 1, "hash", at(-1), "ed", at(1), StoryId("s"), "Title “x”")


@pytest.fixture
def readers(store: Store) -> list[SubscriberId]:
    """Six readers of a paused issue: three of each edition, one of each claimed, one of each sent."""
    store.issues.create(issue(), NOW)
    store.issues.approve(ISSUE, "ed", "hash", compiled(ISSUE), 1, at(-1))
    rows = [(subscriber_draft(f"r{n}@example.com"), WEEKLY, preferences()) for n in range(6)]
    store.readers.import_(rows, consent(ConsentKind.IMPORTED))
    found = [reader.id for reader, _ in store.readers.all(limit=6)]
    store.ledger.freeze([chunk([(reader, OLD if at < 3 else OTHER) for at, reader in enumerate(found)])], ISSUE, NOW)
    store.issues.advance(ISSUE, IssueState.SENDING, NOW)
    claims = store.ledger.claim(ISSUE, 4, at(1), NOW, [found[0], found[1], found[3], found[4]])
    sent = [c for c in claims if c.delivery.key.subscriber in {found[0], found[3]}]
    done = [Settlement(c.delivery.key, c.lease, DeliveryState.SENT, None, "250 ok", tried=True) for c in sent]
    store.ledger.record(done, NOW)
    store.issues.advance(ISSUE, IssueState.PAUSED, NOW)
    return found


def editions_of(store: Store) -> list[EditionId]:
    return [one.edition for one in store.ledger.deliveries(ISSUE)]


def test_a_paused_issue_becomes_its_next_revision(store: Store, readers):
    before = store.issues.get(ISSUE)
    new = content(*issue().content.stories[:1])
    revised = store.revisions.revise(REPLACED, new, "hash2", compiled(ISSUE, "head", revision=2), "ada",
                                     before.version, at(1))  # fmt: skip
    assert revised == store.issues.get(ISSUE)
    assert (revised.revision, revised.approval_hash, revised.approved_by, revised.approved_at) == (
        2, "hash2", "ada", at(1),
    )  # fmt: skip
    assert (revised.content, revised.state, revised.version) == (new, IssueState.PAUSED, before.version + 1)
    assert store.issues.compiled(ISSUE) == compiled(ISSUE, "head", revision=2)
    assert store.revisions.past(ISSUE) == (REPLACED,)


def test_one_that_is_on_its_way_or_was_changed_meanwhile_does_not(store: Store, readers):
    version = store.issues.get(ISSUE).version
    fragments = compiled(ISSUE, revision=2)
    with pytest.raises(StateError, match="was changed by somebody else"):
        store.revisions.revise(REPLACED, content(), "hash2", fragments, "ada", version - 1, at(1))
    store.issues.advance(ISSUE, IssueState.SENDING, NOW)
    with pytest.raises(StateError, match="is sending, not paused"):
        store.revisions.revise(REPLACED, content(), "hash2", fragments, "ada", version + 1, at(1))
    assert (store.issues.get(ISSUE).revision, store.revisions.past(ISSUE)) == (1, ())


def test_only_those_who_wait_get_another_edition(store: Store, readers):
    assert store.revisions.rewrite(ISSUE, [NEW], {OLD.id: NEW.id}, [], "pulled", at(1)) == (1, 0)
    assert editions_of(store) == ["old", "old", "new", "other", "other", "other"]
    assert store.ledger.edition(ISSUE, NEW.id) == NEW


def test_those_for_whom_nothing_is_left_are_skipped_with_the_reason(store: Store, readers):
    assert store.revisions.rewrite(ISSUE, [], {}, [OTHER.id], "pulled", at(1)) == (0, 1)
    states = [(one.state, one.reason) for one in store.ledger.deliveries(ISSUE)]
    assert states[5] == (DeliveryState.SKIPPED, "pulled")
    assert states[3:5] == [(DeliveryState.SENT, ""), (DeliveryState.CLAIMED, "")]
    assert store.revisions.rewrite(ISSUE, [], {}, [], "pulled", at(1)) == (0, 0)


def test_many_editions_are_no_trouble(store: Store, readers):
    becomes = {EditionId(f"e{number}"): NEW.id for number in range(40_000)} | {OLD.id: NEW.id}
    assert store.revisions.rewrite(ISSUE, [NEW], becomes, list(becomes)[:-1], "pulled", at(1)) == (1, 0)
    assert store.revisions.counts(ISSUE, becomes) == {DeliveryState.SENT: 1, DeliveryState.CLAIMED: 1}


def test_deliveries_of_editions_are_counted_and_listed_by_page(store: Store, readers):
    assert store.revisions.counts(ISSUE, [OLD.id]) == {
        DeliveryState.SENT: 1, DeliveryState.CLAIMED: 1, DeliveryState.PENDING: 1,
    }  # fmt: skip
    assert store.revisions.counts(ISSUE, []) == {}
    got = (DeliveryState.SENT, DeliveryState.CLAIMED)
    first = store.revisions.deliveries(ISSUE, [OLD.id, OTHER.id], got, limit=3)
    assert [one.key.subscriber for one in first] == [readers[0], readers[1], readers[3]]
    [last] = store.revisions.deliveries(ISSUE, [OLD.id, OTHER.id], got, after=readers[3])
    assert (last.key.subscriber, last.edition, last.state) == (readers[4], "other", DeliveryState.CLAIMED)


def test_a_claim_says_of_which_revision_the_issue_is(store: Store, readers):
    version = store.issues.get(ISSUE).version
    store.revisions.revise(REPLACED, content(), "hash2", compiled(ISSUE, revision=2), "ada", version, at(1))
    store.issues.advance(ISSUE, IssueState.SENDING, NOW)
    claims = store.ledger.claim(ISSUE, 9, at(1), NOW)
    assert {claim.revision for claim in claims} == {2}
