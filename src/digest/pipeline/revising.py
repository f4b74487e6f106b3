"""Pulls a story from an issue on its way: whoever has not got their mail yet gets it without, from a new revision.

The bytes of the new revision are those that were approved, without the blocks of the story; nothing is rendered anew,
so that no template and no setting can slip in. Those who have it already are listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from digest.compose.revising import draw_of, is_elsewhere, told_by, without_story
from digest.config.publication import BlockKind
from digest.errors import StateError, UsageError
from digest.model.access import Actor
from digest.model.delivery import Delivery, DeliveryState
from digest.model.edition import CompiledIssue, Edition
from digest.model.ids import EditionId, StoryId
from digest.model.issue import Issue, IssueState, StoryItem
from digest.model.revisions import Revision
from digest.pipeline.approving import approval_hash, compiled, composer
from digest.pipeline.entering import note
from digest.pipeline.press import Press

PULLED = "nothing left after a story was pulled"
"""Why a delivery is skipped whose edition told nothing else."""
GOT = (DeliveryState.SENT, DeliveryState.UNCERTAIN, DeliveryState.CLAIMED)
"""Deliveries of readers who have the mail, or may have it; claimed ones are on their way this very moment."""
PULLABLE = frozenset({IssueState.LOCKED, IssueState.SENDING, IssueState.PAUSED})
"""States in which somebody may wait for the story and somebody else have it."""
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull came to."""

    issue: Issue
    """Paused, and another revision."""
    story: StoryItem
    spared: int
    """Readers who wait, and get a mail that this revision made."""
    skipped: int
    """Readers whose mail told nothing else."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a story has come."""

    got: int
    """Readers who have it, or may have it."""
    waiting: int
    """Readers whose mail would tell it and has not gone."""


def pull_story(press: Press, issue: Issue, story: StoryId, actor: Actor, now: datetime) -> Pulled:
    """Pauses the issue and takes the story out of it. Raises StateError when it is not on its way, or tells no other
    story; UsageError when it does not tell this one.
    """
    item = pullable(issue, story)
    paused = _paused(press, issue, now, f"{actor.name} pulled a story: “{item.title}”")
    content = without_story(paused.content, story)
    fragments = fragments_without(compiled(press, paused), story)
    revised_issue = replace(paused, content=content, revision=fragments.revision)
    digest = approval_hash(press, revised_issue, fragments)
    stamps = (paused.approval_hash, paused.approved_at or now, paused.approved_by)
    replaced = Revision(paused.id, paused.revision, *stamps, now, story, item.title)
    saved = press.store.revisions.revise(replaced, content, digest, fragments, actor.name, paused.version, now)
    note(press, actor, "pulled", issue.id, now, f"“{item.title}”, revision {saved.revision}, hash {digest[:16]}")
    return Pulled(saved, item, *_rewrite(press, saved, fragments, now))


def story_named(stories: Sequence[StoryItem], wanted: str) -> StoryItem:
    """The story of that id or URL, or the only one whose title has these words. Raises UsageError."""
    words = wanted.casefold()
    same = [item for item in stories if wanted in {item.story, item.url}]
    found = same or [item for item in stories if words in item.title.casefold()]
    if len(found) != 1:
        problem = f"fits {len(found)} stories" if found else "fits no story"
        raise UsageError(f"story {wanted}", problem, "name its id: digest issue show ID --json")
    return found[0]


def pullable(issue: Issue, story: StoryId) -> StoryItem:
    """The story, if it can be pulled. Raises StateError and UsageError."""
    place = f"issue {issue.id}"
    if issue.state in {IssueState.DRAFT, IssueState.APPROVED}:
        raise StateError(place, f"is {issue.state}, nobody has got it", "drop the story on the board")
    if issue.state not in PULLABLE:
        raise StateError(place, f"is {issue.state}, nobody waits for it", f"see: digest issue show {issue.id}")
    item = next((item for item in issue.content.stories if item.story == story), None)
    if item is None:
        raise UsageError(f"story {story}", f"is not told by {issue.id}", f"see: digest issue show {issue.id} --json")
    if len(issue.content.stories) == 1:
        raise StateError(place, "tells nothing else", f"stop all of it: digest issue cancel {issue.id}")
    return item


def revised(press: Press, issue: Issue, fragments: CompiledIssue, frozen: Edition) -> Edition | None:
    """The edition as the issue's revision tells it; None when none of its stories is left."""
    if frozen.revision == issue.revision:
        return frozen
    composing = composer(press, replace(issue, content=told_by(issue.content, frozen)), fragments)
    choosable = [category.key for category in press.categories_in(issue) if category.choosable]
    draw = draw_of(frozen, choosable, BlockKind.EXPLORE_MORE in press.newsletter_of(issue).blocks)
    return composing.elsewhere(draw) if is_elsewhere(frozen) else composing.drawn(draw)


def reach(press: Press, issue: Issue, story: StoryId) -> Reach:
    """How many have the story, and how many wait for it."""
    counts = press.store.revisions.counts(issue.id, _telling(press, issue, story))
    waiting = counts.get(DeliveryState.PENDING, 0) + counts.get(DeliveryState.DEFERRED, 0)
    return Reach(sum(counts.get(state, 0) for state in GOT), waiting)


def got_it(press: Press, issue: Issue, story: StoryId) -> Iterator[Delivery]:
    """The deliveries of those who have the story, or may have it, by subscriber."""
    telling = _telling(press, issue, story)
    after = None
    while page := press.store.revisions.deliveries(issue.id, telling, GOT, after, _PAGE):
        yield from page
        after = page[-1].key.subscriber


def _telling(press: Press, issue: Issue, story: StoryId) -> set[EditionId]:
    return {edition for edition, stories, _ in press.store.ledger.contents(issue.id) if story in stories}


def _paused(press: Press, issue: Issue, now: datetime, why: str) -> Issue:
    if issue.state is IssueState.LOCKED:
        press.store.issues.advance(issue.id, IssueState.SENDING, now)
    press.store.issues.advance(issue.id, IssueState.PAUSED, now, why)
    return press.issue(issue.id)


def fragments_without(fragments: CompiledIssue, story: StoryId) -> CompiledIssue:
    """The next revision's fragments: the same bytes, but for the blocks of the story."""
    kept = {key: one for key, one in fragments.fragments.items() if story not in key.split(":")}
    return CompiledIssue(fragments.issue, fragments.revision + 1, MappingProxyType(kept))


def _rewrite(press: Press, issue: Issue, fragments: CompiledIssue, now: datetime) -> tuple[int, int]:
    """Gives those who wait the revision's editions. Whoever is missed here gets theirs when their mail is claimed."""
    old = [edition for edition in press.store.ledger.editions(issue.id) if edition.revision != issue.revision]
    new = {edition.id: revised(press, issue, fragments, edition) for edition in old}
    becomes = {identity: edition.id for identity, edition in new.items() if edition}
    gone = [identity for identity, edition in new.items() if edition is None]
    made = {edition.id: edition for edition in new.values() if edition}
    return press.store.revisions.rewrite(issue.id, tuple(made.values()), becomes, gone, PULLED, now)
