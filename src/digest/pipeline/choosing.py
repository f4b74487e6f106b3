"""What one press changes: pause, less often, drop a category, more of one. Takes a link's claim; twice is as once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from digest.errors import DigestError
from digest.links import LinkClaim
from digest.model.ids import CategorySlug
from digest.model.people import Origin, Preferences
from digest.pipeline.press import Press
from digest.pipeline.subscribing import Member, choose, leave, member
from digest.subscribe import choices


def pause(press: Press, claim: LinkClaim, until: date | None, origin: Origin, now: datetime) -> None:
    """Sends nothing of the newsletter until that date, on which it comes again; None ends a pause."""
    choose(press, claim, replace(member(press, claim).subscription.preferences, paused_until=until), origin, now)


def lesser(press: Press, claim: LinkClaim) -> Preferences | None:
    """What `less_often` would lead to; None when the newsletter comes no less often than it does already."""
    mine = member(press, claim)
    return choices.less_often(mine.subscription.preferences, mine.newsletter.cadences)


def less_often(press: Press, claim: LinkClaim, shown: str, origin: Origin, now: datetime) -> Preferences:
    """One step less often than what the page showed (`choices.cadences_text`): pressed twice it is still one step.

    Gives what the reader has now.
    """
    mine = member(press, claim)
    has = mine.subscription.preferences
    wanted = choices.less_often(has, mine.newsletter.cadences)
    if wanted is None or choices.cadences_text(has) != shown:
        return has
    choose(press, claim, wanted, origin, now)
    return wanted


def category_of(press: Press, claim: LinkClaim) -> CategorySlug:
    """The category that a link is about. Raises DigestError when the newsletter has it no longer."""
    found = (c.key for c in press.categories_of(member(press, claim).newsletter) if c.choosable)
    if claim.category not in found:
        raise DigestError("link", "this topic is no longer there", "choose of those that are")
    return claim.category


def is_last_category(mine: Member, category: CategorySlug) -> bool:
    """Whether dropping it means leaving."""
    return mine.subscription.preferences.categories <= {category}


def drop_category(press: Press, claim: LinkClaim, origin: Origin, now: datetime) -> bool:
    """Drops the category of the link; who drops their last one leaves the newsletter. False: has left."""
    mine, category = member(press, claim), category_of(press, claim)
    if is_last_category(mine, category):
        leave(press, claim, origin, now)
        return False
    choose(press, claim, choices.without(mine.subscription.preferences, category), origin, now)
    return True


def more_like_this(press: Press, claim: LinkClaim, origin: Origin, now: datetime) -> None:
    """More of the category of the link."""
    mine, category = member(press, claim), category_of(press, claim)
    choose(press, claim, choices.with_more(mine.subscription.preferences, category), origin, now)
