"""The text part beside the HTML: there, whole, and within its lines. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from digest.model.findings import Finding
from digest.preflight.proof import EDITION, Page, Proof
from digest.preflight.rules import found

LONGEST = 78
"""Characters of a line."""
_SHOWN = "//body//text()[not(parent::style) and not(ancestor::*[contains(@style, 'display:none')])]"


def check_text_part(proof: Proof, page: Page) -> Iterator[Finding]:
    """The text part of one edition, whose HTML is `page`."""
    words = len(proof.text.split())
    if not words:
        yield found("text-missing", EDITION, proof.reader, "there is no text part")
        return
    in_html = sum(len(str(text).split()) for text in page.root.xpath(_SHOWN))
    if words < in_html / 2:
        yield found("text-stub", EDITION, proof.reader, f"{words} words of text beside {in_html} of HTML")
    for line in proof.text.split("\n"):
        if len(line) > LONGEST and "://" not in line:
            yield found("text-line", EDITION, line[:60], f"{len(line)} characters")
