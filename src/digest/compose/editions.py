"""Takes an issue's content and what one reader draws from it; gives their edition: an ordered list of fragment keys.

Knows the fragments by key and size only. A story appears once, under the first of the reader's categories in issue
order; a heading without stories vanishes; an edition over its bytes budget loses stories fairly (`budget`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from gettext import NullTranslations
from itertools import chain

from digest.compose import headlines
from digest.compose.budget import trim
from digest.compose.drawing import Draw
from digest.compose.promoting import name_of
from digest.compose.selection import Selection, promotions, select
from digest.config.publication import BlockKind, CategorySettings, NewsletterSettings
from digest.model.edition import Edition
from digest.model.ids import CategorySlug, EditionId, StoryId
from digest.model.issue import Event, Headline, Issue, IssueContent, Sponsor
from digest.words import ENGLISH

CONTENTS_FROM = 5
"""A table of contents stands where there are at least this many sections."""
_ELSEWHERE = 3
"""Stories told to a reader for whom there is nothing new in their own topics."""
_ONLY_OF_THEIRS = frozenset({BlockKind.INTRO, BlockKind.CONTENTS, BlockKind.LEAD, BlockKind.VIEW_ALL})
"""Blocks that speak of the reader's own topics."""
_REMEMBERED = 2048
"""Editions kept, so that memory does not grow with the number of different ones."""


@dataclass(frozen=True, slots=True)
class _Named:
    """What the fragments and slots of one category are called: made once, not for each of a million editions."""

    heading: str
    contents: str
    explore: str
    count: str
    teasers: Mapping[StoryId, str]

    @classmethod
    def of(cls, category: CategorySlug, content: IssueContent) -> _Named:
        told = [story for section in content.sections if section.category == category for story in section.stories]
        teasers = {story: f"teaser:{story}:{category}" for story in told}
        return cls(f"heading:{category}", f"contents:{category}", f"explore:{category}", f"count:{category}", teasers)


