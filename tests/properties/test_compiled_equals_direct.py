"""An edition of the compiled issue equals a direct render of the same blocks, through the real libraries."""

from __future__ import annotations

import os
import re
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import press
from digest.model.edition import CompiledIssue
from digest.render.compile import Superset, render_direct

EXAMPLES = 100 if os.environ.get("DIGEST_SOAK") else 10
"""For each of three themes."""


@cache
def both(theme: str) -> tuple[CompiledIssue, Superset]:
    """Compiled once, and what a direct render starts from."""
    return press.compiled(theme=theme), press.superset(theme=theme)


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
@given(chosen=st.sets(st.integers(0, 60)))
def test_a_compiled_edition_equals_a_direct_render_of_the_same_blocks(theme: str, chosen: set[int]):
    whole, job = both(theme)
    blocks = [block.key for block in job.blocks]
    keys = [key for at, key in enumerate(blocks) if at in chosen or key == "footer"]
    html, text = press.read(whole, ["head", *keys, "tail"])
    direct_html, direct_text = render_direct(job, keys, press.VALUES | press.PERSONAL)
    assert folded(html) == folded(direct_html)
    assert text == direct_text
