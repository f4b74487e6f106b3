"""A job looks in the tables what is still to be done, does it, and says what follows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from build import at, feed_source
from digest.model.delivery import DeliveryState
from digest.model.issue import IssueState
from digest.model.jobs import READERS_A_SHARE, Job, Work, ask, prepare, send, shares
from digest.pipeline.silence import NO_STORIES
from digest.queue.doing import Turn, do_job
from digest.queue.due import ask_feeds, due_jobs
from fakes import FakeTransport
from send_ground import Clock, Ground, ground


@dataclass
class Means:
    """What a worker has, over a press of the tests."""

    of: Ground
    opened: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.press = self.of.press
        self.clock = self.of.clock

    def transport(self, stopping=lambda: False) -> FakeTransport:
        self.opened.append(stopping)
        return self.of.transport


@pytest.fixture
def means(sqlite_store) -> Means:
    made = Means(ground(sqlite_store))
    made.of.clock.now = made.of.issue.send_at + timedelta(minutes=1)
    return made


def names(means: Means, now: datetime) -> list[str]:
    return [job.name for job in due_jobs(means.press, now, mailboxes=False)]


def test_an_issue_that_is_due_is_sent_once_however_often_its_job_is_done(means):
    job = send(means.of.issue.id)
    assert job.name in names(means, means.clock())
    assert do_job(means, job, lambda: False) == []
    assert do_job(means, job, lambda: False) == []
    assert sorted(means.of.mailed()) == [f"reader{n}@example.com" for n in range(6)]
    assert job.name not in names(means, means.clock())


def test_before_its_hour_or_without_an_issue_nothing_is_done(means):
    means.clock.now = means.of.issue.send_at - timedelta(minutes=5)
    assert do_job(means, send(means.of.issue.id), lambda: False) == []
    assert do_job(means, send("none-2026-11-24"), lambda: False) == []
    assert means.opened == []


def test_a_worker_that_stops_leaves_the_rest_to_another(means):
    job = send(means.of.issue.id)
    ((following, seconds),) = do_job(means, job, lambda: bool(means.opened))
    assert (following, seconds > 0) == (job, True)
    assert means.of.mailed() == []
    assert do_job(means, following, lambda: False) == []
    assert means.of.counts() == {DeliveryState.SENT: 6}


def test_an_issue_gives_way_after_a_minute_of_sending_but_not_while_its_readers_are_frozen():
    clock = Clock(moment=timedelta())
    turn = Turn(lambda: False, clock)
    clock.pass_(hours=1)
    assert not turn.is_over()
    turn.begin()
    clock.pass_(seconds=59)
    turn.begin()
    assert not turn.is_over()
    clock.pass_(seconds=1)
    assert turn.is_over()
    assert Turn(lambda: True, clock).is_over()


def test_preparing_a_newsletter_leads_to_sending_what_is_then_due(means):
    issue = means.press.store.issues
    issue.advance(means.of.issue.id, IssueState.DRAFT, means.clock())
    assert do_job(means, prepare(means.of.issue.newsletter), lambda: False) == [(send(means.of.issue.id), 0.0)]
    assert means.press.issue(means.of.issue.id).state is IssueState.APPROVED
    assert do_job(means, prepare("gone"), lambda: False) == []


def test_a_draft_without_stories_is_skipped_with_its_reason(means):
    store, identity = means.press.store.issues, means.of.issue.id
    store.advance(identity, IssueState.DRAFT, means.clock())
    draft = means.press.issue(identity)
    store.save_content(identity, replace(draft.content, stories=(), sections=()), draft.version, means.clock())
    assert do_job(means, prepare(draft.newsletter), lambda: False) == []
    skipped = means.press.issue(identity)
    assert (skipped.state, skipped.note) == (IssueState.SKIPPED, NO_STORIES)


def test_feeds_are_handed_out_once_until_their_time_is_over(means):
    store = means.press.store.feeds
    store.sync([feed_source(f"https://{n}.example/feed") for n in range(30)], at(0))
    assert [ask_feeds(means.press, at(hour)) for hour in (1, 1, 2)] == [2, 0, 2]


def test_jobs_carry_ids_and_nothing_else():
    assert (ask((1, 2)).name, prepare("weekly").name, send("weekly-2026-11-24", 3).name) == (
        "ask:1:2", "prepare:weekly", "send:weekly-2026-11-24:3",
    )  # fmt: skip
    assert Job(Work.TEND).lock == "tend"
    assert send("weekly-2026-11-24").lock is None


@pytest.mark.parametrize(
    ("readers", "wanted"), [(0, 1), (READERS_A_SHARE - 1, 1), (READERS_A_SHARE, 2), (10_000_000, 64)]
)
def test_a_large_issue_is_worth_more_workers(readers, wanted):
    assert shares(readers) == wanted
