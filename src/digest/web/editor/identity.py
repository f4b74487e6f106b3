"""How an issue and a story are named in the desk's addresses."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

Identity = Annotated[str, Path(pattern="^[a-z0-9-]{1,120}$")]
Story = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
