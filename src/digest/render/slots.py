"""Slots in templates: unguessable tokens stand for them while the libraries work, and are found again afterwards.

A token holds a nonce that is a hash of everything rendered, so nothing that came from outside can contain it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Protocol

from digest.errors import TemplateError
from digest.model.edition import Escape, Slot
from digest.model.wire import escaped


class SlotWriter(Protocol):
    """What templates call to write a slot."""

    def text(self, name: str) -> str:
        """A slot in running text."""
        ...

    def url(self, name: str) -> str:
        """A slot that is the URL of a link."""
        ...

    def paragraph(self, name: str) -> str:
        """A slot that is a paragraph of its own, wrapped in the text part."""
        ...


class Tokens:
    """Writes each slot as a token; `split` finds them again."""

    def __init__(self, nonce: str) -> None:
        """`nonce`: letters and digits, from `nonce_of`."""
        self.nonce = nonce
        self._slots: list[Slot] = []
        self._token = re.compile(rf"(?:https://{nonce}\.invalid/|{nonce}t)(\d{{5}})")
        self._misplaced = re.compile(rf"<[^<>]*{nonce}t\d")

    def text(self, name: str) -> str:
        """A token in the text of an element."""
        return f"{self.nonce}t{self._number(Slot(name, Escape.HTML))}"

    def url(self, name: str) -> str:
        """A token that looks like an absolute URL, which the libraries leave alone."""
        return f"https://{self.nonce}.invalid/{self._number(Slot(name, Escape.URL))}"

    def paragraph(self, name: str) -> str:
        """In HTML a paragraph is text like any other."""
        return self.text(name)

    def mark(self, number: int) -> str:
        """A comment that marks where block `number` begins."""
        return f"<!--{self.nonce}:{number}-->"

    def cut(self, html: str) -> list[str]:
        """What stands between the marks, in order."""
        return re.split(rf"<!--{self.nonce}:\d+-->", html)

    def split(self, text: str) -> list[str | Slot]:
        """Text with its tokens replaced by slots. Raises TemplateError when a text slot stands inside a tag."""
        if self._misplaced.search(text):
            raise TemplateError("templates/email", "slot() inside a tag", "use slot_url() for links, slot() for text")
        return self._split(text)

    def _split(self, text: str) -> list[str | Slot]:
        pieces = self._token.split(text)
        return [self._slots[int(piece)] if at % 2 else piece for at, piece in enumerate(pieces)]

    def _number(self, slot: Slot) -> str:
        if slot not in self._slots:
            self._slots.append(slot)
        return f"{self._slots.index(slot):05}"


class PlainTokens(Tokens):
    """Tokens for the text part, where nothing is escaped but paragraphs are wrapped, and a `<` opens no tag."""

    def split(self, text: str) -> list[str | Slot]:
        """Text with its tokens replaced by slots."""
        return self._split(text)

    def text(self, name: str) -> str:
        """A token within a line."""
        return f"{self.nonce}t{self._number(Slot(name, Escape.TEXT))}"

    def url(self, name: str) -> str:
        """A token for a whole URL."""
        return self.text(name)

    def paragraph(self, name: str) -> str:
        """A token for a paragraph of its own lines."""
        return f"{self.nonce}t{self._number(Slot(name, Escape.PARAGRAPH))}"


class Values:
    """Writes each slot's value at once: what a direct render of one edition does."""

    def __init__(self, values: Mapping[str, str], plain: bool = False) -> None:
        """`plain`: for the text part."""
        self._values = values
        self._plain = plain

    def text(self, name: str) -> str:
        """The value itself; the template escapes it."""
        return self._values[name]

    def url(self, name: str) -> str:
        """The URL itself; the template escapes it."""
        return self._values[name]

    def paragraph(self, name: str) -> str:
        """The value, wrapped in the text part."""
        return escaped(self._values[name], Escape.PARAGRAPH) if self._plain else self._values[name]


def nonce_of(*content: object) -> str:
    """32 letters and digits that follow from the content and that it cannot contain."""
    return "n" + hashlib.blake2b(repr(content).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
