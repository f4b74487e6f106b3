"""Takes an issue and everybody who may be mailed; gives each reader's edition, chunk by chunk. Writes nothing.

What an earlier issue told a reader is no news to them, of whichever newsletter it was. Readers who chose the same and
were told the same of this issue's stories share one edition, which is composed once however many they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.compose.drawing import Draw, Drawing
from digest.compose.editions import EditionComposer
from digest.config.publication import NothingPolicy
from digest.model.edition import Edition
from digest.model.ids import EditionId, IssueId, StoryId, SubscriberId
from digest.model.issue import Issue
from digest.model.people import Preferences, Recipient
from digest.pipeline.composing import Ahead
from digest.pipeline.press import Press
from digest.pipeline.slots import REMEMBERED
from digest.ports.ledger import Chunk
from digest.ports.readers import Place

_FRESH = 250
"""New editions written at once where all readers' differ: they are held in memory, and others wait to write."""
_KEPT = 10_000
"""So many different draws, and pairs of a choice and what was told, are kept: a list may have more."""
_Page = Sequence[tuple[SubscriberId, Preferences]]
_Share = tuple[EditionId | None, bool]
"""The edition of some readers, and whether it is one that says nothing; no edition: nothing is due, or all put off."""


def drawing_of(press: Press, issue: Issue, now: datetime) -> Drawing:
    """What readers draw from the issue, given all that was sent lately."""
    choosable = [category.key for category in press.categories_in(issue) if category.choosable]
    past = press.store.issues.telling(now - REMEMBERED)
    return Drawing(issue, press.newsletter_of(issue), choosable, past)


class Sent:
    """What readers were sent that makes a difference to one issue, as the numbers of a Drawing."""

    def __init__(self, press: Press, drawing: Drawing) -> None:
        self._ledger = press.store.ledger
        self._drawing = drawing
        self._bits = {past: self._bits_of(past) for past in drawing.relevant}

    def _bits_of(self, past: IssueId) -> dict[EditionId, int]:
        return {
            edition: self._drawing.bits(past, stories, categories)
            for edition, stories, categories in self._ledger.contents(past)
        }

    def numbers(self, first: SubscriberId, last: SubscriberId) -> dict[SubscriberId, int]:
        """By reader; whoever was sent nothing of it is left out."""
        found: dict[SubscriberId, int] = {}
        for past in self._drawing.relevant:
            promised = self._ledger.promised(past, first, last)
            try:
                self._add(found, promised, self._bits[past])
            except KeyError:  # an edition that a sender has made since, for somebody who dropped a category
                self._bits[past] = self._bits_of(past)
                self._add(found, promised, self._bits[past])
        return found

    @staticmethod
    def _add(
        found: dict[SubscriberId, int],
        promised: Sequence[tuple[SubscriberId, EditionId]],
        bits: Mapping[EditionId, int],
    ) -> None:
        if found:
            for reader, edition in promised:
                found[reader] = found.get(reader, 0) | bits[edition]
        else:
            found.update((reader, bits[edition]) for reader, edition in promised)


@dataclass(slots=True)
class _Alike:
    """Readers who chose the same and were sent the same."""

    preferences: Preferences
    """Held, for its id is a key."""
    draw: Draw | None
    share: _Share | None = None


