"""Whatever the issue and the reader: each story at most once, only the reader's own, nothing lost without count."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from build import content, issue, slugs, story_item
from digest.compose.editions import EditionComposer
from digest.config.publication import CategorySettings, NewsletterSettings, SenderSettings

NAMES = ("privacy", "security", "robotics", "research", "companies")
CATEGORIES = tuple(CategorySettings(slug=name, name=name) for name in NAMES)
SENDER = SenderSettings(name="The Weekly", address="weekly@example.org")

subsets = st.lists(st.sampled_from(NAMES), min_size=1, unique=True)


@settings(deadline=None, max_examples=60)
@given(st.lists(subsets, min_size=1, max_size=12), subsets, st.integers(20_000, 200_000))
def test_an_edition_tells_each_of_its_stories_once_and_counts_the_rest(stories, chosen, budget):
    told = content(*(story_item(number, categories=slugs(*names)) for number, names in enumerate(stories, 1)))
    newsletter = NewsletterSettings(slug="weekly", name="The Weekly", sender=SENDER, max_bytes=budget)
    sizes = defaultdict(lambda: 5_000)
    edition = EditionComposer(issue(content=told), newsletter, CATEGORIES, sizes).edition(set(slugs(*chosen)))
    mine = {item.story for item in told.stories if set(item.categories) & set(slugs(*chosen))}
    if edition is None:
        assert not mine
        return
    shown = [key.split(":")[1] for key in edition.keys if key.startswith(("lead:", "teaser:"))]
    assert sorted(shown) == sorted(set(shown)) == sorted(edition.stories)
    assert set(edition.stories) <= mine
    assert len(mine) - len(edition.stories) == int(dict(edition.values)["more"])
    headings = [key.partition(":")[2] for key in edition.keys if key.startswith("heading:")]
    under = [key.rpartition(":")[2] for key in edition.keys if key.startswith("teaser:")]
    assert headings == list(dict.fromkeys(under))
