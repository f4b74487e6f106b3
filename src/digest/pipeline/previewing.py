"""What a reader gets, for looking at: the same bytes that are sent, decoded. Records nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.compose.editions import EditionComposer
from digest.config.personas import Persona
from digest.errors import StateError, UsageError
from digest.model.delivery import Message
from digest.model.edition import CompiledIssue, Edition
from digest.model.ids import CategorySlug, EditionId, NewsletterSlug, SubscriberId
from digest.model.issue import Issue
from digest.model.people import Recipient
from digest.pipeline.approving import archive_url, compiled, composer
from digest.pipeline.clicking import uncounted
from digest.pipeline.freezing import Freeze
from digest.pipeline.mailing import Mailing, personal_values
from digest.pipeline.press import Press
from digest.pipeline.revising import revised
from digest.render.assemble import assemble


class Basis(StrEnum):
    """Where the edition comes from that is shown."""

    SENT = "sent"
    """It is the one that was frozen for the reader."""
    DUE = "due"
    """A freeze would give it to the reader now."""
    NOT_DUE = "not due"
    """Nothing of it is due to the reader in this slot; it is what there would be if all were."""
    MADE_UP = "made up"
    """A persona has no past: it is what somebody of these wishes gets who was told nothing yet."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One reader's edition as their mail program shows it, and the mail itself."""

    edition: Edition
    html: str
    text: str
    message: Message


def preview(press: Press, issue: Issue, reader: Recipient, now: datetime) -> Preview | None:
    """The reader's edition of the issue as it stands; None when it has nothing for them that is new to them."""
    fragments = compiled(press, issue)
    mailing = Mailing(press, issue, fragments, now)
    _, edition = edition_for(press, issue, reader, fragments, mailing, now)
    if edition is None or not edition.stories:
        return None
    html, text = assemble(fragments, edition, personal_values(press, issue, reader.subscriber, now))
    return Preview(edition, html, text, mailing.message(reader, edition, now))


def edition_for(
    press: Press, issue: Issue, reader: Recipient, fragments: CompiledIssue, mailing: Mailing, now: datetime
) -> tuple[Basis, Edition | None]:
    """What was sent to the reader, else what a freeze would give them now: without what they were told before."""
    if not reader.subscriber.id:
        return Basis.MADE_UP, mailing.edition(reader)
    sent = edition_sent(press, issue, reader.subscriber.id)
    if sent and sent.keys:
        return Basis.SENT, sent
    freeze = Freeze(press, issue, composer(press, issue, fragments), now)
    due = freeze.due_edition(reader.subscriber.id, reader.preferences)
    if due:
        return Basis.DUE, due
    return Basis.NOT_DUE, freeze.edition(reader.subscriber.id, reader.preferences)


@dataclass(frozen=True, slots=True)
class Share:
    """One edition and how many readers get it."""

    readers: int
    stories: int
    html_size: int
    subject: str


def who_gets_what(press: Press, issue: Issue, only: Sequence[Recipient], now: datetime) -> list[Share]:
    """What a send would give to whom, most readers first; those with nothing new come last, as 0 stories.

    All that is due to anybody, as if every hour had come; of `only` some readers whether or not it is due.
    """
    counted: Counter[EditionId] = Counter()
    known: dict[EditionId, Edition] = {}
    nothing = 0
    freeze = Freeze(press, issue, composer(press, issue, compiled(press, issue)), now)
    for chunk in [freeze.chunk_of(only)] if only else freeze.chunks(now):
        known |= {edition.id: edition for edition in chunk.editions}
        counted.update(chunk.deliveries.values())
        nothing += len(chunk.nothing) + chunk.put_off
    shares = [Share(counted[e.id], len(e.stories), e.html_size, e.subject) for e in known.values() if counted[e.id]]
    silent = [Share(nothing, 0, 0, "nothing new: no mail")] if nothing else []
    return sorted(shares, key=lambda share: (-share.readers, share.subject)) + silent


def edition_sent(press: Press, issue: Issue, subscriber: SubscriberId) -> Edition | None:
    """The edition that the reader's delivery of the issue has; None when there is no such delivery."""
    page = press.store.ledger.deliveries(issue.id, after=SubscriberId(subscriber - 1), limit=1)
    if not page or page[0].key.subscriber != subscriber:
        return None
    return press.store.ledger.edition(issue.id, page[0].edition)


def edition_shown(press: Press, issue: Issue, subscriber: SubscriberId) -> Edition | None:
    """The same for the web: without stories that were pulled since; None also when it told nothing else."""
    sent = edition_sent(press, issue, subscriber)
    return revised(press, issue, compiled(press, issue), sent) if sent else None


def edition_of_everything(press: Press, issue: Issue) -> Edition:
    """The edition of a reader who chose every category. Raises StateError when the issue has no stories."""
    everything = frozenset(CategorySlug(c.slug) for c in press.categories_of(press.newsletter_of(issue)))
    composing: EditionComposer = composer(press, issue, compiled(press, issue))
    edition = composing.edition(everything)
    if edition is None:
        raise StateError(f"issue {issue.id}", "has no stories", "nothing can be shown of it")
    return edition


def public_page(press: Press, issue: Issue, edition: Edition) -> str:
    """The edition as a web page without personal data: its personal links lead to pages for everybody."""
    page, _ = assemble(compiled(press, issue), edition, public_values(press, issue))
    return uncounted(press, issue, page)


def public_values(press: Press, issue: Issue, name: str = "") -> dict[str, str]:
    """What the slots of nobody in particular hold: links to pages for everybody."""
    sign_up = f"{press.links.base}/sign-up/{issue.newsletter}"
    view = f"{archive_url(press, issue.newsletter)}/{issue.slot}"
    return {"unsubscribe_url": sign_up, "preferences_url": sign_up, "view_url": view, "name": name}


def reader_by_address(press: Press, newsletter: NewsletterSlug, address: str) -> Recipient:
    """The subscriber of the newsletter with that address. Raises UsageError when there is none."""
    subscriber = press.store.readers.by_email(address)
    mine = press.store.readers.subscriptions(subscriber.id) if subscriber else ()
    subscription = next((s for s in mine if s.newsletter == newsletter and s.left_at is None), None)
    if subscriber is None or subscription is None:
        raise UsageError(address, f"does not read {newsletter}", "see: digest subscribers list")
    return Recipient(subscriber, subscription.preferences)


def persona_named(personas: Sequence[Persona], name: str) -> Recipient:
    """The made-up reader of that name. Raises UsageError naming those that there are."""
    found = next((persona for persona in personas if persona.slug == name), None)
    if found is None:
        known = ", ".join(persona.slug for persona in personas) or "none"
        raise UsageError(f"persona {name}", "there is none of that name", f"there are: {known}")
    return found.recipient
