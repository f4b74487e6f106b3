"""Which files hold keys that cannot be had again, by the name that a backup gives each; and what no backup holds.

Takes the configuration, gives names and paths. Reads no key.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from digest.config.fields import SECRETS, file_key
from digest.config.load import Loaded, dotted, leaves

_KEYS = {("web", "secret_key"): "var/secret.key", ("database", "address_key"): "var/address.key"}
"""Without them old links open nothing, and the database does not open at all."""


def key_files(loaded: Loaded) -> dict[str, Path]:
    """Where each key is, or will be looked for: the files that the configuration names, or those of var/."""
    settings, own = loaded.settings, loaded.root / "var"
    found = {
        "var/secret.key": settings.web.secret_key_file or own / "secret.key",
        "var/address.key": settings.database.address_key_file or own / "address.key",
    }
    for key in settings.dkim.keys:
        found[f"dkim/{key.domain}.{key.selector}"] = loaded.root / key.key_file.expanduser()
    return found


def kept_elsewhere(loaded: Loaded) -> Iterator[str]:
    """Secrets that no backup holds: passwords in files of their own, and whatever came from outside the file."""
    values = {path: value for path, value in leaves(loaded.settings) if value is not None}
    for secret in (path for path in values if path in SECRETS or path[-1] == "password"):
        file, origin = values.get(file_key(secret)), loaded.origins.get(dotted(secret), "")
        if file and secret not in _KEYS:
            yield f"{dotted(file_key(secret))}: {file}"
        elif not file and origin.startswith(("environment", "command line")):
            yield f"{dotted(secret)}: {origin}"
