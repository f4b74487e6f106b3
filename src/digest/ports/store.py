"""Store: all families of tables together."""

from __future__ import annotations

from typing import Protocol

from digest.ports.access import AccessStore
from digest.ports.alarms import AlarmStore
from digest.ports.api import AnswerStore, TokenStore
from digest.ports.clicks import ClickStore
from digest.ports.content import ArticleStore, EditorialStore, FeedStore, IssueStore
from digest.ports.editing import EditStore
from digest.ports.errands import ErrandStore, LimitStore
from digest.ports.feedback import FeedbackStore
from digest.ports.figures import FigureStore
from digest.ports.ledger import LedgerStore
from digest.ports.measures import MeasureStore
from digest.ports.readers import ReaderStore
from digest.ports.revisions import RevisionStore
from digest.ports.shares import ShareStore
from digest.ports.tidying import TidyStore


class Store(Protocol):
    """All that is kept, one family of tables each."""

    def close(self) -> None:
        """Gives the connections back; a later call of another method opens new ones."""
        ...

    @property
    def feeds(self) -> FeedStore:
        """The feeds."""
        ...

    @property
    def articles(self) -> ArticleStore:
        """The articles."""
        ...

    @property
    def editorial(self) -> EditorialStore:
        """What editors said."""
        ...

    @property
    def edits(self) -> EditStore:
        """What editors did to issues."""
        ...

    @property
    def issues(self) -> IssueStore:
        """The issues."""
        ...

    @property
    def readers(self) -> ReaderStore:
        """The readers."""
        ...

    @property
    def ledger(self) -> LedgerStore:
        """The ledger."""
        ...

    @property
    def revisions(self) -> RevisionStore:
        """Issues that are changed on their way."""
        ...

    @property
    def feedback(self) -> FeedbackStore:
        """What came back."""
        ...

    @property
    def figures(self) -> FigureStore:
        """What became of issues, in numbers."""
        ...

    @property
    def shares(self) -> ShareStore:
        """Links to drafts."""
        ...

    @property
    def clicks(self) -> ClickStore:
        """Counted links."""
        ...

    @property
    def measures(self) -> MeasureStore:
        """What is counted for machines that watch."""
        ...

    @property
    def access(self) -> AccessStore:
        """Who may use the desk."""
        ...

    @property
    def tokens(self) -> TokenStore:
        """Which programs may use the API."""
        ...

    @property
    def answers(self) -> AnswerStore:
        """What their requests were answered."""
        ...

    @property
    def alarms(self) -> AlarmStore:
        """What the operator was told."""
        ...

    @property
    def errands(self) -> ErrandStore:
        """What was asked for on pages."""
        ...

    @property
    def limits(self) -> LimitStore:
        """How often."""
        ...

    @property
    def tidying(self) -> TidyStore:
        """What is forgotten when its time is over."""
        ...
