"""Settings of the API: who may push articles."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import SecretStr, field_validator

from digest.config.model import Model

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_UNNAMED = "push"
_SHORTEST_TOKEN = 24


class ApiSettings(Model):
    """Who may push articles to /api/v1; nobody while no token is set."""

    token: SecretStr | None = None
    """A token of at least 24 characters, or several, one a line. A name may stand before it, as in "cms x7Qf...":
    its articles are those of the feed api:cms. Better in token_file."""
    token_file: Path | None = None
    """File that holds the tokens, one per line, each after its name if it has one."""

    @field_validator("token")
    @classmethod
    def _usable(cls, secret: SecretStr | None) -> SecretStr | None:
        for line in secret.get_secret_value().splitlines() if secret else ():
            *name, token = line.split() or [""]
            if (
                len(name) > 1
                or (name and not _NAME.fullmatch(name[0]))
                or (line.strip() and len(token) < _SHORTEST_TOKEN)
            ):
                raise ValueError("must hold, on each line, a token of at least 24 characters, after a name if you like")
        return secret

    @property
    def tokens(self) -> tuple[tuple[str, str], ...]:
        """Names and tokens."""
        lines = self.token.get_secret_value().splitlines() if self.token else []
        return tuple((words[0] if words[1:] else _UNNAMED, words[-1]) for line in lines if (words := line.split()))
