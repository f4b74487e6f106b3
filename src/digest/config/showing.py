"""The settings in force for somebody who looks at them: by dotted key, with secrets as ***."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from pydantic import SecretStr

from digest.config.load import Loaded, dotted, leaves
from digest.config.model import without_credentials
from digest.config.places import KeyPath


def shown(loaded: Loaded, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Dotted key and value, of one section or key, or of all."""
    for path, value in leaves(loaded.settings):
        key = dotted(path)
        if not prefix or key == prefix or key.startswith(f"{prefix}."):
            yield key, _masked(path, value)


_SECRET_PATHS = frozenset({("alarms", "webhook")})
"""URLs that are secrets of themselves: whoever knows the path may use it (as with Slack, Teams or Discord)."""


def _masked(path: KeyPath, value: object) -> object:
    if isinstance(value, SecretStr):
        return "***"
    if path in _SECRET_PATHS and value:
        url = urlsplit(str(value))
        return f"{url.scheme}://{url.netloc.rpartition('@')[2]}/***"
    return without_credentials(value) if isinstance(value, str) else value
