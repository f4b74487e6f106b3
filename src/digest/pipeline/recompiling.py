"""The fragments of issues that are being looked at, made anew only as far as an edit or a template changed them.

Takes the same way as an approval would: what is shown is what would be approved. Saves nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from digest.model.edition import CompiledIssue
from digest.model.ids import IssueId
from digest.model.issue import Issue
from digest.pipeline.approving import archive_url
from digest.pipeline.clicking import clicks_url
from digest.pipeline.press import Press
from digest.render.recompile import Recompiler

_MOST = 6
"""Issues that are kept: as many as editors have open at once."""


class Drafts:
    """Compiles drafts for those who look at them. For any number of threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: OrderedDict[IssueId, _Open] = OrderedDict()

    def fragments(self, press: Press, issue: Issue) -> CompiledIssue:
        """Those that were approved, or those of the draft as it stands. Raises TemplateError."""
        approved = press.store.issues.compiled(issue.id)
        if approved:
            return approved
        with self._lock:
            kept = self._open.get(issue.id) or _Open(press.secret)
            self._open[issue.id] = kept
            self._open.move_to_end(issue.id)
            while len(self._open) > _MOST:
                self._open.popitem(last=False)
            return kept.fragments(press, issue)


class _Open:
    """One issue."""

    def __init__(self, secret: str) -> None:
        self._recompiler = Recompiler(secret)
        self._seen: tuple[object, ...] = ()
        self._made: CompiledIssue | None = None

    def fragments(self, press: Press, issue: Issue) -> CompiledIssue:
        seen = (issue.version, issue.revision, press.settings, press.templates)
        if self._made is None or seen != self._seen:
            self._made = self._recompiler.compile(
                issue, press.newsletter_of(issue), press.categories_in(issue), press.settings.site, press.templates,
                archive_url(press, issue.newsletter), clicks_url(press, issue),
            )  # fmt: skip
            self._seen = seen
        return self._made
