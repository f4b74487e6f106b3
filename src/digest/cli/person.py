"""[I/O] Who works at the terminal: the name that they give, or that of their account on this machine."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from digest.model.access import Actor

ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it; your account's name without.")]
_UNKNOWN = "command line"


def person(by: str = "") -> str:
    """The name for the record. An account without a name, as in some containers, is called "command line"."""
    if by.strip():
        return by.strip()
    try:
        return getpass.getuser() or _UNKNOWN
    except (KeyError, OSError, ImportError):  # what it raises where the account is not listed differs by version
        return _UNKNOWN


def actor_named(by: str) -> Actor:
    """The same as somebody who may edit: whoever can run commands can."""
    from digest.model.access import Actor, Role

    return Actor(person(by), Role.EDITOR)
