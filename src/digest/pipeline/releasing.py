"""An editor lets an issue go, in spite of what preflight says where they name it, or takes that back; on record.

One that must not go as it is when its hour comes is held. Sends nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from digest.errors import StateError
from digest.model.access import Actor
from digest.model.issue import Issue, IssueState
from digest.pipeline.approving import approve_issue, is_as_approved
from digest.pipeline.checking import require_good
from digest.pipeline.entering import note
from digest.pipeline.press import Press
from digest.pipeline.silence import CHANGED, HELD, WITHDRAWN

SHORT = 16
"""Digits of a hash that people compare."""


def approve_checked(
    press: Press, issue: Issue, actor: Actor, overridden: Sequence[str], seen_version: int, now: datetime
) -> Issue:
    """Approves the draft that the editor has seen. Raises StateError naming the errors that they do not override.

    `overridden`: rules of preflight. What is kept with the approval is those that found an error.
    """
    if issue.version != seen_version:
        raise StateError(f"issue {issue.id}", "was changed since you looked at it", "look at it again, then approve")
    errors = require_good(press, issue, overridden, now)
    return approve_unchecked(press, issue, actor, {error.id for error in errors}, now)


def approve_unchecked(press: Press, issue: Issue, actor: Actor, overridden: Collection[str], now: datetime) -> Issue:
    """Approves the draft; preflight is asked when it is sent."""
    approved = approve_issue(press, issue, actor.name, now, overridden)
    spite = f", in spite of {', '.join(sorted(overridden))}" if overridden else ""
    note(press, actor, "approved", issue.id, now, f"hash {approved.approval_hash[:SHORT]}{spite}")
    return approved


def withdraw_issue(press: Press, issue: Issue, actor: Actor, now: datetime) -> Issue:
    """Makes an approved issue a draft again, which goes only when a person approves it. Raises StateError."""
    if issue.state is not IssueState.APPROVED:
        raise StateError(f"issue {issue.id}", f"is {issue.state}, not approved", "there is nothing to take back")
    press.store.issues.advance(issue.id, IssueState.DRAFT, now, f"{HELD}{WITHDRAWN}{actor.name}")
    note(press, actor, "withdrew", issue.id, now, f"hash {issue.approval_hash[:SHORT]}")
    return press.issue(issue.id)


def hold_if_bad(press: Press, issue: Issue, now: datetime) -> str:
    """Makes an approved issue with errors, or one that is no longer as it was approved, a draft that only a person
    can approve; gives why, or "".
    """
    try:
        if not is_as_approved(press, issue):
            raise StateError(issue.id, CHANGED)
        require_good(press, issue, issue.overridden, now)
    except StateError as error:
        press.store.issues.advance(issue.id, IssueState.DRAFT, now, f"{HELD}{error.problem}")
        return error.problem
    return ""
