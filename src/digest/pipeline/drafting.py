"""From saved articles to a draft issue: curate, summarise, compose the content, save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from digest.calendar import Slot
from digest.compose.content import draft_content
from digest.compose.pictures import picture_urls, with_copies
from digest.compose.promoting import promotions_due, times_shown
from digest.config.machine import PicturePolicy
from digest.config.publication import NewsletterSettings
from digest.curate.categorise import example
from digest.curate.short import ShortPlan, Step, plan_short
from digest.curate.stage import Curated, Editorial, curate
from digest.errors import StateError
from digest.model.ids import StoryId, issue_id
from digest.model.issue import Cadence, Event, Issue, IssueContent, IssueState, Sponsor, Window
from digest.model.stories import Story, Teaser
from digest.pipeline.press import Press
from digest.pipeline.slots import REMEMBERED, UNTOLD, has_changers, is_premature, told_to, windows_of
from digest.summarise.teaser import minutes, write_teaser

_LATEST = 100
_PROMOTED_IN = 1000
"""Past issues that count for the cap of a promotion."""
_RECOGNISED = timedelta(days=7)
"""An article may belong to a story that began this long before the window."""


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
    if existing and not is_premature(existing, now):
        return existing
    windows = content_windows(press, newsletter, slot, now)
    curated, plan = _curated(press, newsletter, slot, windows, now)
    if by_hand and plan.step is Step.SKIP:
        raise StateError(f"issue {identity}", plan.note, "gather more first (digest gather), or lower the minimum")
    press.store.articles.assign(curated.assignments)
    promotions = _promotions(press, newsletter, slot)
    begins = min(window.start for _, window in windows)
    content = draft_content(curated.stories, curated.sections, teasers(press, curated.stories), promotions, begins)
    empty = empty_issue(newsletter, slot)
    draft = replace(empty, window=plan.window, windows=windows, content=with_pictures(press, content, now))
    if existing:  # missed, by a clock that was wrong then
        press.store.issues.advance(draft.id, IssueState.DRAFT, now, "reopened: the clock was wrong")
        press.store.issues.save_content(draft.id, draft.content, press.issue(draft.id).version, now)
    press.store.issues.create(draft, now, curated.verdicts)
    if plan.step is Step.SKIP:
        press.store.issues.advance(draft.id, IssueState.SKIPPED, now, plan.note)
    return press.issue(draft.id)


def content_windows(
    press: Press, newsletter: NewsletterSettings, slot: Slot, now: datetime
) -> tuple[tuple[Cadence, Window], ...]:
    """The window of each cadence that is due, from where the last one ended to the slot's cut-off.

    The cut-off lies `schedule.lead_minutes` before the slot; an issue built by hand before it ends now.
    """
    end = min(now, slot.at - timedelta(minutes=press.settings.schedule.lead_minutes))
    return windows_of(newsletter, slot, press.store.issues.all(newsletter.key, limit=_LATEST), end)


def _curated(
    press: Press,
    newsletter: NewsletterSettings,
    slot: Slot,
    windows: tuple[tuple[Cadence, Window], ...],
    now: datetime,
) -> tuple[Curated, ShortPlan]:
    """What the windows give; where that is too little and the newsletter then widens, what a wider one gives."""
    editorial = _editorial(press)
    telling = press.store.issues.telling(now - REMEMBERED, newsletter.key)
    asked = [(window, told_to(newsletter, cadence, slot, telling)) for cadence, window in windows]
    end = windows[0][1].end
    if has_changers(newsletter):
        asked.append((Window(end - timedelta(days=newsletter.lookback_days), end), frozenset()))
    widest = Window(min(window.start for window, _ in asked), end)
    curated = _curated_in(press, newsletter, asked, editorial, now)
    plan = plan_short(len(curated.stories), newsletter, widest)
    if plan.step is Step.WIDEN:
        wider = [(plan.window, told) for _, told in asked]
        curated = _curated_in(press, newsletter, wider, editorial, now)
        plan = plan_short(len(curated.stories), newsletter, plan.window)
    return curated, plan


def _curated_in(
    press: Press,
    newsletter: NewsletterSettings,
    asked: Sequence[tuple[Window, frozenset[StoryId]]],
    editorial: Editorial,
    now: datetime,
) -> Curated:
    store, settings = press.store, press.settings
    start, end = min(window.start for window, _ in asked), asked[0][0].end
    articles = store.articles.gathered_in(Window(start - _RECOGNISED, end))
    (window, told), *also = asked
    return curate(
        articles, newsletter, settings.categories, told, now, settings.curate,
        window=window, also=also, editorial=editorial, embedder=press.embedder,
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
    shown = times_shown(issue for issue in past if issue.state not in UNTOLD)
    return promotions_due(settings, newsletter.key, slot.on, shown)


def with_pictures(press: Press, content: IssueContent, now: datetime) -> IssueContent:
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
    windows = content_windows(press, newsletter, slot, now)
    whole = Window(min(window.start for _, window in windows), windows[0][1].end)
    issue = replace(empty_issue(newsletter, slot), window=whole, windows=windows)
    if press.store.issues.create(issue, now):
        late = f"nothing ran until {now:%Y-%m-%d %H:%M} UTC"
        press.store.issues.advance(issue.id, IssueState.MISSED, now, late)
    return press.issue(issue.id)


def empty_issue(newsletter: NewsletterSettings, slot: Slot) -> Issue:
    """An issue of that slot without any content."""
    return Issue(issue_id(newsletter.key, slot.on), newsletter.key, slot.on, slot.at, Window(slot.at, slot.at))
