"""What an issue says of a story."""

from __future__ import annotations

from build import article, story, teaser
from digest.compose.content import story_item


def test_each_other_outlet_is_named_once_by_its_first_article() -> None:
    lead, *others = (article(n, outlet=outlet) for n, outlet in enumerate(("One", "Two", "Three", "Two", "One")))
    item = story_item(story(lead=lead, others=tuple(others)), teaser(), 1)
    assert [(other.outlet, other.url) for other in item.also] == [("Two", others[0].url), ("Three", others[1].url)]
