"""What a preview is asked to show, from its address: whose mail, which part, how wide, with whose eyes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from digest.web.editor.sights import Sight


class Part(StrEnum):
    """What of the mail."""

    HTML = "html"
    TEXT = "text"
    CODE = "code"
    HEADERS = "headers"
    SOURCE = "source"


class Width(StrEnum):
    """How wide the frame is."""

    PHONE = "phone"
    TABLET = "tablet"
    DESKTOP = "desktop"
    FREE = "free"


PARTS = {
    Part.HTML: "Mail",
    Part.TEXT: "Text",
    Part.CODE: "HTML",
    Part.HEADERS: "Headers",
    Part.SOURCE: "Source",
}
WIDTHS = {Width.PHONE: 390, Width.TABLET: 768, Width.DESKTOP: 1024, Width.FREE: 640}
"""In CSS pixels; the free one can be drawn to any other."""


@dataclass(frozen=True, slots=True)
class Glass:
    """One way to look."""

    reader: str = ""
    part: Part = Part.HTML
    width: Width = Width.DESKTOP
    sight: Sight = Sight.LIGHT
    pictures: bool = True
    pane: bool = False
    """Beside the board: without what is around it."""

    def query(self, **other: object) -> str:
        """The same in an address, with what differs; what is usual is left out."""
        said = {name: getattr(self, name) for name in self.__slots__} | other
        usual = {name: getattr(_USUAL, name) for name in self.__slots__} | {"width": _usual_width(bool(said["pane"]))}
        written = {name: int(value) if isinstance(value, bool) else str(value) for name, value in said.items()
                   if value != usual[name]}  # fmt: skip
        return urlencode(written)


_USUAL = Glass()


def _usual_width(pane: bool) -> Width:
    """A pane has room for a phone."""
    return Width.PHONE if pane else Width.DESKTOP


def _asked(
    reader: Annotated[str, Query(max_length=320)] = "",
    part: Part = Part.HTML,
    width: Width | None = None,
    sight: Sight = Sight.LIGHT,
    pictures: bool = True,
    pane: bool = False,
) -> Glass:
    return Glass(reader, part, width or _usual_width(pane), sight, pictures, pane)


Asked = Annotated[Glass, Depends(_asked)]
"""The parameter of a route that takes all of it."""
