"""Lends a draft: a signed link by which anybody who has it sees one made-up reader's edition, until it is over.

No reader's data is in it: the editions are those of personas, and links that would be personal lead nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.config.personas import Persona
from digest.errors import DigestError, UsageError
from digest.links import LinkClaim, Purpose
from digest.model.access import Actor
from digest.model.ids import NOBODY, IssueId
from digest.model.issue import Issue
from digest.model.shares import Share
from digest.pipeline.approving import compiled
from digest.pipeline.clicking import uncounted
from digest.pipeline.entering import note
from digest.pipeline.mailing import Mailing
from digest.pipeline.press import Press
from digest.pipeline.previewing import persona_named
from digest.render.assemble import assemble

MOST_DAYS = Purpose.SHARE.days
_NOWHERE = {"unsubscribe_url": "#", "preferences_url": "#", "view_url": "#"}


class ShareOverError(DigestError):
    """The link was good once."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What somebody sees by a link; `html` and `text` are None when the issue has nothing for that reader."""

    share: Share
    issue: Issue
    subject: str
    html: str | None
    text: str | None


def lend(
    press: Press, issue: Issue, personas: Sequence[Persona], reader: str, days: int, actor: Actor, now: datetime
) -> Share:
    """A new share of that persona's edition. Raises UsageError for another reader or an impossible time."""
    persona_named(personas, reader)
    if not 1 <= days <= MOST_DAYS:
        raise UsageError("share", f"{days} days is no time that a draft can be lent for", f"choose 1 to {MOST_DAYS}")
    share = press.store.shares.add(issue.id, reader, actor.name, now, now + timedelta(days=days))
    note(
        press, actor, "shared", issue.id, now, f"share {share.id}: as {reader}, until {share.until:%Y-%m-%d %H:%M} UTC"
    )
    return share


def link_of(press: Press, share: Share) -> str:
    """The link; always the same for a share."""
    claim = LinkClaim(Purpose.SHARE, NOBODY, share.at.date(), f"{share.issue}.{share.id}")
    return press.links.url(claim)


def take_back(press: Press, issue: Issue, number: int, actor: Actor, now: datetime) -> bool:
    """Ends a share of the issue; False when it was over before. Raises UsageError when it has none of that number."""
    share = press.store.shares.get(number)
    if share is None or share.issue != issue.id:
        raise UsageError(f"share {number}", f"{issue.id} has none of that number", "open the page anew")
    ended = press.store.shares.end(number, now)
    if ended:
        note(press, actor, "ended a share", issue.id, now, f"share {number}")
    return ended


def share_of(press: Press, token: str, now: datetime) -> Share | None:
    """The share that a link opens; None when it is no link of ours. Raises ShareOverError when its time is over."""
    claim = press.links.open(Purpose.SHARE, token, now.date())
    number = claim.part if claim else ""
    share = press.store.shares.get(int(number)) if number.isdecimal() else None
    if claim is None or share is None or share.issue != IssueId(claim.newsletter):
        return None
    if not share.is_live(now):
        raise ShareOverError("link", "the draft is no longer lent", "ask whoever gave you the link for a new one")
    return share


def shared(press: Press, share: Share, personas: Sequence[Persona], now: datetime) -> Shared:
    """What the link shows: the issue as it stands now. Raises UsageError when issue or persona are gone."""
    issue, reader = press.issue(share.issue), persona_named(personas, share.reader)
    fragments = compiled(press, issue)
    edition = Mailing(press, issue, fragments, now).edition(reader)
    if edition is None:
        return Shared(share, issue, "", None, None)
    html, text = assemble(fragments, edition, _NOWHERE | {"name": reader.subscriber.name})
    html, text = uncounted(press, issue, html), uncounted(press, issue, text, str)
    return Shared(share, issue, edition.subject, html, text)
