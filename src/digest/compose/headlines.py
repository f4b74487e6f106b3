"""The automatic subject, title, preheader and introduction of an edition, and when the editor's own are used instead.

What they say beside titles comes from a catalog of the newsletter's language, which the caller brings.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from gettext import NullTranslations
from itertools import accumulate

from babel.lists import format_list

from digest.model.ids import StoryId
from digest.model.issue import VARIABLES, Headline, StoryItem
from digest.model.stories import TeaserSource
from digest.words import locale_of

SUBJECT_CHARS = 60
"""What a phone shows of a subject."""
PREHEADER_CHARS = 110
"""What most inboxes show after it."""
_ROOM_FOR_SECOND = 24
"""Fewer characters than this say nothing of a second story."""
WORDS_A_MINUTE = 230
_SUBORDINATE = re.compile(
    r" (?:after|although|amid|as|because|before|despite|following|since|unless|when|while|"
    r"nachdem|obwohl|weil|während|wenn|alors que|après|avant|parce que|aunque|mientras|porque|tras)\b",
    re.IGNORECASE,
)
"""Words that open what a headline says besides its main clause."""


def speaks_for(headline: Headline | None, stories: Collection[StoryId]) -> bool:
    """Whether the editor's words may stand on an edition: only when it has every story that they name."""
    return headline is not None and set(headline.stories) <= set(stories)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The editor's words with the edition's own values; a name in braces that is none of them stays."""
    for name in VARIABLES:
        text = text.replace(f"{{{name}}}", values[name])
    return text


def subject(stories: Sequence[StoryItem]) -> str:
    """Names the top stories, both when 60 characters have room for them."""
    first = shorten(stories[0].title, SUBJECT_CHARS)
    if len(stories) == 1 or named_in_subject(stories) == 1:
        return first
    return f"{first}; {shorten(stories[1].title, SUBJECT_CHARS - len(first) - 2)}"


def named_in_subject(stories: Sequence[StoryItem]) -> int:
    """How many of the stories the automatic subject names: 1 or 2."""
    if len(stories) == 1:
        return 1
    room = SUBJECT_CHARS - len(stories[0].title) - 2
    return 2 if room >= min(_ROOM_FOR_SECOND, len(stories[1].title)) else 1


def title(topics: Sequence[str], language: str, words: NullTranslations) -> str:
    """Names the topics, as many as 60 characters have room for: what is in the mail, without telling its lead twice."""
    most = bisect_right(list(accumulate(map(len, topics))), SUBJECT_CHARS)
    for shown in range(max(most, 1), 0, -1):
        rest = len(topics) - shown
        parts = [*topics[:shown], _more_topics(rest, words)] if rest else topics
        line = _listing(len(parts), language).format(*parts)
        if len(line) <= SUBJECT_CHARS:
            break
    return line


@lru_cache(maxsize=256)
def _more_topics(count: int, words: NullTranslations) -> str:
    return words.ngettext("%(num)d more topic", "%(num)d more topics", count) % {"num": count}


@lru_cache(maxsize=256)
def _listing(count: int, language: str) -> str:
    """How so many things are listed in the language, as a pattern."""
    return format_list([f"{{{place}}}" for place in range(count)], locale=locale_of(language))


def preheader(stories: Sequence[StoryItem], already_named: int) -> str:
    """Continues the subject with the stories that it does not name; with a teaser when none is left.

    Empty when that teaser is only the title once more.
    """
    rest = stories[already_named:]
    if not rest:
        return shorten(_told(stories[0]), PREHEADER_CHARS)
    line = shorten(rest[0].title, PREHEADER_CHARS)
    for story in rest[1:]:
        longer = f"{line} · {story.title}"
        if len(longer) > PREHEADER_CHARS:
            break
        line = longer
    return line


@lru_cache(maxsize=1024)
def introduction(count: int, topics: int, minutes: int, words: NullTranslations) -> str:
    """For example: 12 stories from 5 of your topics, 3 minutes to read."""
    parts = {
        "stories": words.ngettext("%(num)d story", "%(num)d stories", count) % {"num": count},
        "topics": words.ngettext("from one of your topics", "from %(num)d of your topics", topics) % {"num": topics},
        "minutes": words.ngettext("%(num)d minute to read", "%(num)d minutes to read", minutes) % {"num": minutes},
    }
    return words.gettext("%(stories)s %(topics)s, %(minutes)s.") % parts


def reading_minutes(words: Iterable[int]) -> int:
    """Minutes for stories of so many words each, at 230 words a minute, at least 1."""
    return max(1, round(sum(words) / WORDS_A_MINUTE))


def words_in(story: StoryItem) -> int:
    """Words of the title and teaser."""
    return len(f"{story.title} {_told(story)}".split())


@lru_cache(maxsize=1024)
def shorten(text: str, most: int) -> str:
    """At most `most` characters: the main clause where that says enough, else cut between words with an ellipsis."""
    if len(text) <= most:
        return text
    clauses = [found.start() for found in _SUBORDINATE.finditer(text) if most // 2 <= found.start() <= most]
    if clauses:
        return text[: clauses[-1]].rstrip(" ,;:–—-")
    head = text[: most - 1]
    cut = head[: head.rfind(" ")] if " " in head[most // 2 :] else head
    return cut.rstrip(" ,;:–—-") + "…"


def _told(story: StoryItem) -> str:
    """What the mail says of a story besides its title."""
    return "" if story.teaser.source is TeaserSource.TITLE else story.teaser.text
