"""One issue as letters: whom it is for, each reader's edition, and each reader's mail. Sends and records nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime

from digest.compose.drawing import Draw
from digest.deliver.message import MessagePlan, compose, letterhead, plan
from digest.links import LinkClaim, Purpose
from digest.model.delivery import DeliveryKey, Message
from digest.model.edition import CompiledIssue, Edition
from digest.model.ids import EditionId, NewsletterSlug, StoryId, SubscriberId
from digest.model.issue import Issue, IssueContent
from digest.model.people import Recipient, Subscriber
from digest.pipeline.approving import archive_url, compiled, composer, recipe
from digest.pipeline.composing import Ahead
from digest.pipeline.freezing import Freeze
from digest.pipeline.press import Press
from digest.pipeline.revising import revised
from digest.ports.ledger import Chunk
from digest.ports.readers import Place

_PAGE = 1000
_PLANS = 256
"""Mails of editions kept at once, so that memory does not grow with the number of editions."""


class Mailing:
    """One issue on its way: its fragments, its editions, and the letters made of them."""

    def __init__(
        self, press: Press, issue: Issue, fragments: CompiledIssue, now: datetime, *, is_test: bool = False
    ) -> None:
        self._press = press
        self._issue = issue
        self._fragments = fragments
        self._letterhead = letterhead(
            press.newsletter_of(issue), press.settings.site, fragments, issue.approval_hash, press.mail_secret, now,
            archive_url(press, issue.newsletter), is_test=is_test,
        )  # fmt: skip
        self._recipe = recipe(press, issue, fragments)
        self._composer = self._recipe.composer()
        self._plans: dict[EditionId, MessagePlan] = {}
        self._revised: dict[EditionId, Edition | None] = {}

    @property
    def revision(self) -> int:
        """Of the issue as these letters tell it."""
        return self._issue.revision

    def renewed(self, now: datetime) -> Mailing:
        """The issue as it is now: somebody has pulled a story from it since."""
        issue = self._press.issue(self._issue.id)
        return Mailing(self._press, issue, compiled(self._press, issue), now)

    def chunks(self, now: datetime, places: Collection[Place] | None = None) -> Iterator[Chunk]:
        """Everybody who may be mailed now (at those places, if any are named) and is due something, page by page.

        Nothing is read before the first is asked for.
        """
        with closing(Ahead(self._recipe, self._composer)) as ahead:
            beside = ahead if self._press.settings.deliver.processes > 1 else None
            yield from Freeze(self._press, self._issue, self._composer, now, beside).chunks(now, places)

    def rows(self, recipients: Sequence[Recipient], now: datetime) -> list[tuple[SubscriberId, Edition]]:
        """These readers with their edition, due or not; who was told all of it before is left out."""
        freeze = Freeze(self._press, self._issue, self._composer, now)
        editions = [(one.subscriber.id, freeze.edition(one.subscriber.id, one.preferences)) for one in recipients]
        return [(subscriber, edition) for subscriber, edition in editions if edition]

    def edition(self, recipient: Recipient) -> Edition | None:
        """What the reader would get if they were told nothing yet; None when it would have no story."""
        chosen = recipient.preferences.categories
        return self._composer.drawn(Draw(chosen, chosen, more=recipient.preferences.more & chosen))

    def edition_now(self, frozen: Edition, recipient: Recipient) -> Edition | None:
        """The frozen edition, or what is left of it when the reader has dropped categories since, or a story was
        pulled; None: nothing.

        A category that the reader has added since waits for the next issue.
        """
        current = self.revised(frozen)
        if current is None:
            return None
        kept = recipient.preferences.categories.intersection(current.categories)
        if len(kept) == len(current.categories):
            return current
        told = replace(self._issue, content=_only(self._issue.content, frozenset(current.stories)))
        draw = Draw(kept, recipient.preferences.categories, more=recipient.preferences.more & kept)
        return composer(self._press, told, self._fragments).drawn(draw)

    def revised(self, frozen: Edition) -> Edition | None:
        """The frozen edition as the issue is now; None when none of its stories is told any more."""
        if frozen.revision == self._issue.revision:
            return frozen
        if frozen.id not in self._revised:
            self._revised[frozen.id] = revised(self._press, self._issue, self._fragments, frozen)
        return self._revised[frozen.id]

    def message(self, recipient: Recipient, edition: Edition, now: datetime) -> Message:
        """The reader's own mail, as byte segments. Raises HeaderError for an address that cannot be mailed."""
        values = personal_values(self._press, self._issue, recipient.subscriber, now)
        return self.letter(recipient, edition, values, DeliveryKey(self._issue.id, recipient.subscriber.id))

    def letter(self, recipient: Recipient, edition: Edition, values: Mapping[str, str], key: DeliveryKey) -> Message:
        """The edition to that address, with these values in its personal slots."""
        prepared = self._plans.get(edition.id)
        if prepared is None:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            prepared = self._plans[edition.id] = plan(self._letterhead, edition)
        return compose(prepared, recipient, values, key)


def _only(content: IssueContent, told: frozenset[StoryId]) -> IssueContent:
    """The content without stories that are not in `told`; what is left out is counted with what did not fit."""
    sections = []
    for section in content.sections:
        stories = tuple(story for story in section.stories if story in told)
        left_out = section.left_out + len(section.stories) - len(stories)
        sections.append(replace(section, stories=stories, left_out=left_out))
    items = tuple(item for item in content.stories if item.story in told)
    return replace(content, stories=items, sections=tuple(sections))


def pages_of_recipients(press: Press, newsletter: NewsletterSlug, now: datetime) -> Iterator[Sequence[Recipient]]:
    """Everybody who may be mailed now, a page at a time."""
    after = None
    while page := press.store.readers.recipients(newsletter, now, after, _PAGE):
        yield page
        after = page[-1].subscriber.id


def recipients_of(press: Press, newsletter: NewsletterSlug, now: datetime) -> Iterator[Recipient]:
    """The same, one by one."""
    for page in pages_of_recipients(press, newsletter, now):
        yield from page


def personal_values(press: Press, issue: Issue, reader: Subscriber, now: datetime) -> dict[str, str]:
    """What the slots of one reader hold: their links and their name."""

    def link(purpose: Purpose, subject: str) -> str:
        return press.links.url(LinkClaim(purpose, reader.id, now.date(), subject))

    return {
        "unsubscribe_url": link(Purpose.UNSUBSCRIBE, issue.newsletter),
        "preferences_url": link(Purpose.PREFERENCES, issue.newsletter),
        "view_url": link(Purpose.VIEW, issue.id),
        "name": reader.name,
    }
