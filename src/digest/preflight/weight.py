"""What pictures weigh: one by one, and together in one edition. Pure: whoever calls knows the bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from digest.model.findings import Finding
from digest.preflight.proof import EDITION, Page
from digest.preflight.rules import found

HEAVY = 300_000
"""Bytes of one picture."""
HEAVY_TOGETHER = 2_000_000


def check_weights(page: Page, weights: Mapping[str, int]) -> Iterator[Finding]:
    """Each picture whose bytes are known, by its address."""
    for picture in page.elements("img"):
        url = picture.get("src") or ""
        yield from weighed(page.block_of(picture), url, weights.get(url, 0))


def check_weight(page: Page, reader: str, weights: Mapping[str, int]) -> Iterator[Finding]:
    """All pictures of one edition whose bytes are known."""
    urls = {picture.get("src") or "" for picture in page.elements("img")}
    return weighed_together(reader, [weights.get(url, 0) for url in urls])


def weighed(block: str, url: str, size: int) -> Iterator[Finding]:
    """One picture of so many bytes."""
    if size > HEAVY:
        yield found("picture-weight", block, url, f"{size:,} bytes")


def weighed_together(place: str, sizes: Sequence[int]) -> Iterator[Finding]:
    """All pictures that one reader loads."""
    if sum(sizes) > HEAVY_TOGETHER:
        yield found("picture-weight", EDITION, place, f"{sum(sizes):,} bytes together")
