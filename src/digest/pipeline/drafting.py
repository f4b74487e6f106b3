"""From saved articles to a draft issue: curate, summarise, compose the content, save."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from digest.calendar import Rule, Slot, local_instant, next_slot
from digest.compose.content import draft_content
from digest.compose.pictures import picture_urls, with_copies
from digest.compose.promoting import promotions_due, times_shown
from digest.config.machine import PicturePolicy
from digest.config.publication import NewsletterSettings
from digest.curate.categorise import example
from digest.curate.short import ShortPlan, Step, plan_short
from digest.curate.stage import Curated, Editorial, curate
from digest.errors import StateError, UsageError
from digest.model.ids import StoryId, issue_id
from digest.model.issue import Event, Issue, IssueContent, IssueState, Sponsor, Window
from digest.model.stories import Story, Teaser
from digest.pipeline.press import Press
from digest.summarise.teaser import minutes, write_teaser

_UNTOLD = frozenset({IssueState.SKIPPED, IssueState.MISSED, IssueState.CANCELLED})
"""Issues that told nobody anything: what they held is still news for the next one."""
_REMEMBERED_DAYS = 120
_PROMOTED_IN = 1000
"""Past issues that count for the cap of a promotion."""
_RECOGNISED = timedelta(days=7)
"""An article may belong to a story that began this long before the window."""


def rule_of(newsletter: NewsletterSettings) -> Rule:
    """The newsletter's slots as the calendar counts them."""
    return Rule(
        newsletter.cadence, newsletter.days, newsletter.hour, newsletter.minute, newsletter.timezone,
        newsletter.weekdays, frozenset(newsletter.skip), newsletter.starts_on, newsletter.ends_on,
    )  # fmt: skip


def content_window(press: Press, newsletter: NewsletterSettings, slot: Slot, now: datetime) -> Window:
    """From the end of the last issue that told something (or the look-back limit) to the slot's cut-off.

    The cut-off lies `schedule.lead_minutes` before the slot; an issue built by hand before it ends now.
    """
    end = min(now, slot.at - timedelta(minutes=press.settings.schedule.lead_minutes))
    earlier = [i for i in press.store.issues.all(newsletter.key, limit=30) if i.slot < slot.on]
    last = next((i for i in earlier if i.state not in _UNTOLD), None)
    limit = end - timedelta(days=newsletter.lookback_days)
    return Window(min(end, max(limit, last.window.end)) if last else limit, end)


def draft_issue(
    press: Press, newsletter: NewsletterSettings, slot: Slot, now: datetime, by_hand: bool = False
) -> Issue:
    """Builds and saves the draft for the slot; an issue that is there already is given as it is.

    An issue with fewer stories than the newsletter's minimum reaches further back or tells other categories too, if
    the newsletter says so; else, or if that is not enough, it is saved as skipped, with the reason. One built
    `by_hand`, before its time, is not saved then: raises StateError, and the slot stays open.
    """
    identity = issue_id(newsletter.key, slot.on)
    existing = press.store.issues.get(identity)
    if existing:
        return existing
    curated, plan = _curated(press, newsletter, content_window(press, newsletter, slot, now), now)
    if by_hand and plan.step is Step.SKIP:
        raise StateError(f"issue {identity}", plan.note, "gather more first (digest gather), or lower the minimum")
    press.store.articles.assign(curated.assignments)
    promotions = _promotions(press, newsletter, slot)
    content = draft_content(curated.stories, curated.sections, teasers(press, curated.stories), promotions)
    empty = empty_issue(newsletter, slot)
    draft = replace(empty, window=plan.window, content=_with_pictures(press, content, now))
    press.store.issues.create(draft, now, curated.verdicts)
    if plan.step is Step.SKIP:
        press.store.issues.advance(draft.id, IssueState.SKIPPED, now, plan.note)
    return press.issue(draft.id)


