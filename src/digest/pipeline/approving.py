"""From a draft to fragments that may be sent: compile, hash, approve; and editions for previews and for the freeze."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime

from digest.compose.budget import with_room
from digest.compose.editions import EditionComposer
from digest.errors import StateError
from digest.model.edition import CompiledIssue, Slot
from digest.model.ids import NewsletterSlug
from digest.model.issue import Issue, IssueState
from digest.pipeline.clicking import clicks_url, targets_of
from digest.pipeline.composing import Recipe
from digest.pipeline.press import Press
from digest.render.compile import compile_issue


def compile_draft(press: Press, issue: Issue) -> CompiledIssue:
    """All fragments of the issue as it stands."""
    newsletter = press.newsletter_of(issue)
    categories = press.categories_in(issue)
    archive = archive_url(press, issue.newsletter)
    site, counting = press.settings.site, clicks_url(press, issue)
    return compile_issue(issue, newsletter, categories, site, press.templates, archive, counting)


def archive_url(press: Press, newsletter: NewsletterSlug) -> str:
    """Where the newsletter's issues can be read on the web."""
    return f"{press.links.base}/archive/{newsletter}"


def compiled(press: Press, issue: Issue) -> CompiledIssue:
    """The fragments that were approved, or those of the draft as it stands."""
    return press.store.issues.compiled(issue.id) or compile_draft(press, issue)


def recipe(press: Press, issue: Issue, fragments: CompiledIssue) -> Recipe:
    """What the issue's editions are composed from, given these fragments."""
    sizes = {key: with_room(fragment) for key, fragment in fragments.fragments.items()}
    return Recipe(issue, press.newsletter_of(issue), press.categories_in(issue), sizes)


def composer(press: Press, issue: Issue, fragments: CompiledIssue) -> EditionComposer:
    """Composes the issue's editions from these fragments."""
    return recipe(press, issue, fragments).composer()


def approve_issue(press: Press, issue: Issue, by: str, now: datetime, overridden: Collection[str] = ()) -> Issue:
    """Compiles the draft and approves exactly those bytes, in spite of what the overridden rules of preflight say.

    Raises StateError when it is no draft, has no stories, or somebody changed it meanwhile.
    """
    if issue.state is not IssueState.DRAFT:
        raise StateError(
            f"issue {issue.id}", f"is {issue.state} and can no longer be approved", "see: digest issue list"
        )
    if not issue.content.stories:
        raise StateError(f"issue {issue.id}", "has no stories", "gather first: digest gather")
    fragments = compile_draft(press, issue)
    digest = approval_hash(press, issue, fragments)
    press.store.clicks.keep(issue.id, targets_of(press, issue))
    return press.store.issues.approve(issue.id, by, digest, fragments, issue.version, now, overridden)


def is_as_approved(press: Press, issue: Issue) -> bool:
    """Whether what would be sent is still what the approval's hash is of: settings may have changed since."""
    fragments = press.store.issues.compiled(issue.id)
    return fragments is not None and approval_hash(press, issue, fragments) == issue.approval_hash


def approval_hash(press: Press, issue: Issue, fragments: CompiledIssue) -> str:
    """SHA-256 over the fragments, the slot rules and the selection policy; says nothing of recipients."""
    newsletter = press.newsletter_of(issue)
    state = hashlib.sha256()
    for key in sorted(fragments.fragments):
        fragment = fragments.fragments[key]
        state.update(key.encode())
        for segment in (*fragment.html, *fragment.text):
            state.update(f"\0{segment.name}:{segment.escape}".encode() if isinstance(segment, Slot) else segment)
    content = issue.content
    policy = (
        newsletter.blocks, newsletter.max_bytes, [c.slug for c in press.categories_in(issue) if c.choosable],
        content.sections, content.subject, content.preheader, content.intro, issue.revision,
    )  # fmt: skip
    state.update(repr(policy).encode())
    return state.hexdigest()
