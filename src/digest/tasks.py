"""The work that the scheduler and the commands ask for: ids in; check whether it was done, do it, stamp it.

Every task may be run again at any time, by any number of processes: what is done already is left alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from digest.errors import DigestError, OutsideError
from digest.model.feeds import Feed
from digest.model.ids import FeedId, NewsletterSlug
from digest.model.issue import Issue, IssueState
from digest.pipeline.alarms import raise_alarms
from digest.pipeline.approving import approve_issue
from digest.pipeline.delivering import Sent, deliver_issue
from digest.pipeline.drafting import draft_issue, missed_issue
from digest.pipeline.gathering import FeedResult, feeds_to_ask, gather_feeds
from digest.pipeline.hearing import hear_or_pass
from digest.pipeline.planning import Step, StepKind, plan
from digest.pipeline.press import Press
from digest.pipeline.releasing import hold_if_bad
from digest.pipeline.sending import Stopping
from digest.pipeline.silence import BY_SCHEDULE, NO_STORIES, NOT_APPROVED, TOO_LATE
from digest.ports.alarms import SeedMailbox
from digest.ports.feedback import Mailbox
from digest.ports.outside import Fetching, Transport

log = logging.getLogger(__name__)

PREPARING = frozenset(StepKind) - {StepKind.SEND}
"""What is done beside the pages; sending has processes of its own."""
_A_MOMENT = timedelta(seconds=30)


async def gather_due(
    press: Press, fetching: Fetching, chance: Callable[[], float], clock: Callable[[], datetime]
) -> list[FeedResult]:
    """Asks the feeds that are due; the operator is told once of a feed that is paused."""
    return await _gather(press, feeds_to_ask(press, clock()), fetching, chance, clock)


async def gather_some(
    press: Press,
    feeds: Collection[FeedId],
    fetching: Fetching,
    chance: Callable[[], float],
    clock: Callable[[], datetime],
) -> list[FeedResult]:
    """Asks these feeds, but for those that are paused by now, or were asked a moment ago."""
    recent = clock() - _A_MOMENT
    active = [feed for feed in press.store.feeds.all() if feed.id in feeds and feed.state.paused_at is None]
    wanted = [feed for feed in active if feed.state.checked_at is None or feed.state.checked_at < recent]
    return await _gather(press, wanted, fetching, chance, clock)


async def _gather(
    press: Press,
    feeds: Sequence[Feed],
    fetching: Fetching,
    chance: Callable[[], float],
    clock: Callable[[], datetime],
) -> list[FeedResult]:
    results = await gather_feeds(press, feeds, fetching, chance, clock)
    for result in results:
        if result.just_paused:
            log.error("feed %s is paused after repeated failure: %s", result.url, result.error)
    return results


def hear_mailboxes(press: Press, mailboxes: Sequence[Mailbox], clock: Callable[[], datetime]) -> int:
    """Hears what came back since the last time. A mail that cannot be heard does not stop those behind it, nor a
    mailbox that cannot be read the others.
    """
    heard = 0
    for mailbox in mailboxes:
        try:
            heard += mailbox.read(lambda raw: hear_or_pass(press, raw, clock()))
        except OutsideError as error:
            log.error("mails that came back cannot be read: %s", error)
        except Exception:
            log.exception("mails that came back cannot be read")
    return heard


def due_steps(press: Press, now: datetime, only: Collection[NewsletterSlug] = ()) -> tuple[Step, ...]:
    """What is due now, from the tables; of these newsletters only, if any are named."""
    newsletters = [n for n in press.settings.newsletters if not only or n.key in only]
    issues = {n.key: press.store.issues.all(n.key, limit=60) for n in newsletters}
    places = {n.key: press.store.readers.places(n.key, now) for n in newsletters if n.reader_time}
    return tuple(plan(newsletters, issues, press.settings.schedule, now, places))


def watch(press: Press, seed: SeedMailbox | None, clock: Callable[[], datetime]) -> int:
    """Has the operator told of what has begun to be wrong, and of what is over. Gives how many alarms."""
    if not press.settings.alarms.anybody:
        return 0
    return raise_alarms(press, due_steps(press, clock()), seed, clock())


def run_due(
    press: Press,
    transport: Callable[[], Transport],
    clock: Callable[[], datetime],
    kinds: Collection[StepKind] = frozenset(StepKind),
    only: Collection[NewsletterSlug] = (),
) -> list[Step]:
    """Does everything of these kinds that is due, in order; a step that fails is logged and does not stop the others.

    Steps lead to further steps (a built issue may be due to be sent), so it looks again until nothing new is due.
    """
    done: list[Step] = []
    while fresh := [step for step in due_steps(press, clock(), only) if step.kind in kinds and step not in done]:
        for step in fresh:
            done.append(step)
            try:
                run_step(press, step, transport, clock)
            except DigestError as error:
                is_due = step in due_steps(press, clock(), (step.newsletter,))
                level = logging.ERROR if is_due else logging.DEBUG  # another process did it at the same moment
                log.log(level, "%s of %s failed: %s", step.kind, step.issue, error)
            except Exception:
                log.exception("%s of %s failed", step.kind, step.issue)
    return done


def send_due(
    press: Press,
    transport: Callable[[], Transport],
    clock: Callable[[], datetime],
    stopping: Stopping,
    *,
    joining: bool,
) -> None:
    """Sends the issues that are due, until it is `stopping`. `joining`: only those that another sender has begun."""
    for step in due_steps(press, clock()):
        if step.kind is not StepKind.SEND or stopping():
            continue
        issue = press.issue(step.issue)
        if joining and issue.state is not IssueState.SENDING:
            continue
        try:
            send_step(press, issue, transport, clock, stopping)
        except DigestError as error:
            log.error("%s of %s failed: %s", step.kind, step.issue, error)
        except Exception:
            log.exception("%s of %s failed", step.kind, step.issue)


def run_step(press: Press, step: Step, transport: Callable[[], Transport], clock: Callable[[], datetime]) -> None:
    """Does one step."""
    newsletter, now = press.newsletter(step.newsletter), clock()
    match step.kind:
        case StepKind.BUILD:
            issue = draft_issue(press, newsletter, step.slot, now)
            log.info("built %s: %s, %d stories", issue.id, issue.state, len(issue.content.stories))
        case StepKind.MISS:
            missed_issue(press, newsletter, step.slot, now)
            log.warning("missed %s", step.issue)
        case StepKind.APPROVE:
            approve_issue(press, press.issue(step.issue), BY_SCHEDULE, now)
        case StepKind.SKIP:
            told = press.issue(step.issue).content.stories
            press.store.issues.advance(step.issue, IssueState.SKIPPED, now, NOT_APPROVED if told else NO_STORIES)
        case StepKind.EXPIRE:
            press.store.issues.advance(step.issue, IssueState.MISSED, now, TOO_LATE)
        case StepKind.SEND:
            send_step(press, press.issue(step.issue), transport, clock)


def send_step(
    press: Press,
    issue: Issue,
    transport: Callable[[], Transport],
    clock: Callable[[], datetime],
    stopping: Stopping = lambda: False,
) -> Sent | None:
    """Sends the issue unless preflight finds errors in it before the first mail: None, and it is a draft again."""
    held = hold_if_bad(press, issue, clock()) if issue.state is IssueState.APPROVED else ""
    if held:
        log.error("%s is held: %s; see: digest issue preflight %s", issue.id, held, issue.id)
        return None
    return send_issue(press, issue, transport(), clock, stopping)


def send_issue(
    press: Press,
    issue: Issue,
    transport: Transport,
    clock: Callable[[], datetime],
    stopping: Stopping = lambda: False,
) -> Sent:
    """Freezes the recipients, sends to all of them, and stamps the issue as sent when nobody is left."""
    sent = deliver_issue(press, issue, transport, clock, stopping=stopping)
    log.info("%s: %s", issue.id, ", ".join(f"{count} {state}" for state, count in sorted(sent.counts.items())))
    if sent.blocked:
        log.error("%s is paused, the mail server takes nothing from us: %s", issue.id, sent.blocked)
    return sent
