"""Cells that a spreadsheet would take for a formula: disarmed when written, armed again when read. Pure.

A quote in front makes a spreadsheet show the cell as text (OWASP, CSV injection). Reading takes one quote away wherever
writing would have put one, so every text comes back as it was.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_DISARMED = re.compile(r"'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def disarm(cell: str) -> str:
    """The cell as text for spreadsheets."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def arm(cell: str) -> str:
    """The cell before `disarm`."""
    return cell[1:] if _DISARMED.match(cell) else cell
