"""[I/O: a process] Editions composed by a second process, ahead of the one that writes them.

Where all readers' editions differ, composing them takes half the time of a freeze. The other process knows what an
edition is made from and no more: no database, no reader. When it is lost, this one goes on alone.
"""

from __future__ import annotations

import gc
import logging
import pickle
import select
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import IO, Any, cast

from digest.compose.drawing import Draw
from digest.compose.editions import EditionComposer
from digest.config.publication import CategorySettings, NewsletterSettings
from digest.model.edition import Edition
from digest.model.issue import Issue
from digest.words import words

log = logging.getLogger(__name__)
_WORTH = 500
"""Different editions after which the other process is started: that there will be many more can be seen by then."""
_PATIENCE = 60.0
"""Seconds; what is asked for at once takes less than a tenth of one."""
_plain_draw = attrgetter(*(field.name for field in fields(Draw)))
_plain_edition = attrgetter(*(field.name for field in fields(Edition)))
"""A tuple: the way of a dataclass with slots through pickle takes as long as to compose it."""
_LOST = (OSError, EOFError, pickle.PickleError)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the editions of an issue are composed from; it may go to another process."""

    issue: Issue
    newsletter: NewsletterSettings
    categories: Sequence[CategorySettings]
    sizes: Mapping[str, int]
    """Bytes of decoded HTML by fragment key."""

    def composer(self) -> EditionComposer:
        """One that composes them, in the newsletter's language."""
        catalog = words(self.newsletter.language)
        return EditionComposer(self.issue, self.newsletter, self.categories, self.sizes, catalog)


class Ahead:
    """Composes what will be wanted next beside what is done here: the same editions as here."""

    def __init__(self, recipe: Recipe, composing: EditionComposer, worth: int = _WORTH) -> None:
        """`composing`: of the same recipe. `worth`: the other process is started once so many are asked for."""
        self._recipe = recipe
        self._composing = composing
        self._until_start = worth
        self._other: _Other | None = None
        self._is_alone = False
        self._asked: Collection[Draw] = ()
        self._made: Mapping[Draw, Edition | None] = {}

    def begin(self, draws: Set[Draw]) -> None:
        """Has these composed: they are wanted after those of the call before."""
        self._until_start -= len(draws)
        self._collect()
        if self._is_alone or self._until_start > 0:
            return
        try:
            if self._other is None:
                self._other = _Other()
                self._other.tell(self._recipe)
            elif draws and self._other.is_ready():
                self._other.tell([_plain_draw(draw) for draw in draws])
                self._asked = draws
        except _LOST as error:
            self._go_on_alone(error)

    @property
    def is_beside(self) -> bool:
        """Whether the other process is at work."""
        return bool(self._asked)

    def drawn(self, draw: Draw) -> Edition | None:
        """The edition of what a reader draws; None when it would have no story."""
        if draw in self._asked:
            self._collect()
        return self._made[draw] if draw in self._made else self._composing.drawn(draw)

    def close(self) -> None:
        """Ends the other process; it has nothing that could be lost."""
        if self._other:
            self._other.end()

    def _collect(self) -> None:
        """Waits for what was asked for last; what was made before, and not wanted in the end, is forgotten."""
        asked, self._asked, self._made = self._asked, (), {}
        try:
            if asked and self._other:
                made = (edition and Edition(*edition) for edition in self._other.hear())
                self._made = dict(zip(asked, made, strict=True))
        except _LOST as error:
            self._go_on_alone(error)

    def _go_on_alone(self, error: BaseException) -> None:
        log.warning("the process that composes editions beside this one is lost, and they take longer: %r", error)
        self._asked, self._is_alone = (), True
        self.close()


class _Other:
    """The other process. All may raise one of _LOST."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this program; in a session of its own, away from Ctrl-C
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
            pipesize=1 << 19,
        )  # fmt: skip
        self._questions = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)
        self._has_begun = False

    def is_ready(self) -> bool:
        """Whether it has said so; does not wait for it."""
        if not self._has_begun and self._has_spoken(0):
            self._has_begun = self.hear()
        return self._has_begun

    def tell(self, what: object) -> None:
        """One question at a time: with two, each side may wait for the other to read."""
        _write(what, self._questions)

    def hear(self) -> Any:
        """The answer."""
        if not self._has_spoken(_PATIENCE):
            raise TimeoutError("no answer")
        return pickle.load(self._answers)  # noqa: S301 - of a process of ours

    def _has_spoken(self, seconds: float) -> bool:
        return bool(select.select([self._answers], [], [], seconds)[0])

    def end(self) -> None:
        """Stops it, whatever it does."""
        self._process.kill()
        with suppress(OSError), self._process:  # what was not read by it is still in our pipe
            pass


def _write(what: object, to: IO[bytes]) -> None:
    to.write(pickle.dumps(what, pickle.HIGHEST_PROTOCOL))
    to.flush()


def _answer() -> None:
    """Composes what it is asked for, until whoever asks is gone."""
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    gc.disable()  # nothing here refers to itself
    with suppress(EOFError, BrokenPipeError):
        composing = pickle.load(questions).composer()  # noqa: S301 - of the process that started this one
        _write(True, answers)
        while True:
            made = [composing.drawn(Draw(*draw)) for draw in pickle.load(questions)]  # noqa: S301
            _write([edition and _plain_edition(edition) for edition in made], answers)


if __name__ == "__main__":
    _answer()
