"""An edition of the compiled issue equals a direct render of the same blocks, through the real libraries.

51 random editions over all themes and languages in every run; 300 with DIGEST_SOAK (`make soak`).
"""

from __future__ import annotations

import os
import re
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import press
from digest.model.edition import CompiledIssue
from digest.model.issue import Headline
from digest.render.compile import Superset, render_direct
from digest.words import LANGUAGES

EXAMPLES = 100 if os.environ.get("DIGEST_SOAK") else 17
"""For each of three themes."""


@cache
def both(theme: str, language: str) -> tuple[CompiledIssue, Superset]:
    """Compiled once, and what a direct render starts from."""
    own = Headline("Of **{count}** and *{topics}*, with [a word](https://x.example/?a=1&b) or two. " * 3)
    of = press.issue(intro=own)
    return press.compiled(of, theme=theme, language=language), press.superset(of, theme=theme, language=language)


def values() -> st.SearchStrategy[dict[str, str]]:
    """What the slots of an edition hold: words with all that must be escaped, and numbers."""
    words = st.text("abc é<>&\"'=.–ا", max_size=60).map(lambda text: " ".join(text.split()) or "x")
    numbers = st.integers(0, 99).map(str)
    return st.fixed_dictionaries({
        name: words if name in {"subject", "title", "preheader", "intro"} else numbers for name in press.VALUES
    })  # fmt: skip


def folded(html: str) -> str:
    """Without what may differ: white space between tags, comments for Outlook that touch, and how quotes are escaped.

    A slot's value is escaped when an edition is composed; a direct render has lxml write it. Both escape <, > and &,
    and where one writes a quote in text as a character reference the other need not.
    """
    html = re.sub(r">\s+<", "><", html.strip())
    html = re.sub(r"<!\[endif\]--><!--\[if mso \| IE\]>", "", html)
    return html.replace("&quot;", '"').replace("&#x27;", "'")


@pytest.mark.parametrize("theme", press.THEMES)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.data(), st.sampled_from(LANGUAGES), values())
def test_a_compiled_edition_equals_a_direct_render_of_the_same_blocks(
    theme: str, data: st.DataObject, language: str, slots: dict[str, str]
):
    whole, job = both(theme, language)
    blocks = [block.key for block in job.blocks]
    chosen = data.draw(st.sets(st.sampled_from(blocks), min_size=1))
    keys = [key for key in blocks if key in chosen or key == "footer"]
    html, text = press.read(whole, ["head", *keys, "tail"], slots)
    direct_html, direct_text = render_direct(job, keys, slots | press.PERSONAL)
    assert folded(html) == folded(direct_html)
    assert text == direct_text
