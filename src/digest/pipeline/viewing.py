"""What one reader gets of an issue, for the desk: what was sent to them, else what a freeze would give them now.

Takes the fragments from the caller, who keeps them between looks. Records nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.model.delivery import Message
from digest.model.edition import CompiledIssue, Edition
from digest.model.issue import Issue
from digest.model.people import Recipient
from digest.pipeline.mailing import Mailing, personal_values
from digest.pipeline.press import Press
from digest.pipeline.previewing import Basis, edition_for
from digest.render.assemble import assemble_pieces


@dataclass(frozen=True, slots=True)
class View:
    """A mail, cut at its blocks."""

    basis: Basis
    edition: Edition
    pieces: tuple[tuple[str, str], ...]
    """Fragment keys and their HTML."""
    text: str
    message: Message

    @property
    def html(self) -> str:
        """The whole document."""
        return "".join(html for _, html in self.pieces)


def view(press: Press, issue: Issue, reader: Recipient, fragments: CompiledIssue, now: datetime) -> View | None:
    """What the reader gets; None: no mail."""
    mailing = Mailing(press, issue, fragments, now)
    basis, edition = edition_for(press, issue, reader, fragments, mailing, now)
    if edition is None:
        return None
    pieces, text = assemble_pieces(fragments, edition, personal_values(press, issue, reader.subscriber, now))
    return View(basis, edition, pieces, text, mailing.message(reader, edition, now))