class Freeze:
    """The editions of one issue's readers, each composed once."""

    def __init__(
        self, press: Press, issue: Issue, composing: EditionComposer, now: datetime, ahead: Ahead | None = None
    ) -> None:
        """`ahead`: composes editions of many readers beside this."""
        self._press = press
        self._issue = issue
        self._composing = composing
        self._ahead = ahead
        self._policy = press.newsletter_of(issue).nothing
        self._drawing = drawing_of(press, issue, now)
        self._sent = Sent(press, self._drawing)
        self._known: dict[tuple[int, int], _Alike] = {}
        self._shares: dict[Draw, _Share] = {}
        self._written: set[EditionId] = set()
        self._fresh: list[Edition] = []

    def chunks(self, now: datetime, places: Collection[Place] | None = None) -> Iterator[Chunk]:
        """Everybody who may be mailed now and has no delivery of the issue; only those at `places`, if named."""
        wishes = self._press.store.readers.wishes(self._issue.newsletter, now, self._issue.id, places)
        for page in wishes:
            yield from self._chunks(page)

    def chunk_of(self, recipients: Sequence[Recipient]) -> Chunk:
        """These readers, whether or not anything is due in this slot."""
        made = {one.subscriber.id: self.edition(one.subscriber.id, one.preferences) for one in recipients}
        known = {edition.id: edition for edition in made.values() if edition}
        deliveries = {reader: edition.id for reader, edition in made.items() if edition}
        return Chunk(deliveries, tuple(known.values()), put_off=len(made) - len(deliveries))

    def edition(self, reader: SubscriberId, preferences: Preferences) -> Edition | None:
        """One reader's, whether or not anything is due in this slot, without what they were told before."""
        sent = self._sent.numbers(reader, reader).get(reader, 0)
        return self._composing.drawn(self._drawing.whole(preferences, sent))

    def draw(self, reader: SubscriberId, preferences: Preferences) -> Draw | None:
        """What one reader draws in this slot; None: nothing is due to them."""
        return self._drawing.draw(preferences, self._sent.numbers(reader, reader).get(reader, 0))

    def told_by(self, reader: SubscriberId, story: StoryId) -> IssueId | None:
        """The latest issue that told one reader this story before."""
        for past in self._drawing.relevant:
            for one, edition in self._press.store.ledger.promised(past, reader, reader):
                told = self._press.store.ledger.edition(past, edition) if one == reader else None
                if told and story in told.stories:
                    return past
        return None

    def due_edition(self, reader: SubscriberId, preferences: Preferences) -> Edition | None:
        """One reader's of what is due to them in this slot; None: nothing is due, or nothing of it is new to them."""
        draw = self.draw(reader, preferences)
        if draw is None:
            return None
        edition = self._composing.drawn(draw)
        if edition is None and self._policy is NothingPolicy.EXPLORE_MORE:
            return self._composing.elsewhere(draw)
        return edition

    def _chunks(self, page: _Page) -> Iterator[Chunk]:
        sent = self._sent.numbers(page[0][0], page[-1][0])
        deliveries: dict[SubscriberId, EditionId] = {}
        nothing: dict[SubscriberId, EditionId] = {}
        put_off = 0
        for place, (reader, preferences) in enumerate(page):
            if self._ahead and place % _FRESH == 0:
                self._begin(self._ahead, page[place + _FRESH : place + 2 * _FRESH], sent)
            share = self._share(preferences, sent.get(reader, 0))
            if share is None:
                continue
            edition, is_empty = share
            if edition is None:
                put_off += 1
            elif is_empty:
                nothing[reader] = edition
            else:
                deliveries[reader] = edition
            if len(self._fresh) >= _FRESH:
                yield Chunk(deliveries, self._taken(), nothing, put_off)
                deliveries, nothing, put_off = {}, {}, 0
        yield Chunk(deliveries, self._taken(), nothing, put_off)

    def _taken(self) -> list[Edition]:
        fresh, self._fresh = self._fresh, []
        return fresh

    def _begin(self, ahead: Ahead, following: _Page, sent: Mapping[SubscriberId, int]) -> None:
        """Has the editions composed that the readers need who follow."""
        draws = [self._alike(preferences, sent.get(reader, 0)).draw for reader, preferences in following]
        ahead.begin({draw for draw in draws if draw and draw not in self._shares})

    def _share(self, preferences: Preferences, sent: int) -> _Share | None:
        alike = self._alike(preferences, sent)
        if alike.share is None and alike.draw:
            alike.share = self._drawn(alike.draw)
        return alike.share

    def _alike(self, preferences: Preferences, sent: int) -> _Alike:
        """Equal choices are one object here, so that they need not be compared a million times."""
        pair = (id(preferences), sent)
        known = self._known.get(pair)
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[pair] = _Alike(preferences, self._drawing.draw(preferences, sent))
        return known

    def _drawn(self, draw: Draw) -> _Share:
        share = self._shares.get(draw)
        if share is None:
            if len(self._shares) >= _KEPT:
                self._shares.clear()
                self._written.clear()  # the ledger keeps what it has
            share = self._shares[draw] = self._made(draw)
        return share

    def _made(self, draw: Draw) -> _Share:
        edition, is_empty = (self._ahead or self._composing).drawn(draw), False
        if edition is None and self._policy is NothingPolicy.EXPLORE_MORE:
            edition = self._composing.elsewhere(draw)
        if edition is None and self._policy is NothingPolicy.ROLL_ON:
            return None, True
        if edition is None:
            edition, is_empty = self._composing.nothing(draw), True
        if edition.id not in self._written:
            self._written.add(edition.id)
            self._fresh.append(edition)
        return edition.id, is_empty
