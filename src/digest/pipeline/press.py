"""What the pipeline works with, in one frozen value that app.py puts together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.config.publication import CategorySettings, NewsletterSettings
from digest.config.settings import Settings
from digest.errors import UsageError
from digest.links import Links
from digest.model.ids import IssueId
from digest.model.issue import Issue
from digest.ports.alarms import Hook
from digest.ports.outside import Embedder, PictureHost, TeaserModel
from digest.ports.readers import ErasureJournal
from digest.ports.store import Store
from digest.render.templates import Templates


@dataclass(frozen=True, slots=True)
class Press:
    """Settings, tables, templates, the signer of links, and the secrets that key what is ours."""

    settings: Settings
    store: Store
    templates: Templates
    links: Links
    secret: str
    model: TeaserModel | None = None
    pictures: PictureHost | None = None
    """None: mails show the publishers' own pictures, or none, as the settings say."""
    embedder: Embedder | None = None
    """None: categories are told by words alone."""
    erasures: ErasureJournal | None = None
    """None: erasures are remembered by the tables only."""
    hook: Hook | None = None
    """None: no program elsewhere is told of alarms."""
    old_secrets: tuple[str, ...] = ()
    """Those before `secret`: what they keyed is still ours."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """All of them, newest first."""
        return (self.secret, *self.old_secrets)

    @property
    def mail_secret(self) -> str:
        """Keys Message-IDs: the oldest, so that a mail sent again has the same after a key was added."""
        return self.secrets[-1]

    def newsletter(self, slug: str) -> NewsletterSettings:
        """The newsletter of that slug; UsageError names those that there are."""
        found = self.settings.newsletter(slug)
        if found is None:
            known = ", ".join(n.slug for n in self.settings.newsletters) or "none yet"
            raise UsageError(f"newsletter {slug}", "there is none of that name", f"configured are: {known}")
        return found

    def newsletter_of(self, issue: Issue) -> NewsletterSettings:
        """The settings of an issue's newsletter."""
        return self.newsletter(issue.newsletter)

    def categories_of(self, newsletter: NewsletterSettings) -> Sequence[CategorySettings]:
        """The newsletter's categories in its own order."""
        return self.settings.categories_of(newsletter)

    def categories_in(self, issue: Issue) -> Sequence[CategorySettings]:
        """The newsletter's categories, and those that fill a short issue: they are for everyone, like paid content."""
        own = self.categories_of(self.newsletter_of(issue))
        named = {section.category for section in issue.content.sections} - {category.key for category in own}
        filling = (category for category in self.settings.categories if category.key in named)
        return (*own, *(category.model_copy(update={"choosable": False}) for category in filling))

    def issue(self, issue: str) -> Issue:
        """The issue of that id; UsageError says where to look."""
        found = self.store.issues.get(IssueId(issue))
        if found is None:
            raise UsageError(f"issue {issue}", "there is none of that id", "see: digest issue list")
        return found
