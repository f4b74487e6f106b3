"""Whatever the issue and the reader: an edition names only blocks that the issue's superset has."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from build import content, event, issue, slugs, sponsor, story_item
from digest.compose.drawing import Draw
from digest.compose.editions import EditionComposer
from digest.config.publication import CategorySettings, NewsletterSettings, SenderSettings
from digest.render.blocks import superset

NAMES = ("privacy", "security", "robotics", "research", "sponsored-content")
CATEGORIES = [CategorySettings(slug=name, name=name, choosable=name != "sponsored-content") for name in NAMES]
NEWSLETTER = NewsletterSettings(
    slug="weekly", name="The Weekly", sender=SenderSettings(name="The Weekly", address="weekly@example.org")
)

subsets = st.lists(st.sampled_from(NAMES), min_size=1, unique=True)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(subsets, min_size=1, max_size=10), st.permutations(CATEGORIES), st.lists(subsets, min_size=1, max_size=8)
)
def test_an_edition_names_only_blocks_of_the_superset(stories, categories, readers):
    told = content(
        *(story_item(number, categories=slugs(*names)) for number, names in enumerate(stories, 1)),
        sponsors=(sponsor(),), events=(event(categories=slugs("privacy")),),
    )  # fmt: skip
    order = [category.slug for category in categories]
    told = replace(told, sections=tuple(sorted(told.sections, key=lambda section: order.index(section.category))))
    there = {"head", "tail", *(block.key for block in superset(told, categories))}
    composer = EditionComposer(issue(content=told), NEWSLETTER, categories, defaultdict(lambda: 4_000))
    known = [item.story for item in told.stories]
    for number, chosen in enumerate(readers):
        mine = frozenset(slugs(*(name for name in chosen if name != "sponsored-content")))
        draw = Draw(mine, mine, shown=frozenset(known[number::3]), more=frozenset(list(mine)[:1]))
        for edition in (composer.edition(mine), composer.drawn(draw), composer.elsewhere(draw)):
            assert edition is None or set(edition.keys) <= there
