"""What somebody asked for on a page and gets by mail: an errand, kept until the mail is out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ErrandKind(StrEnum):
    """What there is to do."""

    SIGN_UP = "sign-up"
    """Keep the wish of a form, and send the mail to confirm it."""
    CONFIRM = "confirm"
    """Send a reader the mail to confirm a wish that is kept already."""
    LINK = "link"
    """Send a reader, if the address is one's, the link to their preferences."""
    WELCOME = "welcome"
    MOVE = "move"
    """Have a change of address confirmed at both."""
    ERASE = "erase"
    """Send the link that erases."""
    DRAFT = "draft"
    """Tell an editor that a draft waits."""
    ALARM = "alarm"
    """Tell the operator of a trouble, or that it is over."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One errand. That it is kept takes the same time whatever the address is: who asks learns nothing from it."""

    id: int
    kind: ErrandKind
    fields: Mapping[str, str]
    asked_at: datetime
    attempts: int = 0