def _curated(press: Press, newsletter: NewsletterSettings, window: Window, now: datetime) -> tuple[Curated, ShortPlan]:
    """What the window gives; where that is too little and the newsletter then widens it, what the wider one gives."""
    editorial = _editorial(press)
    curated = _curated_in(press, newsletter, window, editorial, now)
    plan = plan_short(len(curated.stories), newsletter, window)
    if plan.step is Step.WIDEN:
        curated = _curated_in(press, newsletter, plan.window, editorial, now)
        plan = plan_short(len(curated.stories), newsletter, plan.window)
    return curated, plan


def _curated_in(
    press: Press, newsletter: NewsletterSettings, window: Window, editorial: Editorial, now: datetime
) -> Curated:
    store, settings = press.store, press.settings
    told = store.issues.told(newsletter.key, now - timedelta(days=_REMEMBERED_DAYS))
    articles = store.articles.gathered_in(Window(window.start - _RECOGNISED, window.end))
    return curate(
        articles, newsletter, settings.categories, told, now, settings.curate,
        window=window, editorial=editorial, embedder=press.embedder,
    )  # fmt: skip


def _editorial(press: Press) -> Editorial:
    """What editors said of articles; categories that are no longer configured are forgotten."""
    known = {category.key: category.choosable for category in press.settings.categories}
    kept = [
        (correction.article, categories)
        for correction in press.store.editorial.corrections()
        if (categories := tuple(slug for slug in correction.categories if slug in known)) or not correction.categories
    ]
    return Editorial(
        pins=press.store.editorial.pins(),
        articles={article.id: categories for article, categories in kept},
        examples=tuple(example(article, [slug for slug in said if known[slug]]) for article, said in kept),
    )


def _promotions(
    press: Press, newsletter: NewsletterSettings, slot: Slot
) -> tuple[tuple[Sponsor, ...], tuple[Event, ...]]:
    """The sponsors and events due; past issues are read only where one of them may not be in any number of issues."""
    settings = press.settings
    capped = any(promotion.cap for promotion in (*settings.sponsors, *settings.events))
    past = press.store.issues.all(limit=_PROMOTED_IN) if capped else ()
    shown = times_shown(issue for issue in past if issue.state not in _UNTOLD)
    return promotions_due(settings, newsletter.key, slot.on, shown)


def _with_pictures(press: Press, content: IssueContent, now: datetime) -> IssueContent:
    """The content with its pictures as the policy says: copies on this server, the publishers' own, or none."""
    if press.settings.gather.pictures is PicturePolicy.NONE:
        return with_copies(content, {})
    if press.pictures is None:
        return content
    return with_copies(content, press.pictures.host(picture_urls(content), now))


def teasers(press: Press, stories: tuple[Story, ...]) -> dict[StoryId, tuple[Teaser, int]]:
    """Each story's teaser and its lead article's reading time in minutes."""
    return {
        story.id: (write_teaser(story.lead, press.settings.summarise, press.model), minutes(story.lead.text))
        for story in stories
    }


def missed_issue(press: Press, newsletter: NewsletterSettings, slot: Slot, now: datetime) -> Issue:
    """Records that nothing was sent for the slot, so that it is shown and never sent later."""
    issue = replace(empty_issue(newsletter, slot), window=content_window(press, newsletter, slot, now))
    if press.store.issues.create(issue, now):
        late = f"nothing ran until {now:%Y-%m-%d %H:%M} UTC"
        press.store.issues.advance(issue.id, IssueState.MISSED, now, late)
    return press.issue(issue.id)


def empty_issue(newsletter: NewsletterSettings, slot: Slot) -> Issue:
    """An issue of that slot without any content."""
    return Issue(issue_id(newsletter.key, slot.on), newsletter.key, slot.on, slot.at, Window(slot.at, slot.at))


def next_slot_of(newsletter: NewsletterSettings, now: datetime) -> Slot:
    """The newsletter's next slot. Raises UsageError when its rule has no more."""
    slot = next_slot(rule_of(newsletter), now)
    if slot is None:
        raise UsageError(f"newsletter {newsletter.slug}", "has no further slot", "name one with --slot DATE")
    return slot


def slot_on(newsletter: NewsletterSettings, day: date) -> Slot:
    """The slot of the newsletter on that day, whether or not its rule has one there."""
    return Slot(day, local_instant(day, newsletter.hour, newsletter.minute, newsletter.timezone))
