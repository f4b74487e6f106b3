"""Bytes and characters that mail programs count: the HTML, the styles, and what they would load. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from digest.model.findings import Finding
from digest.preflight.proof import EDITION, Page, Proof
from digest.preflight.rules import found

CLIP = 102_400
"""Bytes of HTML after which Gmail cuts."""
MOST_CSS = 16_384
"""Characters of CSS after which Gmail drops it."""


def check_size(proof: Proof, max_bytes: int) -> Iterator[Finding]:
    """The HTML of one edition."""
    size = len(proof.html.encode("utf-8", "replace"))
    if size > CLIP:
        yield found("size-clip", EDITION, proof.reader, f"{size:,} bytes of HTML; Gmail clips at {CLIP:,}")
    elif size > max_bytes:
        yield found("size-budget", EDITION, proof.reader, f"{size:,} bytes of HTML; max_bytes is {max_bytes:,}")


def check_styles(page: Page) -> Iterator[Finding]:
    """The style elements, and whatever would load styles or fonts from elsewhere."""
    sheets = list(page.elements("style"))
    characters = sum(len(sheet.text or "") for sheet in sheets)
    if characters > MOST_CSS:
        place = page.block_of(sheets[-1])
        yield found("size-css", place, "<style>", f"{characters:,} characters of CSS; the limit is {MOST_CSS:,}")
    for rule in page.styles:
        inner = " in ".join(reversed(rule.within))
        if len(rule.within) > 1:
            yield found("css-nested", page.block_of(sheets[0]), inner, "an at-rule within an at-rule")
        if any(at.startswith(("@import", "@font-face")) for at in rule.within):
            yield found("css-remote", page.block_of(sheets[0]), inner, "styles or fonts from elsewhere")
    for link in page.elements("link"):
        if {"stylesheet", "preload", "preconnect"} & set((link.get("rel") or "").lower().split()):
            yield found("css-remote", page.block_of(link), link.get("href") or "", "a style sheet from elsewhere")
