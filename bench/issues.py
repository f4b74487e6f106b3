"""Issues of any size for benchmarks: stories of usual length with pictures, over six categories."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from digest.config.machine import SiteSettings
from digest.config.publication import CategorySettings, NewsletterSettings, SenderSettings
from digest.model.feeds import Picture
from digest.model.ids import ArticleId, CategorySlug, NewsletterSlug, StoryId, issue_id
from digest.model.issue import AlsoIn, Event, Issue, IssueContent, Section, Sponsor, StoryItem, Window
from digest.model.stories import Teaser, TeaserSource

SLOT = date(2026, 11, 24)
SENT = datetime(2026, 11, 24, 7, tzinfo=UTC)
SITE = SiteSettings(name="Example Press", url="https://press.example.com", postal_address="1 Example Quay, Bristol")
CATEGORIES = tuple(
    CategorySettings(slug=name.lower(), name=name, description=f"All about {name.lower()}.")
    for name in ("Privacy", "Security", "Robotics", "Research", "Companies", "Industries")
)
PERSONAL = {
    name: f"https://press.example.com/r/{name[:-4]}/tc.o.weekly-2026-11-24.KU6x4iy5HRCWn6oanAwcDA"
    for name in ("unsubscribe_url", "preferences_url", "view_url")
}


def newsletter(theme: str) -> NewsletterSettings:
    """A weekly in that theme."""
    sender = SenderSettings(name="Example Weekly", address="weekly@press.example.com")
    return NewsletterSettings(slug="weekly", name="Example Weekly", sender=sender, theme=theme)


def issue(stories: int) -> Issue:
    """A draft of so many stories, with a sponsor and an event."""
    items = tuple(_story(number) for number in range(stories))
    sections = tuple(
        Section(category.key, tuple(item.story for item in items if item.categories[0] == category.key))
        for category in CATEGORIES
    )
    picture = Picture("https://media.example.com/acme.jpg", "An anvil", 1280, 720)
    content = IssueContent(
        stories=items, sections=sections,
        sponsors=(Sponsor("acme", "Acme", "A word from Acme", "Acme makes anvils.", SITE.url, picture=picture),),
        events=(Event("summit", "The Summit", "Two days of talks.", SITE.url, SLOT, "Lisbon"),),
    )  # fmt: skip
    slug = NewsletterSlug("weekly")
    return Issue(issue_id(slug, SLOT), slug, SLOT, SENT, Window(SENT - timedelta(days=7), SENT), content=content)


def _story(number: int) -> StoryItem:
    text = "From July, a machine that calls you must say so in its first sentence, after a vote on Tuesday. " * 2
    return StoryItem(
        story=StoryId(f"{number:016x}"), article=ArticleId(f"{number:016x}"),
        title=f"Parliament votes to label synthetic voices on the telephone, {number} members agree",
        url=f"https://news.example.com/2026/11/24/parliament-votes-to-label-synthetic-voices-{number}",
        outlet="The Example Times", published_at=SENT, minutes=1 + number % 9,
        categories=(CategorySlug(CATEGORIES[number % len(CATEGORIES)].slug),),
        teaser=Teaser(text.strip(), TeaserSource.EXTRACT),
        also=(AlsoIn("Other News", f"https://other.example.com/{number}"),) if number % 3 == 0 else (),
        picture=Picture(f"https://media.example.com/{number:032x}.jpg", "", 1280, 720),
    )  # fmt: skip
