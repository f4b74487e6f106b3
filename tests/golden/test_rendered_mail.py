"""Golden files: a whole edition in each theme, HTML and text, so that a change of looks is seen in review.

Write them anew with `DIGEST_GOLDEN=write pytest tests/golden`, and look at what changed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import press

FOLDER = Path(__file__).parent / "mail"


@pytest.mark.parametrize("theme", press.THEMES)
def test_the_mail_is_as_it_was(theme: str):
    first, *rest = press.stories()
    keys = ["head", "preheader", "header", "intro", "contents", "contents:privacy", "contents:security"]
    keys += [f"lead:{first.story}:privacy"]
    for category in ("privacy", "security", "robotics"):
        keys += [f"heading:{category}", *(f"teaser:{s.story}:{category}" for s in rest if s.categories[0] == category)]
    keys += ["sponsor:acme", "event:summit", "view-all:more", "stay-informed", "explore-more", "explore:robotics"]
    html, text = press.read(press.compiled(theme=theme), [*keys, "footer", "tail"])
    for name, made in ((f"{theme}.html", html.replace("><", ">\n<")), (f"{theme}.txt", text)):
        if os.environ.get("DIGEST_GOLDEN") == "write":
            FOLDER.mkdir(exist_ok=True)
            (FOLDER / name).write_text(made, encoding="utf-8")
        assert made == (FOLDER / name).read_text(encoding="utf-8"), f"{name} differs: see this file's docstring"
