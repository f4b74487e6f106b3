"""Which addresses a page leads to, and what the answers of their servers mean. Pure: asking is the caller's part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urldefrag

from digest.model.findings import Finding
from digest.model.urls import absolute_url
from digest.ports.outside import FetchResult, FetchStatus
from digest.preflight.proof import Page, Proof
from digest.preflight.rules import found
from digest.preflight.weight import weighed, weighed_together

_GONE = ("said 404", "said 410", "Name or service not known", "no address")


@dataclass(frozen=True, slots=True)
class Address:
    """A page or picture, and the block that leads to it first."""

    url: str
    block: str
    is_picture: bool


def addresses(
    proofs: Sequence[Proof], public_url: str, behind: Mapping[str, str] = MappingProxyType({})
) -> tuple[Address, ...]:
    """Every http(s) address, once; in place of counted links where they lead (`behind`).

    Those of this installation are left out: pressing personal links is for readers.
    """
    own = public_url.rstrip("/") + "/"
    blocks = {key: html for proof in proofs for key, html in proof.pieces}
    page = Page(tuple(blocks.items()))
    known: dict[tuple[str, bool], Address] = {}
    for element in page.elements("a", "img"):
        is_picture = element.tag == "img"
        written = element.get("src" if is_picture else "href") or ""
        url = urldefrag(absolute_url(behind.get(written, written))).url
        if url and not f"{url}/".startswith(own):
            known.setdefault((url, is_picture), Address(url, page.block_of(element), is_picture))
    return tuple(known.values())


def judged(address: Address, answer: FetchResult) -> Iterator[Finding]:
    """What the answer says of a page or picture."""
    good = answer.status in (FetchStatus.OK, FetchStatus.UNCHANGED)
    if address.is_picture and good:
        yield from weighed(address.block, address.url, len(answer.body))
    if good:
        return
    dead = answer.status is FetchStatus.GONE or any(sign in answer.reason for sign in _GONE)
    rule = ("picture-dead" if address.is_picture else "link-dead") if dead else "link-unsure"
    yield found(rule, address.block, address.url, answer.reason or str(answer.status))


def judged_together(answers: Sequence[tuple[Address, FetchResult]]) -> Iterator[Finding]:
    """All pictures' weight."""
    return weighed_together("all pictures", [len(answer.body) for address, answer in answers if address.is_picture])
