"""A made-up issue that uses every block and every form of a story: what templates are tried with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from digest.config.machine import SiteSettings
from digest.config.publication import CategorySettings, NewsletterSettings, SenderSettings
from digest.model.feeds import Picture
from digest.model.ids import ArticleId, CategorySlug, NewsletterSlug, StoryId, issue_id
from digest.model.issue import AlsoIn, Event, Headline, Issue, IssueContent, Section, Sponsor, StoryItem, Window
from digest.model.stories import Teaser, TeaserSource

_SLOT = date(2026, 11, 24)
_SENT = datetime(2026, 11, 24, 7, tzinfo=UTC)
_PRIVACY = CategorySlug("privacy")
_URL = "https://press.example.com"
_PICTURE = Picture(f"{_URL}/picture.jpg", "Two people at a desk", 1280, 720)

SAMPLE_SITE = SiteSettings(
    name="Example Press", url=_URL, postal_address="1 Example Quay, Bristol",
    logo_url=f"{_URL}/logo.png", logo_dark_url=f"{_URL}/logo-dark.png",
)  # fmt: skip
SAMPLE_CATEGORIES = (
    CategorySettings(slug="privacy", name="Privacy", description="Who knows what about whom."),
    CategorySettings(slug="robotics", name="Robotics"),
)


def sample_newsletter(theme: str, language: str) -> NewsletterSettings:
    """A weekly in that theme and language."""
    sender = SenderSettings(name="Example Weekly", address="weekly@press.example.com")
    return NewsletterSettings(slug="weekly", name="Example Weekly", sender=sender, theme=theme, language=language)


def sample_issue() -> Issue:
    """A draft with three stories, a sponsor and an event."""
    newsletter = NewsletterSlug("weekly")
    stories = (
        _story(1, picture=_PICTURE, also=(AlsoIn("Other", f"{_URL}/other"), AlsoIn("Third", f"{_URL}/third"))),
        _story(2, minutes=3, language="de"),
        _story(3, teaser=Teaser("Title 3", TeaserSource.TITLE)),
    )
    content = IssueContent(
        stories=stories,
        sections=(Section(_PRIVACY, tuple(story.story for story in stories), left_out=2),),
        sponsors=(Sponsor("acme", "Acme", "A word from Acme", "Acme makes anvils.", _URL, picture=_PICTURE),),
        intro=Headline(f"Hello, **{{count}} stories** and [a *link*]({_URL}).\n\nMore.", (stories[0].story,)),
        events=(Event("summit", "The Summit", "Two days.", _URL, _SLOT, "Lisbon", _SLOT + timedelta(days=1)),),
    )
    window = Window(_SENT - timedelta(days=7), _SENT)
    return Issue(issue_id(newsletter, _SLOT), newsletter, _SLOT, _SENT, window, content=content)


def _story(
    number: int,
    picture: Picture | None = None,
    also: tuple[AlsoIn, ...] = (),
    minutes: int = 1,
    language: str = "",
    teaser: Teaser = Teaser("One sentence says it.", TeaserSource.DESCRIPTION),
) -> StoryItem:
    return StoryItem(
        story=StoryId(f"s{number}"), article=ArticleId(f"a{number}"), title=f"Title {number}", url=f"{_URL}/{number}",
        outlet="Example News", published_at=_SENT, categories=(_PRIVACY,), teaser=teaser, minutes=minutes, also=also,
        picture=picture, language=language,
    )  # fmt: skip