class EditionComposer:
    """Composes the editions of one compiled issue; the same draw gives the same edition."""

    def __init__(
        self,
        issue: Issue,
        newsletter: NewsletterSettings,
        categories: Sequence[CategorySettings],
        sizes: Mapping[str, int],
        words: NullTranslations = ENGLISH,
    ) -> None:
        """`categories`: the newsletter's, in its order. `sizes`: bytes of decoded HTML by fragment key.

        `words`: the catalog of the newsletter's language.
        """
        self._issue = issue
        self._newsletter = newsletter
        self._for_everyone = frozenset(c.key for c in categories if not c.choosable)
        self._names = {c.key: c.name for c in categories}
        self._choosable = tuple(c.key for c in categories if c.choosable)
        self._sizes = sizes
        self._words = words
        self._choices = frozenset(self._choosable)
        self._words_in = {item.story: headlines.words_in(item) for item in issue.content.stories}
        self._named = {c.key: _Named.of(c.key, issue.content) for c in categories}
        self._keys_of = {
            BlockKind.INTRO: self._intro, BlockKind.CONTENTS: self._contents, BlockKind.LEAD: self._lead,
            BlockKind.SECTIONS: self._sections, BlockKind.VIEW_ALL: self._view_all,
            BlockKind.EXPLORE_MORE: self._explore_more,
        }  # fmt: skip
        self._made: dict[Draw, Edition | None] = {}

    def edition(self, chosen: Collection[CategorySlug]) -> Edition | None:
        """The edition for a reader of these categories who was told nothing yet; None when it would have no story."""
        effective = frozenset(chosen) & self._choices
        return self.drawn(Draw(effective, effective))

    def drawn(self, draw: Draw) -> Edition | None:
        """The edition of what a reader draws; None when it would have no story."""
        if draw not in self._made:
            if len(self._made) >= _REMEMBERED:
                self._made.clear()
            self._made[draw] = self._compose(draw)
        return self._made[draw]

    def nothing(self, draw: Draw) -> Edition:
        """The edition that stands for a draw without a story: it is not sent, and says which categories were due."""
        categories = tuple(sorted(draw.categories))
        return Edition(_identity(self._issue, (), (), categories), self._issue.id, self._issue.revision, (), "", (), (),
                       categories, 0)  # fmt: skip

    def elsewhere(self, draw: Draw) -> Edition | None:
        """The best stories of what the reader did not choose, for one to whom nothing of theirs is new."""
        others = frozenset(c for c in self._choosable if c not in draw.chosen)
        best = select(self._issue.content, replace(draw, categories=others, since=()), frozenset(), with_lead=False)
        wanted = [item.story for item in self._issue.content.stories if item.story in best.stories()][:_ELSEWHERE]
        sections = [(category, tuple(s for s in stories if s in wanted)) for category, stories in best.sections]
        told = Selection(None, tuple(section for section in sections if section[1]), 0)
        if not wanted:
            return None
        blocks = [block for block in self._newsletter.blocks if block not in _ONLY_OF_THEIRS]
        keys = ("head", "preheader", *(k for b in blocks for k in self._block_keys(b, told, draw)), "tail")
        made, categories = self._edition(told, replace(draw, categories=others), keys), tuple(sorted(draw.categories))
        return replace(made, id=_identity(self._issue, keys, made.values, categories), categories=categories)

    def _compose(self, draw: Draw) -> Edition | None:
        def size(selection: Selection) -> int:
            return self._size(self._keys(selection, draw))

        whole = select(self._issue.content, draw, self._for_everyone, BlockKind.LEAD in self._newsletter.blocks)
        if not any(category in draw.categories for category, _ in whole.sections) and not whole.lead:
            return None
        edition = self._edition(whole, draw, self._keys(whole, draw))
        if edition.html_size <= self._newsletter.max_bytes:
            return edition
        fitting = trim(whole, size, self._newsletter.max_bytes)
        return self._edition(fitting, draw, self._keys(fitting, draw))

    def _size(self, keys: Sequence[str]) -> int:
        return sum(map(self._sizes.__getitem__, keys))

    def _edition(self, selection: Selection, draw: Draw, keys: tuple[str, ...]) -> Edition:
        told, categories = selection.stories(), tuple(sorted(draw.categories))
        values = self._values(selection, draw.categories)
        said = tuple(sorted(values.items()))
        return Edition(
            id=_identity(self._issue, keys, said, categories),
            issue=self._issue.id,
            revision=self._issue.revision,
            keys=keys,
            subject=values["subject"],
            values=said,
            stories=told,
            categories=categories,
            html_size=self._size(keys),
        )

    def _keys(self, selection: Selection, draw: Draw) -> tuple[str, ...]:
        keys = ["head", "preheader"]
        for block in self._newsletter.blocks:
            keys += self._block_keys(block, selection, draw)
        return (*keys, "tail")

    def _block_keys(self, block: BlockKind, selection: Selection, draw: Draw) -> Sequence[str]:
        keys_of = self._keys_of.get(block)
        return keys_of(selection, draw) if keys_of else (block.value,)

    def _intro(self, selection: Selection, draw: Draw) -> Sequence[str]:
        return ("intro:own",) if self._has_own_intro(selection, draw) else (BlockKind.INTRO.value,)

    def _contents(self, selection: Selection, draw: Draw) -> Sequence[str]:
        if len(selection.sections) < CONTENTS_FROM:
            return ()
        return ["contents", *[self._named[category].contents for category, _ in selection.sections]]

    def _lead(self, selection: Selection, draw: Draw) -> Sequence[str]:
        return (f"lead:{selection.lead[1]}:{selection.lead[0]}",) if selection.lead else ()

    def _view_all(self, selection: Selection, draw: Draw) -> Sequence[str]:
        return ("view-all:more" if selection.left_out else "view-all",)

    def _explore_more(self, selection: Selection, draw: Draw) -> Sequence[str]:
        others = [self._named[category].explore for category in self._choosable if category not in draw.chosen]
        return ["explore-more", *others] if others else ()

    def _has_own_intro(self, selection: Selection, draw: Draw) -> bool:
        own = self._issue.content.intro
        return own is not None and headlines.speaks_for(own, selection.by_category(draw.categories))

    def _sections(self, selection: Selection, draw: Draw) -> Sequence[str]:
        waiting = promotions(self._issue.content, draw.chosen)
        keys = list(_taken(waiting, 0))
        for number, (category, stories) in enumerate(selection.sections, start=1):
            named = self._named[category]
            keys.append(named.heading)
            for story in stories:
                keys.append(named.teasers[story])
            if waiting:
                keys += _taken(waiting, number)
        return [*keys, *map(name_of, waiting)]

    def _values(self, selection: Selection, categories: frozenset[CategorySlug]) -> dict[str, str]:
        content = self._issue.content
        told = selection.by_category(categories)
        items = [item for item in content.stories if item.story in told]
        topics = tuple(dict.fromkeys(told.values()))
        language = self._newsletter.language
        minutes = headlines.reading_minutes(self._words_in[item.story] for item in items)

        numbers = {"count": str(len(items)), "topics": str(len(topics)), "minutes": str(minutes)}

        def words(own: Headline | None, automatic: str) -> str:
            return headlines.filled(own.text, numbers) if own and headlines.speaks_for(own, told) else automatic

        named = 0 if headlines.speaks_for(content.subject, told) else headlines.named_in_subject(items)
        counts = {self._named[category].count: str(len(stories)) for category, stories in selection.sections}
        return (
            counts
            | numbers
            | {
                "subject": words(content.subject, headlines.subject(items)),
                "title": words(
                    content.subject, headlines.title([self._names[t] for t in topics], language, self._words)
                ),
                "preheader": words(content.preheader, headlines.preheader(items, named)),
                "intro": headlines.introduction(len(items), len(topics), minutes, self._words),
                "more": str(selection.left_out),
            }
        )


def _identity(
    issue: Issue, keys: tuple[str, ...], values: tuple[tuple[str, str], ...], categories: tuple[CategorySlug, ...]
) -> EditionId:
    parts = (*keys, *chain.from_iterable(values), *categories)  # none has a NUL: texts have no control characters
    said = "\0".join((issue.id, str(issue.revision), str(len(keys)), str(len(values)), *parts))
    return EditionId(hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16])


def _taken(waiting: list[Sponsor | Event], section: int) -> list[str]:
    """The promotions that stand after so many sections, or should have stood earlier; they wait no more."""
    due = [promotion for promotion in waiting if promotion.after <= section]
    for promotion in due:
        waiting.remove(promotion)
    return [name_of(promotion) for promotion in due]
