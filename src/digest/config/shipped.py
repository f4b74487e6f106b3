"""Where the files that come with the package are: templates, examples, sample subscribers, demonstration settings."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_INSTALLED = _PACKAGE / "shipped"
_CHECKOUT = _PACKAGE.parent.parent


def shipped(name: str) -> Path:
    """The path of a shipped file or folder, for example "templates" or "subscribers/personas.toml".

    An installed wheel has them inside the package, a checkout at its top.
    """
    return (_INSTALLED if _INSTALLED.is_dir() else _CHECKOUT) / name


def checkout() -> Path | None:
    """The folder of the source checkout this package runs from, or None for an installed wheel."""
    return None if _INSTALLED.is_dir() else _CHECKOUT
