"""Decides what is due: pure, from the newsletters, their issues and the time. Does nothing.

Truth is in the tables: a slot without an issue is built, or recorded as missed; an issue whose hour has come is
approved if need be and sent. Running it twice, or in two processes, asks for the same steps again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from digest.calendar import Slot
from digest.config.machine import ScheduleSettings
from digest.config.publication import NewsletterSettings, SilentPolicy
from digest.model.ids import IssueId, NewsletterSlug, issue_id
from digest.model.issue import Issue, IssueState
from digest.pipeline.silence import HELD
from digest.pipeline.slots import is_premature, slots_of
from digest.ports.readers import Place

_RECORDED = timedelta(days=31)
"""Slots that were missed longer ago than this are not recorded one by one."""


class StepKind(StrEnum):
    """What there is to do."""

    BUILD = "build"
    """The slot is near and has no issue yet."""
    MISS = "miss"
    """The slot passed, longer ago than the catch-up window, while nothing ran."""
    APPROVE = "approve"
    """The hour has come, no editor has spoken, and the newsletter sends all the same."""
    SKIP = "skip"
    """The hour has come, no editor has spoken, and the newsletter then skips; or there is nothing to send."""
    EXPIRE = "expire"
    """A draft or an approved issue is too late to be sent."""
    SEND = "send"
    """Approved and its hour has come, or it is being sent and is not done."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do for one slot of one newsletter."""

    kind: StepKind
    newsletter: NewsletterSlug
    issue: IssueId
    slot: Slot


def plan(
    newsletters: Sequence[NewsletterSettings],
    issues: Mapping[NewsletterSlug, Sequence[Issue]],
    schedule: ScheduleSettings,
    now: datetime,
    places: Mapping[NewsletterSlug, Collection[Place]] = MappingProxyType({}),
) -> Iterator[Step]:
    """The steps due now, slot by slot, the earlier slot first. `issues`: each newsletter's latest, newest first.

    `places`: where the readers are of newsletters that are sent by their readers' time.
    """
    steps: list[Step] = []
    for newsletter in newsletters:
        known = issues.get(newsletter.key, ())
        steps += _unbuilt(newsletter, known, schedule, now, places.get(newsletter.key, ()))
        steps += _unsent(newsletter, known, schedule, now)
    yield from sorted(steps, key=lambda step: (step.slot.at, step.newsletter, step.kind))


def _unbuilt(
    newsletter: NewsletterSettings,
    known: Sequence[Issue],
    schedule: ScheduleSettings,
    now: datetime,
    places: Collection[Place],
) -> Iterator[Step]:
    """Slots since the latest issue, or within the catch-up window when there is none yet."""
    known = [issue for issue in known if not is_premature(issue, now)]
    oldest_sent_late = now - timedelta(hours=schedule.catch_up_hours)
    start = min(known[0].send_at, oldest_sent_late) if known else oldest_sent_late
    start = max(start, min(oldest_sent_late, now - _RECORDED))
    taken = {issue.slot for issue in known}
    for slot in slots_of(newsletter, start, now + timedelta(minutes=schedule.lead_minutes), places):
        if slot.on not in taken and (not known or slot.on > known[-1].slot):
            kind = StepKind.BUILD if slot.at >= oldest_sent_late else StepKind.MISS
            yield Step(kind, newsletter.key, issue_id(newsletter.key, slot.on), slot)


def _unsent(
    newsletter: NewsletterSettings, known: Sequence[Issue], schedule: ScheduleSettings, now: datetime
) -> Iterator[Step]:
    for issue in known:
        kind = _next_step(issue, newsletter.silent, now, now - timedelta(hours=schedule.catch_up_hours))
        if kind:
            yield Step(kind, newsletter.key, issue.id, Slot(issue.slot, issue.send_at))


def _next_step(issue: Issue, silent: SilentPolicy, now: datetime, oldest: datetime) -> StepKind | None:
    if issue.state in {IssueState.LOCKED, IssueState.SENDING}:
        return StepKind.SEND
    if now < issue.send_at or issue.state not in {IssueState.DRAFT, IssueState.APPROVED}:
        return None
    if issue.send_at < oldest:
        return StepKind.EXPIRE
    if issue.state is IssueState.APPROVED:
        return StepKind.SEND
    if issue.note.startswith(HELD):
        return None
    by_itself = StepKind.APPROVE if issue.content.stories else StepKind.SKIP
    return {SilentPolicy.SEND: by_itself, SilentPolicy.SKIP: StepKind.SKIP, SilentPolicy.HOLD: None}[silent]
