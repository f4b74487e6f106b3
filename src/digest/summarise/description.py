"""The publisher's description as paragraphs that a teaser may come from: takes an article, gives whole sentences only.

A description is often cut off by the feed, or is about the outlet and not the article: then there is nothing to use.
"""

from __future__ import annotations

import re

from digest.model.feeds import Article
from digest.summarise.clean import Paragraph, paragraphs
from digest.summarise.sentences import ends_whole
from digest.summarise.words import content

_TAIL = re.compile(
    r"\s*(?:\[?(?:…|\.\.\.)\]?|&hellip;)?\s*(?:Continue[d]? reading|Read more|Weiterlesen|Lire la suite|Leer más)\b.*$"
)
_FEED_LIMITS = 150
"""Characters from which a text without a final mark may have been cut off by its feed."""
_OWN_SHARE = 0.2
"""Share of a description's words in the article from which it is about it."""


def whole_sentences(article: Article) -> tuple[Paragraph, ...]:
    """The description without what was cut off; nothing when it is about something else."""
    described = _TAIL.sub("…", article.description.strip())
    if not described or not _is_about(described, article):
        return ()
    found = paragraphs(described, article.title)
    return tuple(one for one in found if not (one.is_standfirst and _is_cut(one.text, article.text)))


def _is_about(described: str, article: Article) -> bool:
    words = content(described)
    told = content(f"{article.title}\n{article.text}") if article.text else words
    return len(words & told) >= _OWN_SHARE * len(words)


def _is_cut(described: str, text: str) -> bool:
    """Whether a description without a final mark is the beginning of something longer."""
    if ends_whole(described):
        return False
    at = text.find(described[-30:])
    if at < 0:
        return len(described) > _FEED_LIMITS
    rest = text[at + len(described[-30:]) :]
    return bool(rest) and not rest.startswith(("\n", ".", "!", "?"))
