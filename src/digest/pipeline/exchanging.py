"""An issue as files: out for a review, and back as one edit that can be undone. Reads and writes no file itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.compose.differences import Difference, differences
from digest.compose.folder import file_name, files_of, fingerprint
from digest.compose.unfolding import issue_named, unfold
from digest.config.personas import Persona
from digest.errors import StateError
from digest.model.access import Actor
from digest.model.editing import Bring, Replace, Tease
from digest.model.ids import CategorySlug, StoryId
from digest.model.issue import EDITABLE, Event, Issue, IssueContent, Sponsor, StoryItem
from digest.model.stories import TeaserSource
from digest.pipeline.approving import compiled
from digest.pipeline.clicking import uncounted
from digest.pipeline.editing import edit_issue
from digest.pipeline.mailing import Mailing
from digest.pipeline.press import Press
from digest.pipeline.previewing import public_values
from digest.ports.editing import EditLog
from digest.render.assemble import assemble

RENDERED = "rendered"
"""Folder of the mails; what is in it is never read again."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to, or would come to."""

    issue: Issue
    differences: tuple[Difference, ...]
    saved: bool
    """Whether the issue is another now."""


def export_issue(press: Press, issue: Issue, personas: Sequence[Persona], now: datetime) -> dict[str, bytes]:
    """The files by path: the content, and each persona's mail as HTML and text, without anybody's links."""
    return files_of(issue) | dict(_rendered(press, issue, personas, now))


def import_issue(
    press: Press,
    files: Mapping[str, bytes],
    actor: Actor,
    now: datetime,
    *,
    dry_run: bool = False,
    over: bool = False,
    expected: str = "",
) -> Imported:
    """Puts the content of the files in place of what the issue has; nothing happens when it is the same.

    `dry_run`: only says what differs, and refuses what would be refused.
    `over`: also when somebody has edited the issue since it was exported. `expected`: the issue that it must be.
    Raises FolderError naming file and line, StateError when the issue is not to be changed, UsageError when there is
    none of that id.
    """
    issue = press.issue(issue_named(files))
    unfolded = unfold(files, known_categories(press, issue))
    if expected and issue.id != expected:
        raise StateError("issue.toml: issue", f"is {issue.id}, not {expected}", "open the page of that issue")
    content = _told_by_editors(unfolded.content, _known_teasers(press.store.edits.log(issue.id), issue))
    found = differences(issue.content, content)
    if not found:
        return Imported(issue, found, saved=False)
    if issue.state not in EDITABLE:
        raise StateError(f"issue {issue.id}", f"is {issue.state} and can no longer be edited")
    if unfolded.exported not in {"", fingerprint(issue)} and not over:
        problem = "was edited since these files were exported"
        raise StateError(f"issue {issue.id}", problem, "export it anew, or import over it (--over)")
    if dry_run:
        return Imported(issue, found, saved=False)
    return Imported(edit_issue(press, issue.id, Replace(content), actor, now), found, saved=True)


def known_categories(press: Press, issue: Issue) -> tuple[CategorySlug, ...]:
    """Those that its stories may stand in: what is configured, and what they stand in already."""
    content = issue.content
    limited: tuple[StoryItem | Sponsor | Event, ...] = (*content.stories, *content.sponsors, *content.events)
    used = [slug for one in limited for slug in one.categories]
    configured = [category.key for category in press.settings.categories]
    return tuple(dict.fromkeys((*configured, *(section.category for section in content.sections), *used)))


def _rendered(press: Press, issue: Issue, personas: Sequence[Persona], now: datetime) -> Iterator[tuple[str, bytes]]:
    if not issue.content.stories:
        return
    fragments = compiled(press, issue)
    mailing = Mailing(press, issue, fragments, now)
    for persona in personas:
        edition = mailing.edition(persona.recipient)
        if edition is None:
            continue
        html, text = assemble(fragments, edition, public_values(press, issue, persona.recipient.subscriber.name))
        html, text = uncounted(press, issue, html), uncounted(press, issue, text, str)
        name = f"{RENDERED}/{file_name(persona.slug) or 'reader'}"
        preheader = dict(edition.values).get("preheader", "")
        yield f"{name}.html", html.encode()
        yield f"{name}.txt", f"Subject: {edition.subject}\nPreheader: {preheader}\n\n{text}".encode()


def _known_teasers(log: EditLog, issue: Issue) -> set[tuple[StoryId, str]]:
    """Every teaser that each story ever had in this issue."""
    edits = [entry.edit for entry in log.entries]
    items: list[StoryItem] = [*log.base.stories, *issue.content.stories]
    items += [edit.item for edit in edits if isinstance(edit, Bring)]
    items += [item for edit in edits if isinstance(edit, Replace) for item in edit.content.stories]
    teased = ((edit.story, edit.teaser.text) for edit in edits if isinstance(edit, Tease))
    return {(item.story, item.teaser.text) for item in items} | set(teased)


def _told_by_editors(content: IssueContent, known: set[tuple[StoryId, str]]) -> IssueContent:
    """The content, with teasers that nobody has seen before as the editor's own."""

    def own(item: StoryItem) -> StoryItem:
        if (item.story, item.teaser.text) in known:
            return item
        return replace(item, teaser=replace(item.teaser, source=TeaserSource.EDITOR))

    return replace(content, stories=tuple(map(own, content.stories)))
