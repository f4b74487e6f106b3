"""Makes an issue's content fit to be printed: typographic text, links that may be pressed. Chooses nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from gettext import NullTranslations

from digest.model.feeds import Picture
from digest.model.issue import Event, IssueContent, Sponsor, StoryItem
from digest.render import typography

_LABEL, _BUTTON = "Sponsored by", "See the programme"
"""What a sponsor's label and an event's button say when nobody chose other words."""
_REMEMBERED = 1024
"""Stories kept: an issue that is being edited is compiled again and again, mostly with the same ones."""


def prepare(content: IssueContent, language: str, words: NullTranslations) -> IssueContent:
    """The content with every title, text and URL ready for the templates, which only place them.

    What a label or button says when nobody chose other words is said in the newsletter's language.
    """
    return replace(
        content,
        stories=tuple(_story(story, language) for story in content.stories),
        sponsors=tuple(_sponsor(sponsor, language, words) for sponsor in content.sponsors),
        events=tuple(_event(event, language, words) for event in content.events),
    )


@lru_cache(_REMEMBERED)
def _story(story: StoryItem, language: str) -> StoryItem:
    spoken = story.language or language
    headline = typography.title(story.title, spoken)
    return replace(
        story,
        title=headline,
        url=typography.link(story.url),
        teaser=replace(story.teaser, text=typography.polish(story.teaser.text, spoken)),
        also=tuple(replace(other, url=typography.link(other.url)) for other in story.also),
        picture=_picture(story.picture, headline),
    )


def _sponsor(sponsor: Sponsor, language: str, words: NullTranslations) -> Sponsor:
    headline = typography.title(sponsor.title, language)
    return replace(
        sponsor,
        title=headline,
        text=typography.polish(sponsor.text, language),
        url=typography.link(sponsor.url),
        label=words.gettext("Sponsored by") if sponsor.label == _LABEL else sponsor.label,
        picture=_picture(sponsor.picture, headline),
    )


def _event(event: Event, language: str, words: NullTranslations) -> Event:
    return replace(
        event,
        title=typography.title(event.title, language),
        text=typography.polish(event.text, language),
        url=typography.link(event.url),
        button=words.gettext("See the programme") if event.button == _BUTTON else event.button,
    )


def _picture(picture: Picture | None, alt: str) -> Picture | None:
    """None when it has no usable URL; a picture without alternative text carries the title."""
    url = typography.link(picture.url) if picture else "#"
    if picture is None or not url.startswith("http"):
        return None
    return replace(picture, url=url, alt=typography.polish(picture.alt) or alt)
