"""Why an article is in an issue or in a reader's edition: finds what was decided about it. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from digest.compose.explain import Explanation, explain_edition, explain_issue, story_of
from digest.config.publication import NewsletterSettings
from digest.errors import UsageError
from digest.model.editing import Bring, Drop
from digest.model.feeds import Article
from digest.model.ids import ArticleId, IssueId, NewsletterSlug, StoryId, SubscriberId, article_id
from digest.model.issue import Issue, IssueState
from digest.model.people import Recipient
from digest.model.stories import Reason
from digest.model.urls import canonical_url
from digest.pipeline.approving import compiled, composer
from digest.pipeline.freezing import Freeze
from digest.pipeline.press import Press
from digest.pipeline.previewing import edition_sent, reader_by_address

_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Why:
    """The answer of `digest why`."""

    article: Article
    story: StoryId | None
    issue: IssueId
    included: bool
    reasons: tuple[Reason, ...]


def find_article(press: Press, named: str) -> Article:
    """The article with that id or URL, in any spelling of it. Raises UsageError."""
    store, url = press.store.articles, canonical_url(named)
    found = store.get(ArticleId(named)) if _ID.fullmatch(named) else None
    if url:
        found = store.get(article_id(url)) or store.with_url(url)
    if found is None:
        raise UsageError(f"article {named}", "is not known", "see: digest article list --search WORDS")
    return found


def issue_to_explain(press: Press, identity: str = "", address: str = "") -> Issue:
    """The issue of that id or, without, the latest: of any newsletter, or of those that the reader reads."""
    if identity:
        return press.issue(identity)
    newsletters = [n for n in press.settings.newsletters if not address or n.key in _read_by(press, address)]
    built = [issue for newsletter in newsletters if (issue := _latest(press, newsletter))]
    if not built:
        raise UsageError("issues", "none has been built", "build one: digest issue build NEWSLETTER")
    return max(built, key=lambda issue: issue.slot)


def _read_by(press: Press, address: str) -> frozenset[NewsletterSlug]:
    reader = press.store.readers.by_email(address)
    if reader is None:
        raise UsageError(address, "is nobody we know", "see: digest subscribers list")
    mine = press.store.readers.subscriptions(reader.id)
    return frozenset(subscription.newsletter for subscription in mine if subscription.left_at is None)


def _latest(press: Press, newsletter: NewsletterSettings) -> Issue | None:
    issues = press.store.issues.all(newsletter.key, limit=30)
    return next((issue for issue in issues if issue.state is not IssueState.MISSED), None)


def why(press: Press, article: Article, issue: Issue, now: datetime, address: str = "") -> Why:
    """Why the article is in the issue or not; with an address, in that reader's edition of it."""
    verdict = press.store.issues.verdict(issue.id, article.id)
    story = story_of(issue, article, verdict)
    found = explain_issue(issue, article, verdict, tuple(_deeds(press, issue, story)))
    if address:
        mine = _in_edition(press, issue, story, reader_by_address(press, issue.newsletter, address), now)
        found = Explanation(mine.included, (*mine.reasons, *found.reasons))
    return Why(article, story, issue.id, found.included, found.reasons)


def _deeds(press: Press, issue: Issue, story: StoryId | None) -> Iterator[Reason]:
    """What editors did that put the story in or took it out, the last deed first."""
    past = press.store.revisions.past(issue.id)
    pullers = (*(revision.approved_by for revision in past[1:]), issue.approved_by)  # each approves what is left
    for revision, puller in reversed(list(zip(past, pullers, strict=False))):
        if revision.story == story:
            detail = f"{puller} pulled its story {_when(revision.replaced_at)}; mails that had gone by then tell it"
            yield Reason("pulled", detail)
    for entry in reversed(press.store.edits.log(issue.id).entries):
        if not entry.is_undone and isinstance(entry.edit, Drop) and entry.edit.story == story:
            yield Reason("dropped", f"{entry.by} dropped its story {_when(entry.at)}")
            return
        if not entry.is_undone and isinstance(entry.edit, Bring) and entry.edit.item.story == story:
            yield Reason("brought", f"{entry.by} brought its story in {_when(entry.at)}, under {entry.edit.to}")
            return


def _when(at: datetime) -> str:
    return f"on {at:%Y-%m-%d at %H:%M} UTC"


def _in_edition(press: Press, issue: Issue, story: StoryId | None, reader: Recipient, now: datetime) -> Explanation:
    """In the edition that the reader was sent or, before that, would be."""
    identity, chosen = reader.subscriber.id, reader.preferences.categories
    everyone = {category.key for category in press.categories_in(issue) if not category.choosable}
    max_bytes = press.newsletter_of(issue).max_bytes
    if sent := edition_sent(press, issue, identity):
        found = explain_edition(issue.content, story, sent, chosen, everyone, max_bytes)
        return Explanation(found.included, (*found.reasons, _delivery(press, issue, identity)))
    freeze = Freeze(press, issue, composer(press, issue, compiled(press, issue)), now)
    draw, edition = freeze.draw(identity, reader.preferences), freeze.due_edition(identity, reader.preferences)
    found = explain_edition(issue.content, story, edition, chosen, everyone, max_bytes, draw)
    if draw is None and chosen:
        found = Explanation(False, (Reason("not-due", "nothing is due to the reader in this slot"), *found.reasons))
    if draw and story in draw.shown and (before := freeze.told_by(identity, StoryId(story or ""))):
        found = Explanation(False, (Reason("shown-before", f"{before} told its story to the reader"),))
    page = press.store.readers.recipients(issue.newsletter, now, SubscriberId(identity - 1), limit=1)
    if not page or page[0].subscriber.id != identity:
        unmailed = Reason("no-mail", "the reader may not be mailed: not confirmed, paused or suppressed")
        return Explanation(False, (unmailed, *found.reasons))
    return found


def _delivery(press: Press, issue: Issue, reader: SubscriberId) -> Reason:
    delivery = press.store.ledger.deliveries(issue.id, after=SubscriberId(reader - 1), limit=1)[0]
    detail = delivery.reason or delivery.reply
    return Reason("delivery", f"the mail is {delivery.state}{': ' if detail else ''}{detail}")
