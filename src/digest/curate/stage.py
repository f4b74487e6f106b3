"""The stage as one function: takes articles and settings, gives an issue's stories, sections and verdicts.

Does not load, save or fetch anything; the pipeline hands in the articles and saves what comes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from digest.config.machine import CurateSettings
from digest.config.publication import CategorySettings, NewsletterSettings, ShortPolicy
from digest.curate.categorise import Categoriser, subject
from digest.curate.choose import Choice, choose
from digest.curate.learned import Example
from digest.curate.rank import is_pinned, newest, ranked, score
from digest.curate.stories import tell
from digest.curate.windows import merged_sections, merged_verdicts
from digest.model.feeds import Article
from digest.model.ids import ArticleId, CategorySlug, StoryId
from digest.model.issue import Section, Window
from digest.model.stories import Reason, Story, Verdict
from digest.ports.outside import Embedder


@dataclass(frozen=True, slots=True)
class Editorial:
    """What editors decided; it outweighs every rule."""

    pins: frozenset[ArticleId] = frozenset()
    """Articles whose stories are told first, however old."""
    articles: Mapping[ArticleId, tuple[CategorySlug, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Corrections: of several in one story the lead's counts, else the first other's; empty: no category fits."""
    examples: tuple[Example, ...] = ()
    """Texts of earlier corrections, to learn from."""


@dataclass(frozen=True, slots=True)
class Curated:
    """What an issue can say."""

    stories: tuple[Story, ...]
    """Chosen, best first, each with its categories, score and reasons."""
    sections: tuple[Section, ...]
    """Those with stories, in the newsletter's order."""
    verdicts: tuple[Verdict, ...]
    """One for every article that came in, by article id."""
    undecided: tuple[Story, ...]
    """Stories that might be told if an editor gave them a category."""

    @property
    def assignments(self) -> tuple[tuple[ArticleId, StoryId], ...]:
        """The story of every article that came in, for ArticleStore.assign."""
        return tuple((verdict.article, verdict.story) for verdict in self.verdicts)


def curate(
    articles: Sequence[Article],
    newsletter: NewsletterSettings,
    categories: Sequence[CategorySettings],
    told: frozenset[StoryId],
    now: datetime,
    settings: CurateSettings,
    *,
    window: Window | None = None,
    also: Sequence[tuple[Window, frozenset[StoryId]]] = (),
    editorial: Editorial = Editorial(),
    embedder: Embedder | None = None,
) -> Curated:
    """Groups, categorises, ranks and chooses.

    `categories` are all that are configured, whichever the newsletter has. `articles` may reach back before the
    window, so that a new article about an old story is recognised; a story is new when one of its articles was
    gathered in the window. `also`: further windows, each with what was told to its readers; the stories chosen for
    any of them are in.
    """
    found = _categorised(tell(articles), Categoriser(categories, embedder, editorial.examples), editorial)
    stories = ranked([score(story, now, settings, editorial.pins) for story in found])
    parts = []
    for of, known in ((window, told), *also):
        out = {story.id: reason for story in stories if (reason := _out(story, settings, now, of, known, editorial))}
        choice = _choice([story for story in stories if story.id not in out], newsletter, categories)
        parts.append(
            Curated(choice.stories, choice.sections, _verdicts(stories, out, choice), _undecided(stories, out))
        )
    return parts[0] if len(parts) == 1 else _merged(parts, stories, newsletter, categories)


def _merged(
    parts: Sequence[Curated],
    ranked: Sequence[Story],
    newsletter: NewsletterSettings,
    categories: Sequence[CategorySettings],
) -> Curated:
    """What was chosen for any window, in the order of the issue."""
    told = {story.id for part in parts for story in part.stories}
    sections = dict(merged_sections([part.sections for part in parts], [s.id for s in ranked], newsletter.per_category))
    own = tuple(map(CategorySlug, newsletter.categories)) or tuple(category.key for category in categories)
    order = dict.fromkeys((*own, *sections))
    undecided = {story.id for part in parts for story in part.undecided}
    return Curated(
        tuple(story for story in ranked if story.id in told),
        tuple(sections[category] for category in order if category in sections),
        merged_verdicts(part.verdicts for part in parts),
        tuple(story for story in ranked if story.id in undecided),
    )


def _choice(stories: Sequence[Story], newsletter: NewsletterSettings, categories: Sequence[CategorySettings]) -> Choice:
    """Chooses for the newsletter's own categories, and for the others too where it is short and may be filled."""
    known = tuple(category.key for category in categories if category.choosable)
    own = tuple(map(CategorySlug, newsletter.categories)) or tuple(category.key for category in categories)
    choice = choose(stories, newsletter, own)
    if len(choice.stories) >= newsletter.minimum or newsletter.short is not ShortPolicy.FILL:
        return choice
    return choose(stories, newsletter, (*own, *(category for category in known if category not in own)))


def _categorised(stories: Sequence[Story], categoriser: Categoriser, editorial: Editorial) -> list[Story]:
    found = categoriser.categorise([subject(story.lead) for story in stories])
    categorised = []
    for story, result in zip(stories, found, strict=True):
        chosen, reasons = tuple(slug for slug, _ in result.categories), result.reasons
        corrected = _corrected(story, editorial)
        if corrected is not None:
            chosen, reasons = corrected, (Reason("editor", "an editor chose its categories"),)
        categorised.append(replace(story, categories=chosen, reasons=reasons))
    return categorised


def _corrected(story: Story, editorial: Editorial) -> tuple[CategorySlug, ...] | None:
    """What an editor said of the story's lead or, else, of another of its articles."""
    told = (editorial.articles.get(article.id) for article in (story.lead, *story.others))
    return next((slugs for slugs in told if slugs is not None), None)


def _out(
    story: Story, settings: CurateSettings, now: datetime, window: Window | None, told: frozenset[StoryId],
    editorial: Editorial,
) -> Reason | None:  # fmt: skip
    """Why a story may not be told at all, whatever its rank."""
    if story.id in told:
        return Reason("told", "an earlier issue told it")
    if is_pinned(story, editorial.pins):
        return None
    if window and not any(window.start <= a.gathered_at < window.end for a in (story.lead, *story.others)):
        return Reason("not-new", "none of its articles was gathered in the issue's window")
    if now - newest(story) > timedelta(days=settings.max_age_days):
        return Reason("too-old", f"older than {settings.max_age_days} days")
    return None


def _verdicts(stories: Sequence[Story], out: Mapping[StoryId, Reason], choice: Choice) -> tuple[Verdict, ...]:
    told = {story.id for story in choice.stories}
    verdicts = [
        Verdict(
            article.id,
            story.id,
            story.id in told,
            (*_why(story, out, choice), *_speaks(article, story)),
            story.categories,
        )
        for story in stories
        for article in (story.lead, *story.others)
    ]
    return tuple(sorted(verdicts, key=lambda verdict: verdict.article))


def _why(story: Story, out: Mapping[StoryId, Reason], choice: Choice) -> tuple[Reason, ...]:
    decided = (out[story.id],) if story.id in out else choice.reasons[story.id]
    return (*decided, *story.reasons)


def _speaks(article: Article, story: Story) -> tuple[Reason, ...]:
    if not story.others:
        return ()
    lead = article is story.lead
    return (Reason("lead" if lead else "also-in", "speaks for its story" if lead else f"told by {story.lead.outlet}"),)


def _undecided(stories: Sequence[Story], out: Mapping[StoryId, Reason]) -> tuple[Story, ...]:
    return tuple(story for story in stories if not story.categories and story.id not in out)
