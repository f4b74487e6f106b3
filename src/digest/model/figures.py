"""What became of an issue in numbers: by edition, by story, by category; never by reader."""

from __future__ import annotations

from dataclasses import dataclass

from digest.model.ids import EditionId


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of the readers of some mails: of one edition, of all that held a story, of a whole issue."""

    sent: int = 0
    """The mail server took them."""
    failed: int = 0
    skipped: int = 0
    waiting: int = 0
    """Neither of these yet, those in doubt among them."""
    bounced: int = 0
    """Of those sent: readers whose mail came back later, whether for good or for now."""
    complained: int = 0
    left: int = 0
    """Of those sent: readers who left the newsletter soon after."""

    @property
    def arrived(self) -> int:
        """Sent and not come back: as near as anybody but the reader can tell."""
        return self.sent - self.bounced

    @property
    def readers(self) -> int:
        """All of them."""
        return self.sent + self.failed + self.skipped + self.waiting

    def __add__(self, other: Fate) -> Fate:
        return Fate(
            self.sent + other.sent, self.failed + other.failed, self.skipped + other.skipped,
            self.waiting + other.waiting, self.bounced + other.bounced, self.complained + other.complained,
            self.left + other.left,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class EditionFate:
    """The same for one edition."""

    edition: EditionId
    fate: Fate
