"""What every IssueStore does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from build import (
    NOW,
    WEEKLY,
    at,
    compiled,
    consent,
    content,
    edition,
    event,
    fragment,
    issue,
    picture,
    preferences,
    sponsor,
    story_item,
    subscriber_draft,
)  # fmt: skip
from digest.errors import StateError
from digest.model.edition import Escape, Slot
from digest.model.ids import IssueId, NewsletterSlug
from digest.model.issue import AlsoIn, Cadence, Headline, Issue, IssueState, Window
from digest.ports.store import Store

DAYS = [date(2026, 11, day) for day in (3, 10, 17, 24)]


def approved(store: Store, **fields: object) -> Issue:
    draft = issue(**fields)
    store.issues.create(draft, NOW)
    return store.issues.approve(draft.id, "ed", "hash", compiled(draft.id), 1, at(1))


def sending(store: Store, **fields: object) -> Issue:
    of = approved(store, **fields)
    store.issues.advance(of.id, IssueState.LOCKED, at(2))
    store.issues.advance(of.id, IssueState.SENDING, at(3))
    return of


def test_a_draft_comes_back_exactly_as_it_was_made(store: Store):
    told = story_item(1, picture=picture(), also=(AlsoIn("Ä", "https://o.example/?a=1&b"),), score=1 / 3)
    full = content(
        told, story_item(2), sponsors=(sponsor(),), events=(event(ends_on=date(2027, 3, 4)),),
        subject=Headline("Große “News” 🙂", (told.story,)), preheader=Headline("x"), intro=Headline("y"),
    )  # fmt: skip
    draft = issue(content=full, send_at=at(0.1234567))
    assert store.issues.create(draft, NOW)
    assert store.issues.get(draft.id) == replace(draft, created_at=NOW)
    assert store.issues.get(IssueId("none")) is None


def test_a_newsletter_has_one_issue_for_a_slot(store: Store):
    assert store.issues.create(issue(), NOW)
    assert not store.issues.create(issue(content=content(story_item(9))), at(1))
    assert not store.issues.create(issue(id=IssueId("another-id")), at(1))
    assert store.issues.get(issue().id) == replace(issue(), created_at=NOW)
    assert store.issues.create(issue("daily"), NOW)


def test_issues_are_listed_newest_slot_first(store: Store):
    for day in DAYS:
        store.issues.create(issue(slot=day), NOW)
    store.issues.create(issue("daily", DAYS[1]), NOW)
    assert [i.slot for i in store.issues.all(WEEKLY, limit=3)] == DAYS[:0:-1]
    assert len(store.issues.all()) == 5
    assert store.issues.all("monthly") == ()


def test_of_some_states_only_those_are_listed_and_of_all_their_versions(store: Store):
    for day in DAYS[1:]:
        sending(store, slot=day)
    store.issues.create(issue(slot=DAYS[0]), NOW)
    wanted = {IssueState.SENDING, IssueState.SENT}
    assert [i.slot for i in store.issues.all(WEEKLY, 2, wanted, skip=1)] == [DAYS[2], DAYS[1]]
    versions = store.issues.versions(WEEKLY, wanted)
    assert [(i.id, i.version) for i in store.issues.all(WEEKLY, 100, wanted)] == list(versions) and len(versions) == 3
    assert store.issues.versions(NewsletterSlug("other"), wanted) == store.issues.versions(WEEKLY, ()) == ()


def test_an_edit_names_the_version_that_it_has_seen(store: Store):
    store.issues.create(issue(), NOW)
    edited = store.issues.save_content(issue().id, content(story_item(5)), 1, at(1))
    assert (edited.version, edited.content) == (2, content(story_item(5)))
    assert edited == store.issues.get(issue().id)
    with pytest.raises(StateError, match="changed by somebody else"):
        store.issues.save_content(issue().id, content(), 1, at(2))
    assert store.issues.get(issue().id) == edited


def test_approval_keeps_the_very_fragments(store: Store):
    of = approved(store)
    assert (of.state, of.approved_at, of.approved_by, of.approval_hash) == (IssueState.APPROVED, at(1), "ed", "hash")
    assert store.issues.get(of.id) == of
    assert store.issues.compiled(of.id) == compiled(of.id)


def test_fragments_come_back_byte_for_byte(store: Store):
    odd = fragment("odd", html=(b"", b"a=C3=A4=\r\n", Slot("x", Escape.URL), b"\r\n\t\0"), text=(), html_size=3)
    draft = issue()
    fragments = replace(compiled(draft.id), fragments={"z": fragment("z"), "a": odd})
    store.issues.create(draft, NOW)
    store.issues.approve(draft.id, "ed", "hash", fragments, 1, NOW)
    kept = store.issues.compiled(draft.id)
    assert dict(kept.fragments) == fragments.fragments
    assert list(kept.fragments) == ["z", "a"]


def test_only_a_draft_of_the_seen_version_can_be_approved(store: Store):
    draft = issue()
    store.issues.create(draft, NOW)
    assert store.issues.compiled(draft.id) is None
    with pytest.raises(StateError, match="version 1, not 7"):
        store.issues.approve(draft.id, "ed", "hash", compiled(draft.id), 7, NOW)
    store.issues.approve(draft.id, "ed", "hash", compiled(draft.id), 1, NOW)
    with pytest.raises(StateError, match="is approved"):
        store.issues.approve(draft.id, "ed", "hash", compiled(draft.id), 2, NOW)


@pytest.mark.parametrize("by_edit", [True, False])
def test_back_in_draft_an_issue_has_lost_its_approval_and_may_be_approved_again(store: Store, by_edit: bool):
    of = approved(store)
    reader = store.readers.sign_up(subscriber_draft(), WEEKLY, preferences(), consent())
    store.ledger.add(of.id, [(reader.id, edition())], NOW)
    if by_edit:
        store.issues.save_content(of.id, content(), of.version, at(2))
    else:
        store.issues.advance(of.id, IssueState.DRAFT, at(2))
    back = store.issues.get(of.id)
    assert (back.state, back.approved_at, back.approved_by, back.approval_hash) == (IssueState.DRAFT, None, "", "")
    assert store.issues.compiled(of.id) is None
    assert store.ledger.counts(of.id) == {}
    store.issues.approve(of.id, "ed", "other", compiled(of.id, "head"), back.version, at(3))
    assert list(store.issues.compiled(of.id).fragments) == ["head"]


def test_a_locked_issue_refuses_edits(store: Store):
    of = sending(store)
    with pytest.raises(StateError, match="is sending and can no longer be edited"):
        store.issues.save_content(of.id, content(), store.issues.get(of.id).version, NOW)


def test_an_issue_advances_as_its_states_allow_and_is_stamped(store: Store):
    of = approved(store)
    assert store.issues.advance(of.id, IssueState.LOCKED, at(2))
    assert not store.issues.advance(of.id, IssueState.LOCKED, at(9))
    assert store.issues.get(of.id).frozen_at == at(2)
    store.issues.advance(of.id, IssueState.SENDING, at(3))
    store.issues.advance(of.id, IssueState.PAUSED, at(4), "by hand")
    assert store.issues.get(of.id).finished_at is None
    store.issues.advance(of.id, IssueState.SENDING, at(5))
    store.issues.advance(of.id, IssueState.SENT, at(6))
    sent = store.issues.get(of.id)
    assert (sent.frozen_at, sent.finished_at, sent.note) == (at(2), at(6), "by hand")
    assert sent.version == of.version + 5


def test_a_state_that_is_not_next_is_refused_and_says_so(store: Store):
    store.issues.create(issue(), NOW)
    with pytest.raises(StateError, match="issue weekly-2026-11-24: is draft and cannot become sent"):
        store.issues.advance(issue().id, IssueState.SENT, NOW)
    with pytest.raises(StateError, match="does not exist"):
        store.issues.advance(IssueId("none"), IssueState.SENT, NOW)
    assert store.issues.get(issue().id).version == 1


def test_issues_are_found_by_state_in_the_order_of_sending(store: Store):
    for day in reversed(DAYS):
        store.issues.create(issue(slot=day), NOW)
    store.issues.advance(issue(slot=DAYS[0]).id, IssueState.SKIPPED, NOW, "nothing to tell")
    assert [i.slot for i in store.issues.in_state(IssueState.DRAFT)] == DAYS[1:]
    assert len(store.issues.in_state(IssueState.DRAFT, IssueState.SKIPPED)) == 4
    assert store.issues.in_state(IssueState.SENT) == ()


def test_told_are_the_stories_of_issues_on_their_way_or_sent_since(store: Store):
    sent, on_its_way, only_draft, cancelled = DAYS
    sending(store, slot=sent, content=content(story_item(1)))
    approved(store, slot=on_its_way, content=content(story_item(2), story_item(3)))
    store.issues.create(issue(slot=only_draft, content=content(story_item(4))), NOW)
    off = approved(store, slot=cancelled, content=content(story_item(5)))
    store.issues.advance(off.id, IssueState.CANCELLED, NOW)
    since = issue(slot=sent).send_at
    assert [i.slot for i in store.issues.telling(since, WEEKLY)] == [sent, on_its_way]
    assert [i.slot for i in store.issues.telling(issue(slot=on_its_way).send_at)] == [on_its_way]
    assert store.issues.telling(since, "daily") == ()


def test_an_issue_that_was_stopped_on_its_way_still_tells(store: Store):
    begun = sending(store, slot=DAYS[0])
    store.issues.advance(begun.id, IssueState.CANCELLED, NOW)
    assert [i.id for i in store.issues.telling(begun.send_at)] == [begun.id]


def test_windows_of_cadences_come_back_as_they_were(store: Store):
    windows = ((Cadence.DAILY, Window(at(-24), NOW)), (Cadence.WEEKLY, Window(at(-168), NOW)))
    store.issues.create(issue(windows=windows), NOW)
    kept = store.issues.get(issue().id)
    assert kept.windows == windows
    assert (kept.window_of(Cadence.DAILY), kept.window_of(Cadence.MONTHLY)) == (windows[0][1], None)
