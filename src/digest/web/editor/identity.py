"""How an issue is named in the desk's addresses."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

Identity = Annotated[str, Path(pattern="^[a-z0-9-]{1,120}$")]
