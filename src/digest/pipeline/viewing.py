"""What one reader gets of an issue, for the desk: what was sent to them, else what a freeze would give them now.

Takes the fragments from the caller, who keeps them between looks. Records nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.model.delivery import Message
from digest.model.edition import CompiledIssue, Edition
from digest.model.issue import Issue
from digest.model.people import Recipient
from digest.pipeline.approving import composer
from digest.pipeline.freezing import Freeze
from digest.pipeline.mailing import Mailing, personal_values
from digest.pipeline.press import Press
from digest.pipeline.previewing import edition_sent
from digest.render.assemble import assemble_pieces


class Basis(StrEnum):
    """Where the edition comes from that is shown."""

    SENT = "sent"
    """It is the one that was frozen for the reader."""
    DUE = "due"
    """A freeze would give it to the reader now."""
    NOT_DUE = "not due"
    """Nothing of it is due to the reader in this slot; it is what there would be if all were."""
    MADE_UP = "made up"
    """A persona has no past: it is what somebody of these wishes gets who was told nothing yet."""


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
    basis, edition = _chosen(press, issue, reader, fragments, mailing, now)
    if edition is None:
        return None
    pieces, text = assemble_pieces(fragments, edition, personal_values(press, issue, reader.subscriber, now))
    return View(basis, edition, pieces, text, mailing.message(reader, edition, now))


def _chosen(
    press: Press, issue: Issue, reader: Recipient, fragments: CompiledIssue, mailing: Mailing, now: datetime
) -> tuple[Basis, Edition | None]:
    if not reader.subscriber.id:
        return Basis.MADE_UP, mailing.edition(reader)
    sent = edition_sent(press, issue, reader.subscriber.id)
    if sent and sent.keys:
        return Basis.SENT, sent
    freeze = Freeze(press, issue, composer(press, issue, fragments), now)
    due = freeze.due_edition(reader.subscriber.id, reader.preferences)
    if due:
        return Basis.DUE, due
    return Basis.NOT_DUE, freeze.edition(reader.subscriber.id, reader.preferences)
