"""Clicks: where a counted link leads and which block it stands in. Nothing here knows of a reader."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from digest.model.ids import CategorySlug, IssueId, StoryId

_CODE_BYTES = 8


@dataclass(frozen=True, slots=True)
class ClickTarget:
    """A counted link of an issue, the same in every reader's mail."""

    code: str
    """What stands in the mail instead of the address; follows from issue, block and address."""
    block: str
    """Key of the fragment, like "teaser:3f2a9c...:privacy"."""
    url: str

    @property
    def story(self) -> StoryId | None:
        """The story of the block; None: a sponsor's or an event's."""
        kind, _, rest = self.block.partition(":")
        return StoryId(rest.partition(":")[0]) if kind in {"lead", "teaser"} else None

    @property
    def category(self) -> CategorySlug | None:
        """The category that it is told under."""
        parts = self.block.split(":")
        return CategorySlug(parts[2]) if len(parts) == 3 else None


def click_code(issue: IssueId, block: str, url: str) -> str:
    """Sixteen hexadecimal digits: a changed address gets another code, and the old one keeps its meaning."""
    named = f"{issue}\n{block}\n{url}".encode("utf-8", "replace")
    return hashlib.blake2b(named, digest_size=_CODE_BYTES, person=b"click").hexdigest()
