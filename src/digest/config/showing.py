"""The settings in force for somebody who looks at them: by dotted key, with secrets as ***."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import SecretStr

from digest.config.load import Loaded, dotted, leaves
from digest.config.model import without_credentials


def shown(loaded: Loaded, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Dotted key and value, of one section or key, or of all."""
    for path, value in leaves(loaded.settings):
        key = dotted(path)
        if not prefix or key == prefix or key.startswith(f"{prefix}."):
            yield key, _masked(value)


def _masked(value: object) -> object:
    if isinstance(value, SecretStr):
        return "***"
    return without_credentials(value) if isinstance(value, str) else value
