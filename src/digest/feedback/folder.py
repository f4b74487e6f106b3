"""[I/O] Mails that came back in a Maildir, or in a plain folder, one a file; implements ports.feedback.Mailbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from digest.errors import OutsideError

MOST_BYTES = 1_000_000
"""Of one mail."""


class FolderMailbox:
    """A Maildir's new mails are moved to its cur as seen; those of a plain folder to `heard` within it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, hear: Callable[[bytes], object]) -> int:
        """Hands on every mail that was not heard yet, and moves it away."""
        count = 0
        try:
            for file in sorted(self._waiting(), key=lambda file: (file.stat().st_mtime_ns, file.name)):
                with file.open("rb") as mail:
                    hear(mail.read(MOST_BYTES))
                self._away(file)
                count += 1
        except OSError as error:
            place = error.filename or str(self._folder)
            raise OutsideError(place, f"cannot be read: {error.strerror}", "see [feedback] folder") from error
        return count

    @property
    def _is_maildir(self) -> bool:
        return (self._folder / "new").is_dir() and (self._folder / "cur").is_dir()

    def _waiting(self) -> Iterator[Path]:
        box = self._folder / "new" if self._is_maildir else self._folder
        yield from (file for file in box.iterdir() if file.is_file() and not file.name.startswith("."))

    def _away(self, file: Path) -> None:
        if self._is_maildir:
            file.rename(self._folder / "cur" / f"{file.name.partition(':')[0]}:2,S")
            return
        heard = self._folder / "heard"
        heard.mkdir(exist_ok=True)
        file.rename(heard / file.name)
