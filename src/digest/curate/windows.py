"""Takes what was chosen for each of several windows; gives the superset from which all their readers draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from digest.model.ids import CategorySlug, StoryId
from digest.model.issue import Section
from digest.model.stories import Verdict


def merged_sections(
    chosen: Sequence[Sequence[Section]], rank: Sequence[StoryId], most: int
) -> Iterator[tuple[CategorySlug, Section]]:
    """Each category's stories of all windows, by rank, of which one edition takes `most`; by category."""
    left_out: dict[CategorySlug, int] = {}
    told: dict[CategorySlug, set[StoryId]] = {}
    for sections in chosen:
        for section in sections:
            told.setdefault(section.category, set()).update(section.stories)
            left_out[section.category] = max(left_out.get(section.category, 0), section.left_out)
    for category, stories in told.items():
        ordered = tuple(story for story in rank if story in stories)
        yield category, Section(category, ordered, left_out[category], most)


def merged_verdicts(verdicts: Iterable[Sequence[Verdict]]) -> tuple[Verdict, ...]:
    """One for every article, by its id: that of a window which includes it, else that of the first."""
    found: dict[str, Verdict] = {}
    for verdict in (verdict for some in verdicts for verdict in some):
        if verdict.article not in found or (verdict.included and not found[verdict.article].included):
            found[verdict.article] = verdict
    return tuple(found[article] for article in sorted(found))
