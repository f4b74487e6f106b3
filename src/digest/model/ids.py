"""Identifiers. Those made of text are functions of what they name, so they need no database to exist."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import NewType

FeedId = NewType("FeedId", int)
ArticleId = NewType("ArticleId", str)
StoryId = NewType("StoryId", str)
IssueId = NewType("IssueId", str)
EditionId = NewType("EditionId", str)
SubscriberId = NewType("SubscriberId", int)
CategorySlug = NewType("CategorySlug", str)
NewsletterSlug = NewType("NewsletterSlug", str)
NOBODY = SubscriberId(0)
"""Of mails and links that are no subscriber's: alarms, tests, shared drafts, made-up readers."""


def article_id(canonical_url: str) -> ArticleId:
    """Sixteen hexadecimal digits that follow from the article's canonical URL.

    http or https, "www." or not, a last slash or not: those are the same article.
    """
    page = re.sub(r"^https?://(?:www\.)?|/$", "", canonical_url)
    return ArticleId(hashlib.sha256(page.encode()).hexdigest()[:16])


def issue_id(newsletter: NewsletterSlug, slot: date) -> IssueId:
    """The newsletter and its slot, for example "weekly-2026-11-24": unique by what it is made of."""
    return IssueId(f"{newsletter}-{slot.isoformat()}")
